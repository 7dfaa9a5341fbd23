"""What the facts of a demonstration say, folded for tests: lessons, marks, refusals to look for."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import NamedTuple

from domain.codec import Envelope, Recorded
from domain.fact import Fact
from domain.journal import facts as f
from domain.people.facts import ConsentGiven
from domain.values import ABSENCES, Origin, Role


class Trace(NamedTuple):
    """Of an envelope, what the tests ask; one object for everything done at one moment."""

    at: datetime
    by: str
    role: Role
    session: str
    acting_for: str | None


Written = tuple[Fact, Trace]


@dataclass
class LessonSeen:
    """One scheduled lesson and what was written about it, in order."""

    class_id: str
    day: date
    number: int
    subject_id: str
    teacher_id: str
    subgroup_id: str | None
    cancelled: bool = False
    topics: list[Written] = field(default_factory=list)
    attendance: list[Written] = field(default_factory=list)
    homework: list[Written] = field(default_factory=list)
    marks: list[Written] = field(default_factory=list)

    @property
    def entries(self) -> list[Written]:
        return self.topics + self.attendance + self.homework + self.marks

    @property
    def absent(self) -> set[str]:
        """Pupils whom the first taking of attendance found absent."""
        return {
            entry.pupil_id
            for fact, _ in self.attendance
            if isinstance(fact, f.AttendanceTaken)
            for entry in fact.exceptions
            if entry.code in ABSENCES
        }


@dataclass
class Evidence:
    """Everything by its id."""

    lessons: dict[str, LessonSeen] = field(default_factory=dict)
    marks: dict[str, f.MarkGiven] = field(default_factory=dict)
    corrections: dict[str, list[Written]] = field(default_factory=lambda: defaultdict(list))
    term_marks: dict[tuple[str, str, str, int], datetime] = field(default_factory=dict)
    closed: dict[tuple[str, int], datetime] = field(default_factory=dict)
    substitutions: dict[str, f.SubstitutionAppointed] = field(default_factory=dict)
    consents: set[str] = field(default_factory=set)
    origins: set[Origin] = field(default_factory=set)
    moments: list[datetime] = field(default_factory=list)


def weigh(log: Iterable[Recorded]) -> Evidence:  # noqa: C901 - one case for each fact
    """Fold a log."""
    seen = Evidence()
    traces: dict[Trace, Trace] = {}
    for recorded in log:
        fact, trace = recorded.fact, _trace(recorded.envelope, traces)
        stream = str(recorded.originator_id)
        seen.origins.add(recorded.envelope.origin)
        if not seen.moments or seen.moments[-1] != trace.at:
            seen.moments.append(trace.at)
        match fact:
            case f.LessonsScheduled(series=series):
                for one in series:
                    for lesson in one.lessons:
                        seen.lessons[lesson.lesson_id] = LessonSeen(
                            stream,
                            lesson.date,
                            lesson.number,
                            one.subject_id,
                            one.teacher_id,
                            one.subgroup_id,
                        )
            case f.LessonCancelled():
                seen.lessons[fact.lesson_id].cancelled = True
            case f.TopicRecorded() | f.TopicCorrected():
                seen.lessons[fact.lesson_id].topics.append((fact, trace))
            case f.AttendanceTaken() | f.AttendanceCorrected():
                seen.lessons[fact.lesson_id].attendance.append((fact, trace))
            case f.HomeworkAssigned() | f.HomeworkNotAssigned():
                seen.lessons[fact.lesson_id].homework.append((fact, trace))
            case f.MarkGiven():
                seen.marks[fact.mark_id] = fact
                seen.lessons[fact.lesson_id].marks.append((fact, trace))
            case f.MarkCorrected() | f.MarkAnnulled():
                seen.corrections[fact.mark_id].append((fact, trace))
            case f.TermMarkIssued():
                cell = (stream, fact.pupil_id, fact.subject_id, fact.term)
                seen.term_marks[cell] = trace.at
            case f.TermClosed():
                seen.closed[stream, fact.term] = trace.at
            case f.SubstitutionAppointed():
                seen.substitutions[fact.substitution_id] = fact
            case ConsentGiven():
                seen.consents.add(stream)
    return seen


def _trace(envelope: Envelope, known: dict[Trace, Trace]) -> Trace:
    e = envelope
    trace = Trace(e.at, e.by, e.role, e.session, e.acting_for)
    return known.setdefault(trace, trace)
