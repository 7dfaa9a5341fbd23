"""Folding the diary: ready documents per pupil and week."""

from __future__ import annotations

from domain.audit import facts as a
from domain.journal import absence_facts as absences
from domain.journal import control_facts, correction_facts, outcome_facts, result_facts
from domain.journal import facts as j
from domain.journal.plan_facts import LessonPlanAdopted
from domain.office import archive_facts, check_facts, grant_facts, ledger_facts, signal_facts
from domain.office import facts as o
from domain.people import facts as p
from domain.people import standing_facts, talk_facts
from projections.diary import handlers, handlers_marks
from projections.diary.desk import HANDLERS, Desk
from projections.projection import topics_of

# Importing them fills the table of handlers.
_FILLED = (handlers, handlers_marks)


class Diary(Desk):
    """diary_v1 of one school."""

    name = "diary_v1"
    tables = (
        "diary_year",
        "diary_person",
        "diary_class",
        "diary_week",
        "diary_text",
        "diary_mark",
        "diary_v1",
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
        *standing_facts.FACTS,
        o.RegulationAdopted,
        o.StaffAppointed,
        o.StaffDismissed,
        o.ClassFormed,
        o.ClassTeacherAppointed,
        o.TimetableAdopted,
        j.TeacherAssigned,  # the teacher is in the lesson
        j.TeacherReleased,
        LessonPlanAdopted,  # what is to be taught is not yet taught
        j.MarksCarried,  # the diary shows them where they were given
        j.DebtRaised,  # not in the contract's diary
        j.DebtResolved,
        j.TermMarkIssued,
        j.TermMarkCorrected,
        j.TermMarkAnnulled,
        j.TermClosed,
        absences.AttendanceWeekConfirmed,
        absences.AbsenceAnnounced,
        absences.DiaryAcknowledged,
        *outcome_facts.FACTS,  # read from their own tables
        *correction_facts.FACTS,
        *result_facts.FACTS,
        p.GuardianLinked,
        p.GuardianUnlinked,
        p.ConsentGiven,  # access, not content
        p.ConsentWithdrawn,
        p.AccountIssued,
        p.AccountReceived,
        p.AccountRevoked,
    )
