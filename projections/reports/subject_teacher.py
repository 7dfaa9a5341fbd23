"""Form 3: «Отчёт учителя-предметника»: groups with their marks, rates, lessons, control works."""

from __future__ import annotations

from datetime import date
from typing import LiteralString

import msgspec

from domain.formulas import (
    Tally,
    group_average,
    learning_degree,
    pass_rate,
    quality_rate,
    tally,
)
from domain.journal.plan_facts import PlannedLesson
from domain.refusals import NotFound
from domain.values import LessonKind
from projections.names import shown
from projections.reports import marks
from projections.reports.ground import Ground, Pupil, staying
from projections.reports.marks import Teaching
from projections.reports.paper import Cell, Column, Line, Part, Report

FORM = "subject_teacher"
TITLE = "Отчёт учителя-предметника"
COLUMNS = (
    Column("class", "Класс", width=7, pinned=True),
    Column("subject", "Предмет, группа", width=26, pinned=True),
    Column("pupils", "Учеников", "count", width=9),
    Column("n5", "«5»", "count", "Отметки", 5),
    Column("n4", "«4»", "count", "Отметки", 5),
    Column("n3", "«3»", "count", "Отметки", 5),
    Column("n2", "«2»", "count", "Отметки", 5),
    Column("not_attested", "н/а", "count", "Отметки", 5),
    Column("exempt", "осв", "count", "Отметки", 5),
    Column("unmarked", "нет", "count", "Отметки", 5),
    Column("pass", "Успев., %", "percent"),
    Column("quality", "Качество, %", "percent", width=9),
    Column("degree", "СОУ, %", "percent"),
    Column("average", "Ср. балл", "figure"),
    Column("planned", "по распис.", "count", "Уроки", 8),
    Column("held", "дано", "count", "Уроки", 6),
    Column("lag", "отстав.", "count", "Уроки", 7),
    Column("control_planned", "по КТП", "count", "Контрольных", 7),
    Column("control", "дано", "count", "Контрольных", 6),
)
NOTES = (
    "Уроки по расписанию — до конца периода или до сегодня, отменённые тоже.",
    "Дано — записана тема или отмечена посещаемость.",
    "«нет» — ученики без отметки за период. Контрольных по КТП — за весь год, дано — за период.",
)

_LESSONS: LiteralString = """
    SELECT l.class_id::text, l.subject_id::text, coalesce(l.subgroup_id::text, ''), count(*),
        count(*) FILTER (WHERE l.status <> 'CANCELLED'
            AND (t.lesson_id IS NOT NULL OR a.lesson_id IS NOT NULL)),
        count(*) FILTER (WHERE l.status <> 'CANCELLED' AND t.kind = %(control)s)
    FROM {s}.register_lesson l
    JOIN {s}.directory_class c USING (class_id)
    LEFT JOIN {s}.register_topic t ON t.lesson_id = l.lesson_id
        AND t.valid_from <= %(at)s AND %(at)s < t.valid_to
    LEFT JOIN {s}.register_taken a ON a.lesson_id = l.lesson_id AND a.valid_from <= %(at)s
    WHERE c.year = %(year)s AND l.date BETWEEN %(since)s AND %(until)s
        AND l.valid_from <= %(at)s AND %(at)s < l.valid_to
    GROUP BY 1, 2, 3
"""
_MEMBERS: LiteralString = """
    SELECT DISTINCT ON (g.subgroup_id) g.subgroup_id::text, g.name, g.pupils::text[]
    FROM {s}.register_subgroup g JOIN {s}.directory_class c USING (class_id)
    WHERE c.year = %(year)s AND g.since <= %(day)s
        AND g.valid_from <= %(at)s AND %(at)s < g.valid_to
    ORDER BY g.subgroup_id, g.since DESC
"""
_PLANS: LiteralString = """
    SELECT DISTINCT ON (p.class_id, p.subject_id, p.subgroup_id) p.class_id::text,
        p.subject_id::text, coalesce(p.subgroup_id::text, ''), p.lessons
    FROM {s}.office_plan p JOIN {s}.directory_class c USING (class_id)
    WHERE c.year = %(year)s AND p.position <= %(at)s
    ORDER BY p.class_id, p.subject_id, p.subgroup_id, p.position DESC
"""


