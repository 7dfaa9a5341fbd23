"""Inspections and remarks as both doors show them: who sees what, what an answer may refer to."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from api.caller import Caller, covers
from domain.journal.control import NewRemark
from domain.journal.control_facts import Checked, JournalInspected
from domain.journal.inspecting import Duty, Span, duty, spans
from domain.refusals import Busy, Invalid, NotFound
from domain.writing import Answer, Request
from projections import control, directory, trail, tree
from projections.control import Inspection, Remark, Wanted

MOST_RECORDS = 200
#: records that put nothing right
NO_DEEDS = frozenset({"inspected", "remark-opened", "remark-resolved"})


async def seen_classes(caller: Caller) -> tuple[str, ...] | None:
    """Classes whose inspections and remarks the caller reads, all of them: the administration,
    an auditor those that are open, a class teacher the own ones; None: of every class.
    """
    journals = await caller.door.rights.journals(caller)
    if journals is None:
        return None
    return tuple(sorted(journals | await caller.door.rights.wards(caller)))


async def inspections(caller: Caller, class_id: str | None = None) -> list[Inspection]:
    """Inspections that the caller reads. Raises NotFound for a class that is not the caller's."""
    if class_id is not None:
        await caller.door.rights.class_basis(caller, class_id)
    wanted = Wanted(class_id=class_id, classes=await seen_classes(caller))
    async with caller.reading() as (conn, schema):
        return await control.inspections(conn, schema, wanted)


async def inspection(caller: Caller, inspection_id: str) -> Inspection:
    """One inspection. Raises NotFound."""
    await caller.door.places.inspection(inspection_id)
    wanted = Wanted(inspection_id=inspection_id, classes=await seen_classes(caller))
    async with caller.reading() as (conn, schema):
        found = await control.inspections(conn, schema, wanted)
    if not found:
        raise NotFound("inspection.unknown", "Такой проверки нет.")
    return found[0]


async def remarks(caller: Caller, wanted: Wanted) -> list[Remark]:
    """Remarks that the caller reads: those of `seen_classes`, and those to the caller."""
    if wanted.class_id is not None:
        await caller.door.rights.class_basis(caller, wanted.class_id)
    classes = await seen_classes(caller)
    async with caller.reading() as (conn, schema):
        found = await control.remarks(conn, schema, wanted)
    if classes is None:
        return found
    taught = await _taught_today(caller)
    return [one for one in found if one.class_id in classes or _answers(caller, one, taught)]


async def _taught_today(caller: Caller) -> set[tuple[str, str, str]]:
    """(class, subject, teacher) of today."""
    door = caller.door
    today, year = door.rights.today().isoformat(), await door.rights.year()
    async with door.reading() as (conn, schema):
        found = await directory.taught(conn, schema, year=year)
    return {
        (one["class_id"], one["subject_id"], one["teacher_id"])
        for one in found
        if one["since"] <= today and (one["until"] is None or today < one["until"])
    }


def _answers(caller: Caller, one: Remark, taught: set[tuple[str, str, str]]) -> bool:
    """It is to the caller, or to somebody from whom the caller has taken the subject over."""
    if one.teacher_id == caller.person_id:
        return True
    place = (one.class_id, one.subject_id or "")
    gone = (*place, one.teacher_id) not in taught
    return gone and (*place, caller.person_id) in taught


async def remark(caller: Caller, remark_id: str) -> Remark:
    """One remark. Raises NotFound."""
    await caller.door.places.remark(remark_id)
    found = await remarks(caller, Wanted(remark_id=remark_id))
    if not found:
        raise NotFound("remark.unknown", "Такого замечания нет.")
    return found[0]


