"""The arithmetic of a Russian school (school-journal.md §5.4), each figure with its trace.

Pure: numbers in, numbers out. Everything is Decimal and rounded half up, never to even; figures
are decimal strings of two places, "" when there is nothing to count. What a figure was counted of
and what was left out goes with it, so that nobody has to believe it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

import msgspec

from domain.regulation import Regulation
from domain.values import NUMERIC_MARKS

NOT_ATTESTED, EXEMPT = "н/а", "осв"
#: marks that the grade has an examination of its own for: the certificate of the ninth
CERTIFICATE_LEVEL = 9
#: of whom the rates are: those with a mark (`Tally.pupils`), the default of `RATES_OF`
MARKED = "marked"
_PLACES = Decimal("0.01")
#: what each mark is worth in the degree of learning (Simonov)
_SOU = {"5": 100, "4": 64, "3": 36, "2": 16, NOT_ATTESTED: 7}


def places(number: Decimal) -> str:
    """Two places, half up."""
    return str(number.quantize(_PLACES, ROUND_HALF_UP))


def whole(number: Decimal) -> str:
    """The whole number next to it, a half upwards."""
    return str(number.quantize(Decimal(1), ROUND_HALF_UP))


# -- averages --------------------------------------------------------------------------------


class Item(msgspec.Struct, frozen=True):
    """A mark on its way into an average. `day` is the day of the lesson."""

    value: str
    weight: str = "1.00"
    day: date | None = None
    mark_id: str = ""


class Line(msgspec.Struct, frozen=True):
    """A mark and whether it counts: `left_out` is "" or why it does not."""

    value: str
    weight: str
    day: date | None
    mark_id: str
    left_out: str = ""


class Mean(msgspec.Struct, frozen=True):
    """`value` = `total` / `weights`, two places; "" without a number among the lines."""

    value: str
    total: str
    weights: str
    counted: int
    lines: tuple[Line, ...] = ()


def average(marks: Iterable[Item]) -> Mean:
    """The plain mean of the numbers among the marks (средний балл)."""
    return _mean(marks, weighted=False)


def weighted_average(marks: Iterable[Item]) -> Mean:
    """Σ(mark × weight) / Σ(weight) of the numbers among the marks (средневзвешенный балл)."""
    return _mean(marks, weighted=True)


def _mean(marks: Iterable[Item], *, weighted: bool) -> Mean:
    lines: list[Line] = []
    total, weights, counted = Decimal(0), Decimal(0), 0
    for one in marks:
        weight = Decimal(one.weight) if weighted else Decimal(1)
        left_out = "not_a_number" if one.value not in NUMERIC_MARKS else ""
        if not left_out:
            total += int(one.value) * weight
            weights += weight
            counted += 1
        lines.append(Line(one.value, places(weight), one.day, one.mark_id, left_out))
    value = places(total / weights) if weights else ""
    return Mean(value, places(total), places(weights), counted, tuple(lines))


# -- rates of a group ------------------------------------------------------------------------


class Tally(msgspec.Struct, frozen=True):
    """Pupils of a group by their mark; `unmarked` have none, `others` зач and незач."""

    n5: int = 0
    n4: int = 0
    n3: int = 0
    n2: int = 0
    n1: int = 0
    not_attested: int = 0
    exempt: int = 0
    unmarked: int = 0
    others: int = 0

    @property
    def pupils(self) -> int:
        """The denominator: the exempt and those without any mark are left out, н/а is not."""
        return self.n5 + self.n4 + self.n3 + self.n2 + self.n1 + self.not_attested

    @property
    def everybody(self) -> int:
        """The whole list: the denominator where the school's rules say so."""
        return self.pupils + self.exempt + self.unmarked + self.others


def tally(values: Iterable[str | None]) -> Tally:
    """Count marks of a group, one per pupil; None or "" is no mark."""
    names = {number: f"n{number}" for number in NUMERIC_MARKS}
    names |= {NOT_ATTESTED: "not_attested", EXEMPT: "exempt", "": "unmarked"}
    found: dict[str, int] = {}
    for value in values:
        name = names.get(value or "", "others")
        found[name] = found.get(name, 0) + 1
    return Tally(**found)


class Rate(msgspec.Struct, frozen=True):
    """`value` = `total` / `pupils`, two places; "" of nobody."""

    value: str
    total: int
    pupils: int
    of: Tally


def pass_rate(of: Tally, rates_of: str = MARKED) -> Rate:
    """Успеваемость, %: the share of 5, 4 and 3."""
    return _rate(of, 100 * (of.n5 + of.n4 + of.n3), rates_of)


def quality_rate(of: Tally, rates_of: str = MARKED) -> Rate:
    """Качество знаний, %: the share of 5 and 4."""
    return _rate(of, 100 * (of.n5 + of.n4), rates_of)


