"""ledgers_v1: trainings and requests, folded in any pieces and again from nothing."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Future
from typing import Any

import pytest

from domain.office.ledger_facts import Channel, Outcome, TrainingHeld
from domain.office.ledgers import Application, NewRequest
from domain.writing import Receipt
from projections import ledgers
from projections.replay import replay
from tests.ground import YEAR, number, request
from tests.projections.life import MONDAY, Life, life

ONE, TWO = number("one"), number("two")


@pytest.fixture
def at(database: str) -> Iterator[Life]:
    with life(database) as at:
        yield at


def story(at: Life) -> Iterator[Future[Receipt]]:
    by: dict[str, Any] = {"by": at.office}
    s, pupil = at.school, at.pupils[0]
    held = TrainingHeld(ONE, MONDAY, "Журнал", (at.anna.person_id,))
    yield s.hold_training(YEAR, held, **by, request=request())
    new = NewRequest(TWO, pupil, Channel.POST, MONDAY)
    said = Application("Петрова Ия", "", "отметки")
    yield s.request_service(YEAR, new, said, **by, request=request())
    yield s.decide_service(YEAR, TWO, Outcome.REFUSED, "не мать", **by, request=request())


def test_folded_one_by_one_or_again_from_nothing_it_is_the_same(at: Life) -> None:
    for answer in story(at):
        assert at.must(answer).facts
        at.fold(1)
    at.fold_all()

    report = replay(at.projector, at.schema)

    assert report.agrees, report.differences
    tables = {name: n for name, n in report.tables.items() if name.startswith("ledger_")}
    assert tables == {"ledger_training": 1, "ledger_service": 1}


def test_the_books_are_read_and_texts_can_be_erased(at: Life) -> None:
    for answer in story(at):
        at.must(answer)
    at.fold_all()

    last = {one.person_id: one.last for one in at.read(ledgers.untrained, YEAR, MONDAY)}
    assert last[at.anna.person_id] == MONDAY
    assert last[at.boris.person_id] is None
    assert at.read(ledgers.office_year_of, TWO) == YEAR
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
