"""Announcing a key of the seals in the log: a command like any other, by the sealer itself."""

from __future__ import annotations

import secrets
from datetime import datetime
from hashlib import sha256
from uuid import uuid4

from domain.access import Actor
from domain.engine import Engine
from domain.school import School
from domain.values import Origin
from domain.writing import Request
from projections.postgres.bell import Bell
from projections.postgres.database import APP, READER, WRITER, conninfo, open_pool
from projections.postgres.log import SchoolLog
from projections.postgres.migrations import RegisteredSchool
from projections.seals.note import VerifierKey

WAIT_S = 30.0


def announce(
    admin: str, secret: str, school: RegisteredSchool, key: VerifierKey, now: datetime
) -> int:
    """Introduce the first key of a school; answers the position. Twice is once. Raises Refusal."""
    reader = open_pool(conninfo(admin, READER, secret), max_size=1)
    writer = open_pool(conninfo(admin, WRITER, secret), max_size=1)
    bell = Bell(conninfo(admin, APP, secret))
    engine = Engine(
        lambda slug: SchoolLog(slug, reader=reader, writer=writer),
        clock=lambda: now,
        salts=_salt,
        on_commit=bell.ring,
    )
    commands = School(engine, school.slug, school.school_id, ids=lambda: str(uuid4()), salts=_salt)
    request = sha256(f"seal key {key}".encode()).digest()[:16]
    sealer = Actor(school.school_id, "sealer", origin=Origin.JOB, operator=True)
    try:
        answer = commands.introduce_seal_key(
            str(key), "first", by=sealer, request=Request(request, request)
        )
        return answer.result(WAIT_S).position
    finally:
        engine.close()
        bell.close()
        reader.close()
        writer.close()


def _salt() -> str:
    """128 bits, base64url without padding."""
    return secrets.token_urlsafe(16)
