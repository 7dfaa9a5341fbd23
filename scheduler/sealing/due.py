"""When a log is sealed: pure."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from projections.seals.book import Sight, Why

#: So long after the close of the day a first seal still is that day's.
CLOSING = timedelta(hours=1)


def due(
    sight: Sight, now: datetime, *, zone: str, close: time, every: timedelta, asked: bool
) -> Why | None:
    """Why the log is to be sealed now; None when it is not.

    Only what has grown: at once when asked or when the day has closed, else `every` so often. A
    clock that was put back does not wait until it comes to the last seal again.
    """
    last = sight.sealed
    if sight.size <= (last.size if last else 0):
        return None
    if asked:
        return "statement"
    closed = last_close(now, zone, close)
    if last is not None and last.at < closed and now - closed < CLOSING:
        return "day-close"
    if last is None or abs(now - last.at) >= every:
        return "grown"
    return None


def last_close(now: datetime, zone: str, close: time) -> datetime:
    """The last close of a day in the zone of the school, at or before `now`."""
    local = now.astimezone(ZoneInfo(zone))
    today = local.replace(hour=close.hour, minute=close.minute, second=0, microsecond=0)
    # the wall clock's yesterday, also across a change of the clocks
    return today if today <= local else today - timedelta(days=1)
