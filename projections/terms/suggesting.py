"""What the marks of a page suggest as term marks: the formula of the domain over the register."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

import msgspec
from psycopg import AsyncConnection

from domain.formulas import Item, Presence, Suggestion, suggested_term_mark
from domain.regulation import Regulation
from domain.values import ABSENCES
from projections import register
from projections.sql import STILL, row, several

Conn = AsyncConnection[Any]

_HEAD = """
    SELECT c.grade_level, y.regulation FROM {s}.directory_class c
    JOIN {s}.directory_year y USING (year) WHERE c.class_id = %s
"""
_ROSTER = """
    SELECT pupil_id::text, since, until FROM {s}.register_roster
    WHERE class_id = %(class)s AND valid_to = %(still)s
"""
_SUBGROUPS = """
    SELECT since, subgroup_id::text, pupils::text[] FROM {s}.register_subgroup
    WHERE class_id = %(class)s AND subject_id = %(subject)s AND valid_to = %(still)s
"""


class Membership(msgspec.Struct, frozen=True):
    """Who is on the list of a lesson: the class's and, where it is divided, the group's."""

    spans: Mapping[str, list[tuple[date, date | None]]]
    splits: list[tuple[date, str, list[str]]]

    def attends(self, pupil_id: str, day: date, subgroup_id: str | None) -> bool:
        """The pupil was to be at a lesson of that day."""
        if not any(
            since <= day and (until is None or day < until)
            for since, until in self.spans.get(pupil_id, ())
        ):
            return False
        if subgroup_id is None:
            return True
        in_force = max((since for since, _, _ in self.splits if since <= day), default=None)
        return any(
            since == in_force and number == subgroup_id and pupil_id in pupils
            for since, number, pupils in self.splits
        )


async def membership(conn: Conn, schema: str, class_id: str, subject_id: str) -> Membership:
    """The lists of a class in a subject, as they are known now."""
    ask = {"class": class_id, "subject": subject_id, "still": STILL}
    roster, splits = await several(conn, schema, _ROSTER, _SUBGROUPS, **ask)
    spans: dict[str, list[tuple[date, date | None]]] = {}
    for pupil, since, until in roster:
        spans.setdefault(pupil, []).append((since, until))
    return Membership(spans, [(since, number, pupils) for since, number, pupils in splits])


async def suggestions(
    conn: Conn, schema: str, class_id: str, subject_id: str, term: int
) -> dict[str, Any] | None:
    """`{page, suggested: {pupil_id: Suggestion}, regulation}` of a subject and term, or None when
    there is no such class or term; `page` is that of the register.
    """
    found = await row(conn, schema, _HEAD, class_id)
    page = await register.page(conn, schema, class_id, subject_id, None, term)
    if found is None or page is None:
        return None
    grade_level, stored = found
    regulation = msgspec.json.decode(stored, type=Regulation)
    members = await membership(conn, schema, class_id, subject_id)
    return {
        "page": page,
        "suggested": suggested(page, members, grade_level, regulation),
        "regulation": regulation,
    }


def suggested(
    page: Mapping[str, Any], members: Membership, grade_level: int, regulation: Regulation
) -> dict[str, Suggestion]:
    """pupil → the suggested mark, of a page of the register."""
    lessons = [one for one in page["lessons"] if one["status"] != "CANCELLED"]
    days = {one["lesson_id"]: date.fromisoformat(one["date"]) for one in lessons}
    return {
        pupil["pupil_id"]: suggested_term_mark(
            list(_items(pupil, days)), _presence(pupil, lessons, members), grade_level, regulation
        )
        for pupil in page["pupils"]
    }


def _items(pupil: Mapping[str, Any], days: Mapping[str, date]) -> list[Item]:
    found = [
        Item(mark["value"], mark["weight"], days[lesson], mark["mark_id"])
        for lesson, marks in pupil["cells"].items()
        if lesson in days
        for mark in marks
    ]
    found += [
        Item(one["value"], one["weight"], date.fromisoformat(one["date"]), one["mark_id"])
        for one in pupil["carried"]
    ]
    return sorted(found, key=lambda one: (str(one.day), one.mark_id))


def _presence(
    pupil: Mapping[str, Any], lessons: Iterable[Mapping[str, Any]], members: Membership
) -> Presence:
    held = missed = 0
    for one in lessons:
        day = date.fromisoformat(one["date"])
        if one["attendance_taken"] and members.attends(pupil["pupil_id"], day, one["subgroup_id"]):
            held += 1
            missed += pupil["attendance"].get(one["lesson_id"]) in ABSENCES
    return Presence(held, missed)
