"""The papers of a move, beside the dump: what was written out, that it arrived, that it was given
away. Each is written at its end, whole or not at all.
"""

from __future__ import annotations

import hmac
from datetime import datetime
from hashlib import file_digest
from pathlib import Path
from typing import TypeVar

import msgspec

from domain.refusals import Invalid
from projections.backups.heads import Head

DUMP, EXPORTED, BROUGHT, RELEASED = (
    "school.dump",
    "exported.json",
    "brought.json",
    "released.json",
)
P = TypeVar("P", bound=msgspec.Struct)


class Paper(msgspec.Struct, frozen=True):
    """What was written out. head: the end of the log and the root of its tree; dump: SHA-256 in
    hex; opener: fingerprint of the secret that opens the school's sealed files.
    """

    move: str
    slug: str
    school_id: str
    name: str
    zone: str
    head: Head
    dump: str
    opener: str


class Brought(msgspec.Struct, frozen=True):
    """It was laid elsewhere and verified. rows: of the projections, compared with the facts."""

    move: str
    head: Head
    at: datetime
    rows: int


class Released(msgspec.Struct, frozen=True):
    """It was given away: it goes on at this address."""

    move: str
    to: str
    at: datetime


def read(path: Path, kind: type[P]) -> P | None:
    """The paper, or None when there is none. Raises Invalid."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=kind)
    except FileNotFoundError:
        return None
    except (OSError, msgspec.MsgspecError) as fault:
        raise Invalid("move.paper", f"{path} не читается: {fault}.") from None


def exported(into: Path) -> Paper:
    """What was written out there, with the dump as it was written. Raises Invalid."""
    paper = read(into / EXPORTED, Paper)
    if paper is None:
        raise Invalid("move.nothing", f"В {into} нет выгруженной школы: letopis school export.")
    try:
        whole = digest(into / DUMP) == paper.dump
    except OSError:
        whole = False
    if not whole:
        raise Invalid("move.damaged", f"{into / DUMP} не тот, что был выгружен: перенесите заново.")
    return paper


def write(path: Path, paper: msgspec.Struct) -> None:
    """Whole or not at all."""
    draft = path.with_name(f"{path.name}.new")
    draft.write_bytes(msgspec.json.format(msgspec.json.encode(paper)))
    draft.replace(path)


def digest(path: Path) -> str:
    """SHA-256 of a file in hex."""
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()


def fingerprint(opener: str, school_id: str) -> str:
    """By which a secret is recognised without being told: HMAC-SHA256, hex."""
    return hmac.digest(opener.encode(), f"letopis move {school_id}".encode(), "sha256").hex()
