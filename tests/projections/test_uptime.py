"""When the journal answered: spans of looks, and what is told of them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from projections import uptime as u
from tests.projections.life import MORNING, Life, life

SINCE = datetime(2026, 11, 1, tzinfo=UTC)
UNTIL = datetime(2026, 12, 1, tzinfo=UTC)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def told(*spans: tuple[datetime, datetime], now: datetime = UNTIL) -> u.Uptime:
    return u.measured(spans, spans[0][0] if spans else None, SINCE, UNTIL, now)


def test_nothing_measured_is_nothing_told() -> None:
    found = told()
    assert (found.since, found.share, found.longest) == (None, None, None)


def test_a_whole_month_without_a_break() -> None:
    found = told((SINCE - DAY, UNTIL + DAY))
    assert (found.share, found.breaks, found.seconds) == ("100.00", [], 30 * 86_400)


def test_a_break_of_an_hour_is_told_with_its_length() -> None:
    found = told((SINCE, SINCE + DAY), (SINCE + DAY + HOUR, UNTIL))
    assert [one.seconds for one in found.breaks] == [3_600]
    assert found.answered == 30 * 86_400 - 3_600
    assert found.share == "99.86"  # cut, not rounded
    assert found.longest == u.Break(SINCE + DAY, SINCE + DAY + HOUR)


def test_what_lies_before_the_first_look_is_not_counted_at_all() -> None:
    first = SINCE + 10 * DAY
    found = told((first, UNTIL))
    assert (found.since, found.share, found.seconds) == (first, "100.00", 20 * 86_400)


def test_a_break_goes_on_until_now() -> None:
    now = SINCE + DAY + HOUR
    found = told((SINCE, SINCE + DAY), now=now)
    assert found.breaks == [u.Break(SINCE + DAY, now)]
    assert found.until == now


@pytest.mark.parametrize(("pause", "breaks"), [(u.UNSEEN, 0), (u.UNSEEN + MINUTE, 1)])
def test_a_pause_between_two_looks_is_no_break(pause: timedelta, breaks: int) -> None:
    found = told((SINCE, SINCE + DAY), (SINCE + DAY + pause, UNTIL))
    assert len(found.breaks) == breaks


def test_two_processes_look_and_one_is_enough() -> None:
    found = told((SINCE, UNTIL - DAY), (SINCE + HOUR, UNTIL))
    assert found.breaks == []


@pytest.fixture
def at(database: str) -> Iterator[Life]:
    with life(database) as one:
        one.fold_all()
        yield one


def test_looks_of_every_minute_are_one_row_and_a_break_begins_another(at: Life) -> None:
    for minute in range(5):
        assert at.read(u.beat, MORNING + minute * MINUTE)
    assert at.read(u.beat, MORNING + HOUR)
    found = at.read(u.uptime, MORNING, MORNING + DAY, MORNING + HOUR)
    assert [one.seconds for one in found.breaks] == [56 * 60]
    assert found.seconds == 3_600


def test_pages_that_are_far_behind_are_no_answer(at: Life) -> None:
    at.clock.go(hours=2)
    at.must(at.topic(at.lessons[0]))
    assert not at.read(u.beat, at.clock.now)
    at.fold_all()
    assert at.read(u.beat, at.clock.now)
