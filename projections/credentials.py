"""Who was given credentials, when and by whom, and have they arrived (clause 3.1.2).

Folded from the log when it is asked for: a few facts of a few people, and the page that has just
handed out a password must not lag behind it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from psycopg import AsyncConnection

from domain.codec import recorded
from domain.people import facts as f
from projections.sql import rows

TOPICS = [fact.TOPIC for fact in (f.AccountIssued, f.AccountReceived, f.AccountRevoked)]


class Credentials(msgspec.Struct):
    """What became of the last issue. `position` is that of the last fact about issue or revocation.

    to: who was to take them. signed: when a signature was seen, by whom, and who signed (ids).
    entered: when the person put a password of one's own in the place of the one-time one.
    """

    person_id: str
    position: int
    issued_at: datetime
    issued_by: str
    to: str
    signed_at: datetime | None = None
    signed_by: str | None = None
    signed_to: str | None = None
    entered_at: datetime | None = None
    revoked_at: datetime | None = None
    reason: f.RevocationReason | None = None


async def credentials(
    conn: AsyncConnection[Any], schema: str, person_ids: Sequence[str]
) -> dict[str, Credentials]:
    """person → the last credentials of each of these people who was ever given any."""
    found: dict[str, Credentials] = {}
    for position, stream, version, topic, state in await rows(
        conn,
        schema,
        "SELECT notification_id, originator_id, originator_version, topic, state FROM {s}.facts"
        " WHERE originator_id = ANY (%s::uuid[]) AND topic = ANY (%s) ORDER BY notification_id",
        [UUID(person) for person in person_ids],
        TOPICS,
    ):
        one = recorded(stream, version, topic, state)
        fact, envelope, person = one.fact, one.envelope, str(stream)
        last = found.get(person)
        if isinstance(fact, f.AccountIssued):
            found[person] = Credentials(person, position, envelope.at, envelope.by, fact.to)
        elif last is None:
            continue
        elif isinstance(fact, f.AccountRevoked):
            last.position, last.revoked_at, last.reason = position, envelope.at, fact.reason
        elif isinstance(fact, f.AccountReceived) and fact.how == "password":
            last.entered_at = envelope.at
        elif isinstance(fact, f.AccountReceived):
            last.signed_at, last.signed_by, last.signed_to = envelope.at, envelope.by, fact.to
    return found
