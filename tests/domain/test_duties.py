"""Frozen clocks at every border of every deadline: the second, the week, the day, the zone."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import msgspec
import pytest

from domain.calendar import Bell
from domain.duties import (
    Deadlines,
    Duty,
    Lesson,
    Reason,
    Record,
    Status,
    Verdict,
    day_ends,
    deadlines,
    week_filled,
)
from domain.regulation import PRESETS, Regulation

MOSCOW, KAMCHATKA, KALININGRAD = "Europe/Moscow", "Asia/Kamchatka", "Europe/Kaliningrad"
BERLIN, NEW_YORK = "Europe/Berlin", "America/New_York"  # clocks that change
ZONES = (MOSCOW, KAMCHATKA, KALININGRAD, BERLIN, NEW_YORK)
TUESDAY = date(2025, 9, 2)  # school-journal.md §2.2, 4.2.а-3
BELLS = tuple(Bell(n, f"{7 + n:02}:30", f"{8 + n:02}:15") for n in range(1, 8))
SEED = Regulation()
LONG_AFTER = datetime(2026, 6, 1, tzinfo=UTC)


def at(zone: str, *when: int) -> datetime:
    """A moment of the school's wall clock."""
    return datetime(*when, tzinfo=ZoneInfo(zone)).astimezone(UTC)  # type: ignore[misc,arg-type]


def due(
    regulation: Regulation = SEED,
    zone: str = MOSCOW,
    *,
    day: date = TUESDAY,
    last: int = 6,
    known: date | None = None,
) -> Deadlines:
    """Deadlines of the second lesson of a day."""
    return deadlines(day, 2, last, regulation, BELLS, zone, known=known)


def seen(
    duty: Duty,
    recorded: datetime | None,
    now: datetime = LONG_AFTER,
    *,
    of: Deadlines | None = None,
    control: bool = False,
) -> Verdict:
    """What has become of a duty that was recorded at a moment, or never."""
    records = {} if recorded is None else {duty: Record(recorded, 7)}
    return Lesson(of or due(), records, control=control).verdict(duty, now)


def stands(verdict: Verdict) -> tuple[Status, int]:
    return verdict.status, verdict.minutes


# -- attendance: seven days, to the second ---------------------------------------------------


@pytest.mark.parametrize("zone", ZONES)
def test_attendance_of_a_tuesday_is_in_time_until_the_last_second_of_the_next(zone: str) -> None:
    of = due(zone=zone)
    last, first_late = at(zone, 2025, 9, 9, 23, 59, 59), at(zone, 2025, 9, 10, 0, 0, 0)
    assert stands(seen(Duty.ATTENDANCE, last, of=of)) == (Status.ON_TIME, 0)
    within = last + timedelta(microseconds=999_999)
    assert stands(seen(Duty.ATTENDANCE, within, of=of)) == (Status.ON_TIME, 0)
    assert stands(seen(Duty.ATTENDANCE, first_late, of=of)) == (Status.LATE, 1)
    assert seen(Duty.ATTENDANCE, None, last, of=of).status is Status.PENDING
    assert seen(Duty.ATTENDANCE, None, first_late, of=of).status is Status.MISSING


def test_the_same_moment_is_in_time_in_one_zone_and_late_in_another() -> None:
    moment = at(MOSCOW, 2025, 9, 9, 20, 30)
    found = {
        zone: seen(Duty.ATTENDANCE, moment, of=due(zone=zone)).status
        for zone in (KALININGRAD, MOSCOW, KAMCHATKA)
    }
    assert found == {
        KALININGRAD: Status.ON_TIME,
        MOSCOW: Status.ON_TIME,
        KAMCHATKA: Status.LATE,  # half past five in the morning of Wednesday
    }
    assert day_ends(TUESDAY, KALININGRAD) - day_ends(TUESDAY, KAMCHATKA) == timedelta(hours=10)


@pytest.mark.parametrize(
    ("zone", "day", "hours"),
    [
        (BERLIN, date(2025, 10, 22), 1),  # the clocks go back on the 26th: an hour more
        (BERLIN, date(2026, 3, 25), -1),  # and forward on the 29th of March
        (NEW_YORK, date(2025, 10, 29), 1),
        (MOSCOW, date(2025, 10, 22), 0),
    ],
)
def test_a_week_ends_by_the_wall_clock_also_when_the_clocks_change(
    zone: str, day: date, hours: int
) -> None:
    of = due(zone=zone, day=day)
    assert of.fill_due - day_ends(day, zone) == timedelta(days=7, hours=hours)
    assert of.fill_due.astimezone(ZoneInfo(zone)).strftime("%H:%M:%S") == "23:59:59"


