"""ledgers_v1: trainings and requests, folded in any pieces and again from nothing."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from domain.office.ledger_facts import AwayKind, Channel, Outcome, StaffAway, TrainingHeld
from domain.office.ledgers import Application, NewRequest
from domain.writing import Answer
from projections import ledgers
from projections.replay import replay
from tests.ground import YEAR, number, request
from tests.projections.life import MONDAY, Life, life

ONE, TWO, THREE = number("one"), number("two"), number("three")


@pytest.fixture
def at(database: str) -> Iterator[Life]:
    with life(database) as at:
        yield at


def story(at: Life) -> Iterator[Answer]:
    by: dict[str, Any] = {"by": at.office}
    s, pupil = at.school, at.pupils[0]
    held = TrainingHeld(ONE, MONDAY, "Журнал", (at.anna.person_id,))
    yield s.hold_training(YEAR, held, **by, request=request())
    new = NewRequest(TWO, pupil, Channel.POST, MONDAY)
    said = Application("Петрова Ия", "", "отметки")
    yield s.request_service(YEAR, new, said, **by, request=request())
    yield s.decide_service(YEAR, TWO, Outcome.REFUSED, "не мать", **by, request=request())
    boris, friday = at.boris.person_id, MONDAY + timedelta(days=4)
    gone = StaffAway(THREE, boris, MONDAY, friday, AwayKind.ILL)
    yield s.record_staff_away(YEAR, gone, "больничный", **by, request=request())
    yield s.record_staff_back(YEAR, THREE, friday, **by, request=request())


def test_folded_one_by_one_or_again_from_nothing_it_is_the_same(at: Life) -> None:
    for answer in story(at):
        assert at.must(answer).facts
        at.fold(1)
    at.fold_all()

    report = replay(at.projector, at.schema)

    assert report.agrees, report.differences
    tables = {name: n for name, n in report.tables.items() if name.startswith("ledger_")}
    assert tables == {"ledger_training": 1, "ledger_service": 1, "ledger_away": 1}


def test_the_books_are_read_and_texts_can_be_erased(at: Life) -> None:
    for answer in story(at):
        at.must(answer)
    at.fold_all()

    last = {one.person_id: one.last for one in at.read(ledgers.untrained, YEAR, MONDAY)}
    assert last[at.anna.person_id] == MONDAY
    assert last[at.boris.person_id] is None
    assert at.read(ledgers.office_year_of, TWO) == YEAR
    thursday = MONDAY + timedelta(days=3)
    [gone] = at.read(ledgers.away, thursday, thursday)
    assert (gone.person_id, gone.until, gone.kind) == (at.boris.person_id, thursday, "ILL")
    assert gone.words == "больничный"
    assert at.read(ledgers.away, thursday + timedelta(days=1), thursday + timedelta(days=9)) == []
    [one] = at.read(ledgers.services, YEAR)
    assert (one.application.applicant, one.reason) == ("Петрова Ия", "не мать")
    assert not one.overdue(one.due_date)
    texts = [text for text, subject in at.vault("service") if subject == at.pupils[0]]
    gone = at.school.erase_payloads(
        YEAR, at.pupils[0], texts, "акт 2", by=at.office, request=request()
    )
    at.must(gone)
    [one] = at.read(ledgers.services, YEAR)
    assert (one.application.applicant, one.reason) == ("", "")
