"""What the facts of a demonstration say, folded for tests: lessons, marks, refusals to look for."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime

from api.demo import ZONE
from domain.calendar import local_date
from domain.codec import Envelope, Recorded
from domain.fact import Fact
from domain.journal import facts as f
from domain.people.facts import ConsentGiven
from domain.values import ABSENCES

Written = tuple[Fact, Envelope]


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
    envelopes: list[Envelope] = field(default_factory=list)


def weigh(log: Iterable[Recorded]) -> Evidence:  # noqa: C901 - one case for each fact
    """Fold a log."""
    seen = Evidence()
    for recorded in log:
        fact, envelope = recorded.fact, recorded.envelope
        stream = str(recorded.originator_id)
        seen.envelopes.append(envelope)
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
                seen.lessons[fact.lesson_id].topics.append((fact, envelope))
            case f.AttendanceTaken() | f.AttendanceCorrected():
                seen.lessons[fact.lesson_id].attendance.append((fact, envelope))
            case f.HomeworkAssigned() | f.HomeworkNotAssigned():
                seen.lessons[fact.lesson_id].homework.append((fact, envelope))
            case f.MarkGiven():
                seen.marks[fact.mark_id] = fact
                seen.lessons[fact.lesson_id].marks.append((fact, envelope))
            case f.MarkCorrected() | f.MarkAnnulled():
                seen.corrections[fact.mark_id].append((fact, envelope))
            case f.TermMarkIssued():
                cell = (stream, fact.pupil_id, fact.subject_id, fact.term)
                seen.term_marks[cell] = envelope.at
            case f.TermClosed():
                seen.closed[stream, fact.term] = envelope.at
            case f.SubstitutionAppointed():
                seen.substitutions[fact.substitution_id] = fact
            case ConsentGiven():
                seen.consents.add(stream)
    return seen


def days_late(lesson: LessonSeen, written: Iterable[Written]) -> list[int]:
    """Days between the lesson and each entry, in the school's zone."""
    return [(local_date(envelope.at, ZONE) - lesson.day).days for _, envelope in written]
