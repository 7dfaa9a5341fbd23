"""The alert: a mark likelier than not to be worse than the last term's, two looks in a row."""

from __future__ import annotations

from collections.abc import Sequence

from domain.forecast.method import Forecast
from domain.forecast.prior import Cell

WORTH = 0.5
LEAST = 2  # marks of this term, at each look: fewer are the prior speaking


def worse(chances: Sequence[float], last: str) -> float:
    """The chance of less than the last term mark, or of a 2; `last` is "" when there was none."""
    below = int(last) - 2 if last in ("3", "4", "5") else 1
    return sum(chances[: max(below, 1)])


def came_worse(mark: str, last: str) -> bool:
    """Whether the term mark, a number, turned out so."""
    return mark == "2" or (last in ("3", "4", "5") and mark < last)


def likely_worse(marks: int, chances: Sequence[float], last: str) -> bool:
    """One look: by marks enough of this term, rather worse than not."""
    return marks >= LEAST and worse(chances, last) >= WORTH


def alerted(now: tuple[Cell, Forecast], earlier: tuple[Cell, Forecast] | None, last: str) -> bool:
    """Worth a look: likely now and a week ago, each time by two marks at least."""
    return earlier is not None and all(
        likely_worse(cell.now.n, of.chances, last) for cell, of in (now, earlier)
    )
