"""Fitting the parameters on terms that are over; what is forecast must not be among them.

Least squares and moments in the order in which one needs the other, every figure drawn to a value
without history so that a small school gets sensible ones.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from msgspec.structs import replace

from domain.forecast.defaults import DEFAULT
from domain.forecast.method import bounded, forecast_class
from domain.forecast.parameters import GRID, Parameters
from domain.forecast.prior import expectations, features
from domain.forecast.profiles import Sample, fitted_drift, fitted_marks, fitted_profiles
from domain.forecast.quality import shock_unit
from domain.forecast.rule import fitted_rule

_PARTS = range(len(GRID))
_ENOUGH = 6_000  # cells of a part of the term: more make the figures no surer
_CLASS = 8  # pupils; of fewer the mean is noise
_FUTURE_CAP = 6.0  # mean weights: a cell with more marks to come does not count for more


class Rule(NamedTuple):
    """How the school makes a term mark of a mean, by its regulation."""

    thresholds: tuple[float, float, float] = (2.5, 3.5, 4.5)
    min_marks: int = 3


def fit(samples: Sequence[Sample], terms: Iterable[str], rule: Rule | None = None) -> Parameters:
    """Parameters of the school from all parts of its past terms; DEFAULT without any cells."""
    rule = rule or Rule()
    cells = sum(len(ends) for sample in samples if not sample.part for ends in sample.ends)
    p = replace(DEFAULT, min_marks=rule.min_marks, terms=tuple(terms), cells=cells)
    p = fitted_rule(p, rule.thresholds, _endings(samples))
    if not cells:
        return p
    p = fitted_drift(fitted_profiles(fitted_marks(p, samples), samples), samples)
    some = _thinned(samples)
    for step in (_betas, _spread, _persist, _calibrated, _shock):
        p = step(p, some)
    return p


def _thinned(samples: Sequence[Sample]) -> list[Sample]:
    """Every so many classes, so that about `_ENOUGH` cells of each part stay."""
    found: list[Sample] = []
    for part in _PARTS:
        of = [sample for sample in samples if sample.part == part]
        cells = sum(len(ends) for sample in of for ends in sample.ends)
        found += of[:: max(round(cells / _ENOUGH), 1)]
    return found


def _endings(samples: Iterable[Sample]) -> Iterator[tuple[float, str]]:
    for sample in samples:
        if not sample.part:
            for ends in sample.ends:
                for end in ends:
                    if end.mark and end.tally.n:
                        yield end.tally.mean, end.mark


class _Point(NamedTuple):
    """A cell with marks to come: by how far they are off the class, how surely that is known."""

    part: int
    x: tuple[float, float, float]
    off: float
    trust: float
    noise: float
    known: bool


def _points(p: Parameters, samples: Iterable[Sample]) -> Iterator[_Point]:
    for sample in samples:
        for group, ends, found in zip(
            sample.groups, sample.ends, features(sample.groups, GRID[sample.part], p), strict=True
        ):
            for cell, end, (own, others, before, anchor, shift) in zip(
                group.cells, ends, found, strict=True
            ):
                rest = end.tally - cell.now
                weight = rest.weight
                if weight <= 0:
                    continue
                yield _Point(
                    sample.part,
                    (own, others, before),
                    rest.weighted / weight - anchor - shift,
                    min(weight / p.unit, _FUTURE_CAP),
                    rest.square_weight / weight**2 * p.mark_variance * bounded(anchor),
                    bool(cell.before.n),
                )


def _betas(p: Parameters, samples: Iterable[Sample]) -> Parameters:
    a = [[5.0 * (i == j) for j in range(3)] for i in range(3)]
    y = [0.0, 0.0, 0.0]
    for one in _points(p, samples):
        for i in range(3):
            if one.x[i]:
                y[i] += one.trust * one.x[i] * one.off
                for j in range(3):
                    a[i][j] += one.trust * one.x[i] * one.x[j]
    own, others, before = solve(a, y)
    return replace(p, own_before=own, others_now=others, others_before=before)


def solve(a: list[list[float]], y: list[float]) -> list[float]:
    """The x of a·x = y by Gauss; `a` is symmetric and positive."""
    n = len(y)
    rows = [[*line, right] for line, right in zip(a, y, strict=True)]
    for i in range(n):
        for j in range(i + 1, n):
            times = rows[j][i] / rows[i][i]
            rows[j] = [x - times * top for x, top in zip(rows[j], rows[i], strict=True)]
    found = [0.0] * n
    for i in reversed(range(n)):
        known = sum(rows[i][j] * found[j] for j in range(i + 1, n))
        found[i] = (rows[i][n] - known) / rows[i][i]
    return found


def _spread(p: Parameters, samples: Iterable[Sample]) -> Parameters:
    """Variance of pupils around what is usual for them, the noise of the marks taken off."""
    sums = {True: [0.0, 0.0], False: [0.0, 0.0]}
    for one in _points(p, samples):
        usual = one.x[0] * p.own_before + one.x[1] * p.others_now + one.x[2] * p.others_before
        sums[one.known][0] += one.trust * ((one.off - usual) ** 2 - one.noise)
        sums[one.known][1] += one.trust
    known, new = (
        max((total + 30 * base) / (trust + 30), 0.02)
        for (total, trust), base in (
            (sums[True], DEFAULT.spread),
            (sums[False], DEFAULT.spread_new),
        )
    )
    return replace(p, spread=known, spread_new=max(new, known))


def _persist(p: Parameters, samples: Iterable[Sample]) -> Parameters:
    """How much of a pupil's distance from the class is found again in later marks."""
    p = replace(p, persist=(1.0,) * len(GRID))
    both, own = [10.0 for _ in _PARTS], [10.0 for _ in _PARTS]
    for sample in samples:
        found = forecast_class(sample.groups, GRID[sample.part], p)
        for group, ends, ahead in zip(sample.groups, sample.ends, found, strict=True):
            for cell, end, one in zip(group.cells, ends, ahead, strict=True):
                rest = end.tally - cell.now
                if rest.weight <= 0:
                    continue
                trust = min(rest.weight / p.unit, _FUTURE_CAP)
                away = one.level - one.ahead.anchor
                off = rest.mean - one.ahead.anchor - one.ahead.shift
                both[sample.part] += trust * away * off
                own[sample.part] += trust * away * away
    kept = (min(max(b / o, 0.3), 1.6) for b, o in zip(both, own, strict=True))
    return replace(p, persist=tuple(kept))


