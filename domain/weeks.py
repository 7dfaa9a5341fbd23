"""ISO weeks as people and addresses name them: «2026-W47»."""

from __future__ import annotations

import re
from datetime import date, timedelta

from domain.refusals import Invalid

_WEEK = re.compile(r"^(\d{4})-W(\d{2})$")


def week_of(day: date) -> str:
    """The week of a day."""
    year, week, _ = day.isocalendar()
    return f"{year}-W{week:02}"


def days_of(week: str) -> tuple[date, date]:
    """Monday and Sunday. Raises Invalid."""
    found = _WEEK.match(week)
    try:
        if found is not None:
            starts = date.fromisocalendar(int(found[1]), int(found[2]), 1)
            return starts, starts + timedelta(days=6)
    except (ValueError, OverflowError):  # no such week in the year, no such year
        pass
    raise Invalid("week.unknown", f"Такой недели нет: «{week[:20]}».")
