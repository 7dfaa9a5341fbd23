"""What the tables of the doors have in common: a database, a schema, and their rows."""

from __future__ import annotations

from datetime import datetime
from typing import LiteralString, NamedTuple

from psycopg.sql import SQL, Identifier

from projections.postgres.database import schema_of
from projections.postgres.pool import Database

NO_ADDRESS = "0.0.0.0"  # noqa: S104 - a place for what has no address, not a binding


class Account(NamedTuple):
    """Who may sign in. `hash` None: nobody, until a password is issued."""

    person_id: str
    login: str
    hash: str | None
    must_change: bool
    issued_by: bytes | None
    good_until: datetime | None
    disabled_at: datetime | None
    factor: bytes | None = None  # secret of the second factor in force, 20 bytes


class Suspicion(NamedTuple):
    """Who thinks, and why, that somebody else knows a password (clause 3.3.6)."""

    by: str
    reason: str


class Session(NamedTuple):
    """A living session as the doors need it; moments UTC, `idle_s` seconds."""

    token_hash: bytes
    session_id: str
    person_id: str
    login: str
    must_change: bool
    created: datetime
    seen: datetime
    auth_time: datetime
    idle_s: int
    factor: bool = False  # the person has a second factor


class Token(NamedTuple):
    """A personal token, as its owner sees it."""

    token_id: str
    person_id: str
    name: str
    scopes: list[str]
    created: datetime
    until: datetime
    last_used: datetime | None
    revoked: datetime | None


class Factor(NamedTuple):
    """A second factor. `secret`: in force; `pending`: shown, to be confirmed; 20 bytes each."""

    secret: bytes | None
    confirmed: datetime | None
    pending: bytes | None
    codes_left: int


class Flow(NamedTuple):
    """A sign-in under way at the provider, in the order of its table. `person_id`: who links."""

    state_hash: bytes
    browser_hash: bytes
    nonce: str
    verifier: str
    person_id: str | None
    there: str
    until: datetime


class Living(NamedTuple):
    """A session, as its owner sees it."""

    session_id: str
    created: datetime
    seen: datetime
    ip: str | None
    user_agent: str


class Look(NamedTuple):
    """One line of the access log: who did what to whose data, and by what right."""

    at: datetime
    person_id: str | None
    session_id: str | None
    act: str
    subject: str
    outcome: str
    basis: str


class Table:
    """Tables of one school."""

    def __init__(self, database: Database, slug: str) -> None:
        self._database = database
        self._schema = Identifier(schema_of(slug))
        self._known: dict[str, bytes] = {}

    def _sql(self, text: LiteralString) -> bytes:
        """The statement of this school, composed once."""
        known = self._known.get(text)
        if known is None:
            known = self._known[text] = SQL(text).format(s=self._schema).as_bytes()
        return known
