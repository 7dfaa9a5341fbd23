"""Facts ⇄ stored bytes. The bytes are what is hashed, so their shape is for ever (golden files).

Stored bytes are UTF-8 JSON, one object: the envelope's members, then `fact`. Defaults are left
out. An auditor reads them in psql with nothing else; a leaf of the tree covers them as stored.
"""

from __future__ import annotations

from datetime import datetime
from typing import Generic, TypeVar
from uuid import UUID

import msgspec
from eventsourcing.persistence import Mapper, StoredEvent

from domain.catalogue import FACTS
from domain.fact import Fact
from domain.refusals import Invalid
from domain.values import Origin, Role

#: C2SP tiles cap an entry at 65,535 bytes; files and long lists belong elsewhere.
MAX_STORED_BYTES = 60_000

F = TypeVar("F")


class UnknownFact(Exception):  # noqa: N818
    """The log holds a topic that this program does not know: it must not go on."""


class Envelope(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """Who, when, by what right. `cites` is the version of the office stream that was consulted.

    `at` is UTC and never decreases within a school; `salt` (128 bits, base64url) keeps a leaf from
    being guessed by a neighbour in the tree.
    """

    at: datetime
    by: str
    role: Role
    session: str
    salt: str
    basis: str = ""
    origin: Origin = Origin.PERSON
    cites: int = 0
    acting_for: str | None = None


class Body(Envelope, Generic[F], frozen=True, omit_defaults=True, kw_only=True):
    """The stored object."""

    fact: F


class Recorded(msgspec.Struct, frozen=True):
    """A fact in its place: stream, version in the stream, envelope."""

    originator_id: UUID
    originator_version: int
    envelope: Envelope
    fact: Fact


_encode = msgspec.json.Encoder().encode
_decoders = {topic: msgspec.json.Decoder(Body[fact]) for topic, fact in FACTS.items()}  # type: ignore[valid-type]


def encode(envelope: Envelope, fact: Fact) -> bytes:
    """The bytes of a fact.

    Raises Invalid beyond `MAX_STORED_BYTES` and for what PostgreSQL's text cannot hold.
    """
    e = envelope
    body: Body[Fact] = Body(
        at=e.at,
        by=e.by,
        role=e.role,
        session=e.session,
        salt=e.salt,
        basis=e.basis,
        origin=e.origin,
        cites=e.cites,
        acting_for=e.acting_for,
        fact=fact,
    )
    try:
        stored = _encode(body)
    except UnicodeEncodeError:  # half of a surrogate pair
        raise _unprintable() from None
    if b"\\u0000" in stored:
        raise _unprintable()
    if len(stored) > MAX_STORED_BYTES:
        raise Invalid(
            "fact.too_large",
            f"Запись слишком велика: {len(stored)} байт, а можно {MAX_STORED_BYTES}.",
        )
    return stored


def _unprintable() -> Invalid:
    return Invalid("text.unprintable", "В тексте есть знак, который нельзя сохранить.")


def decode(topic: str, stored: bytes) -> Body[Fact]:
    """Envelope and fact in one object. Raises UnknownFact, msgspec.ValidationError."""
    try:
        decoder = _decoders[topic]
    except KeyError:
        raise UnknownFact(f"unknown topic {topic!r}: the log is newer than this program") from None
    return decoder.decode(stored)


def recorded(stream: UUID, version: int, topic: str, stored: bytes) -> Recorded:
    """A stored row as a fact in its place. Raises UnknownFact, msgspec.ValidationError."""
    body = decode(topic, stored)
    return Recorded(stream, version, body, body.fact)


class FactMapper(Mapper[UUID]):
    """The library's mapper interface over this codec.

    What is stored can be read: a fact whose fields are not of their types never enters the log.
    """

    def to_stored_event(self, domain_event: Recorded) -> StoredEvent:  # type: ignore[override]
        """The stored row. Raises msgspec.ValidationError for a fact that could not be read."""
        topic = domain_event.fact.TOPIC
        stored = encode(domain_event.envelope, domain_event.fact)
        decode(topic, stored)
        return StoredEvent(
            domain_event.originator_id, domain_event.originator_version, topic, stored
        )

    def to_domain_event(self, stored_event: StoredEvent) -> Recorded:
        stream = stored_event.originator_id
        return recorded(
            stream if isinstance(stream, UUID) else UUID(stream),
            stored_event.originator_version,
            stored_event.topic,
            stored_event.state,
        )
