"""The facts of a bag, read back: for its sheets, for a replay of it alone, for restoring it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec
import orjson
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from domain.codec import decode
from domain.refusals import Invalid
from projections.archive import verify
from projections.archive.facts import Stored
from projections.archive.verify import Bag
from projections.projection import Placed

FACTS = "data/facts/"


class About(msgspec.Struct, frozen=True, kw_only=True):
    """data/archive.json: what a bag is an archive of."""

    format: str
    kind: str  # journal, people
    school: str
    name: str
    zone: str
    year: int
    version: int
    start: int
    last: int
    frontier: list[str] = []
    cover: str = ""
    cover_proof: list[str] = []


def signed(public: bytes, message: bytes, signature: bytes) -> bool:
    """Whether an Ed25519 signature is good; `verify.py` alone asks openssl."""
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


def opened(path: Path) -> Bag:
    """The bag of a folder or a ZIP file. Raises Invalid."""
    try:
        return verify.opened(str(path))
    except (verify.Wrong, OSError) as fault:
        raise Invalid("archive.unreadable", f"{path}: архив не читается: {fault}.") from fault


def about(bag: Bag) -> About:
    """What it is an archive of. Raises Invalid."""
    try:
        return msgspec.json.decode(verify.whole(bag, "data/archive.json"), type=About)
    except (verify.Wrong, msgspec.DecodeError) as fault:
        raise Invalid("archive.not_one", f"Это не архив журнала: {fault}.") from fault


def stored(bag: Bag) -> Iterator[Stored]:
    """Facts in order, as they are stored. Raises Wrong for a bag that was not checked."""
    for name in bag.names:
        if name.startswith(FACTS):
            for line in verify.lines_of(bag, name):
                said: dict[str, Any] = orjson.loads(line)
                state = said["stored"].encode()
                yield said["position"], said["stream"], said["version"], said["topic"], state


def placed(bag: Bag) -> Iterator[Placed]:
    """The same, decoded. Raises UnknownFact: the archive is newer than this program."""
    for position, stream, version, topic, state in stored(bag):
        yield Placed(position, stream, version, topic, state, decode(topic, state))


def annotated(bag: Bag) -> Iterator[Placed]:
    """Facts that were added to the archive later, out of their receipts."""
    for name in bag.names:
        if not name.startswith("data/annotations/"):
            continue
        leaf = verify.unbase64(verify.whole(bag, name).split(b"\n")[1][6:].decode())
        length = int.from_bytes(leaf[33:35], "big")
        topic, state = leaf[35 : 35 + length].decode(), leaf[35 + length :]
        yield Placed(
            int.from_bytes(leaf[25:33], "big"),
            str(UUID(bytes=leaf[1:17])),
            int.from_bytes(leaf[17:25], "big"),
            topic,
            state,
            decode(topic, state),
        )
