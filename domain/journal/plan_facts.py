"""Facts about the plan of a class: a new timetable, another room."""

from __future__ import annotations

from datetime import date

from domain.fact import Fact


class LessonsWithdrawn(Fact, frozen=True, omit_defaults=True):
    """Lessons of the old timetable (or of days that are no school days any more) that were still
    to come and about which nothing was written: they are not planned any longer. Unlike cancelled
    ones they leave their place free.
    """

    TOPIC = "journal.lessons-withdrawn"
    since: date
    lesson_ids: tuple[str, ...]


class RoomChanged(Fact, frozen=True, omit_defaults=True):
    TOPIC = "journal.room-changed"
    lesson_id: str
    old_room: str
    room: str


FACTS: tuple[type[Fact], ...] = (LessonsWithdrawn, RoomChanged)
