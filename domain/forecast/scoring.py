"""How good forecasts were, beside the naive one: the mean so far, rounded."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from math import erf, exp, log, pi, sqrt
from typing import NamedTuple

from domain.forecast.method import forecast_class
from domain.forecast.parameters import GRID, Parameters
from domain.forecast.profiles import Sample
from domain.forecast.quality import FOUR_OF_FIVE

MARKS = ("2", "3", "4", "5")
Chances = tuple[float, float, float, float]


class Judged(NamedTuple):
    """A forecast with what came of it."""

    part: int
    chances: Chances
    not_attested: float
    mean: float
    sd: float
    now: float  # the weighted mean so far, 0 without marks
    ended: float  # the final mean
    mark: str
    class_id: str
    subject: str
    pupil: str
    marks: int  # so far


def judged(samples: Iterable[Sample], p: Parameters) -> list[Judged]:
    """Every cell of the samples that has a term mark, forecast at its part of the term."""
    found = []
    for sample in samples:
        forecasts = forecast_class(sample.groups, GRID[sample.part], p)
        for group, ends, ones in zip(sample.groups, sample.ends, forecasts, strict=True):
            for cell, end, one in zip(group.cells, ends, ones, strict=True):
                if end.mark:
                    found.append(
                        Judged(
                            sample.part,
                            one.chances,
                            one.not_attested,
                            one.mean,
                            one.sd,
                            cell.now.mean,
                            end.tally.mean,
                            end.mark,
                            sample.class_id,
                            group.subject,
                            cell.pupil,
                            cell.now.n,
                        )
                    )
    return found


class Scores(NamedTuple):
    """Of forecasts of a number 2–5; `naive_*` the same of the mean so far, rounded.

    rps: ranked probability score over four marks, less is better; mae: of the final mean;
    coverage: of the interval that should hold four of five; ece: expected calibration error.
    """

    forecasts: int
    accuracy: float
    rps: float
    log_loss: float
    brier_two: float
    mae: float
    crps: float
    coverage: float
    ece: float
    naive_accuracy: float
    naive_rps: float
    naive_mae: float

    @property
    def skill(self) -> float:
        """1 − rps ÷ naive rps; not above 0: the forecast is of no use."""
        return 1 - self.rps / self.naive_rps if self.naive_rps else 0.0


def rps(chances: Sequence[float], mark: str) -> float:
    """Ranked probability score of one forecast."""
    total = reached = 0.0
    for chance, value in zip(chances, MARKS[:-1], strict=False):
        reached += chance
        total += (reached - (mark <= value)) ** 2
    return total


def errors_of_naive(past: Iterable[Judged]) -> Counter[tuple[int, int]]:
    """(the naive mark, how far off it was) → times, of past terms."""
    return Counter(
        (naive, int(one.mark) - naive)
        for one in past
        if one.mark in MARKS and (naive := naive_mark(one.now))
    )


def naive_mark(mean: float) -> int:
    """The mean so far by the nominal thresholds; 0 without marks."""
    return 2 + sum(mean >= border for border in (2.5, 3.5, 4.5)) if mean else 0


def scores(all_judged: Iterable[Judged], errors: Counter[tuple[int, int]]) -> Scores:
    """Scores of forecasts with at least one mark so far and a number as the term mark."""
    ones = [one for one in all_judged if one.mark in MARKS and one.now]
    n = len(ones) or 1
    sums = dict.fromkeys(
        "accuracy rps log brier mae crps cover naive_accuracy naive_rps naive_mae".split(), 0.0
    )
    bins = [[0.0, 0.0, 0.0] for _ in range(10)]
    for one in ones:
        index = MARKS.index(one.mark)
        best = max(range(4), key=one.chances.__getitem__)
        sums["accuracy"] += best == index
        sums["rps"] += rps(one.chances, one.mark)
        sums["log"] -= log(max(one.chances[index], 1e-6))
        sums["brier"] += (one.chances[0] - (index == 0)) ** 2
        sums["mae"] += abs(one.mean - one.ended)
        sums["crps"] += _crps(one)
        sums["cover"] += abs(one.mean - one.ended) <= FOUR_OF_FIVE * one.sd
        for value, chance in enumerate(one.chances):
            cell = bins[min(int(chance * 10), 9)]
            cell[0] += 1
            cell[1] += chance
            cell[2] += value == index
        naive = naive_mark(one.now)
        sums["naive_accuracy"] += naive == int(one.mark)
        sums["naive_rps"] += rps(_naive_chances(naive, errors), one.mark)
        sums["naive_mae"] += abs(one.now - one.ended)
    mean = {name: value / n for name, value in sums.items()}
    return Scores(
        forecasts=len(ones),
        accuracy=mean["accuracy"],
        rps=mean["rps"],
        log_loss=mean["log"],
        brier_two=mean["brier"],
        mae=mean["mae"],
        crps=mean["crps"],
        coverage=mean["cover"],
        ece=sum(abs(chance - hit) for _, chance, hit in bins) / (len(MARKS) * n),
        naive_accuracy=mean["naive_accuracy"],
        naive_rps=mean["naive_rps"],
        naive_mae=mean["naive_mae"],
    )


def _naive_chances(naive: int, errors: Counter[tuple[int, int]]) -> list[float]:
    found = [errors[naive, value - naive] + 0.5 * (value == naive) + 0.01 for value in range(2, 6)]
    return [one / sum(found) for one in found]


def _crps(one: Judged) -> float:
    """Of a normal distribution, in marks."""
    z = (one.ended - one.mean) / one.sd
    return one.sd * (z * erf(z / sqrt(2)) + 2 * exp(-z * z / 2) / sqrt(2 * pi) - 1 / sqrt(pi))


def auc(scored: Iterable[tuple[float, bool]]) -> float:
    """The chance that a case scores higher than one that is none; 0.5 is a coin."""
    ordered = sorted(scored)
    positive = sum(case for _, case in ordered)
    negative = len(ordered) - positive
    if not positive or not negative:
        return 0.5
    rank_sum, at = 0.0, 0
    while at < len(ordered):
        end = at
        while end < len(ordered) and ordered[end][0] == ordered[at][0]:
            end += 1
        cases = sum(case for _, case in ordered[at:end])
        rank_sum += cases * (at + 1 + end) / 2
        at = end
    return (rank_sum - positive * (positive + 1) / 2) / (positive * negative)
