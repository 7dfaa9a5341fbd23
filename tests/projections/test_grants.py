"""grants_v1: what is open beyond roles, folded in any pieces and again from nothing."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from domain.access import Actor
from domain.office.facts import Appointment
from domain.office.grant_facts import JournalsOpened
from domain.school import Handing
from domain.values import Role
from domain.writing import Answer
from projections import directory, grants
from projections.replay import replay
from tests.ground import YEAR, number, request
from tests.projections.life import MONDAY, Life, life

WHY = "ребёнка ищет полиция, нужен последний урок"
GLASS, GRANT = number("glass"), number("grant")


@pytest.fixture
def at(database: str) -> Iterator[Life]:
    with life(database) as at:
        yield at


def story(at: Life) -> Iterator[Answer]:
    """One of each: a limit and its lifting, eighteen, a glass, a review, a grant and its end."""
    by: dict[str, Any] = {"by": at.office}
    pupil, anna = at.pupils[0], at.anna.person_id
    s, two_weeks = at.school, MONDAY + timedelta(days=14)
    yield s.link_guardian(YEAR, pupil, at.mother, MONDAY, **by, request=request())
    yield s.limit_guardian(YEAR, pupil, at.mother, MONDAY, None, "суд", **by, request=request())
    later = MONDAY + timedelta(days=2)
    yield s.lift_guardian_limit(
        YEAR, pupil, at.mother, later, "определение", **by, request=request()
    )
    yield s.record_majority(at.class_id, pupil, **by, request=request())
    for shown in (False, True, False):
        grown = Actor(pupil, "s")
        yield s.turn_forecast(YEAR, pupil, shown=shown, by=grown, request=request())
    yield s.break_glass(YEAR, GLASS, pupil, WHY, **by, request=request())
    chief = Actor(at.boris.person_id, "s", operator=True)
    yield s.review_glass(YEAR, pupil, GLASS, by=chief, request=request())
    yield s.issue_accounts(YEAR, [Handing(anna, anna)], **by, request=request())
    yield s.revoke_account(YEAR, anna, "suspicion", **by, request=request())
    oneself = Actor(anna, "s")
    yield s.review_facts("not_mine", (3, 4), (number("mark"),), by=oneself, request=request())
    yield s.review_facts("mine", (4,), (), by=oneself, request=request())
    auditor = Appointment(at.tanya.person_id, Role.AUDITOR, MONDAY)
    yield s.appoint(YEAR, auditor, **by, request=request())
    opened = JournalsOpened(
        GRANT, at.tanya.person_id, MONDAY, two_weeks, "61-у", (at.class_id, at.other_class)
    )
    yield s.open_journals(YEAR, opened, **by, request=request())
    yield s.close_journals(YEAR, GRANT, MONDAY + timedelta(days=7), **by, request=request())


def test_folded_one_by_one_or_again_from_nothing_it_is_the_same(at: Life) -> None:
    for answer in story(at):
        assert at.must(answer).facts
        at.fold(1)
    at.fold_all()

    report = replay(at.projector, at.schema)

    assert report.agrees, report.differences
    assert {name: count for name, count in report.tables.items() if name.startswith("grant_")} == {
        "grant_journals": 1,
        "grant_limit": 1,
        "grant_of_age": 1,
        "grant_glass": 1,
        "grant_verdict": 2,
        "grant_no_forecast": 1,
    }


def test_days_of_a_limit_and_of_a_grant(at: Life) -> None:
    for answer in story(at):
        at.must(answer)
    at.fold_all()
    pupil, tanya = at.pupils[0], at.tanya.person_id

    def children(days: int) -> list[str]:
        found = at.read(directory.children_of, at.mother, MONDAY + timedelta(days=days))
        return [one["pupil_id"] for one in found]

    def journals(days: int) -> frozenset[str] | None:
        found: frozenset[str] | None = at.read(
            grants.journals_of, tanya, MONDAY + timedelta(days=days)
        )
        return found

    assert [children(days) for days in (0, 1, 2)] == [[], [], [pupil]]
    both = frozenset({at.class_id, at.other_class})
    assert [journals(days) for days in (-1, 0, 6, 7)] == [frozenset(), both, both, frozenset()]
    assert at.read(grants.is_of_age, pupil)
    assert at.read(grants.office_year_of, GRANT) == YEAR


def test_a_glass_is_listed_with_its_reason_until_that_is_erased(at: Life) -> None:
    for answer in story(at):
        at.must(answer)
    at.fold_all()
    pupil = at.pupils[0]

    [glass] = at.read(grants.glasses)
    assert (glass.pupil_id, glass.reason) == (pupil, WHY)
    assert glass.until - glass.at == timedelta(minutes=30)
    assert glass.reviewed_at is not None
    assert at.read(grants.unseen, number("nobody")) == 0
    assert at.read(grants.broken_glass, at.office.person_id, pupil) == glass.until

    [(text, _)] = [one for one in at.vault("glass") if one[1] == pupil]
    at.must(at.school.erase_payloads(YEAR, pupil, [text], "акт 2", by=at.office, request=request()))
    at.fold_all()
    [glass] = at.read(grants.glasses)
    assert glass.reason == ""
