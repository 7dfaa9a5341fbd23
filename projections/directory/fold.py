"""Folding the directory."""

from __future__ import annotations

from domain.audit import facts as a
from domain.journal import (
    absence_facts,
    control_facts,
    correction_facts,
    file_facts,
    outcome_facts,
    result_facts,
)
from domain.journal import facts as j
from domain.journal import plan_facts as plan
from domain.office import (
    archive_facts,
    bell_facts,
    check_facts,
    grant_facts,
    ledger_facts,
    signal_facts,
)
from domain.office import facts as o
from domain.people import facts as p
from domain.people import standing_facts, talk_facts
from projections.directory import fold_classes, fold_office, fold_people
from projections.directory.desk import HANDLERS, Desk
from projections.projection import topics_of

# Importing them fills the table of handlers.
_FILLED = (fold_classes, fold_office, fold_people)


class Directory(Desk):
    """directory_v1 of one school."""

    name = "directory_v1"
    tables = (
        "directory_person",
        "directory_year",
        "directory_subject",
        "directory_work_type",
        "directory_staff",
        "directory_class",
        "directory_class_teacher",
        "directory_enrolment",
        "directory_subgroup",
        "directory_assignment",
        "directory_substitution",
        "directory_guardian",
        "directory_consent",
    )
    topics = HANDLERS.topics()
    ignored = topics_of(
        p.ConsentDocumented,
        *a.FACTS,
        *grant_facts.FACTS,
        *control_facts.FACTS,
        *archive_facts.FACTS,
        *ledger_facts.FACTS,
        *check_facts.FACTS,
        *signal_facts.FACTS,
        *talk_facts.FACTS,
        *absence_facts.FACTS,
        *bell_facts.FACTS,
        *outcome_facts.FACTS,
        *standing_facts.FACTS,
        j.MarksCarried,
        j.LessonsScheduled,
        j.LessonAdded,
        j.LessonMoved,
        j.LessonCancelled,
        plan.LessonsWithdrawn,
        plan.RoomChanged,
        plan.LessonPlanAdopted,
        j.TopicRecorded,
        j.TopicCorrected,
        j.AttendanceTaken,
        j.AttendanceCorrected,
        j.HomeworkAssigned,
        j.HomeworkNotAssigned,
        j.HomeworkCorrected,
        *file_facts.FACTS,
        j.MarkGiven,
        j.MarkCorrected,
        j.MarkAnnulled,
        j.MarkCommented,
        j.DebtRaised,
        j.DebtResolved,
        j.TermMarkIssued,
        j.TermMarkCorrected,
        j.TermMarkAnnulled,
        j.TermClosed,
        *correction_facts.FACTS,
        *result_facts.FACTS,
        o.TimetableAdopted,  # lessons are facts of their own
        p.AccountReceived,  # read from the log when it is asked for
        p.PayloadErased,  # texts are not of the directory
    )
