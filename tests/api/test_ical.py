"""Calendars as text, read back by a library of another hand."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import icalendar
import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.ical import LONGEST, Event, calendar, folded, text

SINCE, UNTIL = date(2026, 8, 31), date(2026, 12, 6)
WRITTEN = datetime(2026, 9, 1, 9, 30, tzinfo=UTC)


def lesson(**changes: object) -> Event:
    usual = {"starts": time(8, 30), "ends": time(9, 15), "modified": WRITTEN, "sequence": 2}
    return Event("l1@school", date(2026, 9, 2), "Алгебра", **(usual | changes))  # type: ignore[arg-type]


def read(*events: Event, zone: str = "Europe/Moscow") -> Any:
    found = icalendar.Calendar.from_ical(calendar("Уроки 7а", zone, events, SINCE, UNTIL))
    assert isinstance(found, icalendar.Calendar)
    assert not found.errors
    return found


def test_a_lesson_is_at_its_bells_in_the_zone_of_the_school() -> None:
    found = read(lesson(place="каб. 214", description="1 урок\nТема: дроби; §1, №2\\3"))

    [event] = found.events
    assert event.start == datetime.fromisoformat("2026-09-02T08:30:00+03:00")
    assert event.end - event.start == timedelta(minutes=45)
    assert event["DTSTART"].params["TZID"] == "Europe/Moscow"
    assert (event["UID"], event["SEQUENCE"], event["STATUS"]) == ("l1@school", 2, "CONFIRMED")
    assert event["DTSTAMP"].dt == event["LAST-MODIFIED"].dt == WRITTEN
    assert event["DESCRIPTION"] == "1 урок\nТема: дроби; §1, №2\\3"
    assert found["X-WR-CALNAME"] == "Уроки 7а"
    assert found["VERSION"] == "2.0"


def test_without_bells_and_without_hours_it_is_of_the_day() -> None:
    [event] = read(lesson(starts=None, ends=None, cancelled=True)).events
    assert (event.start, event.end) == (date(2026, 9, 2), date(2026, 9, 3))
    assert (event["TRANSP"], event["STATUS"]) == ("TRANSPARENT", "CANCELLED")


@pytest.mark.parametrize("zone", ["Europe/Moscow", "Asia/Kamchatka", "Europe/Berlin"])
def test_the_zone_that_comes_along_says_what_the_zone_database_says(zone: str) -> None:
    [own] = read(lesson(), zone=zone).timezones
    by_the_file = own.to_tz(lookup_tzid=False)
    named = icalendar.timezone.tzp.timezone(zone)
    for day in range((UNTIL - SINCE).days):
        noon = datetime(2026, 8, 31, 12) + timedelta(days=day)  # noqa: DTZ001 - local
        assert (
            noon.replace(tzinfo=by_the_file).utcoffset() == noon.replace(tzinfo=named).utcoffset()
        )


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=300))
def test_any_text_comes_back_and_no_line_is_longer_than_allowed(said: str) -> None:
    line = folded(f"SUMMARY:{text(said)}")
    assert all(len(one) <= LONGEST for one in line.split(b"\r\n"))
    line.decode()  # no letter was cut
    [event] = read(lesson(description=f"«{said}»")).events
    shown = said.replace("\r\n", "\n").replace("\r", "\n")
    expected = "".join(one for one in shown if one.isprintable() or one == "\n")
    assert event["DESCRIPTION"] == f"«{expected}»"
