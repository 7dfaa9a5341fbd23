"""When jobs are due, at the borders: a second before and after, in every zone of Russia."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from scheduler.line import Line, Missed
from scheduler.periods import Daily, Every, Monthly, Period, Weekly, When

MOSCOW = "Europe/Moscow"
#: from UTC+2 to UTC+12: where a school in Russia may be
ZONES = (
    "Europe/Kaliningrad",
    MOSCOW,
    "Europe/Samara",
    "Asia/Yekaterinburg",
    "Asia/Omsk",
    "Asia/Krasnoyarsk",
    "Asia/Irkutsk",
    "Asia/Yakutsk",
    "Asia/Vladivostok",
    "Asia/Magadan",
    "Asia/Kamchatka",
)
A_SECOND = timedelta(seconds=1)
WEEKLY = Weekly(1, time(0, 5))
DAILY = Daily(time(0, 5))


def local(zone: str, *when: int, fold: int = 0) -> datetime:
    """What the clock on the school's wall says, as UTC."""
    year, month, day, hour, minute, second = (*when, 0, 0, 0)[:6]
    there = datetime(year, month, day, hour, minute, second, tzinfo=ZoneInfo(zone), fold=fold)
    return there.astimezone(UTC)


@pytest.mark.parametrize("zone", ZONES)
def test_a_week_is_over_on_monday_at_five_past_midnight_of_the_school(zone: str) -> None:
    border = local(zone, 2026, 11, 23, 0, 5)

    for before in (border - A_SECOND, local(zone, 2026, 11, 22, 23, 59, 59)):
        assert WEEKLY.last(before, zone).key == "2026-W46"
        assert WEEKLY.after(before, zone).key == "2026-W47"
    for since in (border, local(zone, 2026, 11, 23, 23, 59, 59), local(zone, 2026, 11, 29, 12)):
        assert WEEKLY.last(since, zone) == Period(
            "2026-W47", border, date(2026, 11, 16), date(2026, 11, 23)
        )
        assert WEEKLY.after(since, zone).due == local(zone, 2026, 11, 30, 0, 5)


@pytest.mark.parametrize("zone", ZONES)
def test_a_day_begins_with_the_school(zone: str) -> None:
    midnight = local(zone, 2026, 11, 23)

    assert DAILY.last(midnight - A_SECOND, zone).key == "2026-11-22"
    assert DAILY.last(midnight, zone).key == "2026-11-22"
    assert DAILY.last(midnight + timedelta(minutes=5), zone).key == "2026-11-23"


def test_zones_are_hours_apart() -> None:
    dues = [WEEKLY.last(datetime(2026, 11, 25, tzinfo=UTC), zone).due for zone in ZONES]

    assert max(dues) - min(dues) == timedelta(hours=10)
    assert sorted(dues, reverse=True) == dues  # Kamchatka's week ends first


def test_the_first_week_of_a_year_has_the_year_of_its_thursday() -> None:
    assert WEEKLY.last(local(MOSCOW, 2027, 1, 4, 0, 5), MOSCOW).key == "2026-W53"
    assert WEEKLY.last(local(MOSCOW, 2027, 1, 11, 0, 5), MOSCOW).key == "2027-W01"


@pytest.mark.parametrize(
    ("now", "key"),
    [
        ((2026, 11, 1, 6, 59, 59), "2026-10"),
        ((2026, 11, 1, 7), "2026-11"),
        ((2026, 11, 30, 23, 59, 59), "2026-11"),
        ((2027, 1, 1, 7), "2027-01"),
    ],
)
def test_a_month_is_that_of_its_first_day(now: tuple[int, ...], key: str) -> None:
    monthly = Monthly(1, time(7))

    found = monthly.last(local(MOSCOW, *now), MOSCOW)

    assert found.key == key
    assert found.since == date.fromisoformat(f"{key}-01")
    assert monthly.after(found.due, MOSCOW).since == found.until


