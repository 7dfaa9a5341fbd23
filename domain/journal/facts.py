"""Facts of a class journal: one stream per class and school year, one legal journal in one order.

Ids are UUID strings (lower case, hyphens). Text of the whole class is in the fact; text about a
person is a `PayloadRef`. Topics are for ever; a changed meaning is a new topic.
"""

from __future__ import annotations

from datetime import date

import msgspec

from domain.fact import Fact
from domain.journal.absence_facts import (
    AbsenceAnnounced,
    AbsenceReasonSet,
    AttendanceWeekConfirmed,
    DiaryAcknowledged,
)
from domain.journal.control_facts import (
    JournalInspected,
    RemarkAccepted,
    RemarkOpened,
    RemarkResolved,
    RemarkReturned,
)
from domain.journal.correction_facts import (
    CorrectionApproved,
    CorrectionRejected,
    CorrectionRequested,
    TermReopened,
)
from domain.journal.file_facts import LessonFileAttached, LessonFileRemoved
from domain.journal.outcome_facts import (
    ComprehensiveWorkCorrected,
    ComprehensiveWorkRecorded,
    ForecastAnnotated,
    MetasubjectLevelCorrected,
    MetasubjectLevelRecorded,
    ParentReportSent,
    ProjectDefenceAnnulled,
    ProjectDefenceCorrected,
    ProjectDefenceRecorded,
    PupilCommentCorrected,
    PupilCommented,
)
from domain.journal.plan_facts import LessonPlanAdopted, LessonsWithdrawn, RoomChanged
from domain.journal.result_facts import (
    CouncilDecisionCorrected,
    CouncilDecisionRecorded,
    ExamMarkCorrected,
    ExamMarkRecorded,
    FinalMarkCorrected,
    FinalMarkIssued,
    YearMarkCorrected,
    YearMarkIssued,
)
from domain.values import AttendanceCode, LessonKind, PayloadRef, ReasonCode, Tier


class JournalOpened(Fact, frozen=True, omit_defaults=True):
    TOPIC = "journal.opened"
    school_id: str
    year: int
    grade_level: int
    letter: str
    zone: str


class PupilEnrolled(Fact, frozen=True, omit_defaults=True):
    """`whence`: where the pupil came from, in words, in the vault; `from_class`: a transfer."""

    TOPIC = "journal.pupil-enrolled"
    pupil_id: str
    since: date
    order_no: str = ""
    order_date: date | None = None
    from_class: str | None = None
    whence: PayloadRef | None = None


class PupilDeparted(Fact, frozen=True, omit_defaults=True):
    """`on` is the first day without the pupil; `to_class` when it is a transfer, else `whither`:
    where the pupil went, in words, in the vault.
    """

    TOPIC = "journal.pupil-departed"
    pupil_id: str
    on: date
    order_no: str = ""
    to_class: str | None = None
    order_date: date | None = None
    whither: PayloadRef | None = None


class CarriedMark(msgspec.Struct, frozen=True, omit_defaults=True):
    """A mark of the running term from the class that the pupil has left."""

    mark_id: str
    subject_id: str
    date: date
    value: str
    work_type_id: str
    weight: str


class CarriedTermMark(msgspec.Struct, frozen=True):
    subject_id: str
    term: int
    value: str


class MarksCarried(Fact, frozen=True, omit_defaults=True):
    """A pupil brings the marks of this year along: those of the running term count in the new
    class as well, those of the terms before are its term marks. The marks themselves stay where
    they were given; a later correction there is told here by another such fact.
    """

    TOPIC = "journal.marks-carried"
    pupil_id: str
    from_class: str
    marks: tuple[CarriedMark, ...] = ()
    annulled: tuple[str, ...] = ()
    term_marks: tuple[CarriedTermMark, ...] = ()


class Subgroup(msgspec.Struct, frozen=True):
    subgroup_id: str
    name: str
    pupils: tuple[str, ...]


class SubgroupSplitOrdered(Fact, frozen=True, omit_defaults=True):
    """Clause 3.3.5: a class is divided in a subject by an order of the school."""

    TOPIC = "journal.subgroup-split-ordered"
    subject_id: str
    since: date
    order_no: str
    order_date: date
    subgroups: tuple[Subgroup, ...]


class TeacherAssigned(Fact, frozen=True, omit_defaults=True):
    TOPIC = "journal.teacher-assigned"
    assignment_id: str
    teacher_id: str
    subject_id: str
    since: date
    subgroup_id: str | None = None
    until: date | None = None


class TeacherReleased(Fact, frozen=True, omit_defaults=True):
    """`on` is the first day without the assignment."""

    TOPIC = "journal.teacher-released"
    assignment_id: str
    on: date


