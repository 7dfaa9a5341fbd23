"""The table of Cortez and Silva (2008) again: their marks and ten folds, our journal-only inputs.

A level regression on G1, G2, failures and absences, a hurdle for those who left (G3 = 0), and the
table of transitions, all on the nine folds only.
"""

from __future__ import annotations

import csv
import itertools
from collections.abc import Callable, Sequence
from math import erf, exp, log1p, sqrt
from pathlib import Path
from random import Random
from typing import NamedTuple

from domain.forecast.fitting import solve

FOLDS = 10
_TABLE = 30.0  # pupils that the regression counts for against the table of transitions
_TOP = 20
_CUTS = (10, 12, 14, 16)
Row = dict[str, float]
Features = Callable[[Row], list[float]]


class Figures(NamedTuple):
    """Percent correct of pass or fail, of five levels, and RMSE of the final grade."""

    passed: float
    levels: float
    rmse: float


def read(folder: Path, subject: str) -> list[Row]:
    """Numbers of the file: G1, G2, G3, failures, absences."""
    with (folder / f"student-{subject}.csv").open(encoding="utf-8", newline="") as file:
        return [
            {name: float(row[name]) for name in ("G1", "G2", "G3", "failures", "absences")}
            for row in csv.DictReader(file, delimiter=";")
        ]


def naive(rows: Sequence[Row], setup: str) -> Figures:
    """The last grade known, A and B."""
    last = {"A": "G2", "B": "G1"}[setup]
    return _figures([(row["G3"], row[last], row[last] >= 10, _band(row[last])) for row in rows])


def ours(rows: Sequence[Row], setup: str, runs: int) -> Figures:
    """The mean of `runs` times ten folds."""
    found = []
    for run in range(runs):
        order = list(range(len(rows)))
        Random(run).shuffle(order)
        judged = []
        for fold in range(FOLDS):
            test = order[fold::FOLDS]
            held = set(test)
            model = _Model([rows[n] for n in order if n not in held], setup)
            for n in test:
                chances = model.chances(rows[n])
                mean = sum(value * chance for value, chance in enumerate(chances))
                bands = [sum(chances[a:b]) for a, b in _bands()]
                judged.append(
                    (rows[n]["G3"], mean, sum(chances[10:]) > 0.5, bands.index(max(bands)))
                )
        found.append(_figures(judged))
    return Figures(*(sum(column) / len(found) for column in zip(*found, strict=True)))


def _bands() -> list[tuple[int, int]]:
    return list(zip((0, *_CUTS), (*_CUTS, _TOP + 1), strict=True))


def _band(grade: float) -> int:
    return sum(grade >= cut for cut in _CUTS)


def _figures(judged: Sequence[tuple[float, float, bool, int]]) -> Figures:
    n = len(judged)
    return Figures(
        100 * sum((true >= 10) == passed for true, _, passed, _ in judged) / n,
        100 * sum(_band(true) == band for true, _, _, band in judged) / n,
        sqrt(sum((true - mean) ** 2 for true, mean, _, _ in judged) / n),
    )


class _Scaled:
    def __init__(self, rows: Sequence[list[float]]) -> None:
        n = len(rows)
        self.means = [sum(column) / n for column in zip(*rows, strict=True)]
        self.sds = [
            sqrt(sum((x - m) ** 2 for x in column) / n) or 1.0
            for column, m in zip(zip(*rows, strict=True), self.means, strict=True)
        ]

    def __call__(self, row: list[float]) -> list[float]:
        scaled = [(x - m) / s for x, m, s in zip(row, self.means, self.sds, strict=True)]
        return [1.0, *scaled]


class _Model:
    def __init__(self, rows: Sequence[Row], setup: str) -> None:
        self.known = {"A": ("G1", "G2"), "B": ("G1",), "C": ()}[setup]
        here = [row for row in rows if row["G3"] > 0 and row.get("G2" if setup == "A" else "G3", 1)]
        raw = [self._level(row) for row in here]
        self.scale = _Scaled(raw)
        x, y = [self.scale(row) for row in raw], [row["G3"] for row in here]
        self.weights = _weighted(x, y, [1.0] * len(x), 1.0)
        left = sum((t - _dot(self.weights, one)) ** 2 for one, t in zip(x, y, strict=True))
        self.sd = max(sqrt(left / (len(x) - len(x[0]))), 0.3)
        self.table = [[0.0] * (_TOP + 1) for _ in range(_TOP + 1)]
        if self.known:
            for row in rows:
                if row["G3"] > 0:
                    self.table[int(row[self.known[-1]])][int(row["G3"])] += 1
        left_school = [1.0 * (row["G3"] == 0) for row in rows]
        raw = [self._hurdle(row) for row in rows]
        self.hurdle_scale = _Scaled(raw)
        self.hurdle = _logistic([self.hurdle_scale(one) for one in raw], left_school)

    def _level(self, row: Row) -> list[float]:
        marks = [row[name] for name in self.known]
        return [*marks, min(row["failures"], 2), log1p(row["absences"])]

    def _hurdle(self, row: Row) -> list[float]:
        marks = [min(row[name], 10) for name in self.known]
        zero = [1.0 * (row["G2"] == 0)] if "G2" in self.known else []
        return [*zero, *marks, 1.0 * (row["absences"] == 0), min(row["failures"], 2)]

    def chances(self, row: Row) -> list[float]:
        """Of the grades 0–20."""
        mean = _dot(self.weights, self.scale(self._level(row)))
        below = [
            (1 + erf((edge - 0.5 - mean) / self.sd / sqrt(2))) / 2 for edge in range(1, _TOP + 2)
        ]
        below[0], below[-1] = 0.0, 1.0
        found = [0.0, *(b - a for a, b in itertools.pairwise(below))]
        if self.known:
            seen = self.table[int(row[self.known[-1]])]
            whole = _TABLE + sum(seen)
            found = [(_TABLE * c + n) / whole for c, n in zip(found, seen, strict=True)]
        gone = 1 / (1 + exp(-_dot(self.hurdle, self.hurdle_scale(self._hurdle(row)))))
        found = [chance * (1 - gone) for chance in found]
        found[0] += gone
        return found


def _dot(a: Sequence[float], b: Sequence[float]) -> float:
    return sum(x * y for x, y in zip(a, b, strict=True))


def _weighted(
    x: Sequence[list[float]], y: Sequence[float], w: Sequence[float], ridge: float
) -> list[float]:
    n = len(x[0])
    a = [[ridge * (i == j and i > 0) + 1e-9 * (i == j) for j in range(n)] for i in range(n)]
    right = [0.0] * n
    for row, target, weight in zip(x, y, w, strict=True):
        for i in range(n):
            wi = weight * row[i]
            right[i] += wi * target
            line = a[i]
            for j in range(n):
                line[j] += wi * row[j]
    return solve(a, right)


def _logistic(x: Sequence[list[float]], y: Sequence[float]) -> list[float]:
    """Newton's steps with a ridge of 1."""
    found = [0.0] * len(x[0])
    for _ in range(9):
        etas = [max(min(_dot(found, row), 30.0), -30.0) for row in x]
        means = [1 / (1 + exp(-eta)) for eta in etas]
        weights = [max(m * (1 - m), 1e-6) for m in means]
        targets = [eta + (t - m) / w for eta, t, m, w in zip(etas, y, means, weights, strict=True)]
        found = _weighted(x, targets, weights, 1.0)
    return found
