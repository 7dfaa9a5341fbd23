"""What a class lacks before the marks of a term: shared by the API and the page."""

from __future__ import annotations

from datetime import date
from typing import Any

import msgspec

from api.caller import Caller
from domain.calendar import Calendar, Term
from projections import compliance, directory
from projections.compliance import Lack


class TermEnd(msgspec.Struct, frozen=True):
    """Lacks of a term, in the order of classes and subjects. `term` is that of most classes,
    `terms` of each by its own level: class → term.
    """

    term: Term
    terms: dict[str, Term]
    lacks: list[Lack]
    teachers: dict[str, str]
    subgroups: dict[str, str]


async def term_end(
    caller: Caller, year: int, term: int | None, class_id: str | None
) -> TermEnd | None:
    """What the groups of a class (or of every class) lack; without a number in the last term that
    has begun. None for a term that is none.
    """
    door = caller.door
    now, today = door.house.clock(), door.rights.today()
    async with caller.reading() as (conn, schema):
        known = await directory.calendar_of(conn, schema, year)
        regulation = await directory.regulation_of(conn, schema, year)
        if known is None or regulation is None:
            return None
        classes = [
            (one["class_id"], one["grade_level"])
            for one in await directory.classes(conn, schema, year, today)
            if class_id in (None, one["class_id"])
        ]
        found = compliance.spans(
            known[0],
            classes,
            lambda own: last_begun(own, today) if term is None else own.term(term),
        )
        if not found:
            return None
        told = await compliance.lacks_of(
            conn, schema, year, found, regulation, now, today, class_id
        )
        teachers = await compliance.staff_names(conn, schema)
        subgroups = await compliance.subgroup_names(conn, schema, year)
    most = max(found, key=lambda one: len(one.classes))
    terms = {class_id: one.term for one in found for class_id in one.classes}
    return TermEnd(most.term, terms, [lack for _, lack in told], teachers, subgroups)


def last_begun(calendar: Calendar, today: date) -> Term:
    """The term of today, else the last before; before the first one, the first."""
    return next((one for one in reversed(calendar.terms) if one.starts <= today), calendar.terms[0])


async def lacks_of_class(caller: Caller, class_id: str, term: int | None) -> dict[str, Any] | None:
    """`GET /classes/{id}/lacks`; the caller reads the class."""
    async with caller.reading() as (conn, schema):
        card = await directory.class_card(conn, schema, class_id, caller.door.rights.today())
    found = card and await term_end(caller, card["year"], term, class_id)
    if not found:
        return None
    return {
        "class_id": class_id,
        "term": {
            "term": found.term.number,
            "name": found.term.name,
            "starts": found.term.starts.isoformat(),
            "ends": found.term.ends.isoformat(),
        },
        "subjects": [_lack(one, found) for one in found.lacks],
    }


def _lack(one: Lack, found: TermEnd) -> dict[str, Any]:
    return {
        "subject_id": one.subject_id,
        "subject": one.subject,
        "subgroup_id": one.subgroup_id,
        "subgroup": found.subgroups.get(one.subgroup_id or ""),
        "teacher_id": one.teacher_id,
        "teacher": found.teachers.get(one.teacher_id, ""),
        "lessons_held": one.held,
        "hours_a_week": one.hours_a_week,
        "marks_needed": one.needed,
        "pupils": one.pupils,
        "in_order": one.in_order,
        "too_few_marks": [
            {"pupil_id": of.pupil_id, "name": of.name, "marks": of.marks} for of in one.short
        ],
        "open_debts": [
            {"pupil_id": of.pupil_id, "name": of.name, "debts": of.debts} for of in one.debts
        ],
        "without_topic": one.without_topic,
        "without_attendance": one.without_attendance,
    }
