"""What the trail and compliance call late, to be compared record by record."""

from __future__ import annotations

from datetime import UTC, date, datetime

from domain.duties import Duty, Status
from projections import compliance, trail
from projections.trail import Filters
from tests.ground import YEAR
from tests.projections.life import Life

Late = set[tuple[str, Duty]]
_DUTIES = {
    "topic-recorded": Duty.TOPIC,
    "attendance-taken": Duty.ATTENDANCE,
    "homework-assigned": Duty.HOMEWORK,
    "homework-not-assigned": Duty.HOMEWORK,
    "mark-given": Duty.MARKS,
}


def told(at: Life) -> Late:
    """Lessons and duties of the lines that the trail calls late; a duty's lines agree."""
    lines = at.read(trail.trail, Filters(), None, 10_000)["items"]
    found: dict[tuple[str, Duty], set[bool]] = {}
    for one in lines:
        if one["kind"] in _DUTIES:
            found.setdefault((one["lesson_id"], _DUTIES[one["kind"]]), set()).add(one["late"])
        else:
            assert not one["late"]
    assert all(len(said) == 1 for said in found.values())
    return {record for record, said in found.items() if said == {True}}


def judged(at: Life) -> Late:
    """Lessons and duties that `Lesson.verdict` calls late, of all classes."""
    days = date(YEAR, 9, 1), date(YEAR + 1, 8, 31)
    now = datetime(YEAR + 1, 9, 1, tzinfo=UTC)
    return {
        (line.lesson_id, duty)
        for line in at.read(compliance.book, YEAR, *days).lines
        for duty in Duty
        if line.lesson.verdict(duty, now).status is Status.LATE
    }
