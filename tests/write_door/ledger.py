"""What the database of a school holds, and what must be true of it whatever door was used."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any
from uuid import UUID

import psycopg
from psycopg.sql import SQL, Identifier, Literal

from domain.codec import Recorded, recorded
from domain.world import FOLDS, State, World, empty, fold
from projections.catalogue import PROJECTIONS
from projections.folding import catch_up
from projections.postgres.database import PROJECTOR, conninfo
from projections.projection import Place as Tables
from projections.replay import replay
from tests.conftest import SECRET

#: What an append writes. `request` and `snapshot` are not part of the record and may go again.
LOG = frozenset({"facts", "head", "request", "minted", "payload", "snapshot"})
PROJECTED = frozenset({"bookmark"}).union(
    *(make(Tables("s", "s")).tables for make in PROJECTIONS.values())
)
#: The doors' own tables, each with the reason why it is no fact. A table on no list fails.
OWN = {
    "account": "hashes of passwords: a log that cannot forget is no place for secrets",
    "session": "who is signed in now: it ends and is forgotten",
    "second_factor": "secrets that make codes",
    "recovery_code": "digests of codes on paper",
    "api_token": "digests of tokens: they end and are forgotten",
    "calendar_link": "digests of secret addresses: they end and are forgotten",
    "sign_in_failure": "guards passwords; forgotten after thirty days",
    "access_log": "who looked: many times more than what happened; it only grows",
    "migration": "which tables there are",
    "checkpoint": "signatures over the facts; they only grow",
    "cosignature": "signatures of witnesses; they only grow",
    "trouble": "what has stopped and wants a person: it goes when that goes on",
    "uptime": "when the journal answered: once a minute, about nobody",
    "identity": "who one is at the provider of sign-ins",
    "provider_flow": "sign-ins under way there, for ten minutes",
    "job": "what the scheduler says that it does",
    "job_run": "what the scheduler did: the server's diary; old lines are forgotten",
    "backup": "what copies of the database hold: their own papers say the same",
    "webhook": "which other programs are told: addresses and sealed secrets",
    "webhook_delivery": "what they were told: says nothing that the journal does not say",
    "notice": "who was told what: says nothing that the journal does not say",
    "notice_progress": "how far the log has been told",
    "notice_choice": "which letters, and which words on devices, a person wants",
    "push_device": "browsers that their owners have asked to be told in",
    "notice_hours": "when the school writes letters",
    "mail_address": "where letters go; nobody else reads it",
    "import_column": "how the school reads columns of foreign tables",
    "homework_tick": "what a family has ticked as done: its own business, soon forgotten",
    "seat": "where a teacher lets pupils sit: one's own, forgotten after a year",
    "forecast_fit": "what was learned of terms that are over: figures about nobody, counted anew",
    "report_run": "reports made in the background: kept for a week, then made again",
    "person_copy": "copies for a person, kept for a week, then made again",
    "reminder": "what the staff still have to do: says nothing that the journal does not say",
}
ONLY_GROW = frozenset({"facts", "minted", "access_log", "migration", "checkpoint", "cosignature"})
#: Facts with which a text leaves the vault.
ERASING = frozenset({"person.renamed", "person.erased", "person.payload-erased"})

Row = tuple[int, UUID, int, str, bytes]  # position, stream, version, topic, stored


@dataclass(frozen=True)
class Ledger:
    """A school's database at a moment: the facts as stored, and a digest of every other row."""

    facts: list[Row]
    head: tuple[int, datetime]
    requested: int  # facts that requests answer for
    vault: dict[str, str]  # payload → digest
    rows: dict[str, Counter[str]]  # table → digests of its rows

    def since(self, before: Ledger) -> list[Recorded]:
        """The facts that were not there before."""
        return [recorded(*row[1:]) for row in self.facts[len(before.facts) :]]

    def changed(self, before: Ledger) -> set[str]:
        """Tables that are not as before."""
        names = self.rows.keys() | before.rows.keys()
        return {name for name in names if self.rows.get(name) != before.rows.get(name)}


def read(url: str, schema: str) -> Ledger:
    """Everything there is, as the superuser sees it."""
    with psycopg.connect(url) as conn:
        conn.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        conn.execute("SET LOCAL TIME ZONE 'UTC'")
        facts = conn.cursor(binary=True).execute(
            SQL(
                "SELECT notification_id, originator_id, originator_version, topic, state"
                " FROM {}.facts ORDER BY notification_id"
            ).format(Identifier(schema))
        )
        head = one(conn, schema, "SELECT last, at FROM {}.head")
        requested = one(conn, schema, "SELECT coalesce(sum(count), 0) FROM {}.request")
        vault = conn.execute(
            SQL("SELECT id::text, md5(p::text) FROM {}.payload p").format(Identifier(schema))
        )
        return Ledger(
            facts.fetchall(), head, int(requested[0]), dict(vault.fetchall()), digests(conn, schema)
        )


