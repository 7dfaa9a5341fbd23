"""The directory of people: names, families, consents, accounts."""

from __future__ import annotations

from domain.people import facts as p
from projections.directory.desk import HANDLERS, Desk
from projections.projection import Placed

on = HANDLERS.on


@on(p.PersonRegistered)
def _registered(to: Desk, fact: p.PersonRegistered, at: Placed) -> None:
    to.run(
        "INSERT INTO {s}.directory_person"
        " (person_id, kind, full_name, short_name, sort_key, account, erased)"
        " VALUES (%s, %s, %s, %s, %s, false, false)",
        at.stream,
        fact.kind,
        *to.naming(fact.name.id),
    )


@on(p.PersonRenamed)
def _renamed(to: Desk, fact: p.PersonRenamed, at: Placed) -> None:
    to.run(
        "UPDATE {s}.directory_person SET full_name = %s, short_name = %s, sort_key = %s"
        " WHERE person_id = %s",
        *to.naming(fact.name.id),
        at.stream,
    )


@on(p.PersonErased)
def _erased(to: Desk, _: p.PersonErased, at: Placed) -> None:
    to.run(
        "UPDATE {s}.directory_person"
        " SET full_name = '', short_name = '', sort_key = '', erased = true WHERE person_id = %s",
        at.stream,
    )


@on(p.GuardianLinked)
def _linked(to: Desk, fact: p.GuardianLinked, at: Placed) -> None:
    to.run(
        "INSERT INTO {s}.directory_guardian (pupil_id, guardian_id, since, position)"
        " VALUES (%s, %s, %s, %s)",
        at.stream,
        fact.guardian_id,
        fact.since,
        at.position,
    )


@on(p.GuardianUnlinked)
def _unlinked(to: Desk, fact: p.GuardianUnlinked, at: Placed) -> None:
    to.run(
        "UPDATE {s}.directory_guardian SET until = %s"
        " WHERE pupil_id = %s AND guardian_id = %s AND until IS NULL",
        fact.on,
        at.stream,
        fact.guardian_id,
    )


@on(p.ConsentGiven)
def _consent(to: Desk, fact: p.ConsentGiven, at: Placed) -> None:
    to.run(
        "INSERT INTO {s}.directory_consent"
        " (pupil_id, guardian_id, purpose, since, until, withdrawn, position)"
        " VALUES (%s, %s, %s, %s, %s, false, %s)",
        at.stream,
        fact.guardian_id,
        fact.purpose,
        fact.since,
        fact.until,
        at.position,
    )


@on(p.ConsentWithdrawn)
def _withdrawn(to: Desk, fact: p.ConsentWithdrawn, at: Placed) -> None:
    to.run(
        "UPDATE {s}.directory_consent SET withdrawn = true"
        " WHERE pupil_id = %s AND guardian_id = %s AND purpose = %s",
        at.stream,
        fact.guardian_id,
        fact.purpose,
    )


@on(p.AccountIssued)
def _account(to: Desk, _: p.AccountIssued, at: Placed) -> None:
    to.run("UPDATE {s}.directory_person SET account = true WHERE person_id = %s", at.stream)


@on(p.AccountRevoked)
def _account_revoked(to: Desk, _: p.AccountRevoked, at: Placed) -> None:
    to.run("UPDATE {s}.directory_person SET account = false WHERE person_id = %s", at.stream)