def test_days_of_the_regulation_count_not_a_literal_week() -> None:
    two = msgspec.structs.replace(SEED, fill_days=2)
    assert due(two).fill_due == at(MOSCOW, 2025, 9, 4, 23, 59, 59)
    none = msgspec.structs.replace(SEED, fill_days=0)
    assert due(none).fill_due == at(MOSCOW, 2025, 9, 2, 23, 59, 59)


# -- topic and homework: the day of the lesson, the bell, an hour after it ---------------------


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("duty", [Duty.TOPIC, Duty.HOMEWORK])
def test_homework_and_topic_are_in_time_on_the_day_of_the_lesson(duty: Duty, zone: str) -> None:
    of = due(zone=zone)
    last, first_late = at(zone, 2025, 9, 2, 23, 59, 59), at(zone, 2025, 9, 3, 0, 0, 0)
    assert stands(seen(duty, last, of=of)) == (Status.ON_TIME, 0)
    assert stands(seen(duty, first_late, of=of)) == (Status.LATE, 1)
    assert seen(duty, None, first_late, of=of).status is Status.MISSING


@pytest.mark.parametrize(
    ("preset", "hour", "minute"),
    [("fop704", 14, 15), ("ap147", 15, 15)],  # the bell of the sixth lesson, an hour after it
)
@pytest.mark.parametrize("zone", ZONES)
def test_by_the_bell_the_last_lesson_of_the_class_counts(
    preset: str, hour: int, minute: int, zone: str
) -> None:
    of = due(PRESETS[preset], zone)
    last = at(zone, 2025, 9, 2, hour, minute)
    assert of.day_due == last
    assert stands(seen(Duty.HOMEWORK, last, of=of)) == (Status.ON_TIME, 0)
    late = last + timedelta(seconds=1)
    assert stands(seen(Duty.HOMEWORK, late, of=of)) == (Status.LATE, 1)
    late = last + timedelta(minutes=90)
    assert stands(seen(Duty.HOMEWORK, late, of=of)) == (Status.LATE, 90)


def test_by_the_bell_on_the_night_when_clocks_change() -> None:
    sunday = date(2025, 10, 26)
    of = deadlines(sunday, 1, 1, PRESETS["ap147"], (Bell(1, "01:00", "01:45"),), BERLIN)
    assert of.day_due - of.ends_at == timedelta(hours=1)


def test_a_lesson_without_a_bell_ends_with_the_day() -> None:
    of = deadlines(TUESDAY, 9, 9, PRESETS["fop704"], BELLS, MOSCOW)
    assert of.day_due == of.ends_at == at(MOSCOW, 2025, 9, 2, 23, 59, 59)


def test_minutes_of_lateness_are_begun_minutes() -> None:
    last = at(MOSCOW, 2025, 9, 2, 23, 59, 59)
    for seconds, minutes in ((1, 1), (60, 1), (61, 2), (3_600, 60)):
        late = last + timedelta(seconds=seconds)
        assert stands(seen(Duty.TOPIC, late)) == (Status.LATE, minutes)


def test_a_late_record_is_missing_until_it_is_there_and_late_ever_after() -> None:
    recorded = at(MOSCOW, 2025, 9, 4, 12, 0)
    before = seen(Duty.HOMEWORK, recorded, recorded - timedelta(seconds=1))
    assert before.status is Status.MISSING
    assert before.position is None
    for now in (recorded, LONG_AFTER):
        assert seen(Duty.HOMEWORK, recorded, now).status is Status.LATE


# -- marks -----------------------------------------------------------------------------------


def test_marks_of_a_control_work_come_within_the_days_of_written_works() -> None:
    ten = due(msgspec.structs.replace(SEED, written_work_days=10))
    last, first_late = at(MOSCOW, 2025, 9, 12, 23, 59, 59), at(MOSCOW, 2025, 9, 13, 0, 0, 0)
    assert seen(Duty.MARKS, last, of=ten, control=True).status is Status.ON_TIME
    assert seen(Duty.MARKS, first_late, of=ten, control=True).status is Status.LATE
    assert seen(Duty.MARKS, None, last, of=ten, control=True).status is Status.PENDING
    assert seen(Duty.MARKS, None, first_late, of=ten, control=True).status is Status.MISSING


def test_an_ordinary_lesson_without_marks_lacks_nothing_and_with_late_marks_is_late() -> None:
    without = seen(Duty.MARKS, None)
    assert (without.status, without.reason) == (Status.NOT_REQUIRED, Reason.NO_MARKS)
    last, first_late = at(MOSCOW, 2025, 9, 9, 23, 59, 59), at(MOSCOW, 2025, 9, 10, 0, 0, 0)
    assert seen(Duty.MARKS, last).status is Status.ON_TIME
    assert seen(Duty.MARKS, first_late).status is Status.LATE


# -- what is not required --------------------------------------------------------------------


