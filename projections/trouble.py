"""What has stopped in a school and wants a person: told by who stopped, read by everybody."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal, LiteralString

import msgspec
import psycopg
from psycopg import AsyncConnection

from projections.sql import bound, rows

About = Literal["fold", "seal"]

#: The database is an older or another one than what was signed.
NOT_OURS = frozenset({"rollback", "fork"})

# `since` stays what it was while it is the same trouble at the same place.
_TELL: LiteralString = """
    INSERT INTO {s}.trouble AS t (about, code, position, words, since) VALUES (%s, %s, %s, %s, %s)
    ON CONFLICT (about) DO UPDATE SET code = excluded.code, position = excluded.position,
        words = excluded.words, since = CASE WHEN (t.code, t.position) IS NOT DISTINCT FROM
            (excluded.code, excluded.position) THEN t.since ELSE excluded.since END
"""
_OVER: LiteralString = "DELETE FROM {s}.trouble WHERE about = %s"


class Trouble(msgspec.Struct, frozen=True):
    """about: `fold`, the projections; `seal`. position: of the fact that stands in the way, if it
    is one. words: a sentence for the operator. since: aware UTC.
    """

    about: About
    code: str
    position: int | None
    words: str
    since: datetime

    @property
    def grave(self) -> bool:
        """What is shown stands still, or is not this school's journal."""
        return self.about == "fold" or self.code in NOT_OURS


async def troubles(conn: AsyncConnection[Any], schema: str) -> list[Trouble]:
    """Everything that has stopped in a school."""
    found = await rows(
        conn, schema, "SELECT about, code, position, words, since FROM {s}.trouble ORDER BY about"
    )
    return [Trouble(*one) for one in found]


def tell(conn: psycopg.Connection[Any], schema: str, trouble: Trouble) -> None:
    """Something has stopped, or still stands. conn: autocommit, as projector or sealer."""
    conn.execute(bound(_TELL, schema), msgspec.structs.astuple(trouble))


def over(conn: psycopg.Connection[Any], schema: str, about: About) -> None:
    """It goes on."""
    conn.execute(bound(_OVER, schema), (about,))


async def atell(conn: AsyncConnection[Any], schema: str, trouble: Trouble) -> None:
    """As `tell`."""
    await conn.execute(bound(_TELL, schema), msgspec.structs.astuple(trouble))


async def aover(conn: AsyncConnection[Any], schema: str, about: About) -> None:
    """As `over`."""
    await conn.execute(bound(_OVER, schema), (about,))
