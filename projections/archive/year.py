"""A school year folded from the facts of its archive alone: what the sheets are drawn from.

Only the last version of everything is kept, without names and without texts about anybody.
"""

from __future__ import annotations

from datetime import date, datetime
from functools import singledispatch

import msgspec

from domain.calendar import Calendar
from domain.fact import Fact
from domain.journal import absence_facts as a
from domain.journal import facts as j
from domain.journal import plan_facts as p
from domain.journal import result_facts as r
from domain.journal.state import council_cell
from domain.office import facts as o
from domain.office.archive_facts import ArchiveAnnotated, YearArchived
from domain.values import AttendanceCode
from domain.world import office_id
from projections.projection import Placed


class Lesson(msgspec.Struct):
    """A lesson and what was recorded of it. `taken`: attendance was taken."""

    date: date
    number: int
    subject_id: str
    teacher_id: str
    subgroup_id: str | None
    cancelled: bool = False
    taken: bool = False
    topic: str = ""
    kind: str = ""
    title: str = ""
    homework: dict[str, str] = {}


class Mark(msgspec.Struct):
    """A mark; `value` is empty once annulled, `changes` counts its corrections."""

    lesson_id: str
    pupil_id: str
    value: str
    work_type_id: str
    weight: str
    changes: int = 0


class ClassBook(msgspec.Struct):
    """The journal of one class."""

    class_id: str
    grade_level: int
    letter: str
    pupils: dict[str, list[tuple[date, date | None]]] = {}
    subgroups: dict[str, str] = {}
    lessons: dict[str, Lesson] = {}
    marks: dict[str, Mark] = {}
    absences: dict[tuple[str, str], AttendanceCode] = {}  # (lesson, pupil)
    results: dict[tuple[str, str, str], str] = {}  # (pupil, subject, term or kind)
    council: dict[str, r.CouncilDecisionRecorded] = {}

    @property
    def name(self) -> str:
        """«7а»."""
        return f"{self.grade_level}{self.letter}"


class Year:
    """Folds facts in order, the year's own among them; the others are passed over."""

    def __init__(self, school_id: str, year: int) -> None:
        self.year = year
        self.calendar = Calendar(year=year, terms=())
        self.subjects: dict[str, str] = {}
        self.work_types: dict[str, str] = {}
        self.classes: dict[str, ClassBook] = {}
        self.teachers: dict[str, str] = {}  # class → its last class teacher
        self.archived_at: datetime | None = None
        self.annotations: list[ArchiveAnnotated] = []  # beside the archive, added after it
        self._office = office_id(school_id, year)

    def fold(self, one: Placed) -> None:
        """Take in one fact."""
        book = self.classes.get(one.stream)
        if book is not None:
            # by its very type: half the time of a call, and no fact has another for a base
            _journal.registry.get(type(one.fact), _journal)(one.fact, book)
        elif one.stream == self._office:
            self._of_office(one.fact)
            if isinstance(one.fact, YearArchived):
                self.archived_at = one.body.at
        elif isinstance(one.fact, j.JournalOpened) and one.fact.year == self.year:
            opened = one.fact
            self.classes[one.stream] = ClassBook(one.stream, opened.grade_level, opened.letter)

    def in_order(self) -> list[ClassBook]:
        """Classes by grade level and letter."""
        return sorted(self.classes.values(), key=lambda one: (one.grade_level, one.letter))

    # -- the office --------------------------------------------------------------------------

    def _of_office(self, fact: Fact) -> None:
        if isinstance(fact, o.YearOpened):
            self.calendar = fact.calendar
            self.subjects = {one.subject_id: one.name for one in fact.subjects}
            self.work_types = {one.work_type_id: one.name for one in fact.work_types}
        elif isinstance(fact, o.CalendarChanged):
            self.calendar = fact.calendar
        elif isinstance(fact, o.SubjectIntroduced):
            self.subjects[fact.subject.subject_id] = fact.subject.name
        elif isinstance(fact, o.WorkTypeIntroduced):
            self.work_types[fact.work_type.work_type_id] = fact.work_type.name
        elif isinstance(fact, o.ClassTeacherAppointed):
            self.teachers[fact.class_id] = fact.person_id


@singledispatch
def _journal(_fact: Fact, _book: ClassBook) -> None:
    """Facts of a journal that change no sheet."""


@_journal.register
def _enrolled(fact: j.PupilEnrolled, book: ClassBook) -> None:
    book.pupils.setdefault(fact.pupil_id, []).append((fact.since, None))


@_journal.register
def _departed(fact: j.PupilDeparted, book: ClassBook) -> None:
    spans = book.pupils[fact.pupil_id]
    spans[-1] = (spans[-1][0], fact.on)


@_journal.register
def _carried(fact: j.MarksCarried, book: ClassBook) -> None:
    for one in fact.term_marks:
        book.results[fact.pupil_id, one.subject_id, str(one.term)] = one.value


@_journal.register
def _split(fact: j.SubgroupSplitOrdered, book: ClassBook) -> None:
    book.subgroups |= {one.subgroup_id: one.name for one in fact.subgroups}


@_journal.register
def _scheduled(fact: j.LessonsScheduled, book: ClassBook) -> None:
    for series in fact.series:
        of = (series.subject_id, series.teacher_id, series.subgroup_id)
        for one in series.lessons:
            book.lessons[one.lesson_id] = Lesson(one.date, one.number, *of)