def learning_degree(of: Tally, rates_of: str = MARKED) -> Rate:
    """СОУ, %: the degree of learning after Simonov."""
    by_mark = {"5": of.n5, "4": of.n4, "3": of.n3, "2": of.n2, NOT_ATTESTED: of.not_attested}
    return _rate(of, sum(_SOU[mark] * pupils for mark, pupils in by_mark.items()), rates_of)


def group_average(of: Tally) -> Mean:
    """The mean mark of a group: numbers only."""
    numbers = {"5": of.n5, "4": of.n4, "3": of.n3, "2": of.n2, "1": of.n1}
    return average(Item(mark) for mark, pupils in numbers.items() for _ in range(pupils))


def _rate(of: Tally, total: int, rates_of: str) -> Rate:
    pupils = of.pupils if rates_of == MARKED else of.everybody
    value = places(Decimal(total) / pupils) if pupils else ""
    return Rate(value, total, pupils, of)


# -- marks of a term, a year, for good -------------------------------------------------------


class Presence(msgspec.Struct, frozen=True):
    """Lessons of the pupil that were held with attendance taken, and those missed."""

    held: int = 0
    missed: int = 0

    @property
    def share(self) -> str:
        """The part that was missed, two places; "" when nothing was held."""
        return places(Decimal(self.missed) / self.held) if self.held else ""


class Suggestion(msgspec.Struct, frozen=True):
    """A term mark that follows from the marks, and why. `value` "": nothing is suggested.

    why: `average`, `too_few` (not attested then), `no_marks`, `ungraded` (безотметочное обучение).
    """

    value: str
    why: str
    mean: Mean
    weighted: bool
    thresholds: tuple[str, str, str]
    min_marks: int
    presence: Presence
    not_attested_share: str
    may_be_not_attested: bool
    version: str


def suggested_term_mark(
    marks: Sequence[Item], presence: Presence, grade_level: int, regulation: Regulation
) -> Suggestion:
    """The term mark that the regulation suggests. The teacher decides.

    The thresholds are compared with the average as it is shown, of two places. A pupil with fewer
    numbers than `min_marks` is not attested; so may be one who has missed the share of lessons.
    """
    mean = weighted_average(marks) if regulation.weighted else average(marks)
    few = mean.counted < regulation.min_marks
    missed = bool(presence.held) and _missed(presence) >= Decimal(regulation.not_attested_share)
    if grade_level in regulation.ungraded_levels:
        value, why = "", "ungraded"
    elif not mean.counted and not presence.held:
        value, why = "", "no_marks"
    elif few:
        value, why = NOT_ATTESTED, "too_few"
    else:
        value, why = _by_thresholds(mean.value, regulation.term_thresholds), "average"
    return Suggestion(
        value,
        why,
        mean,
        regulation.weighted,
        regulation.term_thresholds,
        regulation.min_marks,
        presence,
        regulation.not_attested_share,
        few or missed,
        regulation.version,
    )


def _missed(presence: Presence) -> Decimal:
    return Decimal(presence.missed) / presence.held


def _by_thresholds(mean: str, thresholds: tuple[str, str, str]) -> str:
    return str(2 + sum(Decimal(mean) >= Decimal(threshold) for threshold in thresholds))


def differs(suggested: str, given: str, gap: int) -> bool:
    """Both are numbers and lie at least `gap` apart."""
    both = suggested in NUMERIC_MARKS and given in NUMERIC_MARKS
    return both and abs(int(suggested) - int(given)) >= gap


class Derived(msgspec.Struct, frozen=True):
    """A mark that follows from other marks: `of` are they, by what they are for."""

    value: str
    why: str
    mean: Mean
    of: tuple[tuple[str, str], ...]


def year_mark(terms: Mapping[int, str]) -> Derived:
    """The mark of a year: the mean of the terms' numbers, a half upwards.

    Without a number it is the word that all the terms have («зач», «осв»), or н/а.
    """
    ordered = tuple((str(term), terms[term]) for term in sorted(terms))
    mean = average(Item(value) for _, value in ordered)
    if mean.counted:
        return Derived(whole(Decimal(mean.total) / mean.counted), "mean_of_terms", mean, ordered)
    words = {value for _, value in ordered}
    if not words:
        return Derived("", "no_terms", mean, ordered)
    return Derived(words.pop() if len(words) == 1 else NOT_ATTESTED, "words", mean, ordered)


def final_mark(year: str, exam: str | None, grade_level: int) -> Derived:
    """The mark of the certificate: in the ninth grade the mean of year and examination by the
    rules of mathematics, where there was an examination; else the mark of the year.
    """
    of = (("year", year), *((("exam", exam),) if exam else ()))
    mean = average(Item(value) for _, value in of)
    if grade_level == CERTIFICATE_LEVEL and exam in NUMERIC_MARKS and year in NUMERIC_MARKS:
        return Derived(whole(Decimal(mean.total) / 2), "year_and_exam", mean, of)
    return Derived(year, "year", mean, of)
