"""Folding the books of the office."""

from __future__ import annotations

from domain.catalogue import FACTS
from domain.office import ledger_facts as f
from projections.projection import Handlers, Placed, id_of
from projections.statements import Statements

HANDLERS: Handlers[Ledgers] = Handlers()
on = HANDLERS.on


class Ledgers(Statements):
    """ledgers_v1 of one school."""

    name = "ledgers_v1"
    handlers = HANDLERS
    tables = ("ledger_training", "ledger_service", "ledger_away")
    topics = frozenset(fact.TOPIC for fact in f.FACTS)
    ignored = frozenset(FACTS) - topics


@on(f.TrainingHeld)
def _training(to: Ledgers, fact: f.TrainingHeld, one: Placed) -> None:
    to.run(
        "INSERT INTO {s}.ledger_training (training_id, office_id, day, topic, person_ids, at, by)"
        " VALUES (%s, %s, %s, %s, %s::uuid[], %s, %s)",
        fact.training_id,
        one.stream,
        fact.on,
        fact.topic,
        list(fact.person_ids),
        one.body.at,
        one.body.by,
    )


@on(f.ServiceRequested)
def _requested(to: Ledgers, fact: f.ServiceRequested, one: Placed) -> None:
    to.run(
        "INSERT INTO {s}.ledger_service (request_id, office_id, position, pupil_id, applicant_id,"
        " channel, day, due_date, text_id) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s)",
        fact.request_id,
        one.stream,
        one.position,
        fact.pupil_id,
        fact.applicant_id,
        str(fact.channel),
        fact.on,
        fact.due_date,
        fact.payload.id,
    )


@on(f.ServiceDecided)
def _decided(to: Ledgers, fact: f.ServiceDecided, one: Placed) -> None:
    to.run(
        "UPDATE {s}.ledger_service SET outcome = %s, decided_at = %s, decided_by = %s,"
        " reason_id = %s WHERE request_id = %s",
        str(fact.outcome),
        one.body.at,
        one.body.by,
        id_of(fact.payload),
        fact.request_id,
    )


@on(f.StaffAway)
def _away(to: Ledgers, fact: f.StaffAway, one: Placed) -> None:
    to.run(
        "INSERT INTO {s}.ledger_away (absence_id, office_id, person_id, since, until, kind,"
        " text_id, at, by) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s)",
        fact.absence_id,
        one.stream,
        fact.person_id,
        fact.since,
        fact.until,
        str(fact.kind),
        id_of(fact.payload),
        one.body.at,
        one.body.by,
    )


@on(f.StaffBack)
def _back(to: Ledgers, fact: f.StaffBack, _: Placed) -> None:
    to.run(
        "UPDATE {s}.ledger_away SET until = %s::date - 1 WHERE absence_id = %s",
        fact.on,
        fact.absence_id,
    )
