"""What the method has learned of a school from terms that are over."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence

import msgspec

#: parts of a term gone at which the method is fitted and judged
GRID = (0.15, 0.3, 0.5, 0.7, 0.85)


def at(progress: float, values: Sequence[float]) -> float:
    """The value between those of GRID; before the first and after the last, theirs."""
    right = bisect_right(GRID, progress)
    if right == 0:
        return values[0]
    if right == len(GRID):
        return values[-1]
    low, high = GRID[right - 1], GRID[right]
    share = (progress - low) / (high - low)
    return values[right - 1] * (1 - share) + values[right] * share


Triple = tuple[float, float, float]


class Profile(msgspec.Struct, frozen=True):
    """How a term goes in a subject, a value for each part of GRID; counts are per pupil.

    `units` are the classes and terms that it was seen in; triples are by kind of work.
    """

    units: int
    level: float  # the mean mark, kinds of work set apart
    done: tuple[float, ...]  # marks given
    left: tuple[Triple, ...]  # marks to come
    weights: tuple[Triple, ...]  # the sum of their weights
    squares: tuple[float, ...]  # the sum of their weights²
    drift: tuple[float, ...]  # by how much later marks are higher than earlier ones

    def to_come(self, progress: float) -> float:
        """Marks to come for a pupil when so much of the term is gone."""
        left = [sum(one) for one in self.left]
        if progress >= GRID[-1]:
            return left[-1] * (1 - progress) / (1 - GRID[-1])
        if progress <= GRID[0]:
            return left[0] + self.done[0] * (1 - progress / GRID[0])
        return at(progress, left)

    def given(self, progress: float) -> float:
        """Marks a pupil has when so much of the term is gone."""
        return max(self.done[-1] + sum(self.left[-1]) - self.to_come(progress), 0.0)

    def mark_to_come(self, progress: float) -> tuple[float, float, Triple]:
        """Of a mark to come: its mean weight, mean weight², shares of weight by kind of work."""
        marks = at(progress, [sum(one) for one in self.left]) or 1e-9
        one, two, three = (at(progress, [by[kind] for by in self.weights]) for kind in range(3))
        whole = (one + two + three) or 1e-9
        return (
            whole / marks,
            at(progress, self.squares) / marks,
            (one / whole, two / whole, three / whole),
        )


class Parameters(msgspec.Struct, frozen=True, kw_only=True):
    """All that is fitted. Levels are on the scale of marks, tuples by part of GRID."""

    level: float  # the mean mark of the school
    unit: float  # the mean weight of a mark
    kinds: tuple[float, float, float]  # how much better or worse a kind of work comes out
    mark_variance: float  # of marks of one pupil in one term
    own_before: float  # how far the pupil's own last term tells of this one
    others_now: float  # … the other subjects in this term
    others_before: float  # … the other subjects in the last term
    spread: float  # variance of pupils around what is usual for them, with a last term
    spread_new: float  # … without one
    dispersion: float  # variance ÷ mean of the number of marks to come
    start: tuple[float, ...]  # a class without history: drift of its level …
    keep: tuple[float, ...]  # … and how much of its distance from the school's level stays
    unknown: tuple[float, ...]  # variance of the drift of a subject never seen
    persist: tuple[float, ...]  # how much of a pupil's distance from the class stays
    variance: tuple[float, ...]  # observed ÷ assumed variance of the final mean
    thresholds: tuple[float, float, float]  # means from which teachers give 3, 4, 5
    doubts: tuple[float, float, float]  # how sharp each of them is, in marks
    min_marks: int
    not_attested: float  # observed ÷ assumed frequency of н/а
    shock: float  # variance that the marks to come of a whole class share
    overall: Profile
    profiles: Mapping[str, Profile] = {}  # by subject and grade level, `profile_key`
    done: float = 0.9  # share of planned works that are done
    terms: tuple[str, ...] = ()  # what it was fitted on, the earliest first
    cells: int = 0


def profile_key(subject: str, grade_level: int | str) -> str:
    """The subjects of a grade level go alike."""
    return f"{subject} {grade_level}"
