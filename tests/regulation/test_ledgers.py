"""Clauses 3.1.1, 4.2.б-2, 4.3-1 (the staff is taught) and 2.2.1 (the municipal service)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from domain.office.ledger_facts import (
    Channel,
    Outcome,
    ServiceDecided,
    ServiceRequested,
    TrainingHeld,
)
from domain.office.ledgers import Application, NewRequest
from domain.refusals import Forbidden, Invalid
from domain.regulation import Regulation
from tests.cast import ANNA, BORIS, OLGA, PETYA, SVETA, VERA, an_id
from tests.domain.engine_room import WAIT_S
from tests.domain.seventh_a import WEDNESDAY
from tests.domain.small_school import SmallSchool
from tests.specs import YEAR

NUMBER = an_id("номер")
ADMINISTRATION_ONLY = (Forbidden, "access.administration_only")


@pytest.fixture
def school() -> Iterator[SmallSchool]:
    school = SmallSchool()
    yield school
    school.room.engine.close(WAIT_S)


@pytest.mark.clause("3.1.1", "4.2.б-2", "4.3-1")
def test_the_deputy_has_the_staff_taught_and_answers_for_it_by_name(school: SmallSchool) -> None:
    held = TrainingHeld(NUMBER, WEDNESDAY, "Работа с журналом", (ANNA, BORIS))
    assert school.refuses("hold_training", YEAR, held, by=ANNA) == ADMINISTRATION_ONLY
    [done] = school.does("hold_training", YEAR, held, by=VERA)
    assert (done.fact, done.envelope.by) == (held, VERA)
    pupils = TrainingHeld(an_id("другой"), WEDNESDAY, "Работа с журналом", (PETYA,))
    assert school.refuses("hold_training", YEAR, pupils, by=VERA) == (
        Invalid,
        "training.not_staff",
    )


@pytest.mark.clause("2.2.1")
@pytest.mark.parametrize("days", [10, 5])
def test_a_request_for_the_service_is_entered_with_its_deadline_and_decided(
    school: SmallSchool, days: int
) -> None:
    school.does("adopt_regulation", YEAR, Regulation(version="2", service_days=days), "5-у")
    new = NewRequest(NUMBER, PETYA, Channel.IN_PERSON, WEDNESDAY, OLGA)
    said = Application("Петрова Ольга", "", "успеваемость за четверть")
    assert school.refuses("request_service", YEAR, new, said, by=VERA) == ADMINISTRATION_ONLY
    [asked] = school.facts("request_service", YEAR, new, said, by=SVETA)
    assert isinstance(asked, ServiceRequested)
    assert asked.due_date == WEDNESDAY + timedelta(days=days)

    bare = school.refuses("decide_service", YEAR, NUMBER, Outcome.REFUSED, by=SVETA)
    assert bare == (Invalid, "service.no_reason")
    [done] = school.does("decide_service", YEAR, NUMBER, Outcome.GRANTED, by=SVETA)
    assert done.fact == ServiceDecided(NUMBER, Outcome.GRANTED)
    assert done.envelope.by == SVETA
