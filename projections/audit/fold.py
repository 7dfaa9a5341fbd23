"""Folding what the log says about itself."""

from __future__ import annotations

import msgspec

from domain.audit import facts as a
from domain.catalogue import FACTS
from projections.projection import Handlers, Placed
from projections.statements import Statements

HANDLERS: Handlers[Audit] = Handlers()


class Audit(Statements):
    """audit_v1 of one school. Its facts are few: a statement for each."""

    name = "audit_v1"
    handlers = HANDLERS
    tables = ("audit_key", "audit_check", "audit_access_day")
    topics = frozenset(fact.TOPIC for fact in a.FACTS)
    ignored = frozenset(FACTS) - topics


@HANDLERS.on(a.SealKeyIntroduced)
def _introduced(to: Audit, fact: a.SealKeyIntroduced, one: Placed) -> None:
    to.run(
        "INSERT INTO {s}.audit_key (verifier_key, introduced_position, introduced_at, reason)"
        " VALUES (%s, %s, %s, %s)",
        fact.verifier_key,
        one.position,
        one.body.at,
        fact.reason,
    )


@HANDLERS.on(a.SealKeyRetired)
def _retired(to: Audit, fact: a.SealKeyRetired, one: Placed) -> None:
    to.run(
        "UPDATE {s}.audit_key SET retired_position = %s, retired_at = %s, retired_reason = %s"
        " WHERE verifier_key = %s",
        one.position,
        one.body.at,
        fact.reason,
        fact.verifier_key,
    )


@HANDLERS.on(a.CheckRequested)
def _requested(to: Audit, fact: a.CheckRequested, one: Placed) -> None:
    _note_request(to, fact, one)


@HANDLERS.on(a.CheckCompleted)
def _completed(to: Audit, fact: a.CheckCompleted, one: Placed) -> None:
    _note_request(to, fact, one)  # of a check that nobody asked for
    to.run(
        "UPDATE {s}.audit_check SET completed_at = %s, completed_position = %s,"
        " checked_position = %s, facts = %s, rows = %s, found = %s, findings = %s"
        " WHERE check_id = %s",
        one.body.at,
        one.position,
        fact.checked_position,
        fact.facts,
        fact.rows,
        fact.found,
        msgspec.json.encode(fact.findings).decode(),
        fact.check_id,
    )


@HANDLERS.on(a.AccessDaySealed)
def _day_sealed(to: Audit, fact: a.AccessDaySealed, one: Placed) -> None:
    to.run(
        "INSERT INTO {s}.audit_access_day (day, lines, hash, position) VALUES (%s, %s, %s, %s)",
        fact.day,
        fact.lines,
        fact.hash,
        one.position,
    )


def _note_request(to: Audit, fact: a.CheckRequested | a.CheckCompleted, one: Placed) -> None:
    to.run(
        "INSERT INTO {s}.audit_check"
        " (check_id, kind, year, until, by, requested_at, requested_position)"
        " VALUES (%s, %s, %s, %s, %s, %s, %s) ON CONFLICT (check_id) DO NOTHING",
        fact.check_id,
        fact.kind,
        fact.year,
        fact.until,
        one.body.by,
        one.body.at,
        one.position,
    )
