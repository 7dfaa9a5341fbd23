"""The directory of class journals: rosters, subgroups, teachers, substitutes."""

from __future__ import annotations

from domain.journal import facts as j
from projections.directory.desk import HANDLERS, Desk
from projections.projection import Placed

on = HANDLERS.on


@on(j.JournalOpened)
def _journal(_to: Desk, _fact: j.JournalOpened, _at: Placed) -> None:
    """The class is known from the office."""


@on(j.PupilEnrolled)
def _enrolled(to: Desk, fact: j.PupilEnrolled, at: Placed) -> None:
    to.run(
        "INSERT INTO {s}.directory_enrolment (class_id, pupil_id, since, position)"
        " VALUES (%s, %s, %s, %s)",
        at.stream,
        fact.pupil_id,
        fact.since,
        at.position,
    )


@on(j.PupilDeparted)
def _departed(to: Desk, fact: j.PupilDeparted, at: Placed) -> None:
    to.run(
        "UPDATE {s}.directory_enrolment SET until = %s"
        " WHERE class_id = %s AND pupil_id = %s AND until IS NULL",
        fact.on,
        at.stream,
        fact.pupil_id,
    )


@on(j.SubgroupSplitOrdered)
def _split(to: Desk, fact: j.SubgroupSplitOrdered, at: Placed) -> None:
    for group in fact.subgroups:
        to.run(
            "INSERT INTO {s}.directory_subgroup"
            " (class_id, subject_id, since, subgroup_id, name, pupils)"
            " VALUES (%s, %s, %s, %s, %s, %s::uuid[])",
            at.stream,
            fact.subject_id,
            fact.since,
            group.subgroup_id,
            group.name,
            list(group.pupils),
        )


@on(j.TeacherAssigned)
def _assigned(to: Desk, fact: j.TeacherAssigned, at: Placed) -> None:
    to.run(
        "INSERT INTO {s}.directory_assignment"
        " (assignment_id, class_id, teacher_id, subject_id, subgroup_id, since, until)"
        " VALUES (%s, %s, %s, %s, %s, %s, %s)",
        fact.assignment_id,
        at.stream,
        fact.teacher_id,
        fact.subject_id,
        fact.subgroup_id,
        fact.since,
        fact.until,
    )


@on(j.TeacherReleased)
def _released(to: Desk, fact: j.TeacherReleased, _: Placed) -> None:
    to.run(
        "UPDATE {s}.directory_assignment SET until = %s WHERE assignment_id = %s",
        fact.on,
        fact.assignment_id,
    )


@on(j.SubstitutionAppointed)
def _substitution(to: Desk, fact: j.SubstitutionAppointed, at: Placed) -> None:
    to.run(
        "INSERT INTO {s}.directory_substitution"
        " (substitution_id, class_id, substitute_id, teacher_id, since, until)"
        " VALUES (%s, %s, %s, %s, %s, %s)",
        fact.substitution_id,
        at.stream,
        fact.substitute_id,
        fact.teacher_id,
        fact.since,
        fact.until,
    )
