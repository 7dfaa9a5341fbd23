"""A log of a few leaves with the school's key: what it publishes, and what it asks a witness."""

from __future__ import annotations

from collections.abc import Sequence

from projections import merkle
from projections.seals.checkpoint import Checkpoint
from projections.seals.note import Note, SigningKey
from projections.seals.witnessing import Growth

ORIGIN = "00000000-0000-4000-8000-00000000005c"
KEY = SigningKey(ORIGIN, b"k" * 32)
LEAVES = tuple(f"fact {n}".encode() for n in range(40))


class SmallLog:
    """The tree over `leaves`, signed with `key`."""

    def __init__(self, leaves: Sequence[bytes] = LEAVES, key: SigningKey = KEY) -> None:
        self._hashes = [merkle.leaf_hash(leaf) for leaf in leaves]
        self._key = key

    def head(self, size: int) -> Checkpoint:
        """The checkpoint of this size."""
        return Checkpoint(self._key.verifier.name, size, merkle.root_of(self._hashes[:size]))

    def note(self, size: int) -> Note:
        """The signed checkpoint of this size."""
        text = str(self.head(size))
        return Note.parse(f"{text}\n{self._key.sign(text)}")

    def proof(self, old: int, size: int) -> list[bytes]:
        """That the tree of `size` continues that of `old`."""
        return merkle.consistency_proof(self._node, old, size) if old else []

    def growth(self, old: int, size: int) -> bytes:
        """The body of an honest request."""
        return str(Growth(old, tuple(self.proof(old, size)), self.note(size))).encode()

    def _node(self, level: int, index: int) -> bytes:
        return merkle.root_of(self._hashes[index << level : (index + 1) << level])


def rewritten(index: int, key: SigningKey = KEY) -> SmallLog:
    """The log with one old fact changed and everything after it rebuilt."""
    leaves = list(LEAVES)
    leaves[index] = b"another mark"
    return SmallLog(leaves, key)
