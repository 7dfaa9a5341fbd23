"""Where letters go: an address is good once the code that was sent there has come back."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any, LiteralString, NamedTuple

import psycopg
from psycopg import AsyncConnection

from projections.sql import bound, row

Conn = AsyncConnection[Any]

GOOD_FOR, PAUSE = timedelta(hours=24), timedelta(minutes=2)
MOST_TRIES = 5


class CodeLetter(NamedTuple):
    """A code that is still to be sent."""

    person_id: str
    address: str
    code: str


async def address_of(conn: Conn, schema: str, person_id: str) -> dict[str, Any] | None:
    """`{address, confirmed_at, failed_at, failure}` of a person, or None."""
    found = await row(
        conn,
        schema,
        "SELECT address, confirmed_at, failed_at, failure FROM {s}.mail_address"
        " WHERE person_id = %s",
        person_id,
    )
    if found is None:
        return None
    address, confirmed, failed, failure = found
    return {
        "address": address,
        "confirmed_at": confirmed and confirmed.astimezone(UTC).isoformat(),
        "failed_at": failed and failed.astimezone(UTC).isoformat(),
        "failure": failure,
    }


async def give_address(
    conn: Conn, schema: str, person_id: str, address: str, code: str, now: datetime
) -> bool:
    """A new address instead of the old one; a letter with the code goes there. False when the
    last code is of a moment ago: nobody is to be flooded with codes.
    """
    found = await row(
        conn,
        schema,
        "INSERT INTO {s}.mail_address (person_id, address, code, code_hash, code_until)"
        " VALUES (%s, %s, %s, %s, %s) ON CONFLICT (person_id) DO UPDATE"
        " SET address = excluded.address, code = excluded.code, code_hash = excluded.code_hash,"
        " code_until = excluded.code_until, code_tries = 0, code_sent_at = NULL,"
        " confirmed_at = NULL, failed_at = NULL, failure = ''"
        " WHERE mail_address.code_until IS NULL OR mail_address.code_until < %s RETURNING 1",
        person_id,
        address,
        code,
        _hash(person_id, code),
        now + GOOD_FOR,
        now + GOOD_FOR - PAUSE,
    )
    return found is not None


async def confirm_address(
    conn: Conn, schema: str, person_id: str, code: str, now: datetime
) -> bool:
    """The code has come back. False for another code, a late one, or too many tries."""
    found = await row(
        conn,
        schema,
        "UPDATE {s}.mail_address SET code_tries = code_tries + 1,"
        " confirmed_at = CASE WHEN code_hash = %s THEN %s ELSE confirmed_at END,"
        " code_hash = CASE WHEN code_hash = %s THEN NULL ELSE code_hash END"
        " WHERE person_id = %s AND code_hash IS NOT NULL AND code_tries < %s AND code_until > %s"
        " RETURNING confirmed_at",
        _hash(person_id, code),
        now,
        _hash(person_id, code),
        person_id,
        MOST_TRIES,
        now,
    )
    return found is not None and found[0] is not None


async def withdraw_address(conn: Conn, schema: str, person_id: str) -> None:
    """No letters any more."""
    await row(
        conn, schema, "DELETE FROM {s}.mail_address WHERE person_id = %s RETURNING 1", person_id
    )


def codes_to_send(conn: psycopg.Connection[Any], schema: str, now: datetime) -> list[CodeLetter]:
    """Codes that nobody has sent yet."""
    found = conn.execute(
        bound(
            "SELECT person_id::text, address, code FROM {s}.mail_address"
            " WHERE code IS NOT NULL AND code_until > %s ORDER BY person_id",
            schema,
        ),
        (now,),
    )
    return [CodeLetter(*one) for one in found]


def code_sent(
    conn: psycopg.Connection[Any], schema: str, letter: CodeLetter, now: datetime, why: str = ""
) -> None:
    """The code has gone and is not kept; or, with a reason, the address takes no letters."""
    conn.execute(
        bound(
            "UPDATE {s}.mail_address SET code = NULL, code_sent_at = %s, failure = %s,"
            " failed_at = CASE WHEN %s = '' THEN NULL ELSE %s END"
            " WHERE person_id = %s AND code = %s",
            schema,
        ),
        (now, why, why, now, letter.person_id, letter.code),
    )


_ERASED: LiteralString = """
    WITH erased AS (SELECT person_id FROM {s}.directory_person WHERE erased),
        notices AS (DELETE FROM {s}.notice n USING erased e WHERE e.person_id = n.person_id
            RETURNING 1),
        choices AS (DELETE FROM {s}.notice_choice n USING erased e WHERE e.person_id = n.person_id
            RETURNING 1),
        devices AS (DELETE FROM {s}.push_device n USING erased e WHERE e.person_id = n.person_id
            RETURNING 1),
        addresses AS (DELETE FROM {s}.mail_address n USING erased e WHERE e.person_id = n.person_id
            RETURNING 1)
    SELECT (SELECT count(*) FROM notices) + (SELECT count(*) FROM choices)
        + (SELECT count(*) FROM addresses) + (SELECT count(*) FROM devices)
"""


def prune(conn: psycopg.Connection[Any], schema: str) -> int:
    """What was kept for people who were erased goes; answers how many rows."""
    [found] = conn.execute(bound(_ERASED, schema)).fetchall()
    return int(found[0])


def _hash(person_id: str, code: str) -> bytes:
    return sha256(f"{person_id}:{code}".encode()).digest()
