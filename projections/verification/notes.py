"""Checkpoints, cosignatures and notes from outside, against the roots that the rows give."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from heapq import merge
from typing import Any

import msgspec
import psycopg
from psycopg.rows import tuple_row

from domain.audit.facts import FindingKind, SealKeyIntroduced, SealKeyRetired
from domain.codec import Body
from projections.seals.checkpoint import Checkpoint
from projections.seals.note import WITNESS, Malformed, Note, Unsigned, VerifierKey
from projections.sql import bound
from projections.verification.findings import Findings
from projections.verification.rows import Row, place_of

NEVER = 2**63

_CHECKPOINTS = """
    SELECT c.size, c.root, c.note,
        ARRAY(SELECT k.witness FROM {s}.cosignature k WHERE k.size = c.size ORDER BY k.witness),
        ARRAY(SELECT k.line FROM {s}.cosignature k WHERE k.size = c.size ORDER BY k.witness)
    FROM {s}.checkpoint c WHERE c.size < %b ORDER BY c.size
"""


class Claim(msgspec.Struct, frozen=True):
    """A note that says what the log was at a size. `unlike`, `unsigned`: what to call it when the
    rows do not give its root, and when no key of the log has signed it. `root`: of its row.
    """

    size: int
    place: str
    text: str
    unlike: FindingKind
    unsigned: FindingKind
    root: bytes | None = None
    witnesses: Sequence[str] = ()
    lines: Sequence[str] = ()


class _Key(msgspec.Struct):
    """A key that the log has introduced, and until where it signs."""

    verifier: VerifierKey
    introduced: int
    retired: int = NEVER
    compromised_at: datetime | None = None


class Seals:
    """Settles what notes claim, in the order of their sizes, as the rows come along.

    origin: the log's name in checkpoints.
    pinned: verifier keys that somebody holds outside of the database. With them, a key that only
    the log introduces is believed once a checkpoint under a believed key covers its introduction.
    """

    def __init__(self, origin: str, pinned: Sequence[VerifierKey], findings: Findings) -> None:
        self.checkpoints = 0
        self.due = NEVER  # the size of the next claim
        self._origin = origin
        self._pinned = pinned
        self._findings = findings
        self._keys: list[_Key] = []
        self._believed: set[VerifierKey] = set(pinned)
        self._claims: Iterator[Claim] = iter(())
        self._next: Claim | None = None

    def start(
        self, conn: psycopg.Connection[Any], schema: str, outside: Sequence[str], sealer: str | None
    ) -> None:
        """Take up every claim: those in the database, the sealer's last note, and others'."""
        texts: list[tuple[FindingKind, str, str]] = [
            ("outside_note", str(n), text) for n, text in enumerate(outside, 1)
        ]
        if sealer is not None:
            texts.insert(0, ("sealer_note", "last", sealer))
        claims = []
        for kind, name, text in texts:
            try:
                size = Checkpoint.of(Note.parse(text)).size
            except Malformed:
                self._findings.add(kind, 0, f"{name} unreadable")
                continue
            claims.append(Claim(size, f"{name} {size}", text, kind, kind))
        claims.sort(key=lambda claim: claim.size)
        kept = _kept(conn, schema, NEVER - 1)
        self._claims = merge(kept, claims, key=lambda claim: claim.size)
        self._go_on()

    def fact(self, row: Row, body: Body[Any]) -> None:
        """Keys come and go by facts."""
        fact = body.fact
        if isinstance(fact, SealKeyIntroduced):
            try:
                key = VerifierKey.parse(fact.verifier_key)
            except Malformed:
                self._findings.add("signature", row[0], place_of(row))
                return
            self._keys.append(_Key(key, row[0]))
            if not self._pinned:
                self._believed.add(key)
        elif isinstance(fact, SealKeyRetired):
            for known in self._keys:
                if str(known.verifier) == fact.verifier_key:
                    known.retired = row[0]
                    if fact.reason == "compromised":
                        known.compromised_at = body.at

    def settle(self, upto: int, root: Callable[[], bytes]) -> None:
        """Claims about sizes up to `upto`; `root` is that of the rows so far."""
        while self._next is not None and self._next.size <= upto:
            self._check(self._next, root())
            self._go_on()

    def finish(self, conn: psycopg.Connection[Any], schema: str, last: int) -> None:
        """Claims beyond the log: it is shorter than it was. Then what a stolen key has signed."""
        while self._next is not None:
            self._check(self._next, None, last)
            self._go_on()
        stolen = [key for key in self._keys if key.compromised_at is not None]
        if stolen:
            for claim in _kept(conn, schema, max(key.retired for key in stolen)):
                self._doubt(claim, {key.verifier: key.compromised_at for key in stolen})

    def _go_on(self) -> None:
        self._next = next(self._claims, None)
        self.due = NEVER if self._next is None else self._next.size

    def _check(self, claim: Claim, root: bytes | None, last: int = 0) -> None:
        self.checkpoints += claim.root is not None
        try:
            note = Note.parse(claim.text)
            head = Checkpoint.of(note)
            self._signed(note, head)
        except (Malformed, Unsigned):
            shown = claim.place if claim.root is not None else f"{claim.place} unsigned"
            self._findings.add(claim.unsigned, claim.size, shown)
            return
        if claim.root is not None and (head.size, head.root) != (claim.size, claim.root):
            self._findings.add(claim.unlike, claim.size, claim.place)
        elif root is None:
            self._findings.add(claim.unlike, claim.size, f"{claim.place} > {last}")
        elif head.root != root:
            self._findings.add(claim.unlike, claim.size, claim.place)
        for witness, line in zip(claim.witnesses, claim.lines, strict=True):
            if _cosigned(note, witness, line) is None:
                name = witness.partition("+")[0]
                self._findings.add("signature", claim.size, f"{claim.place} {name}")

    def _signed(self, note: Note, head: Checkpoint) -> None:
        """By a key that signs at this size and is believed. Raises Unsigned."""
        valid = self._valid(head.size)
        signers = set(note.verify(valid | self._pinned_yet(head.size)))
        if head.origin != self._origin:
            raise Unsigned("of another log")
        if not signers & self._believed:
            raise Unsigned("by a key that nobody vouches for")
        self._believed |= valid

    def _valid(self, size: int) -> set[VerifierKey]:
        """Keys of the log that sign at a size."""
        return {key.verifier for key in self._keys if key.introduced <= size < key.retired}

    def _pinned_yet(self, size: int) -> set[VerifierKey]:
        """Keys held outside that the log has not retired by a size."""
        return set(self._pinned) - {key.verifier for key in self._keys if key.retired <= size}

    def _doubt(self, claim: Claim, stolen: dict[VerifierKey, datetime | None]) -> None:
        """What only a stolen key has signed needs a witness from before that was known."""
        try:
            note = Note.parse(claim.text)
            signers = set(note.verify(self._valid(claim.size) | set(stolen)))
        except (Malformed, Unsigned):
            return  # has been found already
        if signers - set(stolen):
            return
        known_at = min(at for key in signers if (at := stolen[key]) is not None).timestamp()
        times = [_cosigned(note, *one) for one in zip(claim.witnesses, claim.lines, strict=True)]
        if not any(time is not None and time <= known_at for time in times):
            self._findings.add("signature", claim.size, claim.place)


def _kept(conn: psycopg.Connection[Any], schema: str, before: int) -> Iterator[Claim]:
    """Checkpoints of the database with smaller sizes, in order."""
    with conn.cursor(f"checkpoints {before}", binary=True, row_factory=tuple_row) as cursor:
        cursor.execute(bound(_CHECKPOINTS, schema), (before,))
        for size, root, note, witnesses, lines in cursor:
            yield Claim(size, str(size), note, "checkpoint", "signature", root, witnesses, lines)


def _cosigned(note: Note, witness: str, line: str) -> int | None:
    """When the witness signed the note, in seconds of POSIX; None when it did not."""
    try:
        key = VerifierKey.parse(witness)
        if key.kind != WITNESS:
            return None
        return Note.parse(f"{note.text}\n{line}").verify([key])[key]
    except (Malformed, Unsigned):
        return None
