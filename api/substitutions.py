"""A day's substitutions as both doors show them: what is otherwise, who is away, who is free."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Any

import msgspec

from api.caller import Caller
from domain.bells import Bells, at
from domain.office.ledger_facts import AWAY_LABELS, AwayKind
from domain.office.substituting import Held, candidates
from domain.permissions import Act, holders
from domain.refusals import NotFound
from projections import directory, ledgers, office

Lesson = dict[str, Any]
#: (class, who is away) → the substitutions of the day
Standing = dict[tuple[str, str], list[dict[str, Any]]]


def may_appoint(caller: Caller) -> bool:
    """The caller appoints substitutes."""
    return not caller.roles.isdisjoint(holders(Act.APPOINT_SUBSTITUTE))


async def of_day(caller: Caller, day: date, absent: Collection[str] = ()) -> dict[str, Any]:
    """`{date, changed[], substituted[], uncovered[], absent[], recorded[], teaching[]}` of a day.

    changed: lessons that were cancelled, moved, added or put into another room, with `changes`;
    substituted: lessons with `substitutes` (names) and `orders`; uncovered: classes that lack a
    teacher, `{class_id, class_name, teacher_id, teacher, lessons[], candidates[{person_id, name,
    subject, in_class, all}]}` (all: free at every one of these lessons); absent: teachers who are
    away, by the substitutions, by what is recorded and by `absent` (ids); recorded: absences of the
    staff that day, `{absence_id, person_id, name, from, to, kind, label, words}`; teaching: who has
    lessons that day. A person is `{person_id, name}`.
    """
    async with caller.reading() as (conn, schema):
        year = await directory.school_year_of(conn, schema, day) or day.year
        lessons = await office.school_day(conn, schema, day)
        instead = await office.substitutions_on(conn, schema, day)
        teachers = await office.teachers_on(conn, schema, year, day)
        taught = await directory.taught(conn, schema, year=year)
        known = await ledgers.away(conn, schema, day, day)
        bells = await office.bells_of(conn, schema, year) or Bells()
    standing: Standing = {}
    for one in instead:
        standing.setdefault((one["class_id"], one["teacher_id"]), []).append(one)
    held = [one for one in lessons if not one["away"] and one["status"] != "CANCELLED"]
    away = {one["teacher_id"] for one in instead} | {one.person_id for one in known} | set(absent)
    hours = {one["lesson_id"]: _held(one, standing, bells, day) for one in held}
    subjects = [(one["teacher_id"], one["class_id"], one["subject_id"]) for one in taught]
    lacking: dict[tuple[str, str], list[Lesson]] = {}
    for one in held:
        place = (one["class_id"], one["teacher_id"])
        if (one["teacher_id"] in away or not one["assigned"]) and place not in standing:
            lacking.setdefault(place, []).append(one)
    names = teachers | {one["teacher_id"]: one["teacher"] for one in (*lessons, *instead)}
    return {
        "date": day.isoformat(),
        "changed": [one for one in lessons if one["changes"]],
        "substituted": [
            one
            | {
                "substitutes": [x["substitute"] for x in by],
                "orders": [x["order_no"] for x in by if x["order_no"]],
            }
            for one in held
            if (by := standing.get((one["class_id"], one["teacher_id"])))
        ],
        "uncovered": [
            {name: those[0][name] for name in ("class_id", "class_name", "teacher_id", "teacher")}
            | {
                "lessons": those,
                "candidates": [
                    msgspec.structs.asdict(who) | {"name": teachers[who.person_id]}
                    for who in candidates(
                        [hours[one["lesson_id"]] for one in those],
                        list(hours.values()),
                        teachers,
                        subjects,
                        away,
                    )
                ],
            }
            for those in lacking.values()
        ],
        "absent": _people(away & names.keys(), names),
        "recorded": [_absence(one) for one in known],
        "teaching": _people({one["teacher_id"] for one in held}, names),
    }


def _absence(one: ledgers.Absent) -> dict[str, str]:
    return {
        "absence_id": one.absence_id,
        "person_id": one.person_id,
        "name": one.name,
        "from": one.since.isoformat(),
        "to": one.until.isoformat(),
        "kind": one.kind,
        "label": AWAY_LABELS[AwayKind(one.kind)],
        "words": one.words,
    }


def _held(one: Lesson, standing: Standing, bells: Bells, day: date) -> Held:
    by = standing.get((one["class_id"], one["teacher_id"]))
    return Held(
        one["lesson_id"],
        one["class_id"],
        one["number"],
        one["subject_id"],
        tuple(x["substitute_id"] for x in by) if by else (one["teacher_id"],),
        at(bells.on(one["class_id"], day), one["number"]),
    )


def _people(who: Collection[str], names: dict[str, str]) -> list[dict[str, str]]:
    """In the order of the names, which the projection has put as a Russian list has them."""
    return [{"person_id": one, "name": name} for one, name in names.items() if one in who]


async def year_of_absence(caller: Caller, absence_id: str) -> int:
    """The school year of an absence of the staff. Raises NotFound."""
    async with caller.reading() as (conn, schema):
        year = await ledgers.office_year_of_absence(conn, schema, absence_id)
    if year is None:
        raise NotFound("staff_absence.unknown", "Такого отсутствия нет.")
    return year
