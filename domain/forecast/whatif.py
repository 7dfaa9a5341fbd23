"""«Что будет, если»: the same formula with some of the marks to come already given."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from domain.forecast.method import Forecast, forecast
from domain.forecast.parameters import Parameters
from domain.forecast.prior import Cell
from domain.forecast.tally import KINDS, Given, Tally, added

#: a forecast of fewer marks of this term and of the last one together is a guess
ENOUGH_MARKS = 3
_LIKELY = 0.2
_SURE = 0.8


class Outcome(NamedTuple):
    """If the next marks are these, the term mark is one of `likely`."""

    marks: tuple[int, ...]
    likely: tuple[str, ...]


def enough(cell: Cell) -> bool:
    """Whether there is anything to forecast by; else «мало данных»."""
    return cell.now.n > 0 and cell.now.n + cell.before.n >= ENOUGH_MARKS


def likely(found: Forecast) -> tuple[str, ...]:
    """The marks to expect: the likeliest, with a neighbour that is likely as well."""
    best = max(range(4), key=found.chances.__getitem__)
    if found.chances[best] >= _SURE:
        return (str(best + 2),)
    others = [n for n in (best - 1, best + 1) if 0 <= n < len(found.chances)]
    near = max(others, key=found.chances.__getitem__)
    both = {best, near} if found.chances[near] >= _LIKELY else {best}
    return tuple(str(n + 2) for n in sorted(both))


def with_marks(now: Tally, found: Forecast, marks: Sequence[int], p: Parameters) -> Forecast:
    """The forecast if the next marks are these, each as heavy as those to come usually are."""
    weight = max(round(100 * found.ahead.weight), 1)
    for mark in marks:
        now = added(now, Given(100 * mark, weight, KINDS[0]))
    left = max(found.ahead.marks - len(marks), 0.0)
    return forecast(now, found.ahead._replace(marks=left), p)


def outcomes(cell: Cell, found: Forecast, p: Parameters) -> list[Outcome]:
    """What three next marks would change, from fives to threes."""
    return [
        Outcome(marks, likely(with_marks(cell.now, found, marks, p)))
        for marks in ((5, 5, 5), (4, 4, 4), (3, 3, 3))
    ]


def fives_needed(cell: Cell, found: Forecast, p: Parameters, better: int) -> int | None:
    """How many fives in a row make `better` likelier than not; None: more than are usual."""
    most = max(round(found.ahead.marks * 1.5), 3)
    for many in range(1, min(most, 8) + 1):
        then = with_marks(cell.now, found, (5,) * many, p)
        if sum(then.chances[better - 2 :]) > 0.5:  # noqa: PLR2004 - likelier than not
            return many
    return None