def one(conn: psycopg.Connection[Any], schema: str, text: str) -> Any:
    """The only row of a query."""
    return conn.execute(SQL(text).format(Identifier(schema))).fetchone()


def digests(conn: psycopg.Connection[Any], schema: str) -> dict[str, Counter[str]]:
    """Table → digests of its rows, for every table that is not PostgreSQL's own."""
    named = conn.execute(
        "SELECT n.nspname, c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
        " WHERE c.relkind IN ('r', 'p') AND n.nspname !~ '^pg_' AND n.nspname <> %s",
        ("information_schema",),
    ).fetchall()
    each = SQL(" UNION ALL ").join(
        SQL("SELECT {}, array_agg({} || md5(t::text)) FROM {} t").format(
            Literal(_called(schema, of, table)), Literal(table), Identifier(of, table)
        )
        for of, table in named
    )
    found: dict[str, Counter[str]] = {}
    for table, rows in conn.execute(each).fetchall():
        found.setdefault(table, Counter()).update(rows or ())
    return found


def _called(schema: str, of: str, table: str) -> str:
    """A table of this school by its name, another school by its schema."""
    if of == schema:
        return table
    return of if of.startswith("school_") else f"{of}.{table}"


def assert_continued(before: Ledger, after: Ledger) -> None:
    """Facts were added at the end, gapless, in order; nothing that only grows has lost a row."""
    assert after.facts[: len(before.facts)] == before.facts
    assert [row[0] for row in after.facts] == list(range(1, len(after.facts) + 1))
    for stream, rows in groupby(sorted(row[1:3] for row in after.facts), key=lambda row: row[0]):
        versions = [version for _, version in rows]
        assert versions == list(range(1, len(versions) + 1)), stream
    moments = [one.envelope.at for one in after.since(before)]
    assert sorted(moments) == moments
    if moments:
        assert moments[0] >= before.head[1]
        assert after.head == (len(after.facts), moments[-1])
    else:
        assert after.head == before.head
    for table in ONLY_GROW & after.rows.keys():
        assert after.rows[table] >= before.rows.get(table, Counter()), f"{table} has lost a row"
    gone = before.vault.keys() - after.vault.keys()
    assert not gone or ERASING & {one.fact.TOPIC for one in after.since(before)}
    kept = before.vault.keys() & after.vault.keys()
    assert all(before.vault[id_] == after.vault[id_] for id_ in kept), "a text was rewritten"


def states(ledger: Ledger, upto: dict[str, int] | None = None) -> dict[str, State]:
    """state == fold(facts): every stream folded from the stored bytes and nothing else.

    upto: stream → version to stop at.
    """
    folded: dict[str, State] = {}
    for row in ledger.facts:
        fact = recorded(*row[1:])
        stream = str(fact.originator_id)
        if stream not in folded:
            kind = next(k for k, (head, _) in FOLDS.items() if fact.fact.TOPIC.startswith(head))
            folded[stream] = empty(kind, stream)
        if upto is None or fact.originator_version <= upto.get(stream, 0):
            fold(folded[stream], [fact])
    return folded


def assert_folded(
    ledger: Ledger, hot: World | None, cold: World, new: Sequence[Recorded] | None
) -> None:
    """What decisions stand on is the fold of the facts: the engine's hot states (as far as they
    have got), and the states of the new facts' streams (all of them with None) that a fresh
    process would load, through snapshots.
    """
    if hot is not None:
        known = dict(hot._states)
        lived = states(ledger, {stream: state.version for stream, state in known.items()})
        for stream, state in known.items():
            assert state.version == 0 or state == lived[stream], stream
    folded = states(ledger)
    for stream in folded if new is None else {str(one.originator_id) for one in new}:
        expected = folded[stream]
        assert cold.state(stream, type(expected)) == expected  # type: ignore[type-var]


def assert_shown(url: str, schema: str) -> None:
    """What people read is the fold of the facts: rebuilt equals lived, row by row."""
    with psycopg.connect(conninfo(url, PROJECTOR, SECRET), autocommit=True) as conn:
        catch_up(conn, schema)
        report = replay(conn, schema)
    assert report.agrees, report.differences
    assert not report.skipped