class SubstitutionAppointed(Fact, frozen=True, omit_defaults=True):
    """Clause 3.3.6: a substitute has a time-boxed right of one's own. Both days included."""

    TOPIC = "journal.substitution-appointed"
    substitution_id: str
    substitute_id: str
    teacher_id: str
    since: date
    until: date
    order_no: str = ""


class ScheduledLesson(msgspec.Struct, frozen=True, array_like=True):
    lesson_id: str
    date: date
    number: int


class Series(msgspec.Struct, frozen=True, omit_defaults=True):
    """Lessons of one subject, subgroup, teacher and room."""

    subject_id: str
    teacher_id: str
    lessons: tuple[ScheduledLesson, ...]
    subgroup_id: str | None = None
    room: str = ""


class LessonsScheduled(Fact, frozen=True, omit_defaults=True):
    """Lessons of a term from timetable x calendar; a long term comes in several such facts."""

    TOPIC = "journal.lessons-scheduled"
    term: int
    series: tuple[Series, ...]


class LessonAdded(Fact, frozen=True, omit_defaults=True):
    """A lesson outside the timetable."""

    TOPIC = "journal.lesson-added"
    lesson_id: str
    date: date
    number: int
    subject_id: str
    teacher_id: str
    subgroup_id: str | None = None
    room: str = ""


class LessonMoved(Fact, frozen=True, omit_defaults=True):
    TOPIC = "journal.lesson-moved"
    lesson_id: str
    old_date: date
    old_number: int
    date: date
    number: int


class LessonCancelled(Fact, frozen=True, omit_defaults=True):
    TOPIC = "journal.lesson-cancelled"
    lesson_id: str
    reason: str


class TopicRecorded(Fact, frozen=True, omit_defaults=True):
    TOPIC = "journal.topic-recorded"
    lesson_id: str
    topic: str
    kind: LessonKind = LessonKind.LESSON
    title: str = ""


class TopicCorrected(Fact, frozen=True, omit_defaults=True):
    TOPIC = "journal.topic-corrected"
    lesson_id: str
    old_topic: str
    old_kind: LessonKind
    old_title: str
    topic: str
    kind: LessonKind
    title: str = ""


class AttendanceEntry(msgspec.Struct, frozen=True, omit_defaults=True):
    pupil_id: str
    code: AttendanceCode
    minutes_late: int = 0


class AttendanceTaken(Fact, frozen=True, omit_defaults=True):
    """One per lesson, with the exceptions only: blank would not be "all present"."""

    TOPIC = "journal.attendance-taken"
    lesson_id: str
    exceptions: tuple[AttendanceEntry, ...] = ()


class AttendanceChange(msgspec.Struct, frozen=True, omit_defaults=True):
    pupil_id: str
    old_code: AttendanceCode
    code: AttendanceCode
    minutes_late: int = 0
    old_minutes_late: int = 0


class AttendanceCorrected(Fact, frozen=True, omit_defaults=True):
    TOPIC = "journal.attendance-corrected"
    lesson_id: str
    changes: tuple[AttendanceChange, ...]


class HomeworkAssigned(Fact, frozen=True, omit_defaults=True):
    """`text` for the whole class; individual homework is `individual_for` with a `payload`."""

    TOPIC = "journal.homework-assigned"
    homework_id: str
    lesson_id: str
    due_date: date
    text: str = ""
    individual_for: tuple[str, ...] = ()
    payload: PayloadRef | None = None


class HomeworkNotAssigned(Fact, frozen=True, omit_defaults=True):
    TOPIC = "journal.homework-not-assigned"
    lesson_id: str


class HomeworkCorrected(Fact, frozen=True, omit_defaults=True):
    """The class-wide text or the due date was changed; the old ones stay here."""

    TOPIC = "journal.homework-corrected"
    homework_id: str
    lesson_id: str
    old_text: str
    old_due_date: date
    text: str
    due_date: date


class MarkGiven(Fact, frozen=True, omit_defaults=True):
    TOPIC = "journal.mark-given"
    mark_id: str
    lesson_id: str
    pupil_id: str
    value: str
    work_type_id: str
    weight: str
    comment: PayloadRef | None = None


class MarkCorrected(Fact, frozen=True, omit_defaults=True):
    """`request_id`: from T2 on, the request that was approved."""

    TOPIC = "journal.mark-corrected"
    mark_id: str
    old_value: str
    value: str
    tier: Tier
    reason_code: ReasonCode
    reason: PayloadRef | None = None
    request_id: str | None = None


