"""The class teacher's part of a class journal's state, and how its facts change it."""

from __future__ import annotations

import msgspec

from domain.fact import Fact
from domain.journal import absence_facts as f


class Classroom(msgspec.Struct):
    """Signed weeks (ISO Monday → absences, lessons without attendance); notice → pupil."""

    weeks: dict[str, tuple[int, int]] = {}
    notices: dict[str, str] = {}


def evolve(classroom: Classroom, fact: Fact) -> None:
    """Fold one fact of `FACTS`."""
    match fact:
        case f.AttendanceWeekConfirmed():
            classroom.weeks[fact.monday.isoformat()] = (fact.absences, fact.untaken)
        case f.AbsenceAnnounced():
            classroom.notices[fact.notice_id] = fact.pupil_id


FACTS: tuple[type[Fact], ...] = (f.AttendanceWeekConfirmed, f.AbsenceAnnounced)
