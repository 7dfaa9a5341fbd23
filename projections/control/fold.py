"""Folding the control of journals."""

from __future__ import annotations

from collections.abc import Sequence

from domain.catalogue import FACTS
from domain.journal import control_facts as f
from projections.projection import Handlers, Placed
from projections.statements import Statements

HANDLERS: Handlers[Control] = Handlers()
on = HANDLERS.on


class Control(Statements):
    """control_v1 of one school."""

    name = "control_v1"
    handlers = HANDLERS
    tables = ("control_inspection", "control_remark", "control_step")
    topics = frozenset(fact.TOPIC for fact in f.FACTS)
    ignored = frozenset(FACTS) - topics

    def step(
        self,
        one: Placed,
        kind: str,
        remark_id: str,
        text_id: str | None,
        positions: Sequence[int] = (),
    ) -> None:
        """What happened to a remark, under the deadline that is in force."""
        self.run(
            "INSERT INTO {s}.control_step (position, remark_id, kind, at, by, due_date, text_id,"
            " positions) SELECT %s, remark_id, %s, %s, %s, due_date, %s, %s::bigint[]"
            " FROM {s}.control_remark WHERE remark_id = %s",
            one.position,
            kind,
            one.body.at,
            one.body.by,
            text_id,
            list(positions),
            remark_id,
        )


@on(f.JournalInspected)
def _inspected(to: Control, fact: f.JournalInspected, one: Placed) -> None:
    to.run(
        "INSERT INTO {s}.control_inspection (inspection_id, class_id, position, at, by, since,"
        " until, checked, subject_ids, checked_position, hash)"
        " VALUES (%s, %s, %s, %s, %s, %s, %s, %s::text[], %s::uuid[], %s, %s)",
        fact.inspection_id,
        one.stream,
        one.position,
        one.body.at,
        one.body.by,
        fact.since,
        fact.until,
        [str(what) for what in fact.checked],
        list(fact.subject_ids),
        fact.checked_position,
        fact.hash,
    )


@on(f.RemarkOpened)
def _opened(to: Control, fact: f.RemarkOpened, one: Placed) -> None:
    to.run(
        "INSERT INTO {s}.control_remark (remark_id, inspection_id, class_id, kind, teacher_id,"
        " subject_id, lesson_id, state, due_date, position)"
        " VALUES (%s, %s, %s, %s, %s, %s, %s, 'open', %s, %s)",
        fact.remark_id,
        fact.inspection_id,
        one.stream,
        str(fact.kind),
        fact.teacher_id,
        fact.subject_id,
        fact.lesson_id,
        fact.due_date,
        one.position,
    )
    to.step(one, "opened", fact.remark_id, fact.payload.id)


@on(f.RemarkResolved)
def _resolved(to: Control, fact: f.RemarkResolved, one: Placed) -> None:
    _state(to, fact.remark_id, "answered")
    text_id = fact.payload.id if fact.payload else None
    to.step(one, "resolved", fact.remark_id, text_id, fact.positions)


@on(f.RemarkAccepted)
def _accepted(to: Control, fact: f.RemarkAccepted, one: Placed) -> None:
    _state(to, fact.remark_id, "accepted")
    to.step(one, "accepted", fact.remark_id, None)


@on(f.RemarkReturned)
def _returned(to: Control, fact: f.RemarkReturned, one: Placed) -> None:
    to.run(
        "UPDATE {s}.control_remark SET state = 'open', due_date = %s WHERE remark_id = %s",
        fact.due_date,
        fact.remark_id,
    )
    to.step(one, "returned", fact.remark_id, fact.payload.id)


def _state(to: Control, remark_id: str, state: str) -> None:
    to.run("UPDATE {s}.control_remark SET state = %s WHERE remark_id = %s", state, remark_id)