async def build(ground: Ground) -> Report:
    """A line for every group that the teacher has in the period. Raises NotFound."""
    teacher_id = ground.asked.teacher_id
    found = await ground.rows(
        "SELECT full_name FROM {s}.directory_person WHERE kind = 'staff'"
        " AND person_id = %(who)s AND %(at)s IS NOT NULL",
        who=teacher_id,
    )
    if not found:
        raise NotFound("person.unknown", "Такого учителя нет.")
    wide = ground.period()
    known = await marks.teachings(ground, wide.starts, wide.ends)
    own = list({_place(one): one for one in known if one.teacher_id == teacher_id}.values())
    lines, every, sums = await _lines(ground, own)
    if lines:
        lines.append(Line(("Всего", "", *_figures(ground, every), *sums), "total"))
    return Report(
        FORM,
        TITLE,
        (("Учитель", shown(found[0][0])), ("Период", wide.name)),
        (Part(COLUMNS, tuple(lines), empty="Классов в этом периоде нет."),),
        ground.position,
        ground.moment,
        (*NOTES, ground.denominator),
        ("Учитель", "Заместитель директора"),
    )


async def _lines(
    ground: Ground, own: list[Teaching]
) -> tuple[list[Line], list[str | None], list[Cell]]:
    """Lines, the marks of them all, sums of lessons."""
    classes = {one.class_id: one for one in await ground.classes()}
    names = await marks.subjects(ground)
    given = await marks.of_period(ground)
    lines: list[Line] = []
    every: list[str | None] = []
    sums = [0, 0, 0, 0, 0]
    lists: dict[str, list[Pupil]] = {}
    plans = await _plans(ground)
    own.sort(
        key=lambda one: (
            classes[one.class_id].grade_level,
            classes[one.class_id].name,
            names.get(one.class_id, {}).get(one.subject_id, ""),
            one.subgroup_id or "",
        )
    )
    counted: dict[date, tuple[dict[tuple[str, str, str], tuple[int, int, int]], Members]] = {}
    for one in own:
        term = ground.period_of(classes[one.class_id].grade_level)
        if term is None:
            continue
        last = ground.last_day(term)
        if last not in counted:
            counted[last] = (
                await _lessons(ground, term.starts, last),
                await members(ground, last),
            )
        lessons, groups = counted[last]
        if one.class_id not in lists:
            lists[one.class_id] = staying(
                (await ground.pupils(term.starts, last, one.class_id)).get(one.class_id, [])
            )
        group, inside = groups.get(one.subgroup_id or "", ("", None))
        values = [
            given.get((one.class_id, one.subject_id, pupil.pupil_id))
            for pupil in lists[one.class_id]
            if inside is None or pupil.pupil_id in inside
        ]
        every += values
        planned, held, control = lessons.get(_place(one), (0, 0, 0))
        cells = [planned, held, planned - held, plans.get(_place(one), 0), control]
        sums = [total + cell for total, cell in zip(sums, cells, strict=True)]
        subject = names.get(one.class_id, {}).get(one.subject_id, "—")
        title = f"{subject}, {group}" if group else subject
        name = classes[one.class_id].name
        lines.append(Line((name, title, *_figures(ground, values), *cells)))
    return lines, every, list(sums)


Members = dict[str, tuple[str, set[str]]]


async def members(ground: Ground, day: date) -> Members:
    """subgroup → its name and its pupils on a day."""
    found = await ground.rows(_MEMBERS, year=ground.asked.year, day=day)
    return {number: (name, set(pupils)) for number, name, pupils in found}


async def _lessons(
    ground: Ground, since: date, until: date
) -> dict[tuple[str, str, str], tuple[int, int, int]]:
    found = await ground.rows(
        _LESSONS,
        year=ground.asked.year,
        since=since,
        until=until,
        control=str(LessonKind.CONTROL),
    )
    return {(a, b, c): (planned, held, control) for a, b, c, planned, held, control in found}


async def _plans(ground: Ground) -> dict[tuple[str, str, str], int]:
    """Control works of the plan in force, for the whole year."""
    found = await ground.rows(_PLANS, year=ground.asked.year)
    return {
        (a, b, c): sum(
            one.hours
            for one in msgspec.json.decode(lessons, type=list[PlannedLesson])
            if one.kind is LessonKind.CONTROL
        )
        for a, b, c, lessons in found
    }


def _place(one: Teaching) -> tuple[str, str, str]:
    return one.class_id, one.subject_id, one.subgroup_id or ""


def _figures(ground: Ground, values: list[str | None]) -> tuple[Cell, ...]:
    of, rates_of = tally(values), ground.rules.rates_of
    return (len(values), *counts(of), *rates(of, rates_of))


def counts(of: Tally) -> tuple[Cell, ...]:
    """«5» «4» «3» «2» (ones with them) н/а осв and without a mark."""
    return of.n5, of.n4, of.n3, of.n2 + of.n1, of.not_attested, of.exempt, of.unmarked


def rates(of: Tally, rates_of: str) -> tuple[Cell, ...]:
    """Успеваемость, качество, СОУ, средний балл."""
    return (
        pass_rate(of, rates_of).value or None,
        quality_rate(of, rates_of).value or None,
        learning_degree(of, rates_of).value or None,
        group_average(of).value or None,
    )
