"""The method: the chances of each term mark of one cell, by the number of marks yet to come."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from math import erf, exp, log, sqrt
from typing import NamedTuple

from domain.forecast.parameters import Parameters
from domain.forecast.prior import Ahead, Group, distance_from, expectations
from domain.forecast.tally import Tally

_MOST = 60  # marks to come that are thought of
_RARE = 0.004  # numbers of marks to come less likely are left out
_MANY = 4.0  # from so many expected every second number is enough, from twice as many each third
_ROOT = sqrt(2.0)
_NOTHING = 1e-6
_WORST, _BEST = 2.0, 5.0  # marks
_POISSON = 0.02  # a dispersion so near to 1 is 1
_SURE = 0.05  # dispersion of works that are as good as sure


class Forecast(NamedTuple):
    """`chances` of 2, 3, 4, 5 if attested, of н/а apart; the mean that the mark is made of."""

    chances: tuple[float, float, float, float]
    not_attested: float
    mean: float
    sd: float
    level: float
    own_share: float  # weight of the pupil's own marks of this term in the level
    ahead: Ahead


def forecast_class(
    groups: Sequence[Group], progress: float, parameters: Parameters
) -> list[list[Forecast]]:
    """Forecasts in the order of the groups and their cells. `progress`: part of the term gone."""
    return [
        [
            forecast(cell.now, ahead, parameters)
            for cell, ahead in zip(group.cells, found, strict=True)
        ]
        for group, found in zip(groups, expectations(groups, progress, parameters), strict=True)
    ]


def bounded(level: float) -> float:
    """Variance of marks at a level beside that at 3.7: near the ends of the scale it is less."""
    room = (5.35 - level) * (level - 1.3)
    return (max(0.35, room)) / 3.96


def forecast(now: Tally, ahead: Ahead, parameters: Parameters) -> Forecast:
    """The chances of one cell, by the number of marks that may still come."""
    p = parameters
    n0, n1, n2, _, _, _, _, _, _, total, squares, _ = now
    n = n0 + n1 + n2
    usual, spread, anchor, shift, persist, marks, each, square, unknown, variance, vary = ahead
    distance, weight = distance_from(now, usual, p)
    own = 0.0
    level = usual
    if weight:
        effective = weight * weight / (squares / 10_000.0)
        own = effective / (effective + p.mark_variance * bounded(usual) / spread)
        level += own * distance / weight
    later = anchor + shift + persist * (level - anchor)
    later = min(max(later, _WORST), _BEST)
    uncertain = variance * spread * (1 - own) + unknown
    noise = variance * p.mark_variance * bounded(later) * square
    given = total / 10_000.0
    (t2, t3, t4), (d2, d3, d4) = p.thresholds, p.doubts
    d2, d3, d4 = d2 * d2, d3 * d3, d4 * d4
    missing = attested = first = second = below3 = below4 = below5 = 0.0
    for number, chance in _numbers(marks, vary):
        if n + number < p.min_marks or not n + number:
            missing += chance
            continue
        more = number * each
        all_weight = weight + more
        mean = (given + more * later) / all_weight
        var = (more * more * uncertain + number * noise) / (all_weight * all_weight)
        attested += chance
        first += chance * mean
        second += chance * (var + mean * mean)
        below3 += chance * erf((t2 - mean) / (_ROOT * sqrt(var + d2)))
        below4 += chance * erf((t3 - mean) / (_ROOT * sqrt(var + d3)))
        below5 += chance * erf((t4 - mean) / (_ROOT * sqrt(var + d4)))
    if attested < _NOTHING:  # nothing to make a mark of
        mean, sd = later, sqrt(spread)
        chances = _chances(*(erf((t - mean) / (_ROOT * sd)) for t in p.thresholds))
        return Forecast(chances, p.not_attested, mean, sd, level, own, ahead)
    mean = first / attested
    left = second / attested - mean * mean
    return Forecast(
        _chances(below3 / attested, below4 / attested, below5 / attested),
        min(p.not_attested * missing / (missing + attested), 1.0),
        mean,
        sqrt(left) if left > _NOTHING else 1e-3,
        level,
        own,
        ahead,
    )


def _chances(below3: float, below4: float, below5: float) -> tuple[float, float, float, float]:
    """Of erf at the three thresholds; they may cross a little where doubts differ."""
    below4 = max(below3, below4)
    below5 = max(below4, below5)
    return (
        (1 + below3) / 2,
        (below4 - below3) / 2,
        (below5 - below4) / 2,
        (1 - below5) / 2,
    )


def _numbers(marks: float, dispersion: float) -> tuple[tuple[int, float], ...]:
    """(number of marks to come, its chance), the expected number to a twentieth."""
    return _distribution(round(marks * 20), round(max(dispersion, _SURE), 2))


@lru_cache(maxsize=8192)
def _distribution(twentieths: int, dispersion: float) -> tuple[tuple[int, float], ...]:
    """Binomial, Poisson or negative binomial, as the variance is below, at or above the mean: one
    recurrence for all three. Rare numbers are left out; of many, every second or third is enough.
    """
    marks = twentieths / 20
    if not twentieths:
        return ((0, 1.0),)
    if abs(dispersion - 1) < _POISSON:
        a, b, chance = 0.0, marks, exp(-marks)
    else:
        a = (dispersion - 1) / dispersion
        b = marks / dispersion - a
        chance = exp(-marks * log(dispersion) / (dispersion - 1))
    found = []
    for number in range(1, _MOST):
        found.append((number - 1, chance))
        chance *= a + b / number
        if chance <= 0 or (number > marks and chance < _RARE):
            break
    step = 1 + int(marks * min(dispersion, 1.0) / _MANY)
    return tuple((n, c * step) for n, c in found[step // 2 :: step] if c > _RARE)
