"""Folding grants."""

from __future__ import annotations

from domain.catalogue import FACTS
from domain.office import grant_facts as g
from domain.people import standing_facts as p
from projections.projection import Handlers, Placed
from projections.statements import Statements

HANDLERS: Handlers[Grants] = Handlers()
on = HANDLERS.on


class Grants(Statements):
    """grants_v1 of one school."""

    name = "grants_v1"
    handlers = HANDLERS
    tables = (
        "grant_journals",
        "grant_limit",
        "grant_of_age",
        "grant_glass",
        "grant_verdict",
        "grant_no_forecast",
    )
    topics = frozenset(fact.TOPIC for fact in (*g.FACTS, *p.FACTS))
    ignored = frozenset(FACTS) - topics


@on(g.JournalsOpened)
def _opened(to: Grants, fact: g.JournalsOpened, one: Placed) -> None:
    to.run(
        "INSERT INTO {s}.grant_journals (grant_id, office_id, person_id, class_ids, since, until,"
        " order_no, opened_at, opened_by) VALUES (%s, %s, %s, %s::uuid[], %s, %s, %s, %s, %s)",
        fact.grant_id,
        one.stream,
        fact.person_id,
        list(fact.class_ids),
        fact.since,
        fact.until,
        fact.order_no,
        one.body.at,
        one.body.by,
    )


@on(g.JournalsClosed)
def _closed(to: Grants, fact: g.JournalsClosed, _: Placed) -> None:
    to.run(
        "UPDATE {s}.grant_journals SET closed_on = %s WHERE grant_id = %s", fact.on, fact.grant_id
    )


@on(p.GuardianLimited)
def _limited(to: Grants, fact: p.GuardianLimited, one: Placed) -> None:
    to.run(
        "INSERT INTO {s}.grant_limit (pupil_id, guardian_id, since, until, position)"
        " VALUES (%s, %s, %s, %s, %s) ON CONFLICT (pupil_id, guardian_id) DO UPDATE"
        " SET since = excluded.since, until = excluded.until, position = excluded.position",
        one.stream,
        fact.guardian_id,
        fact.since,
        fact.until,
        one.position,
    )


@on(p.GuardianLimitLifted)
def _lifted(to: Grants, fact: p.GuardianLimitLifted, one: Placed) -> None:
    to.run(
        "UPDATE {s}.grant_limit SET until = %s WHERE pupil_id = %s AND guardian_id = %s",
        fact.on,
        one.stream,
        fact.guardian_id,
    )


@on(p.CameOfAge)
def _of_age(to: Grants, _: p.CameOfAge, one: Placed) -> None:
    to.run("INSERT INTO {s}.grant_of_age (pupil_id) VALUES (%s)", one.stream)


@on(p.GlassBroken)
def _broken(to: Grants, fact: p.GlassBroken, one: Placed) -> None:
    to.run(
        "INSERT INTO {s}.grant_glass (glass_id, pupil_id, by, at, until, reason_id)"
        " VALUES (%s, %s, %s, %s, %s, %s)",
        fact.glass_id,
        one.stream,
        one.body.by,
        one.body.at,
        fact.until,
        fact.reason.id,
    )


@on(p.GlassReviewed)
def _reviewed(to: Grants, fact: p.GlassReviewed, one: Placed) -> None:
    to.run(
        "UPDATE {s}.grant_glass SET reviewed_at = %s, reviewed_by = %s"
        " WHERE pupil_id = %s AND glass_id = %s",
        one.body.at,
        one.body.by,
        one.stream,
        fact.glass_id,
    )


@on(p.FactsReviewed)
def _verdict(to: Grants, fact: p.FactsReviewed, one: Placed) -> None:
    to.run(
        "INSERT INTO {s}.grant_verdict (person_id, position, verdict, at)"
        " SELECT %s, unnest(%s::bigint[]), %s, %s ON CONFLICT (person_id, position)"
        " DO UPDATE SET verdict = excluded.verdict, at = excluded.at",
        one.stream,
        list(fact.positions),
        fact.verdict,
        one.body.at,
    )


@on(p.ForecastTurnedOff)
def _no_forecast(to: Grants, _: p.ForecastTurnedOff, one: Placed) -> None:
    to.run(
        "INSERT INTO {s}.grant_no_forecast (pupil_id, at) VALUES (%s, %s) ON CONFLICT DO NOTHING",
        one.stream,
        one.body.at,
    )


@on(p.ForecastTurnedOn)
def _forecast(to: Grants, _: p.ForecastTurnedOn, one: Placed) -> None:
    to.run("DELETE FROM {s}.grant_no_forecast WHERE pupil_id = %s", one.stream)
