"""What a class teacher and the families try in a busy class, sensible and not."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from domain.fact import Fact
from domain.journal import absences
from domain.journal.absence_facts import AbsenceAnnounced
from domain.values import AttendanceCode, PayloadRef
from tests.cast import an_id

if TYPE_CHECKING:
    from tests.domain.a_busy_class import BusyClass

REF = PayloadRef(an_id("текст"), "A" * 43)
CODES = list(AttendanceCode)
MONDAYS = [date(2026, 8, 31), date(2026, 9, 7)]


def explain(c: BusyClass) -> list[Fact]:
    """Mostly everything that pupils have missed."""
    missed = [
        (pupil, lesson_id)
        for lesson_id, lesson in c.journal.lessons.items()
        for pupil, code in (lesson.attendance or {}).items()
        if code is absences.UNEXPLAINED
    ]
    code = c.pick.choice([*CODES, *sorted(absences.REASONS)])
    if missed and c.pick.random() < 0.7:
        new = [absences.NewReason(pupil, code, (lesson_id,)) for pupil, lesson_id in missed]
        return absences.set_reasons(c.journal, new)
    one = absences.NewReason(c.pupil(), code, (), c.day(), c.day(), REF)
    return absences.set_reasons(c.journal, [one])


def sign(c: BusyClass) -> list[Fact]:
    return absences.confirm_week(c.journal, c.pick.choice(MONDAYS), c.at)


def warn(c: BusyClass) -> list[Fact]:
    new = AbsenceAnnounced(c.id(), c.pupil(), c.day(), c.day(), c.pick.choice(CODES), REF)
    return absences.announce(c.journal, new, c.at)


TRIES = (explain, explain, sign, warn)
