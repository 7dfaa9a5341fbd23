"""The demonstration shows every planted flag, and no other: both directions."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from domain.red_flags import CODES
from projections.redflags import Found
from tests.api.demo.conftest import Built
from tests.api.demo.flagged import fold, raised
from tests.conftest import admin, clone, url_of

Flaw = dict[str, Any]
#: planted kind → the flags that it must raise: code and what tells one from another
RAISES: dict[str, Callable[[Flaw], set[tuple[str, ...]]]] = {
    "marks_without_lesson": lambda flaw: {("F1", flaw["lesson_id"])},
    "mark_after_term_mark": lambda flaw: {("F2", flaw["mark_id"])},
    "released_before_lesson": lambda flaw: {("F3", flaw["class_id"], flaw["by"])},
    "night_burst": lambda flaw: {("F4", flaw["session"]), ("F5", flaw["session"])},
    "term_mark_without_reason": lambda flaw: {
        ("F6", flaw["pupil_id"], flaw["subject_id"], str(flaw["term"]))
    },
    "backdated_fill": lambda flaw: {("F7", flaw["lesson_id"])},
    "absent_pupil_with_mark": lambda flaw: {("F8", flaw["mark_id"])},
    "marks_without_topic": lambda flaw: {("F9", flaw["lesson_id"])},
    "two_places": lambda flaw: {("F10", flaw["by"], flaw["session"])},
    "deputy_by_own_order": lambda flaw: {("F11", flaw["class_id"], flaw["by"])},
}
#: What is wrong with the filling, which the compliance tells, or never came into the journal.
NO_FLAG = {
    "late_fill",
    "late_homework",
    "missing_homework",
    "missing_attendance",
    "unfilled_journal",
    "substitute_week",
    "mark_without_lesson_refused",
    "no_consent",
    "unsigned_week",
    "unexplained_absences",
    "few_marks",
    "no_credentials",
    "credentials_not_taken",
    "long_ill",
    "reopened_term",
    "request_approved",
    "request_rejected",
    "request_waiting",
    "missing_defence",
    "letters_not_sent",
    "letter_unopened",
    "unsigned_diary",
    "no_paper",
    "overdue_remark",
    "untrained",
    "unanswered_question",
}


def told(one: Found) -> tuple[str, ...]:
    """What tells a flag from another one of its code."""
    by_code: dict[str, tuple[object, ...]] = {
        "F1": (one.lesson_id,),
        "F2": (one.mark_id,),
        "F3": (one.class_id, one.by_id),
        "F4": (one.session,),
        "F5": (one.session,),
        "F6": (one.pupil_id, one.subject_id, one.term),
        "F7": (one.lesson_id,),
        "F8": (one.mark_id,),
        "F9": (one.lesson_id,),
        "F10": (one.by_id, one.other),
        "F11": (one.class_id, one.by_id),
    }
    return (one.code, *map(str, by_code[one.code]))


@pytest.fixture(scope="module")
def found(server: str, template: str, built: Built) -> Iterator[list[Found]]:
    """The flags of the demonstration."""
    name = f"flagged_{built.recipe.size}"
    clone(server, name, template)
    fold(url_of(server, name), built)
    yield list(raised(url_of(server, name), built))
    admin(server, "DROP DATABASE {} WITH (FORCE)", name)


def test_the_demonstration_shows_every_planted_flag_and_no_other(
    built: Built, found: list[Found]
) -> None:
    planted: set[tuple[str, ...]] = set()
    for flaw in built.report["planted"]:
        if flaw["kind"] not in NO_FLAG:
            planted |= RAISES[flaw["kind"]](flaw)
    shown = [told(one) for one in found]
    assert sorted(shown) == sorted(planted)


def test_there_is_a_flag_of_every_kind(found: list[Found]) -> None:
    assert {one.code for one in found} == set(CODES)


def test_behind_every_flag_are_facts_of_the_very_person(built: Built, found: list[Found]) -> None:
    facts = list(built.log.since(0))
    for one in found:
        authors = {facts[position - 1].envelope.by for position in one.positions}
        assert one.by_id in authors, one
        assert one.position in one.positions or one.code == "F3"
