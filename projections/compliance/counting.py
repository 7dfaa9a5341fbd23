"""Figures over lessons: how many of each duty stand how, by whatever they are grouped."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from datetime import datetime
from typing import Any, TypeVar

import msgspec

from domain.duties import Duty, Status, Verdict, week_filled
from domain.office.check_facts import DutyFound
from projections.compliance.reading import DUTIES, Line

K = TypeVar("K", bound=Hashable)

#: What makes a row's status, the worst first.
_WORST = (Status.MISSING, Status.LATE, Status.PENDING, Status.ON_TIME)


class Judged(msgspec.Struct, frozen=True):
    """A lesson with the verdicts of a moment."""

    line: Line
    verdicts: dict[Duty, Verdict]


class Counts(msgspec.Struct):
    """How lessons stand: duty → status → how many."""

    lessons: int = 0
    duties: dict[Duty, dict[Status, int]] = {}
    greatest_delay_minutes: int = 0

    def add(self, one: Judged) -> None:
        """One more lesson."""
        if not self.duties:
            self.duties = {duty: dict.fromkeys(Status, 0) for duty in DUTIES}
        self.lessons += 1
        for duty, verdict in one.verdicts.items():
            self.duties[duty][verdict.status] += 1
            self.greatest_delay_minutes = max(self.greatest_delay_minutes, verdict.minutes)

    def of(self, duty: Duty, status: Status) -> int:
        """How many."""
        return self.duties.get(duty, {}).get(status, 0)

    def total(self, status: Status) -> int:
        """Over every duty."""
        return sum(self.of(duty, status) for duty in DUTIES)

    @property
    def status(self) -> Status:
        """The worst there is; NOT_REQUIRED when nothing is asked for."""
        return next((one for one in _WORST if self.total(one)), Status.NOT_REQUIRED)

    @property
    def found(self) -> tuple[DutyFound, ...]:
        """As the fact of a closed check keeps it."""
        return tuple(
            DutyFound(
                duty,
                self.of(duty, Status.ON_TIME),
                self.of(duty, Status.LATE),
                self.of(duty, Status.MISSING),
                self.of(duty, Status.PENDING),
                self.of(duty, Status.NOT_REQUIRED),
            )
            for duty in DUTIES
        )

    def json(self) -> dict[str, Any]:
        """For a reader."""
        return {
            "lessons": self.lessons,
            "status": str(self.status),
            "duties": {
                str(duty): {str(status).lower(): self.of(duty, status) for status in Status}
                for duty in DUTIES
            },
            "greatest_delay_minutes": self.greatest_delay_minutes,
        }


class Group(msgspec.Struct, frozen=True):
    """Teacher × class × subject × subgroup in a week. `filled` is R2: attendance or a mark within
    the week; `with_marks`: lessons that have marks.
    """

    teacher_id: str
    class_id: str
    subject_id: str
    subgroup_id: str | None
    lessons: int
    filled: Verdict
    with_marks: int


def judge(lines: Iterable[Line], now: datetime) -> list[Judged]:
    """Every lesson as seen at a moment."""
    return [Judged(one, {duty: one.lesson.verdict(duty, now) for duty in DUTIES}) for one in lines]


def counted(judged: Iterable[Judged]) -> Counts:
    """All of them together."""
    counts = Counts()
    for one in judged:
        counts.add(one)
    return counts


def counted_by(judged: Iterable[Judged], key: Callable[[Line], K]) -> dict[K, Counts]:
    """By teacher, class, subject …"""
    found: dict[K, Counts] = {}
    for one in judged:
        found.setdefault(key(one.line), Counts()).add(one)
    return found


def groups(lines: Iterable[Line], sunday: datetime, now: datetime) -> list[Group]:
    """Groups of a week that have lessons."""
    by_group: dict[tuple[str, str, str, str], list[Line]] = {}
    for one in lines:
        by_group.setdefault(one.group, []).append(one)
    return [
        Group(
            teacher_id,
            class_id,
            subject_id,
            subgroup_id or None,
            len(of),
            week_filled([one.lesson for one in of], sunday, now),
            sum(one.lesson.seen(Duty.MARKS, now) is not None for one in of),
        )
        for (teacher_id, class_id, subject_id, subgroup_id), of in by_group.items()
    ]


def unfilled(found: Iterable[Group]) -> list[Group]:
    """Groups that R2 lists: nothing within the week."""
    return [one for one in found if one.filled.status in (Status.MISSING, Status.LATE)]