@_journal.register
def _added(fact: j.LessonAdded, book: ClassBook) -> None:
    of = (fact.subject_id, fact.teacher_id, fact.subgroup_id)
    book.lessons[fact.lesson_id] = Lesson(fact.date, fact.number, *of)


@_journal.register
def _moved(fact: j.LessonMoved, book: ClassBook) -> None:
    lesson = book.lessons[fact.lesson_id]
    lesson.date, lesson.number = fact.date, fact.number


@_journal.register
def _cancelled(fact: j.LessonCancelled, book: ClassBook) -> None:
    book.lessons[fact.lesson_id].cancelled = True


@_journal.register
def _withdrawn(fact: p.LessonsWithdrawn, book: ClassBook) -> None:
    for lesson_id in fact.lesson_ids:
        book.lessons.pop(lesson_id, None)


@_journal.register
def _topic(fact: j.TopicRecorded, book: ClassBook) -> None:
    lesson = book.lessons[fact.lesson_id]
    lesson.topic, lesson.kind, lesson.title = fact.topic, str(fact.kind), fact.title


@_journal.register
def _topic_again(fact: j.TopicCorrected, book: ClassBook) -> None:
    lesson = book.lessons[fact.lesson_id]
    lesson.topic, lesson.kind, lesson.title = fact.topic, str(fact.kind), fact.title


@_journal.register
def _homework(fact: j.HomeworkAssigned, book: ClassBook) -> None:
    text = fact.text or "личное задание"
    book.lessons[fact.lesson_id].homework[fact.homework_id] = text


@_journal.register
def _homework_again(fact: j.HomeworkCorrected, book: ClassBook) -> None:
    book.lessons[fact.lesson_id].homework[fact.homework_id] = fact.text


@_journal.register
def _no_homework(fact: j.HomeworkNotAssigned, book: ClassBook) -> None:
    book.lessons[fact.lesson_id].homework[""] = "не задано"


@_journal.register
def _attendance(fact: j.AttendanceTaken, book: ClassBook) -> None:
    book.lessons[fact.lesson_id].taken = True
    for one in fact.exceptions:
        book.absences[fact.lesson_id, one.pupil_id] = one.code


@_journal.register
def _attendance_again(fact: j.AttendanceCorrected, book: ClassBook) -> None:
    for one in fact.changes:
        book.absences[fact.lesson_id, one.pupil_id] = one.code


@_journal.register
def _reason(fact: a.AbsenceReasonSet, book: ClassBook) -> None:
    for one in fact.changes:
        book.absences[one.lesson_id, fact.pupil_id] = one.code


@_journal.register
def _mark(fact: j.MarkGiven, book: ClassBook) -> None:
    book.marks[fact.mark_id] = Mark(
        fact.lesson_id, fact.pupil_id, fact.value, fact.work_type_id, fact.weight
    )


@_journal.register
def _mark_again(fact: j.MarkCorrected, book: ClassBook) -> None:
    mark = book.marks[fact.mark_id]
    mark.value, mark.changes = fact.value, mark.changes + 1


@_journal.register
def _annulled(fact: j.MarkAnnulled, book: ClassBook) -> None:
    mark = book.marks[fact.mark_id]
    mark.value, mark.changes = "", mark.changes + 1


@_journal.register(j.TermMarkIssued)
@_journal.register(j.TermMarkCorrected)
def _term(fact: j.TermMarkIssued | j.TermMarkCorrected, book: ClassBook) -> None:
    book.results[fact.pupil_id, fact.subject_id, str(fact.term)] = fact.value


@_journal.register
def _term_annulled(fact: j.TermMarkAnnulled, book: ClassBook) -> None:
    book.results.pop((fact.pupil_id, fact.subject_id, str(fact.term)), None)


@_journal.register(r.YearMarkIssued)
@_journal.register(r.YearMarkCorrected)
def _year(fact: r.YearMarkIssued | r.YearMarkCorrected, book: ClassBook) -> None:
    book.results[fact.pupil_id, fact.subject_id, "year"] = fact.value


@_journal.register(r.ExamMarkRecorded)
@_journal.register(r.ExamMarkCorrected)
def _exam(fact: r.ExamMarkRecorded | r.ExamMarkCorrected, book: ClassBook) -> None:
    book.results[fact.pupil_id, fact.subject_id, "exam"] = fact.value


@_journal.register(r.FinalMarkIssued)
@_journal.register(r.FinalMarkCorrected)
def _final(fact: r.FinalMarkIssued | r.FinalMarkCorrected, book: ClassBook) -> None:
    book.results[fact.pupil_id, fact.subject_id, "final"] = fact.value


@_journal.register
def _council(fact: r.CouncilDecisionRecorded, book: ClassBook) -> None:
    book.council[council_cell(fact.pupil_id, fact.decision)] = fact


@_journal.register
def _council_again(fact: r.CouncilDecisionCorrected, book: ClassBook) -> None:
    book.council[council_cell(fact.pupil_id, fact.decision)] = r.CouncilDecisionRecorded(
        fact.pupil_id, fact.decision, fact.protocol_no, fact.protocol_date
    )
