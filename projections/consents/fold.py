"""Folding consents."""

from __future__ import annotations

from domain.catalogue import FACTS
from domain.people import facts as p
from projections.projection import Handlers, Placed, id_of
from projections.statements import Statements

HANDLERS: Handlers[Consents] = Handlers()


class Consents(Statements):
    """consents_v1 of one school."""

    name = "consents_v1"
    handlers = HANDLERS
    tables = ("consent_given",)
    topics = frozenset(
        fact.TOPIC for fact in (p.ConsentGiven, p.ConsentDocumented, p.ConsentWithdrawn)
    )
    ignored = frozenset(FACTS) - topics


@HANDLERS.on(p.ConsentGiven)
def _given(to: Consents, fact: p.ConsentGiven, one: Placed) -> None:
    to.run(
        "INSERT INTO {s}.consent_given"
        " (position, pupil_id, guardian_id, purpose, since, until, given_at, given_by)"
        " VALUES (%s, %s, %s, %s, %s, %s, %s, %s)",
        one.position,
        one.stream,
        fact.guardian_id,
        fact.purpose,
        fact.since,
        fact.until,
        one.body.at,
        one.body.by,
    )


@HANDLERS.on(p.ConsentDocumented)
def _documented(to: Consents, fact: p.ConsentDocumented, one: Placed) -> None:
    to.run(
        "UPDATE {s}.consent_given SET paper_id = %s, scan_id = %s, media = %s WHERE position ="
        " (SELECT max(position) FROM {s}.consent_given"
        " WHERE pupil_id = %s AND guardian_id = %s AND purpose = %s)",
        fact.paper.id,
        id_of(fact.scan),
        fact.media,
        one.stream,
        fact.guardian_id,
        fact.purpose,
    )


@HANDLERS.on(p.ConsentWithdrawn)
def _withdrawn(to: Consents, fact: p.ConsentWithdrawn, one: Placed) -> None:
    to.run(
        "UPDATE {s}.consent_given SET withdrawn_at = %s, withdrawn_by = %s"
        " WHERE pupil_id = %s AND guardian_id = %s AND purpose = %s AND withdrawn_at IS NULL",
        one.body.at,
        one.body.by,
        one.stream,
        fact.guardian_id,
        fact.purpose,
    )
