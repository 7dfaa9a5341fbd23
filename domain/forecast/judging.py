"""Judging the method on a gradebook: each term forecast by what was learned of the terms before."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from domain.forecast.defaults import DEFAULT
from domain.forecast.fitting import Rule, fit
from domain.forecast.gradebook import Gradebook
from domain.forecast.parameters import GRID, Parameters
from domain.forecast.profiles import Sample
from domain.forecast.scoring import Judged, Scores, auc, errors_of_naive, judged, scores


class Verdict(NamedTuple):
    """A term, what it was forecast by, and its forecasts."""

    term: str
    fitted_on: tuple[str, ...]  # nothing: the parameters of a school without a past
    ones: list[Judged]
    errors: Counter[tuple[int, int]]


def past(book: Gradebook, terms: Sequence[str]) -> list[Sample]:
    """Samples of terms that follow each other."""
    return [
        sample
        for number, term in enumerate(terms)
        for sample in book.samples(term, terms[number - 1] if number else None)
    ]


def walk(book: Gradebook, rule: Rule, earlier: Gradebook | None = None) -> Iterator[Verdict]:
    """Term by term, each by the terms before it and by `earlier`, if that is given.

    The first term has no past unless `earlier` is given; it is judged only if it is the only one.
    """
    before = past(earlier, list(earlier.terms)) if earlier else []
    names = tuple(earlier.terms) if earlier else ()
    terms = list(book.terms)
    for number, term in enumerate(terms):
        known = before + past(book, terms[:number])
        if not known and len(terms) > 1:
            continue
        fitted_on = (*names, *terms[:number])
        parameters = fit(known, fitted_on, rule) if known else _default(rule)
        errors = errors_of_naive(judged(known, parameters))
        samples = book.samples(term, terms[number - 1] if number else None)
        yield Verdict(term, fitted_on, judged(samples, parameters), errors)


def _default(rule: Rule) -> Parameters:
    return fit([], (), rule) if rule != Rule() else DEFAULT


def by_part(ones: Sequence[Judged], errors: Counter[tuple[int, int]]) -> list[Scores]:
    """Scores at each part of GRID, then of all."""
    parts = [[one for one in ones if one.part == part] for part in range(len(GRID))]
    return [scores(of, errors) for of in [*parts, ones]]


def not_attested(ones: Sequence[Judged]) -> list[float]:
    """How well н/а is told apart at each part of GRID, as the area under the curve."""
    return [
        auc((one.not_attested, one.mark == "н/а") for one in ones if one.part == part)
        for part in range(len(GRID))
    ]
