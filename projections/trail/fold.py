"""Folding the trail: a line for every change of a class journal."""

from __future__ import annotations

from domain.audit import facts as a
from domain.journal import facts as j
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
from projections.projection import topics_of
from projections.trail import handlers, handlers_ends, outcomes
from projections.trail.scribe import HANDLERS, Scribe

# Importing them fills the table of handlers.
_FILLED = (handlers, handlers_ends, outcomes)


class Trail(Scribe):
    """trail_v1 of one school."""

    name = "trail_v1"
    tables = ("trail_year", "trail_class", "trail_lesson", "trail_v1")
    topics = HANDLERS.topics()
    ignored = topics_of(
        *a.FACTS,
        *grant_facts.FACTS,
        archive_facts.YearArchived,
        archive_facts.ArchiveWritten,
        *ledger_facts.FACTS,
        *check_facts.FACTS,
        *bell_facts.FACTS,
        *signal_facts.FACTS,
        *p.FACTS,  # names and texts are joined at read
        o.RegulationAdopted,  # what was late, compliance says
        o.SubjectIntroduced,
        o.WorkTypeIntroduced,
        o.StaffAppointed,
        o.StaffDismissed,
        o.ClassFormed,
        o.ClassTeacherAppointed,
        o.TimetableAdopted,
        j.PupilEnrolled,
        j.PupilDeparted,
        j.MarksCarried,
        j.SubgroupSplitOrdered,
        j.TeacherAssigned,
        j.TeacherReleased,
        j.SubstitutionAppointed,
    )
