"""The demonstration's control: every journal every month, a remark in each state, questions."""

from __future__ import annotations

from collections import Counter
from datetime import date

from domain.fact import Fact
from domain.journal import control_facts as c
from domain.journal.control import ACCEPTED, ANSWERED, OPEN
from domain.journal.state import Journal
from domain.office.ledger_facts import ServiceDecided, ServiceRequested, TrainingHeld
from domain.people.talk_facts import ConversationOpened, ConversationReplied
from domain.world import World
from tests.api.demo.conftest import TODAY, Built


def facts(built: Built) -> list[tuple[str, Fact]]:
    """(stream, fact), in order."""
    return [(str(one.originator_id), one.fact) for one in built.log.since(0)]


def test_every_journal_was_inspected_in_every_month(small: Built) -> None:
    months: dict[str, set[int]] = {}
    for stream, fact in facts(small):
        if isinstance(fact, c.JournalInspected):
            months.setdefault(stream, set()).add(fact.until.month)
    assert len(months) == 3
    assert set(map(frozenset, months.values())) == {frozenset({9, 10, 11})}


def test_a_remark_is_in_each_state_and_one_is_overdue(small: Built) -> None:
    opened = [(s, f) for s, f in facts(small) if isinstance(f, c.RemarkOpened)]
    returned = {f.remark_id for _, f in facts(small) if isinstance(f, c.RemarkReturned)}
    world = World(small.log, 1_000)
    states = {
        fact.remark_id: world.state(stream, Journal).control.remarks[fact.remark_id].state
        for stream, fact in opened
    }

    assert Counter(states.values()) == {OPEN: 3, ANSWERED: 1, ACCEPTED: 1}
    assert len(returned) == 1
    due: list[date] = [
        fact.due_date
        for _, fact in opened
        if states[fact.remark_id] == OPEN and fact.remark_id not in returned
    ]
    assert sum(day < TODAY for day in due) == 1
    overdue = {
        fact.remark_id
        for _, fact in opened
        if states[fact.remark_id] == OPEN and fact.due_date < TODAY
    }
    assert {flaw["remark_id"] for flaw in small.planted("overdue_remark")} == overdue
    assert len({fact.teacher_id for _, fact in opened}) == 5


def test_trainings_questions_and_requests(small: Built) -> None:
    kinds = Counter(type(fact) for _, fact in facts(small))
    assert kinds[TrainingHeld] == 2
    assert (kinds[ConversationOpened], kinds[ConversationReplied]) == (3, 2)
    assert (kinds[ServiceRequested], kinds[ServiceDecided]) == (3, 2)
