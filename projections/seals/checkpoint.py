"""Checkpoints (C2SP tlog-checkpoint) and receipts (C2SP tlog-proof): what leaves the school.

A checkpoint says «the log of this origin has so many facts, and this is the root over them». A
receipt is the leaf of one fact, its path, and the checkpoint that covers it, in one text.
"""

from __future__ import annotations

import re

import msgspec

from projections.merkle import HASH_SIZE, leaf_hash, verify_inclusion
from projections.seals.note import Malformed, Note, from_base64, to_base64

RECEIPT = "c2sp.org/tlog-proof@v1"
MOST_CHARACTERS = 200_000  # of a receipt: the greatest leaf, a path, and the greatest note
_NUMBER = re.compile(r"0|[1-9][0-9]{0,18}")
_EXTRA, _INDEX = "extra ", "index "


class Checkpoint(msgspec.Struct, frozen=True):
    """A tree head: `size` leaves, `root` of 32 bytes."""

    origin: str
    size: int
    root: bytes

    def __str__(self) -> str:
        """The text of the note."""
        return f"{self.origin}\n{self.size}\n{to_base64(self.root)}\n"

    @classmethod
    def parse(cls, text: str) -> Checkpoint:
        """Read the text of a note; extension lines are refused, they prove nothing. Raises
        Malformed.
        """
        lines = text.split("\n")
        if len(lines) != 4 or lines[3] or not lines[0]:  # noqa: PLR2004 - origin, size, root
            raise Malformed("not a checkpoint: three lines are origin, size and root")
        return cls(lines[0], number(lines[1]), hash_of(lines[2]))

    @classmethod
    def of(cls, note: Note) -> Checkpoint:
        """The checkpoint of a note, its signatures unchecked. Raises Malformed."""
        return cls.parse(note.text)


class Receipt(msgspec.Struct, frozen=True):
    """That a fact is in the log. `leaf` are the bytes of the leaf, `index` is position − 1, `path`
    the inclusion proof from the leaf up.
    """

    leaf: bytes
    index: int
    path: tuple[bytes, ...]
    note: Note

    def __str__(self) -> str:
        steps = "".join(f"{to_base64(step)}\n" for step in self.path)
        head = f"{RECEIPT}\n{_EXTRA}{to_base64(self.leaf)}\n{_INDEX}{self.index}\n"
        return f"{head}{steps}\n{self.note}"

    @classmethod
    def parse(cls, text: str) -> Receipt:
        """Read a receipt of ours: the leaf travels in the `extra` line. Raises Malformed."""
        if len(text) > MOST_CHARACTERS:
            raise Malformed("not a receipt: too long")
        head, _, note = text.partition("\n\n")
        lines = head.split("\n")
        if len(lines) < 3 or lines[0] != RECEIPT:  # noqa: PLR2004 - name, extra, index
            raise Malformed("not a receipt")
        if not lines[1].startswith(_EXTRA) or not lines[2].startswith(_INDEX):
            raise Malformed("a receipt without its leaf or its index")
        return cls(
            from_base64(lines[1].removeprefix(_EXTRA)),
            number(lines[2].removeprefix(_INDEX)),
            tuple(hash_of(line) for line in lines[3:]),
            Note.parse(note),
        )

    @property
    def checkpoint(self) -> Checkpoint:
        """What the note says, its signatures unchecked. Raises Malformed."""
        return Checkpoint.of(self.note)

    @property
    def holds(self) -> bool:
        """The leaf is under the root of the checkpoint. Raises Malformed."""
        head = self.checkpoint
        return verify_inclusion(leaf_hash(self.leaf), self.index, head.size, self.path, head.root)


def number(text: str) -> int:
    """A size or an index: ASCII digits, no leading zero. Raises Malformed."""
    if not _NUMBER.fullmatch(text):
        raise Malformed(f"not a number: {text[:60]!r}")
    return int(text)


def hash_of(text: str) -> bytes:
    """A hash of 32 bytes in base64. Raises Malformed."""
    raw = from_base64(text)
    if len(raw) != HASH_SIZE:
        raise Malformed("not a hash of 32 bytes")
    return raw
