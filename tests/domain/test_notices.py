"""When a family is written to: paces, the publication hour, quiet hours, turns of the clocks."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from domain.notices import KIND_LABELS, KIND_OF, PACE_LABELS, USUAL, Hours, Kind, Pace, due
from domain.refusals import Invalid

MOSCOW = "Europe/Moscow"


def at(text: str, zone: str = MOSCOW) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone))


@pytest.mark.parametrize(
    ("pace", "told", "goes"),
    [
        (Pace.AT_ONCE, "2026-11-27T10:00", "2026-11-27T10:10"),
        (Pace.AT_ONCE, "2026-11-27T20:49", "2026-11-27T20:59"),
        (Pace.AT_ONCE, "2026-11-27T20:50", "2026-11-28T07:00"),  # it would be quiet by then
        (Pace.AT_ONCE, "2026-11-28T03:00", "2026-11-28T07:00"),
        (Pace.AT_ONCE, "2026-11-28T06:50", "2026-11-28T07:00"),
        (Pace.DAILY, "2026-11-27T17:59", "2026-11-27T18:00"),
        (Pace.DAILY, "2026-11-27T18:00", "2026-11-28T18:00"),
        (Pace.WEEKLY, "2026-11-26T12:00", "2026-11-27T18:00"),  # a Thursday, the Friday after it
        (Pace.WEEKLY, "2026-11-27T17:59", "2026-11-27T18:00"),
        (Pace.WEEKLY, "2026-11-27T18:00", "2026-12-04T18:00"),
    ],
)
def test_a_letter_goes_at_its_hour(pace: Pace, told: str, goes: str) -> None:
    assert due(pace, at(told), MOSCOW, Hours()) == at(goes)


def test_who_wants_no_letters_gets_none() -> None:
    assert due(Pace.OFF, at("2026-11-27T10:00"), MOSCOW, Hours()) is None


@pytest.mark.parametrize("day", ["2026-03-28", "2026-10-24"])
def test_six_in_the_evening_is_six_after_the_clocks_turned(day: str) -> None:
    goes = due(Pace.DAILY, at(f"{day}T18:30", "Europe/Berlin"), "Europe/Berlin", Hours())
    assert goes is not None
    assert (goes.hour, goes.day) == (18, int(day[-2:]) + 1)


@pytest.mark.parametrize(
    ("hours", "code"),
    [
        (Hours(publish=24), "notice_hours.bounds"),
        (Hours(quiet_from=-1), "notice_hours.bounds"),
        (Hours(weekday=0), "notice_hours.bounds"),
        (Hours(publish=22), "notice_hours.quiet"),
        (Hours(publish=6), "notice_hours.quiet"),
        (Hours(publish=13, quiet_from=12, quiet_until=14), "notice_hours.quiet"),
    ],
)
def test_hours_that_would_keep_letters_back_are_refused(hours: Hours, code: str) -> None:
    with pytest.raises(Invalid) as refused:
        hours.check()
    assert refused.value.code == code


def test_hours_without_quiet_ones_are_allowed() -> None:
    hours = Hours(publish=23, quiet_from=0, quiet_until=0)
    hours.check()
    assert due(Pace.AT_ONCE, at("2026-11-28T03:00"), MOSCOW, hours) == at("2026-11-28T03:10")


def test_everything_that_is_told_has_its_words_and_its_usual_pace() -> None:
    assert set(KIND_LABELS) == set(USUAL) == set(Kind)
    assert set(KIND_OF.values()) | {Kind.CONSENT_ENDING} == set(Kind)
    assert set(PACE_LABELS) == set(Pace)
