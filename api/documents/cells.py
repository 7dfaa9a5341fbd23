"""Cells of a report in Russian: the same words on a page and on paper."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, datetime
from zoneinfo import ZoneInfo

from api.russian import comma
from projections.reports import Cell, Column

_DECIMAL = re.compile(r"-?\d+\.\d\d")


def decimal(cell: Cell, column: Column) -> bool:
    """A figure of two places, also where marks or counts stand: what is in the lines under them."""
    if column.kind in ("text", "day", "moment"):
        return False
    return isinstance(cell, str) and _DECIMAL.fullmatch(cell) is not None


def shown(cell: Cell, column: Column, zone: str) -> str:
    """The cell as text: decimals with a comma, days and moments of the school; "" for none."""
    if cell is None or cell == "":
        return ""
    if column.kind == "day":
        return f"{date.fromisoformat(str(cell)):%d.%m.%Y}"
    if column.kind == "moment":
        return f"{datetime.fromisoformat(str(cell)).astimezone(ZoneInfo(zone)):%d.%m.%Y %H:%M}"
    return comma(cell) if decimal(cell, column) else str(cell)


def turned(columns: Iterable[Column]) -> bool:
    """Titles over marks stand upright: a word of one is longer than its column."""
    marks = [one for one in columns if one.kind == "mark"]
    return any(len(word) > one.characters + 1 for one in marks for word in one.title.split())


def grouped(number: int) -> str:
    """«12 345», with spaces that do not break."""
    return f"{number:,}".replace(",", "\u00a0")


def source(position: int, moment: datetime, zone: str) -> str:
    """Which log a report was counted of: whoever has it can count again."""
    local = moment.astimezone(ZoneInfo(zone))
    return f"По записям журнала до № {grouped(position)}, {local:%d.%m.%Y %H:%M:%S}"
