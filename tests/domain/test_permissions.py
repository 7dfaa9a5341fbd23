"""The table of permissions is what the write door does: every command by every person."""

from __future__ import annotations

from typing import Any

import pytest

from domain.permissions import PERMISSIONS, Act, Scope
from domain.refusals import Forbidden, NotFound, Refusal
from domain.values import Role
from tests.cast import ALLA, ANNA, DINA, KIRA, OLGA, PETYA, SVETA, VERA, ZOYA
from tests.domain.engine_room import WAIT_S
from tests.domain.small_school import SmallSchool
from tests.domain.test_commands import (
    ACCOUNTS,
    ADMINISTRATIONS,
    AFTERWARDS,
    ANSWERS,
    CLASS_TEACHERS,
    OF_OWN_CLASS,
    OF_TEACHERS,
    OPERATORS,
    PLANNERS,
    TALKS,
    TEACHERS,
    THEIR_OWN,
)

#: What anybody is refused by who may not do a thing.
NO = {
    (Forbidden, "access.administration_only"),
    (Forbidden, "class.not_teaching"),
    (Forbidden, "class.not_yours"),
    (Forbidden, "plan.not_yours"),
    (Forbidden, "pupil_comment.not_yours"),
    (NotFound, "class.unknown"),
    (NotFound, "lesson.unknown"),
}
CAST = {
    DINA: Role.DIRECTOR,
    VERA: Role.DEPUTY,
    ALLA: Role.ADMINISTRATOR,
    SVETA: Role.SECRETARY,
    KIRA: Role.CLASS_TEACHER,
    ANNA: Role.TEACHER,
    OLGA: Role.PARENT,
    PETYA: Role.PUPIL,
    ZOYA: None,
}
ARGUMENTS: dict[str, tuple[Any, ...]] = {
    **ADMINISTRATIONS,
    **CLASS_TEACHERS,
    **ACCOUNTS,
    **OPERATORS,
    **AFTERWARDS,
    **OF_OWN_CLASS,
    **OF_TEACHERS,
}
#: what is no command of a school: reading, and a job, which the scheduler carries out
READING = {act for act in Act if act.startswith("read_")} | {Act.RUN_JOB, Act.KEEP_WEBHOOKS}


@pytest.fixture(scope="module")
def refused() -> dict[tuple[str, str], bool]:
    """(command, person) → refused because of who it is. Each asks a school of its own."""
    found = {}
    for command, arguments in ARGUMENTS.items():
        for person in CAST:
            school = SmallSchool()
            try:
                school.asks(command, *arguments, by=person).result(WAIT_S)
                found[command, person] = False
            except Refusal as refusal:
                found[command, person] = (type(refusal), refusal.code) in NO
            school.room.engine.close(WAIT_S)
    return found


@pytest.mark.parametrize("command", ARGUMENTS)
def test_a_command_is_refused_to_exactly_those_whom_the_table_does_not_name(
    command: str, refused: dict[tuple[str, str], bool]
) -> None:
    named = {role for role in PERMISSIONS[Act(command)] if role is not Role.AUDITOR}
    may = {role for person, role in CAST.items() if not refused[command, person]}

    assert may == named


def test_every_command_has_a_line_in_the_table_and_no_line_is_of_nothing() -> None:
    commands = {
        *ARGUMENTS,
        "correct_defence",
        "annul_defence",
        *TEACHERS,
        *PLANNERS,
        *THEIR_OWN,
        *ANSWERS,
    }
    commands |= TALKS

    assert {str(act) for act in set(Act) - READING} == commands
    assert set(PERMISSIONS) == set(Act)


@pytest.mark.parametrize("command", sorted(TEACHERS - {"add_lesson", "annul_term_mark"}))
def test_lessons_and_marks_are_written_by_their_teacher_alone(command: str) -> None:
    assert dict(PERMISSIONS[Act(command)]) == {Role.TEACHER: Scope.OWN_LESSON}


def test_a_term_mark_is_taken_back_by_its_teacher_or_by_who_leads_the_school() -> None:
    leaders = {Role.DIRECTOR: Scope.SCHOOL, Role.DEPUTY: Scope.SCHOOL}
    assert PERMISSIONS[Act.ANNUL_TERM_MARK] == {Role.TEACHER: Scope.OWN_LESSON} | leaders


@pytest.mark.parametrize("act", sorted(set(Act) - READING))
def test_families_and_the_auditor_write_nothing_in_the_journal(act: Act) -> None:
    readers = {Role.PUPIL, Role.PARENT, Role.AUDITOR}

    elsewhere = {Act.REQUEST_CHECK, Act.DECIDE_OWN_DIARY, Act.TURN_FORECAST}
    elsewhere |= {Act.ANNOUNCE_ABSENCE, Act.ACKNOWLEDGE_DIARY}
    elsewhere |= {Act(command) for command in TALKS}
    assert readers.isdisjoint(PERMISSIONS[act]) or act in elsewhere


def test_no_act_is_the_operators_by_the_table() -> None:
    """The server's own command line is not a role of the school."""
    assert not any(Role.OPERATOR in roles for roles in PERMISSIONS.values())
