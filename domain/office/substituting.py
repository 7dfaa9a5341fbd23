"""Who could stand for a teacher: free at that hour, of the subject first. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec

from domain.calendar import Bell


class Held(msgspec.Struct, frozen=True):
    """A lesson of the day that is not cancelled. `teachers`: who is needed there, the substitute in
    place of the substituted; `bell`: None where the number has no bell.
    """

    lesson_id: str
    class_id: str
    number: int
    subject_id: str
    teachers: tuple[str, ...]
    bell: Bell | None = None


class Candidate(msgspec.Struct, frozen=True):
    """Somebody who is free. `subject`: teaches one of the subjects in the school; `in_class`:
    teaches the class; `all`: is free at every one of the lessons, not at some of them.
    """

    person_id: str
    subject: bool = False
    in_class: bool = False
    all: bool = True


def candidates(
    lacking: Sequence[Held],
    lessons: Sequence[Held],
    teachers: Iterable[str],
    taught: Sequence[tuple[str, str, str]],
    absent: Iterable[str],
) -> list[Candidate]:
    """Teachers for lessons of one class that lack theirs: who is free at all of them first, of
    these those of the subject, then those of the class. Who is free at none is not among them.

    taught: (teacher, class, subject) of the year; absent: who is not in the school that day.
    """
    busy = [{t for one in lessons if together(one, own) for t in one.teachers} for own in lacking]
    away = {*absent, *(teacher for one in lacking for teacher in one.teachers)}
    wanted = {one.subject_id for one in lacking}
    classes = {one.class_id for one in lacking}
    subject = {teacher for teacher, _, what in taught if what in wanted}
    in_class = {teacher for teacher, where, _ in taught if where in classes}
    found = []
    for one in dict.fromkeys(teachers):
        hours = sum(one not in taken for taken in busy)
        if hours and one not in away:
            found.append(Candidate(one, one in subject, one in in_class, hours == len(busy)))
    return sorted(found, key=lambda one: (not one.all, not one.subject, not one.in_class))


def together(one: Held, other: Held) -> bool:
    """Two lessons are held at the same time: by their bells, where both have one."""
    if one.lesson_id == other.lesson_id:
        return False
    if one.bell is None or other.bell is None:
        return one.number == other.number
    return one.bell.starts < other.bell.ends and other.bell.starts < one.bell.ends
