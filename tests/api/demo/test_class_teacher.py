"""Class teachers of the demonstration explain and sign; the two planted gaps and no others."""

from __future__ import annotations

from datetime import date, timedelta

from domain.calendar import monday
from domain.journal.absences import UNEXPLAINED
from domain.regulation import Regulation
from tests.api.demo.conftest import TODAY, Built

OVERDUE = TODAY - timedelta(days=Regulation().absence_reason_days)


def test_every_week_that_is_over_is_signed_but_the_planted_ones(built: Built) -> None:
    unsigned = set()
    for journal in built.journals:
        held = [one.date for one in journal.lessons.values() if not one.cancelled]
        weeks = {monday(day) for day in held if day < monday(TODAY)}
        unsigned |= {
            (journal.class_id, week)
            for week in weeks
            if week.isoformat() not in journal.classroom.weeks
        }

    gaps = [*built.planted("unsigned_week"), *built.planted("unexplained_absences")]
    assert unsigned == {(one["class_id"], date.fromisoformat(one["monday"])) for one in gaps}


def test_every_absence_has_its_reason_in_time_but_the_planted_ones(built: Built) -> None:
    unexplained = {
        (lesson_id, pupil_id)
        for journal in built.journals
        for lesson_id, lesson in journal.lessons.items()
        if lesson.date < OVERDUE
        for pupil_id, code in (lesson.attendance or {}).items()
        if code is UNEXPLAINED
    }

    [gap] = built.planted("unexplained_absences")
    assert unexplained == {(lesson_id, gap["pupil_id"]) for lesson_id in gap["lesson_ids"]}
