"""Refused writes for whoever reads red flags: JSON and pages."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from api.caller import Caller
from api.grants import trail_classes
from projections import access_log
from projections.access_log import Attempt

DAYS = 30


async def attempts_for(
    caller: Caller, *, since: date | None = None, by: str | None = None
) -> list[Attempt]:
    """Of the last thirty days unless said otherwise; an auditor's about the open journals only."""
    door = caller.door
    first = since or door.rights.today() - timedelta(days=DAYS)
    classes = await trail_classes(caller)
    async with caller.reading() as (conn, schema):
        moment = datetime.combine(first, time(), ZoneInfo(door.zone))
        return await access_log.attempts(conn, schema, moment, classes=classes, by=by)
