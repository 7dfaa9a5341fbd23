"""The table of forms (school-journal.md §5.5): what each is, who reads it, what it asks for."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any, Literal

import msgspec
from psycopg import AsyncConnection

from domain.values import Role
from projections.reports import (
    access,
    accumulation,
    attendance,
    averages,
    class_teacher,
    filling,
    inspections,
    letter,
    movements,
    pupil_subject,
    risk,
    school_results,
    subject_teacher,
    summary_sheet,
)
from projections.reports.ground import Asked, Ground
from projections.reports.paper import Report

#: what a form is asked with; a trailing «?» may be left out
Field = Literal[
    "term",
    "class",
    "class?",
    "subject",
    "subject?",
    "teacher",
    "teacher?",
    "pupil",
    "pupil?",
    "days",
]

_PLANNERS = frozenset({Role.DIRECTOR, Role.DEPUTY, Role.ADMINISTRATOR})
_CLASS = _PLANNERS | {Role.CLASS_TEACHER}


class Form(msgspec.Struct, frozen=True):
    """A printed form. `number`: in §5.5; `readers`: roles, each within what is one's own (the
    class teacher's class, the teacher's subjects, the auditor's journals); `long`: for many
    classes or pupils, better made in the background.
    """

    name: str
    number: int
    title: str
    about: str
    source: str
    fields: tuple[Field, ...]
    readers: frozenset[Role]
    build: Callable[[Ground], Awaitable[Report]]
    long: bool = False


FORMS: dict[str, Form] = {
    one.name: one
    for one in (
        Form(
            summary_sheet.FORM,
            1,
            summary_sheet.TITLE,
            "Отметки класса за период или за год, с решением педсовета",
            "отметки за период и год, решения педсовета",
            ("term", "class"),
            _CLASS | {Role.AUDITOR},
            summary_sheet.build,
        ),
        Form(
            class_teacher.FORM,
            2,
            class_teacher.TITLE,
            "Контингент и движение, отличники и неуспевающие, пропуски класса",
            "списки и движение, отметки за период и год, посещаемость",
            ("term", "class"),
            _CLASS,
            class_teacher.build,
        ),
        Form(
            subject_teacher.FORM,
            3,
            subject_teacher.TITLE,
            "Классы и группы учителя: отметки, успеваемость, качество, СОУ, уроки",
            "отметки за период и год, расписание, темы, посещаемость, КТП",
            ("term", "teacher"),
            _PLANNERS | {Role.TEACHER},
            subject_teacher.build,
        ),
        Form(
            school_results.FORM,
            4,
            school_results.TITLE,
            "Качество и успеваемость по классам, ступеням и школе",
            "отметки за период и год, списки классов",
            ("term",),
            _PLANNERS,
            school_results.build,
        ),
        Form(
            attendance.FORM,
            5,
            attendance.TITLE,
            "Кто какие дни и уроки пропустил и почему, за месяц или другие дни",
            "посещаемость и причины пропусков",
            ("class", "days"),
            _CLASS | {Role.AUDITOR},
            attendance.build,
        ),
        Form(
            access.FORM,
            6,
            access.TITLE,
            "Кто, когда и что записал: что стояло прежде, почему, за кого, вовремя ли",
            "след записей",
            ("days", "class?", "subject?", "teacher?"),
            _CLASS | {Role.AUDITOR},
            access.build,
            long=True,
        ),
        Form(
            letter.FORM,
            7,
            letter.TITLE,
            "Отметки, средний балл и пропуски по предметам: ученику или всему классу",
            "отметки уроков и за период, посещаемость",
            ("term", "class", "pupil?"),
            _CLASS,
            letter.build,
            long=True,
        ),
        Form(
            pupil_subject.FORM,
            8,
            pupil_subject.TITLE,
            "Все отметки ученика по предмету и как менялся средний балл",
            "отметки уроков и за период",
            ("term", "class", "subject", "pupil"),
            _CLASS | {Role.TEACHER},
            pupil_subject.build,
        ),
        Form(
            inspections.FORM,
            9,
            inspections.TITLE,
            "Что проверено, какие замечания, чем устранены и кем приняты",
            "проверки и замечания",
            ("days", "class?", "teacher?"),
            _CLASS | {Role.TEACHER, Role.AUDITOR},
            inspections.build,
        ),
        Form(
            filling.FORM,
            10,
            filling.TITLE,
            "Недели учителей и групп: темы, посещаемость, отметки, задания — вовремя ли",
            "сроки записей об уроках",
            ("days", "class?", "teacher?"),
            _PLANNERS | {Role.TEACHER},
            filling.build,
            long=True,
        ),
        Form(
            accumulation.FORM,
            11,
            accumulation.TITLE,
            "Сколько отметок нужно и есть по предметам, у кого их мало",
            "отметки уроков, расписание",
            ("term", "class", "subject?"),
            _CLASS | {Role.TEACHER},
            accumulation.build,
        ),
        Form(
            movements.FORM,
            12,
            movements.TITLE,
            "Кто прибыл и выбыл за период, по каким приказам, откуда и куда",
            "движение учеников",
            ("days", "class?"),
            _CLASS | {Role.SECRETARY},
            movements.build,
        ),
        Form(
            averages.TEACHERS,
            13,
            averages.TEACHERS_TITLE,
            "Средний балл текущих и периода по учителям и предметам",
            "отметки уроков, за период и год",
            ("term", "teacher?"),
            _PLANNERS | {Role.TEACHER},
            averages.teachers,
        ),
        Form(
            averages.FINALS,
            13,
            averages.FINALS_TITLE,
            "Годовые и итоговые отметки класса с решением педсовета",
            "годовые, экзаменационные и итоговые отметки",
            ("class",),
            _CLASS | {Role.AUDITOR},
            averages.finals,
        ),
        Form(
            averages.RATING,
            13,
            averages.RATING_TITLE,
            "Ученики по среднему баллу; только если это разрешает положение",
            "отметки за период и год",
            ("term", "class"),
            _CLASS,
            averages.rating,
        ),
        Form(
            risk.RISK,
            14,
            risk.RISK_TITLE,
            "Кому и по какому предмету что мешает: отметки, пропуски, долги",
            "отметки уроков, посещаемость, долги",
            ("term", "class", "subject?"),
            _CLASS | {Role.TEACHER},
            risk.risk,
        ),
        Form(
            risk.NOTICES,
            15,
            risk.NOTICES_TITLE,
            "Письмо каждому, у кого перейдён порог: пропуски, мало отметок, долги, н/а",
            "то же, что в риск-листе",
            ("term", "class", "pupil?"),
            _CLASS,
            risk.notices,
            long=True,
        ),
    )
}


async def build(
    form: Form,
    conn: AsyncConnection[Any],
    schema: str,
    asked: Asked,
    *,
    position: int,
    moment: datetime,
    zone: str,
    school: str = "",
) -> Report:
    """The form filled as of a position and a moment. Raises NotFound, Invalid."""
    ground = Ground(conn, schema, asked, position=position, moment=moment, zone=zone, school=school)
    return await form.build(await ground.open())