async def deeds(caller: Caller, one: Remark, by: str) -> list[dict[str, Any]]:
    """Records that may put a remark right: made by the person since, about its lesson or subject;
    as in the trail, the oldest first.
    """
    opened = one.steps[0]
    wanted = trail.Filters(
        class_id=one.class_id,
        by=by,
        subject_id=one.subject_id,
        since=opened.at.astimezone(ZoneInfo(caller.door.zone)).date(),
        zone=caller.door.zone,
    )
    async with caller.reading() as (conn, schema):
        found = await trail.trail(conn, schema, wanted, limit=MOST_RECORDS)
    return [
        line
        for line in reversed(found["items"])
        if line["position"] > opened.position
        and line["kind"] not in NO_DEEDS
        and (one.lesson_id is None or line["lesson_id"] == one.lesson_id)
    ]


async def inspect(
    caller: Caller,
    inspection_id: str,
    class_id: str,
    days: tuple[date, date],
    checked: Sequence[Checked],
    subject_ids: Sequence[str],
    once: Request,
) -> Answer:
    """Note an inspection, with size and root of the log as it was looked at. Raises Busy."""
    door = caller.door
    async with door.reading() as (conn, schema):
        size = await tree.size(conn, schema)
        try:
            root = await tree.root(conn, schema, size)
        except KeyError:
            raise Busy(
                "projection.behind",
                "Дерево журнала сейчас строится заново. Повторите через минуту.",
                retry_after=60,
            ) from None
    new = JournalInspected(
        inspection_id, *days, tuple(checked), size, root.hex(), tuple(subject_ids)
    )
    return door.school.inspect_journal(class_id, new, by=caller.actor, request=once)


async def open_remark(
    caller: Caller, inspection_id: str, new: NewRemark, text: str, once: Request
) -> Answer:
    """A remark of an inspection. Raises NotFound."""
    door = caller.door
    place = await door.places.inspection(inspection_id)
    return door.school.open_remark(
        place.class_id, inspection_id, new, text, by=caller.actor, request=once
    )


async def answer_remark(
    caller: Caller, remark_id: str, positions: Sequence[int], text: str, once: Request
) -> Answer:
    """The teacher's answer. Raises NotFound; Invalid for records that are not one's own, not made
    since, or about something else.
    """
    door = caller.door
    one = await remark(caller, remark_id)
    if positions:
        made = {line["position"] for line in await deeds(caller, one, caller.person_id)}
        if not made >= set(positions):
            raise Invalid(
                "remark.strange_records",
                "Это не ваши записи об этом уроке или предмете после замечания.",
            )
    return door.school.resolve_remark(
        one.class_id, remark_id, positions, text, by=caller.actor, request=once
    )


class Line(NamedTuple):
    """A class in the table of the duty: for each span of months how it stands, and how many times
    the journal was looked at.
    """

    class_id: str
    name: str
    states: list[tuple[Span, Duty, int]]


async def duties(caller: Caller, year: int) -> list[Line]:
    """Classes of a year that the caller reads × spans of months (clauses 4.2.б-1, 5.2)."""
    door = caller.door
    today, classes = door.rights.today(), await seen_classes(caller)
    seen = None if classes is None else frozenset(classes)
    async with door.reading() as (conn, schema):
        opened = await directory.calendar_of(conn, schema, year)
        rules = await directory.regulation_of(conn, schema, year)
        if opened is None or rules is None:
            return []
        known = await directory.classes(conn, schema, year, today)
        first = await control.first_lessons(conn, schema, year)
        done = await control.inspections(conn, schema, Wanted(year=year))
    days: dict[str, list[date]] = {}
    for one in done:
        days.setdefault(one.class_id, []).append(local_day(one.at, door.zone))
    found = []
    for school_class in known:
        number = school_class["class_id"]
        looked = days.get(number, [])
        states = [
            (
                span,
                duty(opened[0], span, looked, first.get(number), today),
                sum(map(span.covers, looked)),
            )
            for span in spans(year, rules.inspection_months)
        ]
        if covers(seen, number):
            found.append(Line(number, school_class["name"], states))
    return found


def local_day(at: datetime, zone: str) -> date:
    """The school's day of a moment."""
    return at.astimezone(ZoneInfo(zone)).date()


def moment(at: datetime) -> str:
    """ISO 8601 in UTC."""
    return at.astimezone(UTC).isoformat()
