"""Who answers for a lesson on its day: a substitute, else the teacher, by dated assignments."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date
from typing import NamedTuple

#: in the place of a teacher: the one who was planned has been released, and nobody took over. It is
#: no person's id; lists name it «без учителя», and nobody is reminded
VACANT = "00000000-0000-0000-0000-000000000000"


class Assigned(NamedTuple):
    """A teacher of a subject (or of a subgroup in it) in a class on days [since, until)."""

    class_id: str
    subject_id: str
    subgroup_id: str | None
    teacher_id: str
    since: date
    until: date | None

    def covers(self, day: date) -> bool:
        """In force that day."""
        return self.since <= day and (self.until is None or day < self.until)


class Stands(NamedTuple):
    """A substitute for a teacher in a class; both days included."""

    class_id: str
    teacher_id: str
    substitute_id: str
    since: date
    until: date


class Staffing:
    """Assignments and substitutions of a year."""

    def __init__(self, assigned: Iterable[Assigned], stands: Iterable[Stands]) -> None:
        self.assigned = list(assigned)
        self._by_subject: dict[tuple[str, str], list[Assigned]] = defaultdict(list)
        for one in self.assigned:
            self._by_subject[one.class_id, one.subject_id].append(one)
        self._stands: dict[tuple[str, str], list[Stands]] = defaultdict(list)
        for stand in stands:
            self._stands[stand.class_id, stand.teacher_id].append(stand)

    def responsible(
        self, class_id: str, subject_id: str, subgroup_id: str | None, planned: str, day: date
    ) -> str:
        """Who is to write about a lesson that was planned for a teacher; VACANT when nobody is."""
        teacher = self._assigned(class_id, subject_id, subgroup_id, planned, day)
        for stand in self._stands.get((class_id, teacher), ()):
            if stand.since <= day <= stand.until:
                return stand.substitute_id
        released = self._released(class_id, subject_id, subgroup_id, teacher, day)
        return VACANT if released else teacher

    def _released(
        self, class_id: str, subject_id: str, subgroup_id: str | None, teacher: str, day: date
    ) -> bool:
        """The teacher had been assigned, and was so no more that day."""
        own = [
            one
            for one in self._by_subject.get((class_id, subject_id), ())
            if one.teacher_id == teacher and one.subgroup_id in (None, subgroup_id)
        ]
        ended = any(one.until is not None and one.until <= day for one in own)
        return ended and not any(one.covers(day) for one in own)

    def _assigned(
        self, class_id: str, subject_id: str, subgroup_id: str | None, planned: str, day: date
    ) -> str:
        """The planned teacher, if still assigned that day; else who took over last."""
        found = planned
        for one in self._by_subject.get((class_id, subject_id), ()):
            if one.covers(day) and one.subgroup_id in (None, subgroup_id):
                if one.teacher_id == planned:
                    return planned
                found = one.teacher_id
        return found

    def unassigned(
        self, class_id: str, subject_id: str, subgroup_id: str | None, planned: str, day: date
    ) -> bool:
        """A lesson of a day before its teacher's assignment began, when nobody else was there: a
        timetable of a term names teachers also for the days before they came.
        """
        here = [
            one
            for one in self._by_subject.get((class_id, subject_id), ())
            if one.subgroup_id in (None, subgroup_id)
        ]
        own = [one for one in here if one.teacher_id == planned] or here
        stands = self._stands.get((class_id, planned), ())
        return (
            bool(own)
            and all(day < one.since for one in own)
            and not any(one.covers(day) for one in here)
            and not any(one.since <= day <= one.until for one in stands)
        )

    def active(self, since: date, until: date) -> Iterator[Assigned]:
        """Assignments in force on one of these days, both included."""
        for one in self.assigned:
            if one.since <= until and (one.until is None or since < one.until):
                yield one


NOBODY = Staffing((), ())
