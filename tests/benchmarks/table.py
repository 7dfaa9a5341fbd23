"""What a benchmark answers, and how two things are timed fairly on a noisy machine."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from statistics import median
from typing import Any


@dataclass(frozen=True)
class Result:
    """One line: ours beside the limit measured in the same run.

    `ratio` is ours / limit in the sense in which more is better, or the figure itself where there
    is no limit; `met` says whether it reaches `target`.
    """

    name: str
    ours: float
    limit: float | None
    ratio: float
    target: str
    unit: str
    met: bool
    notes: str = ""
    #: size and cost, smallest first, of what was measured at several sizes
    curve: tuple[tuple[float, float], ...] = ()

    def as_json(self) -> dict[str, Any]:
        """For `--json`."""
        return asdict(self)


def shown(figure: float) -> str:
    """Shares and errors keep three places."""
    return f"{figure:,.3f}" if abs(figure) < 10 else f"{figure:,.1f}"


def timed(work: Callable[[], Any]) -> float:
    """Seconds of one call."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def interleaved(rounds: int, *works: Callable[[], float]) -> list[float]:
    """Run the works in turn, `rounds` times; the median of what each answers."""
    figures: list[list[float]] = [[] for _ in works]
    for turn in range(rounds):
        order = range(len(works)) if turn % 2 == 0 else reversed(range(len(works)))
        for k in order:
            figures[k].append(works[k]())
    return [median(one) for one in figures]


def percentile(values: list[float], share: float) -> float:
    """The value below which `share` (0…1) of the values lie."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]
