"""A gradebook as lines, one per mark, and the past of its terms as the fitting wants it.

Fitting takes terms that are over; what is judged is a later term, seen at five of its parts.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from random import Random
from typing import NamedTuple

from domain.forecast.parameters import GRID
from domain.forecast.plan import Plan
from domain.forecast.prior import Cell, Group
from domain.forecast.profiles import End, Sample
from domain.forecast.tally import EMPTY, Given, Tally, added, tallied


class Line(NamedTuple):
    """A mark in a gradebook; `progress` is the part of its term gone on its day.

    `profile` names what goes alike from term to term (subject and grade level); `mark` is that of
    the term, "" if it is not known.
    """

    term: str
    class_id: str
    subject: str
    profile: str
    pupil: str
    progress: float
    given: Given
    mark: str


class Course(NamedTuple):
    """A pupil in a subject in a term: the marks in order, and the mark of the term."""

    marks: tuple[tuple[float, Given], ...]
    mark: str

    def until(self) -> Iterator[Tally]:
        """The tally at each part of GRID."""
        tally, at = EMPTY, 0
        for part in GRID:
            while at < len(self.marks) and self.marks[at][0] <= part:
                tally = added(tally, self.marks[at][1])
                at += 1
            yield tally


Key = tuple[str, str, str, str]  # class, subject, profile, pupil


class Gradebook:
    """Lines by term; terms are in the order in which they are first named.

    `plans` by class and subject; a class there is one of a single term.
    """

    def __init__(
        self, lines: Iterable[Line], plans: Mapping[tuple[str, str], Plan] | None = None
    ) -> None:
        self.plans = plans or {}
        found: dict[str, dict[Key, list[tuple[float, Given]]]] = {}
        marks: dict[tuple[str, Key], str] = {}
        for term, class_id, subject, profile, pupil, progress, given, mark in lines:
            key = (class_id, subject, profile, pupil)
            found.setdefault(term, {}).setdefault(key, []).append((progress, given))
            if mark:
                marks[term, key] = mark
        self.terms: dict[str, dict[Key, Course]] = {
            term: {
                key: Course(tuple(sorted(given)), marks.get((term, key), ""))
                for key, given in courses.items()
            }
            for term, courses in found.items()
        }

    def shuffle(self, chance: Random) -> None:
        """Deal the term marks of each term anew: what is then still forecast well was peeped at."""
        for term, courses in self.terms.items():
            marks = [course.mark for course in courses.values()]
            chance.shuffle(marks)
            self.terms[term] = {
                key: Course(course.marks, mark)
                for (key, course), mark in zip(courses.items(), marks, strict=True)
            }

    def samples(self, term: str, before: str | None = None) -> list[Sample]:
        """The classes of a term at each part of GRID, with the marks of the term before it."""
        last: dict[tuple[str, str], Tally] = {}
        rows: dict[str, dict[tuple[str, str], list[tuple[str, Course]]]] = defaultdict(
            lambda: defaultdict(list)
        )
        if before is not None:
            for (_, subject, _, pupil), course in self.terms[before].items():
                last[subject, pupil] = tallied(given for _, given in course.marks)
        for (class_id, subject, profile, pupil), course in self.terms[term].items():
            rows[class_id][subject, profile].append((pupil, course))
        return [
            sample
            for class_id in sorted(rows)
            for sample in _class_samples(class_id, rows[class_id], last, self.plans)
        ]


def _class_samples(
    class_id: str,
    subjects: dict[tuple[str, str], list[tuple[str, Course]]],
    last: dict[tuple[str, str], Tally],
    plans: Mapping[tuple[str, str], Plan],
) -> Iterator[Sample]:
    nows = {
        key: [tuple(course.until()) for _, course in pupils] for key, pupils in subjects.items()
    }
    ends = [
        [End(tallied(given for _, given in course.marks), course.mark) for _, course in pupils]
        for pupils in subjects.values()
    ]
    for part in range(len(GRID)):
        groups = [
            Group(
                subject,
                profile,
                [
                    Cell(pupil, now[part], last.get((subject, pupil), EMPTY))
                    for (pupil, _), now in zip(pupils, nows[subject, profile], strict=True)
                ],
                plans.get((class_id, subject)),
            )
            for (subject, profile), pupils in subjects.items()
        ]
        yield Sample(part, groups, ends, class_id)
