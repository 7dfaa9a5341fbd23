"""Decisions about the closing of a term, and about opening it again."""

from __future__ import annotations

from domain.fact import Fact
from domain.journal import correction_facts as c
from domain.journal import facts as f
from domain.journal.state import Journal
from domain.office.state import Office
from domain.refusals import Conflict, NotFound
from domain.values import order_number


def close_term(journal: Journal, office: Office, term: int) -> list[Fact]:
    """Close a term: its marks can no longer be given or corrected by a teacher.

    Where the regulation says so, not before every debt of the term is settled.
    """
    period = office.calendar.of(journal.grade_level).term(term)
    if period is None:
        raise NotFound("term.unknown", "Такого учебного периода нет.")
    if any(one.term == term for one in journal.closed):
        return []
    open_debts = sum(
        not debt.resolved and period.starts <= journal.lessons[debt.lesson_id].date <= period.ends
        for debt in journal.debts.values()
    )
    if open_debts and office.regulation.debts_block_closing:
        raise Conflict(
            "term.open_debts",
            f"Период не закрыть: долгов без отметки {open_debts}. Учитель закрывает долг отметкой"
            " или снимает его.",
            debts=open_debts,
        )
    return [f.TermClosed(term, period.starts, period.ends)]


def reopen_term(journal: Journal, office: Office, term: int, order_no: str) -> list[Fact]:
    """By an order a closed term is opened again; an open one stays as it is."""
    if office.calendar.of(journal.grade_level).term(term) is None:
        raise NotFound("term.unknown", "Такого учебного периода нет.")
    number = order_number(order_no)
    if all(one.term != term for one in journal.closed):
        return []
    return [c.TermReopened(term, number)]