class MarkAnnulled(Fact, frozen=True, omit_defaults=True):
    TOPIC = "journal.mark-annulled"
    mark_id: str
    old_value: str
    tier: Tier
    reason_code: ReasonCode
    reason: PayloadRef | None = None
    request_id: str | None = None


class MarkCommented(Fact, frozen=True, omit_defaults=True):
    """Clause 4.1.г: a word on the quality of learning; the newest one is shown."""

    TOPIC = "journal.mark-commented"
    mark_id: str
    comment: PayloadRef


class DebtRaised(Fact, frozen=True, omit_defaults=True):
    """«Точка»: work is expected by the due date; not a mark and not in the average."""

    TOPIC = "journal.debt-raised"
    debt_id: str
    lesson_id: str
    pupil_id: str
    work_type_id: str
    due_date: date


class DebtResolved(Fact, frozen=True, omit_defaults=True):
    """Closed by a mark, or without one."""

    TOPIC = "journal.debt-resolved"
    debt_id: str
    mark_id: str | None = None


class TermMarkIssued(Fact, frozen=True, omit_defaults=True):
    """`average` is the mean that was in sight, two places, or empty.

    `suggested` is what the marks suggested under the regulation of this `version` ("" where
    nothing was, or before suggestions were kept); who gives another mark says why. `missed_share`:
    with н/а, the part of the lessons held that the pupil has missed.
    """

    TOPIC = "journal.term-mark-issued"
    pupil_id: str
    subject_id: str
    term: int
    value: str
    average: str = ""
    suggested: str = ""
    version: str = ""
    missed_share: str = ""
    reason_code: ReasonCode | None = None
    reason: PayloadRef | None = None


class TermMarkCorrected(Fact, frozen=True, omit_defaults=True):
    """`suggested` is what the marks suggest now; `request_id`: with the correction of a mark."""

    TOPIC = "journal.term-mark-corrected"
    pupil_id: str
    subject_id: str
    term: int
    old_value: str
    value: str
    reason_code: ReasonCode
    reason: PayloadRef | None = None
    suggested: str = ""
    request_id: str | None = None


class TermMarkAnnulled(Fact, frozen=True, omit_defaults=True):
    """It should not have been issued. T0: by who issued it, on that day; T2: by another person."""

    TOPIC = "journal.term-mark-annulled"
    pupil_id: str
    subject_id: str
    term: int
    old_value: str
    tier: Tier
    reason_code: ReasonCode
    reason: PayloadRef | None = None


class TermClosed(Fact, frozen=True, omit_defaults=True):
    """Both days included: what lies between them is settled."""

    TOPIC = "journal.term-closed"
    term: int
    starts: date
    ends: date


FACTS: tuple[type[Fact], ...] = (
    JournalOpened,
    PupilEnrolled,
    PupilDeparted,
    MarksCarried,
    SubgroupSplitOrdered,
    TeacherAssigned,
    TeacherReleased,
    SubstitutionAppointed,
    LessonsScheduled,
    LessonAdded,
    LessonMoved,
    LessonCancelled,
    LessonsWithdrawn,
    RoomChanged,
    LessonPlanAdopted,
    TopicRecorded,
    TopicCorrected,
    AttendanceTaken,
    AttendanceCorrected,
    HomeworkAssigned,
    HomeworkNotAssigned,
    HomeworkCorrected,
    LessonFileAttached,
    LessonFileRemoved,
    MarkGiven,
    MarkCorrected,
    MarkAnnulled,
    MarkCommented,
    DebtRaised,
    DebtResolved,
    TermMarkIssued,
    TermMarkCorrected,
    TermMarkAnnulled,
    TermClosed,
    JournalInspected,
    RemarkOpened,
    RemarkResolved,
    RemarkAccepted,
    RemarkReturned,
    AbsenceReasonSet,
    AttendanceWeekConfirmed,
    AbsenceAnnounced,
    DiaryAcknowledged,
    PupilCommented,
    PupilCommentCorrected,
    ProjectDefenceRecorded,
    ProjectDefenceAnnulled,
    ProjectDefenceCorrected,
    ComprehensiveWorkRecorded,
    ComprehensiveWorkCorrected,
    MetasubjectLevelRecorded,
    MetasubjectLevelCorrected,
    ForecastAnnotated,
    ParentReportSent,
    TermReopened,
    CorrectionRequested,
    CorrectionApproved,
    CorrectionRejected,
    YearMarkIssued,
    YearMarkCorrected,
    ExamMarkRecorded,
    ExamMarkCorrected,
    FinalMarkIssued,
    FinalMarkCorrected,
    CouncilDecisionRecorded,
    CouncilDecisionCorrected,
)
