"""What to expect of a class in a subject: the three rates of a group, quality with its interval."""

from __future__ import annotations

from collections.abc import Sequence
from math import exp, pi, sqrt
from typing import NamedTuple

from domain.forecast.method import Forecast
from domain.forecast.parameters import Parameters

#: half the width of an interval that holds four of five, in standard deviations
FOUR_OF_FIVE = 1.2816
_WORTH = (16, 36, 64, 100)  # of 2, 3, 4, 5 in the degree of learning (domain.formulas)
_WORTH_NOT_ATTESTED = 7


class Outlook(NamedTuple):
    """Percents of a group: quality (5 and 4) and its standard deviation, passed, СОУ."""

    pupils: int
    quality: float
    quality_sd: float
    passed: float
    learning: float

    @property
    def low(self) -> float:
        """The lower end of the interval that holds four of five."""
        return max(self.quality - FOUR_OF_FIVE * self.quality_sd, 0.0)

    @property
    def high(self) -> float:
        """The upper end."""
        return min(self.quality + FOUR_OF_FIVE * self.quality_sd, 100.0)


def shock_unit(weight: float, marks: float, each: float) -> float:
    """How much a shock that all marks to come share moves a mean of `weight` so far."""
    more = marks * each
    whole = weight + more
    return (more / whole) ** 2 / max(marks, 0.5) if whole else 0.0


def outlook(cells: Sequence[tuple[Forecast, float]], parameters: Parameters) -> Outlook:
    """Of (forecast, weight of the marks so far); a class of a subject, or several of them."""
    n = len(cells) or 1
    quality = passed = learning = apart = density = shock = 0.0
    border = parameters.thresholds[1]
    for one, weight in cells:
        two, _, four, five = one.chances
        here = 1 - one.not_attested
        good = here * (four + five)
        quality += good
        passed += here * (1 - two)
        learning += here * sum(c * w for c, w in zip(one.chances, _WORTH, strict=True))
        learning += one.not_attested * _WORTH_NOT_ATTESTED
        apart += good * (1 - good)
        z = (one.mean - border) / one.sd
        density += exp(-z * z / 2) / (one.sd * sqrt(2 * pi))
        shock += shock_unit(weight, one.ahead.marks, one.ahead.weight)
    sd = sqrt(apart / n**2 + (density / n) ** 2 * parameters.shock * shock / n)
    return Outlook(len(cells), 100 * quality / n, 100 * sd, 100 * passed / n, learning / n)
