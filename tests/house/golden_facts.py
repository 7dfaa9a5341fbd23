"""The golden files of stored facts. They are added, never edited: the bytes are hashed for ever.

python -m tests.house.golden_facts      writes the files that are missing, touches no other
"""

from __future__ import annotations

from enum import EnumType
from pathlib import Path
from typing import Any, Literal, get_args, get_origin, get_type_hints
from uuid import UUID

import msgspec

from domain.codec import Envelope, encode
from projections.merkle import leaf_bytes, leaf_hash
from tests.house.fact_samples import (
    ALL,
    FULL_ENVELOPE,
    SMALL_ENVELOPE,
    full,
    leaves,
    number,
    small,
    structs_within,
)

FOLDER = Path(__file__).parents[1] / "golden" / "facts"
#: bytes of a topic as they were written before it had all the fields of today: only ever read
EARLIER = FOLDER.parent / "earlier"
DEFAULTS = FOLDER.parent / "defaults.json"
WORDS = FOLDER.parent / "words.json"
LEAVES = FOLDER.parent / "leaves.json"


class Golden(msgspec.Struct, frozen=True):
    """The stored bytes of one topic, as text: with every field, and with the necessary ones."""

    topic: str
    full: str
    small: str


def path(topic: str) -> Path:
    """Where the golden file of a topic is."""
    return FOLDER / f"{topic}.json"


def read(topic: str) -> Golden:
    """The golden file of a topic. Raises FileNotFoundError."""
    return msgspec.json.decode(path(topic).read_bytes(), type=Golden)


def write_missing() -> list[str]:
    """Write a golden file for each topic that has none; answers these topics."""
    written = []
    for fact in ALL:
        if path(fact.TOPIC).exists():
            continue
        golden = Golden(
            fact.TOPIC,
            encode(FULL_ENVELOPE, full(fact)).decode(),
            encode(SMALL_ENVELOPE, small(fact)).decode(),
        )
        text = msgspec.json.format(msgspec.json.encode(golden), indent=1)
        path(fact.TOPIC).write_bytes(text + b"\n")
        written.append(fact.TOPIC)
    return written


def defaults() -> dict[str, dict[str, Any]]:
    """What a member means that is not stored: left out as usual, or not known yet at the time."""
    found: dict[str, dict[str, Any]] = {}
    structs: dict[str, type[msgspec.Struct]] = {"envelope": Envelope}
    for fact in ALL:
        structs.update(structs_within(fact))
    for name, struct in structs.items():
        given = {f.name: f.default for f in msgspec.structs.fields(struct) if not f.required}
        if given:
            found[name] = given
    as_json: dict[str, dict[str, Any]] = msgspec.json.decode(msgspec.json.encode(found))
    return dict(sorted(as_json.items()))


def add_defaults() -> None:
    """Add what is not in the file of defaults yet; what is there stays."""
    known = msgspec.json.decode(DEFAULTS.read_bytes()) if DEFAULTS.exists() else {}
    both = {name: {**given, **known.get(name, {})} for name, given in defaults().items()}
    DEFAULTS.write_bytes(msgspec.json.format(msgspec.json.encode(both), indent=1) + b"\n")


def words() -> dict[str, list[str]]:
    """The words of every vocabulary that a fact or its envelope may use."""
    structs = [Envelope, *(struct for fact in ALL for _, struct in structs_within(fact))]
    kinds = {
        kind
        for struct in structs
        for hint in get_type_hints(struct).values()
        for kind in leaves(hint)
    }
    lists = {
        kind.__name__: sorted(map(str, kind.__members__.values()))
        for kind in kinds
        if isinstance(kind, EnumType)
    }
    literals = {
        " | ".join(sorted(get_args(kind))): sorted(get_args(kind))
        for kind in kinds
        if get_origin(kind) is Literal
    }
    return dict(sorted((lists | literals).items()))


def add_words() -> None:
    """Add words that are not in the file yet; a word that was ever stored stays."""
    known = msgspec.json.decode(WORDS.read_bytes()) if WORDS.exists() else {}
    both = {name: sorted({*new, *known.get(name, [])}) for name, new in words().items()}
    WORDS.write_bytes(msgspec.json.format(msgspec.json.encode(both), indent=1) + b"\n")


def leaf_of(golden: Golden) -> str:
    """The hash of a leaf, as hex: the full fact as version 3 of a stream, at position 258."""
    stream = UUID(number(1)).bytes
    leaf = leaf_bytes(stream, 3, 258, golden.topic, golden.full.encode())
    return leaf_hash(leaf).hex()


def add_leaves() -> None:
    """Add the leaf hash of each topic that has none yet."""
    known = msgspec.json.decode(LEAVES.read_bytes()) if LEAVES.exists() else {}
    both = {fact.TOPIC: leaf_of(read(fact.TOPIC)) for fact in ALL} | known
    text = msgspec.json.format(msgspec.json.encode(dict(sorted(both.items()))), indent=1)
    LEAVES.write_bytes(text + b"\n")


if __name__ == "__main__":
    FOLDER.mkdir(parents=True, exist_ok=True)
    write_missing()
    add_defaults()
    add_words()
    add_leaves()
