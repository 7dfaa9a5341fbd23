"""From which mean teachers of the school give which term mark, learned from those they gave."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from math import erf, log, sqrt

from msgspec.structs import replace

from domain.forecast.parameters import Parameters

_NEAR = 0.7  # means so far from a threshold say nothing of it
_OFFSETS = [step / 50 for step in range(-20, 11)]
_DOUBTS = (0.02, 0.04, 0.07, 0.11, 0.17, 0.25, 0.35)
_USUAL_OFFSET, _USUAL_DOUBT = -0.04, 0.07
_LEAST = 1e-3


def fitted_rule(
    p: Parameters, thresholds: tuple[float, float, float], endings: Iterable[tuple[float, str]]
) -> Parameters:
    """Thresholds and doubts by (final mean, term mark) of the past, near those of the regulation.

    Each is the likeliest of a grid; few endings leave it where a little kindness is usual.
    """
    seen = [(round(mean, 2), int(mark)) for mean, mark in endings if mark in ("2", "3", "4", "5")]
    found = [_boundary(nominal, better, seen) for better, nominal in enumerate(thresholds, 3)]
    (t2, d2), (t3, d3), (t4, d4) = found
    return replace(p, thresholds=(t2, t3, t4), doubts=(d2, d3, d4))


def _boundary(nominal: float, better: int, seen: list[tuple[float, int]]) -> tuple[float, float]:
    bins = Counter((mean, mark >= better) for mean, mark in seen if abs(mean - nominal) < _NEAR)

    def likelihood(offset: float, doubt: float) -> float:
        total = -((offset - _USUAL_OFFSET) ** 2) / 0.02 - log(doubt / _USUAL_DOUBT) ** 2
        for (mean, reached), count in bins.items():
            chance = (1 + erf((mean - nominal - offset) / (doubt * sqrt(2)))) / 2
            chance = chance if reached else 1 - chance
            total += count * log(max(chance, _LEAST))
        return total

    offset, doubt = max(
        ((offset, doubt) for offset in _OFFSETS for doubt in _DOUBTS),
        key=lambda one: likelihood(*one),
    )
    return nominal + offset, doubt
