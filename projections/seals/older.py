"""An old copy of the database in place of the living one: what was signed tells it apart."""

from __future__ import annotations

from pathlib import Path

import psycopg

from projections.checks import last_position
from projections.postgres.database import schema_of
from projections.postgres.migrations import registered
from projections.seals.checkpoint import Checkpoint
from projections.seals.signer import Refused, Signer, rolled_back


def older_than_its_seal(signer: Signer, head: int) -> str | None:
    """Why a log of `head` facts is not the newest one there was; None: from here it looks so."""
    try:
        last = signer.last() if signer.room.exists() else None
    except (Refused, OSError, ValueError):
        return None  # the sealer tells of that
    signed = Checkpoint.of(last).size if last is not None else 0
    return rolled_back(signed, head).message if head < signed else None


def older_copies(admin: str, seals: Path) -> dict[str, str]:
    """slug → what is wrong, of every school of the database whose seals are further than it is."""
    found = {}
    with psycopg.connect(admin) as conn:
        for school in registered(conn):
            if school.move is not None:
                continue  # it is on its way to another server, or there
            head = last_position(conn, schema_of(school.slug))
            words = older_than_its_seal(Signer(seals, school.school_id), head)
            if words is not None:
                found[school.slug] = words
    return found