def _calibrated(p: Parameters, samples: Sequence[Sample]) -> Parameters:
    """Numbers of marks, variance of the final mean and н/а as they came out."""
    apart = expected = 0.0
    for sample in samples:
        found = expectations(sample.groups, GRID[sample.part], p)
        for group, ends, aheads in zip(sample.groups, sample.ends, found, strict=True):
            for cell, end, ahead in zip(group.cells, ends, aheads, strict=True):
                if end.tally.n and group.plan is None:
                    apart += (end.tally.n - cell.now.n - ahead.marks) ** 2
                    expected += ahead.marks
    if expected:
        p = replace(p, dispersion=min(max(apart / expected, 0.2), 4.0))
    p = replace(p, variance=(1.0,) * len(GRID), not_attested=1.0)
    seen, assumed = [3.0 * 0.03 for _ in _PARTS], [3.0 * 0.03 for _ in _PARTS]
    missing = [1.0, 1.0]
    for sample in samples:
        found_all = forecast_class(sample.groups, GRID[sample.part], p)
        for ends, ones in zip(sample.ends, found_all, strict=True):
            for end, one in zip(ends, ones, strict=True):
                if end.tally.n >= max(p.min_marks, 1):
                    seen[sample.part] += (end.tally.mean - one.mean) ** 2
                    assumed[sample.part] += one.sd**2
                missing[0] += end.tally.n < p.min_marks
                missing[1] += one.not_attested
    return replace(
        p,
        variance=tuple(min(max(s / a, 0.3), 3.0) for s, a in zip(seen, assumed, strict=True)),
        not_attested=min(max(missing[0] / missing[1], 0.05), 1.5),
    )


def _shock(p: Parameters, samples: Iterable[Sample]) -> Parameters:
    """The part of a class's error that its pupils do not explain each for himself."""
    total = units = 0.0
    for sample in samples:
        found = forecast_class(sample.groups, GRID[sample.part], p)
        for group, ends, ones in zip(sample.groups, sample.ends, found, strict=True):
            n, error, own, unit = 0, 0.0, 0.0, 0.0
            for cell, end, one in zip(group.cells, ends, ones, strict=True):
                if end.tally.n >= max(p.min_marks, 1):
                    n += 1
                    error += end.tally.mean - one.mean
                    own += one.sd**2
                    unit += shock_unit(cell.now.weight, one.ahead.marks, one.ahead.weight)
            if n >= _CLASS:
                total += (error / n) ** 2 - own / n**2
                units += unit / n
    return replace(p, shock=min(max(total / units, 0.0), 2.0)) if units else p
