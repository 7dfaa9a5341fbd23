"""The rollover to the next school year as every door shows it and carries it out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from typing import Any, NamedTuple

import msgspec

from api.caller import Caller
from api.house import Door
from api.landing import landed
from api.v1.wire import part_of
from domain.access import Actor
from domain.journal.plan_facts import PlannedLesson
from domain.office import rollover_steps as s
from domain.office.rollover import draft
from domain.office.rollover_plan import Draft, Wishes
from domain.permissions import Act, holders
from domain.refusals import Conflict, Forbidden, Invalid, NotFound, Refusal
from domain.writing import Answer, Request
from projections import directory, office, regulations
from projections.names import shown
from projections.postgres.pool import Connection

Lessons = Mapping[str, tuple[PlannedLesson, ...]]


class Carried(NamedTuple):
    """What a rollover has written: facts, the last position, and what was refused after all."""

    facts: int
    position: int
    refused: tuple[str, ...]


def may_roll_over(caller: Caller) -> None:
    """Who opens a year. Raises Forbidden."""
    if not may(caller):
        raise Forbidden(
            "rollover.not_yours", "На новый учебный год школу переводят директор и администратор."
        )


def may(caller: Caller) -> bool:
    """The caller opens school years."""
    return not caller.roles.isdisjoint(holders(Act.OPEN_YEAR))


async def planned(conn: Connection, door: Door, year: int, wishes: Wishes) -> Draft:
    """The plan from `year` to the next one, as the projections know the school.

    Raises NotFound while `year` is not opened, Busy while they are behind the log.
    """
    await door.progress.reach((await door.progress.now(0.0)).head.position)
    old = await office.school_year(conn, door.schema, year)
    if old is None:
        raise NotFound("year.unknown", f"Учебный год {year} не открыт.")
    new = await office.school_year(conn, door.schema, year + 1)
    rules = await regulations.history(conn, door.schema, year)
    return draft(door.school_id, rules[-1].regulation, old, new, wishes)


async def letters_of(
    conn: Connection, door: Door, year: int, carried: Collection[str]
) -> dict[str, str]:
    """The letters of these classes of the year, as they are."""
    found = await directory.classes(conn, door.schema, year, door.rights.today())
    return {one["class_id"]: one["letter"] for one in found if one["class_id"] in carried}


async def lessons_of(conn: Connection, door: Door, plan: Draft) -> Lessons:
    """Lessons of the plans that are carried."""
    sources = [one.source for one in plan.steps if isinstance(one, s.AdoptPlan)]
    return await office.plan_lessons(conn, door.schema, sources)


def require(plan: Draft, wishes: Wishes, plan_hash: str) -> None:
    """Raises Conflict when it is not the plan that was shown and something is left to do, Invalid
    without the order.
    """
    if plan.steps and plan_hash.lower() != plan.hash:
        raise Conflict(
            "rollover.plan_changed",
            "План уже не тот, что был показан: с тех пор что-то записано. Посмотрите новый план.",
            hash=plan.hash,
        )
    enrols = any(isinstance(one, s.Enrol) for one in plan.steps)
    if enrols and (not wishes.order_no.strip() or wishes.order_date is None):
        raise Invalid(
            "rollover.no_order", "Укажите номер и дату приказа о переводе в следующий класс."
        )


async def carry_out(
    door: Door, plan: Draft, lessons: Lessons, *, by: Actor, request: Request
) -> Carried:
    """Every step through the write door, in order; they share an append where they can.

    A step that is refused stops no other: its sentence is answered. Interrupted, the same plan
    goes on where it was: what is there already makes no facts.
    """
    answers = [
        _carry(door, plan.year, one, lessons, by, part_of(request, number))
        for number, one in enumerate(plan.steps)
    ]
    facts, position, refused = 0, 0, []
    for answer in answers:
        try:
            receipt = await landed(answer)
        except Refusal as refusal:
            refused.append(refusal.message)
        else:
            facts, position = facts + receipt.facts, max(position, receipt.position)
    return Carried(facts, position, tuple(dict.fromkeys(refused)))


def counts(plan: Draft) -> dict[str, int]:
    """How many steps of each kind, in the order of `COUNTED`."""
    found = Counter(type(one) for one in plan.steps)
    return {words: found[kind] for kind, words in s.COUNTED.items() if found[kind]}


async def as_json(conn: Connection, door: Door, plan: Draft) -> dict[str, Any]:
    """The plan for a reader: `{year, opened, hash, calendar, counts, classes[], issues[]}`; people
    of the issues by name.
    """
    who = {one.person_id for one in plan.issues if one.person_id}
    people = await directory.people(conn, door.schema, sorted(who))
    names = {one["person_id"]: one["name"] for one in people}
    return {
        "year": plan.year,
        "opened": plan.opened,
        "hash": plan.hash,
        "calendar": msgspec.to_builtins(plan.calendar),
        "counts": counts(plan),
        "classes": [msgspec.structs.asdict(one) for one in plan.classes],
        "issues": [
            {
                "code": one.code,
                "text": one.text,
                "class_id": one.class_id or None,
                "person_id": one.person_id or None,
                "name": shown(names.get(one.person_id)) if one.person_id else None,
            }
            for one in plan.issues
        ],
    }


def _carry(  # noqa: C901 - a table
    door: Door, year: int, one: s.Step, lessons: Lessons, by: Actor, request: Request
) -> Answer:
    school = door.school
    match one:
        case s.OpenYear():
            return school.open_year(one.new, by=by, request=request)
        case s.AdoptBells():
            return school.adopt_bells(year, one.since, one.schedules, by=by, request=request)
        case s.IntroduceSubject():
            return school.introduce_subject(year, one.subject, by=by, request=request)
        case s.IntroduceWorkType():
            return school.introduce_work_type(year, one.kind, by=by, request=request)
        case s.Appoint():
            return school.appoint(year, one.appointment, by=by, request=request)
        case s.FormClass():
            return school.form_class(year, one.new, by=by, request=request)
        case s.AssignShift():
            new = one.new
            return school.assign_shift(
                year, new.class_id, new.shift, new.since, by=by, request=request
            )
        case s.AppointClassTeacher():
            return school.appoint_class_teacher(year, one.new, by=by, request=request)
        case s.Enrol():
            order = (one.order_no, one.order_date)
            return school.enrol_pupils(
                one.class_id, one.pupils, one.since, *order, by=by, request=request
            )
        case s.Split():
            return school.split_class(one.class_id, one.new, by=by, request=request)
        case s.AssignTeacher():
            return school.assign_teacher(one.class_id, one.new, by=by, request=request)
        case s.AdoptPlan():
            return school.adopt_lesson_plan(
                one.class_id,
                one.plan_id,
                one.subject_id,
                None,
                lessons[one.source],
                by=by,
                request=request,
            )
