"""Curves of growth as one SVG: what a piece of work costs at each size, first size = 1."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from itertools import groupby
from math import log

from tests.benchmarks.table import Result

WIDE, HIGH = 300, 210  # of a panel
LEFT, TOP, RIGHT, BOTTOM = 36, 34, 86, 28
MOST = 1.5
FLAT = 1.15
#: told apart without colour as well: by the dash
STROKES = ("#1f5fa8", "#b3541e", "#3c7a3c", "#7a3c8c")
DASHES = ("", "6 3", "2 3", "8 3 2 3")


def drawn(results: Sequence[Result]) -> str:
    """A panel for each «growth, <of>», a line for each piece of work in it; the band is the bound
    of ± 15 % of `performance.md`. Every result needs a curve of two sizes or more.
    """
    of = {
        name: list(group)
        for name, group in groupby(sorted(results, key=_panel), key=_panel)  # a panel at a time
    }
    panels = [_drawn(k, name, group) for k, (name, group) in enumerate(sorted(of.items()))]
    wide = WIDE * len(panels)
    return f"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {wide} {HIGH}" width="{wide}"
 height="{HIGH}" font-family="sans-serif" font-size="11">
<rect width="{wide}" height="{HIGH}" fill="#fff"/>
{"".join(panels)}</svg>
"""


def _panel(one: Result) -> str:
    return one.name.partition(": ")[0].removeprefix("growth, ")


def _drawn(k: int, name: str, results: Sequence[Result]) -> str:
    sizes = [size for size, _ in results[0].curve]
    ends = _apart([_y(_ratios(one)[-1]) for one in results])
    lines = [
        _line(n, one, sizes, end) for n, (one, end) in enumerate(zip(results, ends, strict=True))
    ]
    low, high = _y(1 / FLAT), _y(FLAT)
    return f"""<g transform="translate({k * WIDE} 0)">
<text x="{LEFT}" y="18" font-weight="bold">{escape(name)}</text>
<path d="M{LEFT} {low:.1f}V{high:.1f}H{WIDE - RIGHT}V{low:.1f}Z" fill="#e8eef5"/>
{"".join(_level(at) for at in (0.0, 0.5, 1.0, MOST))}{"".join(_size(at, sizes) for at in sizes)}\
{"".join(lines)}</g>
"""


def _level(at: float) -> str:
    return f"""<path d="M{LEFT} {_y(at):.1f}H{WIDE - RIGHT}" stroke="#ccc"/>
<text x="{LEFT - 6}" y="{_y(at) + 4:.1f}" text-anchor="end">{at:g}</text>
"""


def _size(at: float, sizes: Sequence[float]) -> str:
    return f"""<text x="{_x(at, sizes):.1f}" y="{HIGH - 10}" text-anchor="middle">{at:g}</text>
"""


def _line(n: int, one: Result, sizes: Sequence[float], end: float) -> str:
    ratios, stroke = _ratios(one), STROKES[n % len(STROKES)]
    points = " ".join(
        f"{_x(at, sizes):.1f},{_y(ratio):.1f}" for at, ratio in zip(sizes, ratios, strict=True)
    )
    what = escape(one.name.partition(": ")[2])
    return f"""<polyline points="{points}" fill="none" stroke="{stroke}" stroke-width="2"
 stroke-dasharray="{DASHES[n % len(DASHES)]}"/>
<text x="{WIDE - RIGHT + 6}" y="{end + 4:.1f}" fill="{stroke}">{what} {ratios[-1]:.2f}</text>
"""


def _ratios(one: Result) -> list[float]:
    first = one.curve[0][1]
    return [cost / first for _, cost in one.curve]


def _x(size: float, sizes: Sequence[float]) -> float:
    """Sizes stand by their logarithm."""
    share = log(size / sizes[0]) / log(sizes[-1] / sizes[0])
    return LEFT + 8 + share * (WIDE - LEFT - RIGHT - 16)


def _y(ratio: float) -> float:
    return TOP + (1 - min(ratio, MOST) / MOST) * (HIGH - TOP - BOTTOM)


def _apart(places: list[float]) -> list[float]:
    """Names at the ends of lines, at least 13 points from each other, in their order."""
    answer, last = dict[int, float](), float("-inf")
    for k, place in sorted(enumerate(places), key=lambda item: item[1]):
        last = answer[k] = max(place, last + 13)
    return [answer[k] for k in range(len(places))]
