"""What is learned of subjects: levels, kinds of work, how a term goes, how later marks differ."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from msgspec.structs import replace

from domain.forecast.parameters import GRID, Parameters, Profile, Triple, at
from domain.forecast.prior import Group, expectations
from domain.forecast.tally import KINDS, Tally

_PARTS = range(len(GRID))


class End(NamedTuple):
    """How a cell ended: all marks of the term, and the mark of the term ("" if none was given)."""

    tally: Tally
    mark: str


class Sample(NamedTuple):
    """A class of a past term as it was when part `part` of GRID was gone, and how it ended.

    `ends` are in the order of the groups and their cells.
    """

    part: int
    groups: Sequence[Group]
    ends: Sequence[Sequence[End]]
    class_id: str = ""


def fitted_marks(p: Parameters, samples: Iterable[Sample]) -> Parameters:
    """Level, weight and variance of marks, and what the kinds of work make of them."""
    n = w = total = inside = free = 0.0
    by, of = [0.0, 0.0, 0.0], [0, 0, 0]
    done, planned = 20 * p.done, 20.0
    for sample in samples:
        if sample.part:
            continue
        for group, ends in zip(sample.groups, sample.ends, strict=True):
            for tally, _ in ends:
                if not tally.n:
                    continue
                if group.plan is not None:
                    done += min(group.plan.given(tally), len(group.plan.works))
                    planned += len(group.plan.works)
                plain = sum(tally.values) / tally.n
                n, w, total = n + tally.n, w + tally.weight, total + tally.weighted
                if tally.n > 1:
                    inside += tally.square_value - tally.n * plain * plain
                    free += tally.n - 1
                if tally.n > 2:  # noqa: PLR2004 - with fewer the mark is its own mean
                    for kind in KINDS:
                        by[kind] += tally.values[kind] - tally.counts[kind] * plain
                        of[kind] += tally.counts[kind]
    first, second, third = (by[kind] / (of[kind] + 50) for kind in KINDS)
    return replace(
        p,
        level=(total + 40 * p.level) / (w + 40),
        unit=(w + 10 * p.unit) / (n + 10),
        mark_variance=max((inside + 20 * p.mark_variance) / (free + 20), 0.02),
        kinds=(first, second, third),
        done=done / planned,
    )


class _Sums:
    """What a profile is made of."""

    def __init__(self) -> None:
        self.units = 0
        self.pupils = 0
        self.level = [0.0, 0.0]
        self.done = [0.0 for _ in _PARTS]
        self.left = [[0.0, 0.0, 0.0] for _ in _PARTS]
        self.weights = [[0.0, 0.0, 0.0] for _ in _PARTS]
        self.squares = [0.0 for _ in _PARTS]

    def add(self, p: Parameters, part: int, group: Group, ends: Sequence[End]) -> None:
        taking = [(cell, end) for cell, end in zip(group.cells, ends, strict=True) if end.tally.n]
        if part == 0:
            self.units += bool(taking)
            self.pupils += len(taking)
        left, weights = self.left[part], self.weights[part]
        for cell, end in taking:
            rest = end.tally - cell.now
            self.done[part] += cell.now.n
            self.squares[part] += rest.square_weight
            for kind, (count, weight) in enumerate(zip(rest.counts, rest.weights, strict=True)):
                left[kind] += count
                weights[kind] += weight
            if part == 0:
                self.level[0] += _adjusted(end.tally, p)
                self.level[1] += end.tally.weight

    def profile(self, over: Profile | None, p: Parameters) -> Profile:
        """Per pupil; one mark to come like those of all subjects keeps shares from being empty."""
        heads = self.pupils + 1e-9
        lefts, weights, squares = [], [], []
        for part in _PARTS:
            few = 1.0 / (sum(over.left[part]) or 1.0) if over else 0.0
            of = over.left[part] if over else (0.0, 0.0, 0.0)
            heavy = over.weights[part] if over else (0.0, 0.0, 0.0)
            lefts.append(_triple(self.left[part], of, few, heads))
            weights.append(_triple(self.weights[part], heavy, few, heads))
            squares.append((self.squares[part] + few * (over.squares[part] if over else 0)) / heads)
        return Profile(
            self.units,
            self.level[0] / self.level[1] if self.level[1] else p.level,
            tuple(done / heads for done in self.done),
            tuple(lefts),
            tuple(weights),
            tuple(squares),
            (0.0,) * len(GRID),
        )


def _triple(sums: Sequence[float], over: Sequence[float], few: float, heads: float) -> Triple:
    one, two, three = ((x + few * o) / heads for x, o in zip(sums, over, strict=True))
    return one, two, three


def _adjusted(tally: Tally, p: Parameters) -> float:
    return tally.weighted - sum(w * b for w, b in zip(tally.weights, p.kinds, strict=True))


def fitted_profiles(p: Parameters, samples: Iterable[Sample]) -> Parameters:
    sums: dict[str, _Sums] = defaultdict(_Sums)
    whole = _Sums()
    for sample in samples:
        for group, ends in zip(sample.groups, sample.ends, strict=True):
            whole.add(p, sample.part, group, ends)
            sums[group.profile].add(p, sample.part, group, ends)
    overall = whole.profile(None, p)
    return replace(
        p,
        overall=overall,
        profiles={key: found.profile(overall, p) for key, found in sums.items()},
        start=(0.0,) * len(GRID),
        keep=(1.0,) * len(GRID),
    )


class _Later(NamedTuple):
    """A group with what came later: of all its cells, and cell by cell."""

    part: int
    group: Group
    ends: Sequence[End]
    anchor: float
    shift: float
    number: int


def _later(p: Parameters, samples: Iterable[Sample]) -> Iterator[_Later]:
    for sample in samples:
        found = expectations(sample.groups, GRID[sample.part], p)
        for number, (group, ends, ahead) in enumerate(
            zip(sample.groups, sample.ends, found, strict=True)
        ):
            if ahead:
                yield _Later(sample.part, group, ends, ahead[0].anchor, ahead[0].shift, number)


def fitted_drift(p: Parameters, samples: Iterable[Sample]) -> Parameters:
    """How later marks of a class differ from earlier ones: by subject, and without history."""
    by: dict[str, list[list[float]]] = defaultdict(lambda: [[0.0, 0.0] for _ in _PARTS])
    pairs: list[list[tuple[float, float]]] = [[] for _ in _PARTS]
    for one in _later(p, samples):
        future = weight = 0.0
        for cell, end in zip(one.group.cells, one.ends, strict=True):
            rest = end.tally - cell.now
            future += _adjusted(rest, p)
            weight += rest.weight
        if weight < 2 * p.unit:
            continue
        moved = future / weight - one.anchor
        trust = weight / (weight + 10 * p.unit)
        for key in ("", one.group.profile):
            by[key][one.part][0] += trust * moved
            by[key][one.part][1] += trust
        pairs[one.part].append((one.anchor - p.level, moved))

    def curve(key: str) -> tuple[float, ...]:
        return tuple(moved / (trust + 0.3) for moved, trust in by[key])

    start, keep, unknown = [], [], []
    for part in _PARTS:
        x = [a for a, _ in pairs[part]]
        y = [b for _, b in pairs[part]]
        n = len(x) + 3
        mean_x, mean_y = sum(x) / n, sum(y) / n
        spread = sum((one - mean_x) ** 2 for one in x) + 0.3
        slope = sum((a - mean_x) * (b - mean_y) for a, b in pairs[part]) / spread
        slope = min(max(slope, -0.8), 0.1)
        start.append(mean_y - slope * mean_x)
        keep.append(1 + slope)
        left = sum((b - start[-1] - slope * a) ** 2 for a, b in pairs[part])
        unknown.append((left + 3 * at(GRID[part], p.unknown)) / n)
    return replace(
        p,
        start=tuple(start),
        keep=tuple(keep),
        unknown=tuple(unknown),
        overall=replace(p.overall, drift=curve("")),
        profiles={key: replace(one, drift=curve(key)) for key, one in p.profiles.items()},
    )
