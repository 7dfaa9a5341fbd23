"""The register of a class: terms, roster, subgroups; and facts of which only the moment counts."""

from __future__ import annotations

from domain.audit import facts as a
from domain.fact import Fact
from domain.journal import absence_facts as absences
from domain.journal import control_facts, correction_facts, outcome_facts, result_facts
from domain.journal import facts as j
from domain.journal.plan_facts import LessonPlanAdopted
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
from projections.projection import Placed
from projections.register.desk import HANDLERS, Desk
from projections.sql import STILL

on = HANDLERS.on


@on(o.YearOpened)
def _year(to: Desk, fact: o.YearOpened, at: Placed) -> None:
    to.terms(fact.calendar, at.position)


@on(o.CalendarChanged)
def _calendar(to: Desk, fact: o.CalendarChanged, at: Placed) -> None:
    to.terms(fact.calendar, at.position)


@on(j.PupilEnrolled)
def _enrolled(to: Desk, fact: j.PupilEnrolled, at: Placed) -> None:
    to.run(
        "INSERT INTO {s}.register_roster (class_id, pupil_id, since, valid_from, valid_to)"
        " VALUES (%s, %s, %s, %s, %s)",
        at.stream,
        fact.pupil_id,
        fact.since,
        at.position,
        STILL,
    )


@on(j.PupilDeparted)
def _departed(to: Desk, fact: j.PupilDeparted, at: Placed) -> None:
    to.run(
        "WITH old AS (UPDATE {s}.register_roster SET valid_to = %s"
        " WHERE class_id = %s AND pupil_id = %s AND until IS NULL AND valid_to = %s RETURNING *)"
        " INSERT INTO {s}.register_roster (class_id, pupil_id, since, until, valid_from, valid_to)"
        " SELECT class_id, pupil_id, since, %s, %s, %s FROM old",
        at.position,
        at.stream,
        fact.pupil_id,
        STILL,
        fact.on,
        at.position,
        STILL,
    )


@on(j.SubgroupSplitOrdered)
def _split(to: Desk, fact: j.SubgroupSplitOrdered, at: Placed) -> None:
    for group in fact.subgroups:
        to.run(
            "INSERT INTO {s}.register_subgroup"
            " (class_id, subject_id, since, subgroup_id, name, pupils, valid_from, valid_to)"
            " VALUES (%s, %s, %s, %s, %s, %s::uuid[], %s, %s)",
            at.stream,
            fact.subject_id,
            fact.since,
            group.subgroup_id,
            group.name,
            list(group.pupils),
            at.position,
            STILL,
        )


def _moment_only(_to: Desk, _fact: Fact, _at: Placed) -> None:
    """Nothing of the page changes: only its moment is kept."""


MOMENTS: tuple[type[Fact], ...] = (
    *p.FACTS,  # names are joined at read
    *a.FACTS,
    *grant_facts.FACTS,
    *control_facts.FACTS,
    *archive_facts.FACTS,
    *ledger_facts.FACTS,
    *check_facts.FACTS,
    *signal_facts.FACTS,
    *bell_facts.FACTS,
    o.RegulationAdopted,
    o.SubjectIntroduced,
    o.WorkTypeIntroduced,
    o.StaffAppointed,
    o.StaffDismissed,
    o.ClassFormed,
    o.ClassTeacherAppointed,
    o.TimetableAdopted,
    j.JournalOpened,
    j.TeacherAssigned,
    j.TeacherReleased,
    j.SubstitutionAppointed,
    j.DebtRaised,
    j.DebtResolved,
    j.TermClosed,
    LessonPlanAdopted,
    absences.AttendanceWeekConfirmed,
    absences.AbsenceAnnounced,
    absences.DiaryAcknowledged,
    *outcome_facts.FACTS,
    *correction_facts.FACTS,
    *result_facts.FACTS,
)
for _kind in MOMENTS:
    on(_kind)(_moment_only)
