"""The marks of one pupil, subject and term as twelve whole numbers that only add and subtract.

Whole numbers, so that a tally kept mark by mark is the same to the last digit as one counted anew.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

#: kinds of work: answers and homework, independent works, control works
ORAL, INDEPENDENT, CONTROL = range(3)
KINDS = (ORAL, INDEPENDENT, CONTROL)
_HUNDREDTHS = 100.0
_TEN_THOUSANDTHS = 10_000.0


class Tally(NamedTuple):
    """Sums over marks, by kind of work where numbered. Marks and weights are in hundredths."""

    n0: int = 0  # marks
    n1: int = 0
    n2: int = 0
    w0: int = 0  # weights
    w1: int = 0
    w2: int = 0
    x0: int = 0  # marks without their weights
    x1: int = 0
    x2: int = 0
    total: int = 0  # mark × weight
    squares: int = 0  # weight²
    powers: int = 0  # mark²

    @property
    def n(self) -> int:
        """Marks."""
        return self.n0 + self.n1 + self.n2

    @property
    def weight(self) -> float:
        """The sum of the weights."""
        return (self.w0 + self.w1 + self.w2) / _HUNDREDTHS

    @property
    def counts(self) -> tuple[int, int, int]:
        """Marks by kind of work."""
        return self.n0, self.n1, self.n2

    @property
    def weights(self) -> tuple[float, float, float]:
        """Weights by kind of work."""
        return self.w0 / _HUNDREDTHS, self.w1 / _HUNDREDTHS, self.w2 / _HUNDREDTHS

    @property
    def values(self) -> tuple[float, float, float]:
        """Sums of marks by kind of work."""
        return self.x0 / _HUNDREDTHS, self.x1 / _HUNDREDTHS, self.x2 / _HUNDREDTHS

    @property
    def weighted(self) -> float:
        """The sum of mark × weight."""
        return self.total / _TEN_THOUSANDTHS

    @property
    def square_weight(self) -> float:
        """The sum of weight²."""
        return self.squares / _TEN_THOUSANDTHS

    @property
    def square_value(self) -> float:
        """The sum of mark²."""
        return self.powers / _TEN_THOUSANDTHS

    @property
    def mean(self) -> float:
        """The weighted mean; of no marks it is 0."""
        weight = self.weight
        return self.weighted / weight if weight else 0.0

    def __sub__(self, other: Tally) -> Tally:
        """What came after `other`."""
        return Tally(*(mine - its for mine, its in zip(self, other, strict=True)))


EMPTY = Tally()


class Given(NamedTuple):
    """A mark: 2–5 in hundredths, its weight in hundredths, its kind of work."""

    mark: int
    weight: int
    kind: int


def added(tally: Tally, given: Given, times: int = 1) -> Tally:
    """The tally with one more mark; `times` −1 takes one away."""
    mark, weight, kind = given
    sums = list(tally)
    sums[kind] += times
    sums[3 + kind] += times * weight
    sums[6 + kind] += times * mark
    sums[9] += times * mark * weight
    sums[10] += times * weight * weight
    sums[11] += times * mark * mark
    return Tally(*sums)


def tallied(marks: Iterable[Given]) -> Tally:
    """The tally of marks in any order."""
    sums = [0] * 12
    for mark, weight, kind in marks:
        sums[kind] += 1
        sums[3 + kind] += weight
        sums[6 + kind] += mark
        sums[9] += mark * weight
        sums[10] += weight * weight
        sums[11] += mark * mark
    return Tally(*sums)
