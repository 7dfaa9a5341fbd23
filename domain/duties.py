"""What is to be written about a lesson, until when, and what has become of it. Pure.

Readings R1–R3 of school-journal.md §2.1: attendance within `fill_days`, the topic and homework (or
«не задано») by `homework_due`. Marks are not given on every lesson: a control work needs them
within `written_work_days`; where others were given, they were to come within `fill_days`; where
none were, nothing is missing. That a group is filled every week is asked of the week.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

import msgspec

from domain.calendar import Bell
from domain.regulation import Regulation

#: The last second of a school day: what is recorded within it is in time.
DAY_ENDS = time(23, 59, 59)
_SECOND = timedelta(seconds=1)
_MINUTE = timedelta(minutes=1)
_HOUR = timedelta(hours=1)


class Duty(StrEnum):
    """What a lesson needs."""

    TOPIC = "topic"
    ATTENDANCE = "attendance"
    HOMEWORK = "homework"
    MARKS = "marks"


DUTY_LABELS: dict[Duty, str] = {
    Duty.TOPIC: "тема",
    Duty.ATTENDANCE: "посещаемость",
    Duty.HOMEWORK: "домашнее задание",
    Duty.MARKS: "отметки",
}


class Status(StrEnum):
    """What has become of a duty. Late never becomes in time again, missing may become late.

    PENDING: not recorded, and the deadline has not passed.
    """

    ON_TIME = "ON_TIME"
    LATE = "LATE"
    MISSING = "MISSING"
    PENDING = "PENDING"
    NOT_REQUIRED = "NOT_REQUIRED"


class Reason(StrEnum):
    """Why a duty is not required."""

    CANCELLED = "cancelled"
    DAY_OFF = "day_off"  # a vacation or a holiday, by the calendar as it is now
    LEVEL = "level"  # no homework, or no marks, in these grades
    NO_MARKS = "no_marks"  # an ordinary lesson without marks
    IMPORTED = "imported"  # it came with an import: nobody can be late with that
    UNBEGUN = "unbegun"  # held before the school began to keep its journal here
    UNASSIGNED = "unassigned"  # held before anybody was assigned who would answer for it


REASON_LABELS: dict[Reason, str] = {
    Reason.CANCELLED: "урок отменён",
    Reason.DAY_OFF: "каникулы или праздник",
    Reason.LEVEL: "в этой параллели не требуется",
    Reason.NO_MARKS: "на обычном уроке отметки не обязательны",
    Reason.IMPORTED: "перенесено из другой системы",
    Reason.UNBEGUN: "школа ещё не вела этот журнал",
    Reason.UNASSIGNED: "учитель назначен позже",
}


class Deadlines(msgspec.Struct, frozen=True):
    """Of one lesson, UTC: its end, and the last second in time of each duty."""

    ends_at: datetime
    day_due: datetime  # topic, homework
    fill_due: datetime  # attendance, marks of an ordinary lesson
    written_due: datetime  # marks of a control work


class Verdict(msgspec.Struct, frozen=True):
    """One duty of one lesson as seen at a moment. `minutes`: how late, only of LATE."""

    status: Status
    due_at: datetime | None = None
    recorded_at: datetime | None = None
    position: int | None = None
    minutes: int = 0
    reason: Reason | None = None


def day_ends(day: date, zone: str) -> datetime:
    """23:59:59 of a day on the wall clock of the zone, in UTC."""
    return datetime.combine(day, DAY_ENDS, ZoneInfo(zone)).astimezone(UTC)


def lesson_ends(day: date, number: int, bells: Sequence[Bell], zone: str) -> datetime:
    """When a lesson is over; without a bell for it, the day."""
    for bell in bells:
        if bell.number == number:
            return datetime.combine(day, time.fromisoformat(bell.ends), ZoneInfo(zone)).astimezone(
                UTC
            )
    return day_ends(day, zone)


def deadlines(
    day: date,
    number: int,
    last: int,
    regulation: Regulation,
    bells: Sequence[Bell],
    zone: str,
    *,
    known: date | None = None,
) -> Deadlines:
    """Deadlines of a lesson of a day; `last` is the number of the class's last lesson that day.

    known: the day on which the office planned the lesson, when that was after it had been held:
    the time then counts from that day, as nobody could have written before.
    """
    base = max(day, known or day)
    end_of_day = day_ends(base, zone)
    day_due = end_of_day
    if base == day and regulation.homework_due != "lesson_day":
        over = lesson_ends(day, last, bells, zone)
        day_due = over + _HOUR if regulation.homework_due == "hour_after" else over
    return Deadlines(
        lesson_ends(day, number, bells, zone),
        day_due,
        day_ends(base + timedelta(days=regulation.fill_days), zone),
        day_ends(base + timedelta(days=regulation.written_work_days), zone),
    )


def in_time(recorded_at: datetime, due_at: datetime) -> bool:
    """The second of the deadline counts as a whole."""
    return recorded_at < due_at + _SECOND


def judged(due_at: datetime, recorded_at: datetime | None, now: datetime) -> tuple[Status, int]:
    """The status of a required duty as seen `now`, and how many minutes late (begun ones count)."""
    if recorded_at is None:
        return (Status.PENDING if in_time(now, due_at) else Status.MISSING), 0
    if in_time(recorded_at, due_at):
        return Status.ON_TIME, 0
    return Status.LATE, -((due_at - recorded_at) // _MINUTE)


class Record(msgspec.Struct, frozen=True):
    """The first fact of a duty: when it was recorded, and where it is in the log."""

    at: datetime
    position: int
    imported: bool = False


class Lesson(msgspec.Struct, frozen=True):
    """What is known of a lesson's duties. `off`: not a school day; `left_out`: an import brought
    the lesson itself, after it had been held; `unbegun`, `unassigned`: see `Reason`. `homework`,
    `graded`: what the grade asks for.
    """

    due: Deadlines
    records: dict[Duty, Record]
    cancelled_at: datetime | None = None
    off: bool = False
    left_out: bool = False
    homework: bool = True
    graded: bool = True
    control: bool = False
    unbegun: bool = False
    unassigned: bool = False

    def seen(self, duty: Duty, now: datetime) -> Record | None:
        """The record, if it was there at the moment."""
        record = self.records.get(duty)
        return record if record is not None and record.at <= now else None

    def excuse(self, now: datetime) -> Reason | None:
        """Why nothing at all is required of the lesson, or None."""
        if self.cancelled_at is not None and self.cancelled_at <= now:
            return Reason.CANCELLED
        if self.off:
            return Reason.DAY_OFF
        if self.left_out:
            return Reason.IMPORTED
        if self.unbegun:
            return Reason.UNBEGUN
        return Reason.UNASSIGNED if self.unassigned else None

    def verdict(self, duty: Duty, now: datetime) -> Verdict:
        """One duty as seen at a moment: what was recorded after it is not there yet."""
        record = self.seen(duty, now)
        excuse = self.excuse(now) or self._excuse(duty, record)
        at, position = (record.at, record.position) if record else (None, None)
        if excuse is not None:
            return Verdict(Status.NOT_REQUIRED, None, at, position, 0, excuse)
        due = self._due(duty)
        status, minutes = judged(due, at, now)
        return Verdict(status, due, at, position, minutes)

    def _excuse(self, duty: Duty, record: Record | None) -> Reason | None:
        if record is not None and record.imported:
            return Reason.IMPORTED
        if duty is Duty.HOMEWORK and not self.homework:
            return Reason.LEVEL
        if duty is Duty.MARKS:
            if not self.graded:
                return Reason.LEVEL
            if record is None and not self.control:
                return Reason.NO_MARKS
        return None

    def _due(self, duty: Duty) -> datetime:
        if duty in (Duty.TOPIC, Duty.HOMEWORK):
            return self.due.day_due
        control = duty is Duty.MARKS and self.control
        return self.due.written_due if control else self.due.fill_due


def week_filled(lessons: Sequence[Lesson], sunday: datetime, now: datetime) -> Verdict:
    """R2: a group that had lessons was filled in the week: attendance of one of them was taken or
    a mark of one given. `sunday`: the last second of the week.
    """
    held = [one for one in lessons if one.excuse(now) is None]
    if not held:
        return Verdict(Status.NOT_REQUIRED, reason=lessons[0].excuse(now) if lessons else None)
    fills = [
        record
        for one in held
        for duty in (Duty.ATTENDANCE, Duty.MARKS)
        if (record := one.seen(duty, now)) is not None
    ]
    own = min((one for one in fills if not one.imported), key=lambda one: one.at, default=None)
    if own is None and fills:
        return Verdict(Status.NOT_REQUIRED, reason=Reason.IMPORTED)
    at, position = (own.at, own.position) if own else (None, None)
    status, minutes = judged(sunday, at, now)
    return Verdict(status, sunday, at, position, minutes)