def test_nothing_is_required_of_a_cancelled_lesson_a_day_off_or_an_imported_lesson() -> None:
    cancelled = at(MOSCOW, 2025, 9, 2, 8, 0)
    for lesson, reason in (
        (Lesson(due(), {}, cancelled_at=cancelled), Reason.CANCELLED),
        (Lesson(due(), {}, off=True), Reason.DAY_OFF),
        (Lesson(due(), {}, left_out=True), Reason.IMPORTED),
    ):
        for duty in Duty:
            found = lesson.verdict(duty, LONG_AFTER)
            assert (found.status, found.reason) == (Status.NOT_REQUIRED, reason)


def test_before_it_was_cancelled_a_lesson_was_to_be_filled() -> None:
    cancelled = at(MOSCOW, 2025, 9, 20, 8, 0)
    lesson = Lesson(due(), {}, cancelled_at=cancelled)
    before = lesson.verdict(Duty.TOPIC, cancelled - timedelta(seconds=1))
    assert before.status is Status.MISSING
    assert lesson.verdict(Duty.TOPIC, cancelled).status is Status.NOT_REQUIRED


def test_the_first_grade_has_no_homework_and_no_marks() -> None:
    lesson = Lesson(due(), {}, homework=False, graded=False, control=True)
    found = {duty: lesson.verdict(duty, LONG_AFTER) for duty in Duty}
    assert found[Duty.HOMEWORK] == Verdict(Status.NOT_REQUIRED, reason=Reason.LEVEL)
    assert found[Duty.MARKS] == Verdict(Status.NOT_REQUIRED, reason=Reason.LEVEL)
    assert found[Duty.TOPIC].status is found[Duty.ATTENDANCE].status is Status.MISSING


def test_what_an_import_brought_is_left_out() -> None:
    brought = Record(at(MOSCOW, 2025, 12, 1, 12), 7, imported=True)
    found = Lesson(due(), {Duty.TOPIC: brought}).verdict(Duty.TOPIC, LONG_AFTER)
    assert (found.status, found.reason) == (Status.NOT_REQUIRED, Reason.IMPORTED)
    assert found.position == 7


def test_a_lesson_planned_after_it_had_been_held_counts_from_the_day_of_the_plan() -> None:
    of = due(PRESETS["ap147"], known=date(2025, 9, 20))
    assert of.day_due == at(MOSCOW, 2025, 9, 20, 23, 59, 59)
    assert of.fill_due == at(MOSCOW, 2025, 9, 21, 23, 59, 59)
    before = due(PRESETS["ap147"], known=date(2025, 8, 20))
    assert before == due(PRESETS["ap147"])


# -- R2: every week --------------------------------------------------------------------------

SUNDAY = at(MOSCOW, 2025, 9, 7, 23, 59, 59)


@pytest.mark.parametrize("duty", [Duty.ATTENDANCE, Duty.MARKS])
def test_a_group_is_filled_by_attendance_or_a_mark_until_the_last_second_of_sunday(
    duty: Duty,
) -> None:
    monday = at(MOSCOW, 2025, 9, 8, 0, 0, 0)
    for recorded, status in ((SUNDAY, Status.ON_TIME), (monday, Status.LATE)):
        lessons = [Lesson(due(), {}), Lesson(due(), {duty: Record(recorded, 3)})]
        assert week_filled(lessons, SUNDAY, LONG_AFTER).status is status
    assert week_filled([Lesson(due(), {})], SUNDAY, SUNDAY).status is Status.PENDING
    assert week_filled([Lesson(due(), {})], SUNDAY, monday).status is Status.MISSING


def test_a_topic_alone_does_not_fill_a_week() -> None:
    topic = Lesson(due(), {Duty.TOPIC: Record(SUNDAY - timedelta(days=3), 3)})
    assert week_filled([topic], SUNDAY, LONG_AFTER).status is Status.MISSING


def test_a_week_of_cancelled_lessons_or_of_a_vacation_asks_for_nothing() -> None:
    off = [Lesson(due(), {}, off=True), Lesson(due(), {}, cancelled_at=SUNDAY)]
    assert week_filled(off, SUNDAY, LONG_AFTER).status is Status.NOT_REQUIRED
    assert week_filled([], SUNDAY, LONG_AFTER).status is Status.NOT_REQUIRED
    one_held = [*off, Lesson(due(), {})]
    assert week_filled(one_held, SUNDAY, LONG_AFTER).status is Status.MISSING


def test_a_week_that_an_import_filled_is_left_out() -> None:
    brought = Record(SUNDAY, 3, imported=True)
    lessons = [Lesson(due(), {Duty.ATTENDANCE: brought})]
    assert week_filled(lessons, SUNDAY, LONG_AFTER).status is Status.NOT_REQUIRED
    own = Record(SUNDAY + timedelta(days=2), 4)
    lessons.append(Lesson(due(), {Duty.MARKS: own}))
    assert week_filled(lessons, SUNDAY, LONG_AFTER).status is Status.LATE
