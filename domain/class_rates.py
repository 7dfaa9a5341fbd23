"""Rates of a whole class over all its subjects (school-journal.md §5.4), and shares.

The second kind of качество: not the share of fours and fives in a subject, but that of the pupils
who have nothing worse in any subject. Pure; figures are decimal strings of two places, half up,
"" when there is nobody to count.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from enum import StrEnum

import msgspec

from domain.formulas import MARKED, NOT_ATTESTED, places
from domain.values import NUMERIC_MARKS

_LOW = frozenset({"2", "1", NOT_ATTESTED, "незач"})


class Bucket(StrEnum):
    """Where a pupil stands with the marks of a period: exclusive, the best first."""

    EXCELLENT = "EXCELLENT"  # отличник
    ONE_FOUR = "ONE_FOUR"  # с одной «4»
    GOOD = "GOOD"  # хорошист
    ONE_THREE = "ONE_THREE"  # с одной «3»
    THREES = "THREES"
    FAILING = "FAILING"  # a «2» or н/а
    UNMARKED = "UNMARKED"  # no number at all


BUCKET_LABELS: dict[Bucket, str] = {
    Bucket.EXCELLENT: "отличники",
    Bucket.ONE_FOUR: "с одной «4»",
    Bucket.GOOD: "хорошисты",
    Bucket.ONE_THREE: "с одной «3»",
    Bucket.THREES: "с несколькими «3»",
    Bucket.FAILING: "неуспевающие и н/а",
    Bucket.UNMARKED: "без отметок",
}
_WITHOUT_THREES = (Bucket.EXCELLENT, Bucket.ONE_FOUR, Bucket.GOOD)


class Standing(msgspec.Struct, frozen=True):
    """A pupil's bucket and the subjects that decide it: the one four or three, all failed ones."""

    bucket: Bucket
    by: tuple[str, ...] = ()


def standing(marks: Mapping[str, str]) -> Standing:
    """subject → mark of the period. «осв» and «зач» decide nothing."""
    failed = tuple(subject for subject, mark in marks.items() if mark in _LOW)
    if failed:
        return Standing(Bucket.FAILING, failed)
    numbers = {subject: mark for subject, mark in marks.items() if mark in NUMERIC_MARKS}
    threes = tuple(subject for subject, mark in numbers.items() if mark == "3")
    fours = tuple(subject for subject, mark in numbers.items() if mark == "4")
    if not numbers:
        return Standing(Bucket.UNMARKED)
    if threes:
        return Standing(Bucket.ONE_THREE if len(threes) == 1 else Bucket.THREES, threes)
    if not fours:
        return Standing(Bucket.EXCELLENT)
    return Standing(Bucket.ONE_FOUR, fours) if len(fours) == 1 else Standing(Bucket.GOOD)


class ClassRate(msgspec.Struct, frozen=True):
    """`value` = 100 × `part` / `pupils`; `left_out`: without any mark, not in the denominator."""

    value: str
    part: int
    pupils: int
    left_out: int


def class_quality(buckets: Iterable[Bucket], rates_of: str = MARKED) -> ClassRate:
    """Качество знаний of a class, %: who has fives and fours only."""
    known = list(buckets)
    return _rate(known, sum(one in _WITHOUT_THREES for one in known), rates_of)


def class_pass(buckets: Iterable[Bucket], rates_of: str = MARKED) -> ClassRate:
    """Успеваемость of a class, %: who has neither a «2» nor н/а."""
    known = list(buckets)
    failing = (Bucket.FAILING, Bucket.UNMARKED)
    return _rate(known, sum(one not in failing for one in known), rates_of)


def _rate(known: list[Bucket], part: int, rates_of: str) -> ClassRate:
    left_out = known.count(Bucket.UNMARKED) if rates_of == MARKED else 0
    pupils = len(known) - left_out
    return ClassRate(percent(part, pupils), part, pupils, left_out)


def percent(part: int, whole: int) -> str:
    """A share in per cent: two places, half up; "" of nothing."""
    return places(Decimal(100 * part) / whole) if whole else ""
