"""Decisions about one day of a class: lessons moved, cancelled, added, in another room, by another
teacher. One order, one append; the places are compared as they will be, so that two lessons may
change places.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import msgspec

from domain.fact import Fact
from domain.journal import facts as f
from domain.journal import lessons, roster
from domain.journal.plan_facts import RoomChanged
from domain.journal.state import Journal, slot
from domain.office.state import Office
from domain.refusals import Conflict, Invalid
from domain.values import class_text


class Cancel(msgspec.Struct, frozen=True, tag="cancel"):
    """There is no such lesson that day."""

    lesson_id: str


class Move(msgspec.Struct, frozen=True, tag="move"):
    """The lesson is at another hour, or on another day."""

    lesson_id: str
    date: date
    number: int


class Add(msgspec.Struct, frozen=True, tag="add"):
    """A lesson outside of the timetable; `lesson_id` is made by the caller."""

    lesson_id: str
    number: int
    subject_id: str
    teacher_id: str
    subgroup_id: str | None = None
    room: str = ""


class Room(msgspec.Struct, frozen=True, tag="room"):
    """The lesson is in another room."""

    lesson_id: str
    room: str


class Teacher(msgspec.Struct, frozen=True, tag="teacher"):
    """Somebody stands for a teacher of the class that day; `substitution_id` is the caller's."""

    substitution_id: str
    teacher_id: str
    substitute_id: str


Change = Cancel | Move | Add | Room | Teacher


def change_day(
    journal: Journal,
    office: Office,
    day: date,
    changes: Sequence[Change],
    reason: str,
    order_no: str,
) -> list[Fact]:
    """Everything that is otherwise on a day. Raises Invalid, Conflict, Forbidden, NotFound."""
    if not changes:
        raise Invalid("day.no_changes", "Нет ни одного изменения на этот день.")
    named = [one.lesson_id for one in changes if isinstance(one, Cancel | Move | Add)]
    if len(set(named)) < len(named):
        raise Invalid("day.twice", "Один урок указан в изменениях дважды.")
    why = class_text(reason, what="Причина изменения")
    found: list[Fact] = []
    for kinds in ((Cancel, Move), (Add, Room, Teacher)):
        for one in changes:
            if isinstance(one, kinds):
                found += _decide(journal, office, day, one, why, order_no.strip())
    _require_places(journal, found)
    return found


def _decide(
    journal: Journal, office: Office, day: date, one: Change, why: str, order_no: str
) -> list[Fact]:
    """One of the changes, wherever its place is."""
    if isinstance(one, Cancel):
        _require_of_day(journal, one.lesson_id, day)
        return lessons.cancel_lesson(journal, one.lesson_id, why)
    if isinstance(one, Move):
        _require_of_day(journal, one.lesson_id, day)
        return lessons.moved(journal, office, one.lesson_id, one.date, one.number)
    if isinstance(one, Room):
        return change_room(journal, one.lesson_id, one.room)
    if isinstance(one, Teacher):
        instead = f.SubstitutionAppointed(
            one.substitution_id, one.substitute_id, one.teacher_id, day, day, order_no
        )
        return roster.substitute(journal, instead)
    new = f.LessonAdded(
        one.lesson_id, day, one.number, one.subject_id, one.teacher_id, one.subgroup_id, one.room
    )
    return lessons.added(journal, office, new)


def _require_places(journal: Journal, facts: Sequence[Fact]) -> None:
    """Raises Conflict when two lessons would be at one place once all of this has happened."""
    leaving = {one.lesson_id for one in facts if isinstance(one, f.LessonCancelled | f.LessonMoved)}
    taken = lessons.taken_places(journal, leaving)
    for fact in facts:
        if isinstance(fact, f.LessonMoved):
            subgroup_id = journal.lessons[fact.lesson_id].subgroup_id
        elif isinstance(fact, f.LessonAdded):
            subgroup_id = fact.subgroup_id
        else:
            continue
        lessons.require_free(taken, fact.date, fact.number, subgroup_id)
        hour = slot(fact.date, fact.number, None).rstrip("/")
        taken.setdefault(hour, set()).add(subgroup_id or "")


def change_room(journal: Journal, lesson_id: str, room: str) -> list[Fact]:
    """Another room; only the plan changes, so a lesson that was held may get its real room."""
    lesson = lessons.known_lesson(journal, lesson_id)
    if lesson.cancelled:
        raise Conflict("lesson.cancelled", "Урок отменён: кабинет ему не нужен.")
    lessons.require_open(journal, lesson.date)
    room = room.strip()
    return [] if lesson.room == room else [RoomChanged(lesson_id, lesson.room, room)]


def _require_of_day(journal: Journal, lesson_id: str, day: date) -> None:
    lesson = lessons.known_lesson(journal, lesson_id)
    # A move that is done already has put the lesson on its new day: that is no mistake.
    if lesson.date != day and not lesson.moved:
        raise Invalid("day.other_day", f"Урок {lesson.date:%d.%m.%Y}, а меняется {day:%d.%m.%Y}.")
