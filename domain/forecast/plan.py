"""Works that are planned, of a syllabus or a КТП: what is ahead is then known, not only usual.

What is left to chance is whether a pupil does them: of m works so many as a binomial gives.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from domain.forecast.parameters import Parameters, Profile
from domain.forecast.tally import KINDS, Tally

_CLASS_KNOWN = 3.0  # planned works that the usual share of works done counts for


class Work(NamedTuple):
    """A planned work: the part of the term gone on its day; weight and kind as of a mark."""

    progress: float
    weight: int
    kind: int


class Plan(NamedTuple):
    """The works of a subject in a term; `kinds` are those of which it names every work."""

    works: Sequence[Work]
    kinds: Sequence[int] = KINDS

    def given(self, tally: Tally) -> int:
        """Marks of the planned kinds."""
        return sum(tally[kind] for kind in self.kinds)

    def ahead(self, progress: float) -> int:
        """Works that are still to come."""
        return sum(work.progress > progress for work in self.works)


class Coming(NamedTuple):
    """What a pupil of the class has ahead: works planned, how many of them the class will do, other
    marks, and one of all these on average; `shift` is what their kinds of work make.
    """

    planned: int
    done: float
    others: float
    weight: float
    square: float
    shift: float


def coming(
    profile: Profile,
    plan: Plan | None,
    tallies: Sequence[Tally],
    progress: float,
    ratio: float,
    believed: float,
    p: Parameters,
) -> Coming:
    """Of a class; `ratio` is its pace beside the usual one, for marks that no plan names. A subject
    seen before went as its profile says: `believed` is how far that is known.
    """
    usual = profile.to_come(progress) * ratio
    weight, square, shares = profile.mark_to_come(progress)
    if plan is None:
        return Coming(0, 0.0, usual, weight, square, _shift(shares, p))
    loose = [0.0 if kind in plan.kinds else shares[kind] for kind in KINDS]
    free = sum(loose)
    others = usual * free
    ahead = [work for work in plan.works if work.progress > progress]
    does = _does(plan, tallies, len(plan.works) - len(ahead), p)
    weights = [usual * weight * one for one in loose]
    squares = others * square
    for work in ahead:
        weights[work.kind] += does * work.weight / 100
        squares += does * (work.weight / 100) ** 2
    marks = others + does * len(ahead)
    new = 1 - believed
    marks = believed * usual + new * marks
    squares = believed * usual * square + new * squares
    weights = [
        believed * usual * weight * share + new * one
        for share, one in zip(shares, weights, strict=True)
    ]
    whole = sum(weights)
    if not ahead or not whole:
        return Coming(0, 0.0, others, weight, square, _shift([x / (free or 1) for x in loose], p))
    shift = _shift([one / whole for one in weights], p)
    return Coming(len(ahead), marks - others, others, whole / marks, squares / marks, shift)


def _does(plan: Plan, tallies: Sequence[Tally], past: int, p: Parameters) -> float:
    """The share of planned works that the class does."""
    heads = sum(any(tally[:3]) for tally in tallies) or 1
    given = sum(plan.given(tally) for tally in tallies) / heads
    return min((given + _CLASS_KNOWN * p.done) / (past + _CLASS_KNOWN), 1.0)


def _shift(shares: Sequence[float], p: Parameters) -> float:
    return sum(share * better for share, better in zip(shares, p.kinds, strict=True))


def planned_ahead(
    plan: Plan, tally: Tally, coming_: Coming, completion: float
) -> tuple[float, float]:
    """Planned works that this pupil will do, and the variance of their number. `completion`: the
    pupil's marks beside those of the class.
    """
    left = min(coming_.planned, len(plan.works) - plan.given(tally))
    if left <= 0:
        return 0.0, 0.0
    share = min(coming_.done / coming_.planned * completion, 1.0)
    return left * share, left * share * (1 - share)
