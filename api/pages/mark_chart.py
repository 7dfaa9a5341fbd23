"""A pupil's marks of a subject as a picture: every mark, and the average as it went."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from domain.formulas import Item, average, weighted_average
from domain.values import NUMERIC_MARKS

WIDTH, HEIGHT = 360, 150  # drawn for a phone; letters stay as large on a wide screen
LEFT, RIGHT, TOP, BOTTOM = 22, 350, 10, 128
BEST, USUAL_WORST = 5, 2
#: fewer make no line
FEWEST = 2


def chart(
    items: Sequence[Item], since: date, until: date, *, weighted: bool
) -> dict[str, Any] | None:
    """What templates/family/chart.html draws, or None of fewer than two numbers.

    items: in the order of their days; since, until: the ends of the axis, both included.
    Answers `{width, height, grid[{y, value}], points[{x, y, value}], line, ends[since, until]}`.
    """
    numbers = [one for one in items if one.value in NUMERIC_MARKS]
    if len(numbers) < FEWEST:
        return None
    mean = weighted_average if weighted else average
    span = max((until - since).days, 1)
    worst = min(USUAL_WORST, *(int(one.value) for one in numbers))

    def across(day: date) -> float:
        share = min(max((day - since).days, 0), span) / span
        return round(LEFT + share * (RIGHT - LEFT), 1)

    def down(value: Decimal) -> float:
        return round(float(BOTTOM - (value - worst) / (BEST - worst) * (BOTTOM - TOP)), 1)

    line = [
        (across(one.day or since), down(Decimal(mean(numbers[: n + 1]).value)))
        for n, one in enumerate(numbers)
    ]
    values = range(BEST, worst - 1, -1)
    return {
        "width": WIDTH,
        "height": HEIGHT,
        "left": LEFT,
        "right": RIGHT,
        "grid": [{"y": down(Decimal(value)), "value": value} for value in values],
        "points": [
            {"x": across(one.day or since), "y": down(Decimal(one.value)), "value": one.value}
            for one in numbers
        ],
        "line": " ".join(f"{x},{y}" for x, y in line),
        "ends": (since, until),
    }