@pytest.mark.parametrize(
    ("zone", "at", "day"),
    [
        ("Europe/Berlin", time(2, 30), date(2026, 10, 25)),  # 02:30 comes twice
        ("Europe/Berlin", time(2, 30), date(2026, 3, 29)),  # 02:30 does not come
        ("Africa/Cairo", time(0, 5), date(2026, 4, 24)),  # 00:05 does not come
    ],
)
def test_a_change_of_clocks_neither_doubles_nor_drops_a_day(zone: str, at: time, day: date) -> None:
    at_night = Daily(at)
    start = local(zone, day.year, day.month, day.day, 12) - timedelta(days=3)

    found = list(at_night.between(start, start + timedelta(days=5), zone))

    expected = [day + timedelta(days=n) for n in range(-2, 3)]
    assert [one.since for one in found] == expected
    for one in found:  # asked at any moment it is the same one
        assert at_night.last(one.due, zone) == one
        assert at_night.after(one.due - A_SECOND, zone) == one
        assert at_night.last(one.due - A_SECOND, zone).since == one.since - timedelta(days=1)


@pytest.mark.parametrize("when", [DAILY, WEEKLY, Monthly(28, time(23, 59)), Every(600), Every(5)])
@pytest.mark.parametrize("zone", [*ZONES, "Europe/Berlin", "Africa/Cairo", "Asia/Kathmandu"])
def test_periods_follow_each_other(when: When, zone: str) -> None:
    now = datetime(2026, 3, 27, 21, 7, 13, tzinfo=UTC)

    for _ in range(60):
        last, following = when.last(now, zone), when.after(now, zone)
        assert last.due <= now < following.due
        assert when.after(last.due, zone) == following
        assert when.last(following.due, zone) == following
        assert last.key != following.key
        now = following.due


def line(missed: Missed, when: When = WEEKLY) -> Line:
    """A line of a table."""
    return Line("job", "Задание", when, missed, lambda _: 0, "дел")


THREE_WEEKS_AGO = local(MOSCOW, 2026, 11, 2, 0, 5)
NOW = local(MOSCOW, 2026, 11, 23, 12)


def keys(periods: list[Period]) -> list[str]:
    """Which."""
    return [one.key for one in periods]


def test_every_missed_week_is_owed() -> None:
    missed, due = line(Missed.EVERY).owed(THREE_WEEKS_AGO, NOW, MOSCOW)

    assert keys(due) == ["2026-W45", "2026-W46", "2026-W47"]
    assert missed == []


def test_of_several_missed_ones_the_last_is_owed_once() -> None:
    missed, due = line(Missed.ONCE).owed(THREE_WEEKS_AGO, NOW, MOSCOW)

    assert (keys(missed), keys(due)) == (["2026-W45", "2026-W46"], ["2026-W47"])


def test_what_comes_too_late_is_skipped() -> None:
    skipping = line(Missed.SKIP)  # an hour of grace
    due = local(MOSCOW, 2026, 11, 23, 0, 5)

    in_time = skipping.owed(THREE_WEEKS_AGO, due + timedelta(hours=1), MOSCOW)
    too_late = skipping.owed(THREE_WEEKS_AGO, due + timedelta(hours=1, seconds=1), MOSCOW)

    assert (len(in_time.missed), keys(in_time.due)) == (2, ["2026-W47"])
    assert (len(too_late.missed), too_late.due) == (3, [])


@pytest.mark.parametrize("missed", list(Missed))
@pytest.mark.parametrize("when", [WEEKLY, DAILY, Every(900)])
def test_a_clock_that_is_put_back_owes_nothing_again(missed: Missed, when: When) -> None:
    done = when.last(NOW, MOSCOW).due

    for now in (NOW, NOW - timedelta(days=1), NOW - timedelta(days=30)):
        assert line(missed, when).owed(done, now, MOSCOW) == ([], [])


def test_of_quarters_of_an_hour_only_the_last_is_owed() -> None:
    missed, due = line(Missed.ONCE, Every(900)).owed(THREE_WEEKS_AGO, NOW, MOSCOW)

    assert (missed, keys(due)) == ([], ["2026-11-23T09:00:00Z"])


def test_how_often_is_told_in_words() -> None:
    told = [Every(seconds).words for seconds in (1, 5, 900)]

    assert told == ["каждую секунду", "каждые 5 с", "каждые 15 мин"]
