"""What decisions about a class journal need to know, folded from its facts. Not a read model.

Slim: marks and records of a closed term are packed away (`shelf`), their ids stay in `settled`.
"""

from __future__ import annotations

from datetime import date, datetime

import msgspec

from domain.journal import facts as f
from domain.journal import result_facts as r
from domain.journal.classroom import Classroom
from domain.journal.control import Control
from domain.journal.file_facts import LessonFileAttached
from domain.journal.shelf import Mark, Shelf, unpack
from domain.values import AttendanceCode, CouncilDecision, PayloadRef, ReasonCode, matter_of


class Span(msgspec.Struct, array_like=True):
    """Days [since, until); `until` None is open."""

    since: date
    until: date | None = None

    def covers(self, day: date) -> bool:
        return self.since <= day and (self.until is None or day < self.until)


class Split(msgspec.Struct, array_like=True):
    """An ordered division of a subject: subgroup → pupils."""

    subject_id: str
    since: date
    members: dict[str, list[str]]


class Assignment(msgspec.Struct, array_like=True):
    teacher_id: str
    subject_id: str
    subgroup_id: str | None
    span: Span


class Substitution(msgspec.Struct, array_like=True):
    substitute_id: str
    teacher_id: str
    since: date
    until: date  # included


class Lesson(msgspec.Struct, array_like=True):
    date: date
    number: int
    subject_id: str
    teacher_id: str
    subgroup_id: str | None = None
    cancelled: bool = False
    topic: f.TopicRecorded | None = None
    attendance: dict[str, AttendanceCode] | None = None
    homework: dict[str, f.HomeworkAssigned] = {}
    no_homework: bool = False
    late: dict[str, int] = {}  # minutes of those who came late
    room: str = ""
    scheduled: bool = False  # by the timetable, and where the timetable has put it
    moved: bool = False
    explained: set[str] = set()  # whose absence has the class teacher's reason
    files: dict[str, LessonFileAttached | None] = {}  # None: removed


class Issued(msgspec.Struct, array_like=True):
    """A term mark of this journal: by whom and when."""

    by: str
    at: datetime


class Closed(msgspec.Struct, array_like=True):
    """A closed term; both days included. What was in it lies on the shelf, packed."""

    term: int
    starts: date
    ends: date
    shelf: bytes = b""


class Wanted(msgspec.Struct, array_like=True):
    """A request for a correction; `answer` is "", `approved` or `rejected`."""

    mark_id: str
    saw: str
    value: str  # "": to be annulled
    reason_code: ReasonCode
    reason: PayloadRef
    by: str
    answer: str = ""


class Debt(msgspec.Struct, array_like=True):
    lesson_id: str
    pupil_id: str
    resolved: bool = False


class Journal(msgspec.Struct):
    """The state of one class and year. `version` is that of the last fact folded in."""

    class_id: str
    version: int = 0
    school_id: str = ""
    year: int = 0
    grade_level: int = 0
    letter: str = ""
    zone: str = "UTC"
    pupils: dict[str, list[Span]] = {}
    splits: list[Split] = []
    assignments: dict[str, Assignment] = {}
    substitutions: dict[str, Substitution] = {}
    lessons: dict[str, Lesson] = {}
    slots: dict[str, str] = {}
    vacated: set[str] = set()  # left by cancelled and moved lessons: not to be scheduled again
    marks: dict[str, Mark] = {}
    debts: dict[str, Debt] = {}
    term_marks: dict[str, str] = {}
    issued: dict[str, Issued] = {}  # who issued a term mark, also one that is annulled by now
    closed: list[Closed] = []
    settled: dict[str, int] = {}  # mark → its closed term
    requests: dict[str, Wanted] = {}
    results: dict[str, str] = {}  # year, exam and final marks
    council: dict[str, r.CouncilDecisionRecorded] = {}
    homework_ids: set[str] = set()
    plans: dict[str, tuple[str, str | None]] = {}  # plan of lessons → subject, subgroup
    went: dict[str, str] = {}  # pupil → the class to which the pupil was transferred
    carried: dict[str, dict[str, f.CarriedMark]] = {}  # pupil → marks brought from another class
    control: Control = msgspec.field(default_factory=Control)
    classroom: Classroom = msgspec.field(default_factory=Classroom)

    @property
    def name(self) -> str:
        """«7а»."""
        return f"{self.grade_level}{self.letter}"

    def enrolled(self, pupil_id: str, day: date) -> bool:
        """The pupil is on the class list that day."""
        return any(span.covers(day) for span in self.pupils.get(pupil_id, ()))

    def is_closed(self, day: date) -> bool:
        """The day lies in a closed term."""
        return any(one.starts <= day <= one.ends for one in self.closed)

    def shelf(self, term: int) -> Shelf | None:
        """What was in a closed term; None while it is open."""
        found = next((one for one in self.closed if one.term == term), None)
        return None if found is None else unpack(found.shelf)

    def any_mark(self, mark_id: str) -> Mark | None:
        """A mark of an open term, or one from the shelf."""
        found = self.marks.get(mark_id)
        if found is None and mark_id in self.settled:
            shelf = self.shelf(self.settled[mark_id])
            found = None if shelf is None else shelf.marks.get(mark_id)
        return found

    def split(self, subject_id: str, day: date) -> Split | None:
        """The division of the subject in force that day, or None for the whole class."""
        best: Split | None = None
        for split in self.splits:
            if split.subject_id == subject_id and split.since <= day:
                best = split
        return best

    def attends(self, pupil_id: str, lesson: Lesson) -> bool:
        """The pupil is on the list of this lesson: the class's and, where divided, the group's."""
        if not self.enrolled(pupil_id, lesson.date):
            return False
        if lesson.subgroup_id is None:
            return True
        split = self.split(lesson.subject_id, lesson.date)
        return split is not None and pupil_id in split.members.get(lesson.subgroup_id, ())


def slot(day: date, number: int, subgroup_id: str | None) -> str:
    """The place of a lesson in the day: one per class, or one per subgroup."""
    return f"{day.isoformat()}/{number}/{subgroup_id or ''}"


def vacancy(day: date, number: int, subgroup_id: str | None, subject_id: str) -> str:
    """A place that a lesson of this subject has left."""
    return f"{slot(day, number, subgroup_id)}/{subject_id}"


def result_cell(pupil_id: str, subject_id: str, kind: str) -> str:
    """The key of a `year`, `exam` or `final` mark."""
    return f"{pupil_id}/{subject_id}/{kind}"


def council_cell(pupil_id: str, decision: CouncilDecision) -> str:
    """The key of a decision of the council: of promotion, or of admission."""
    matter = matter_of(decision)
    return pupil_id if matter == "promotion" else f"{pupil_id}/{matter}"


def council_cells(pupil_id: str) -> tuple[str, str]:
    """Keys of what the council may have decided of a pupil: admission first, it comes first."""
    return f"{pupil_id}/admission", pupil_id


def term_cell(pupil_id: str, subject_id: str, term: int) -> str:
    """The key of a term mark."""
    return f"{pupil_id}/{subject_id}/{term}"
