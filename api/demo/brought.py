"""Marks of the running term that go with a pupil into another class of the year."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import timedelta

from api.demo.grading import Given
from api.demo.population import Transfer
from api.demo.steps import on
from domain.calendar import Term

#: minute of the day before, when the secretary writes the transfer down
WRITTEN = 9 * 60


class Brought:
    """The class that is left is lived through before the one that is joined."""

    def __init__(self, transfers: Sequence[Transfer]) -> None:
        self._transfers = transfers
        self._marks: defaultdict[tuple[str, int, str, str], list[Given]] = defaultdict(list)

    def leave(
        self, class_id: str, term: Term, marks: Mapping[tuple[str, int | None], list[Given]]
    ) -> None:
        """Keep what whoever left this class in the term had been given by then."""
        for one in self._transfers:
            if one.old != class_id or not term.starts <= one.day <= term.ends:
                continue
            written = on(one.day - timedelta(days=1), WRITTEN)
            for (subject, _), given in marks.items():
                self._marks[one.new, term.number, one.child.id, subject] += [
                    mark for mark in given if mark.pupil_id == one.child.id and mark.at < written
                ]

    def of(self, class_id: str, term: Term, pupil_id: str, subject: str) -> list[Given]:
        """What the pupil brought into this class in the term."""
        return self._marks.get((class_id, term.number, pupil_id, subject), [])
