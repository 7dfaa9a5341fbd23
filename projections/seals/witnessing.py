"""A witness (C2SP tlog-witness): signs that a log it watches has only grown, and nothing else.

It needs no trust in the school: a rewritten journal cannot be proven to continue the one that was
seen, whoever holds the log's key. Pure protocol and decision; `api/witness.py` is its HTTP.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from http import HTTPStatus

import msgspec

from projections.merkle import verify_consistency
from projections.seals.checkpoint import Checkpoint, hash_of, number
from projections.seals.note import (
    KEY_ID,
    Malformed,
    Note,
    SigningKey,
    Unsigned,
    VerifierKey,
    to_base64,
)
from projections.seals.witness_memory import Memory, Seen

ADD_CHECKPOINT = "/add-checkpoint"
MOST_PROOF_LINES = 63
MOST_SIZE = (1 << 63) - 1  # leaves; what a column holds
PLAIN, SIZE = "text/plain; charset=utf-8", "text/x.tlog.size"

_OLD = "old "

logger = logging.getLogger(__name__)


class Growth(msgspec.Struct, frozen=True):
    """The request: `proof` leads from the tree of `old_size` leaves to the checkpoint in `note`."""

    old_size: int
    proof: tuple[bytes, ...]
    note: Note

    def __str__(self) -> str:
        steps = "".join(f"{to_base64(step)}\n" for step in self.proof)
        return f"{_OLD}{self.old_size}\n{steps}\n{self.note}"

    @classmethod
    def parse(cls, body: bytes) -> Growth:
        """Read the body of a request. Raises Malformed."""
        try:
            head, _, note = body.decode().partition("\n\n")
        except UnicodeDecodeError:
            raise Malformed("not UTF-8") from None
        first, *steps = head.split("\n")
        if not first.startswith(_OLD):
            raise Malformed("the old size does not come first")
        if len(steps) > MOST_PROOF_LINES:
            raise Malformed(f"more than {MOST_PROOF_LINES} lines of proof")
        old_size = number(first.removeprefix(_OLD))
        return cls(old_size, tuple(hash_of(step) for step in steps), Note.parse(note))


class Answer(msgspec.Struct, frozen=True):
    """Status, body and its type; the body of a 200 is a line with the witness's signature."""

    status: int
    text: str
    media_type: str = PLAIN


class Witness:
    """Watches the logs of `logs` (the name of a key is the log's origin; several in a rotation)."""

    def __init__(self, key: SigningKey, logs: Iterable[VerifierKey], memory: Memory) -> None:
        self._key = key
        self._memory = memory
        self._logs: dict[str, list[VerifierKey]] = {}
        for log in logs:
            self._logs.setdefault(log.name, []).append(log)

    @property
    def verifier(self) -> VerifierKey:
        """By which its signatures are known."""
        return self._key.verifier

    def heads(self) -> dict[str, Seen]:
        """Origin of each watched log → the largest tree seen of it. Raises sqlite3.Error."""
        with self._memory.reading() as page:
            return {origin: page.last(origin) for origin in sorted(self._logs)}

    def add_checkpoint(self, body: bytes, now: int) -> Answer:
        """Check, remember, sign, in this order; `now` is seconds of POSIX.

        Stricter than the specification in one thing: a checkpoint with extension lines is
        malformed, for nothing would vouch for them. Raises sqlite3.Error: nothing was signed.
        """
        try:
            growth = Growth.parse(body)
            head = head_of(growth.note)
        except Malformed as fault:
            return Answer(HTTPStatus.BAD_REQUEST, f"Запрос не разобран: {fault}\n")
        keys = self._logs.get(head.origin)
        if keys is None:
            return Answer(HTTPStatus.NOT_FOUND, "Этот журнал здесь не наблюдают.\n")
        try:
            signed_by = growth.note.verify(keys)
        except Unsigned:
            return Answer(HTTPStatus.FORBIDDEN, "Нет верной подписи известного ключа журнала.\n")
        if growth.old_size > head.size:
            text = "Прежний размер больше нового: журнал не может стать короче.\n"
            return Answer(HTTPStatus.BAD_REQUEST, text)
        own = _signatures_of(signed_by, growth.note)
        with self._memory.alone() as page:
            refusal = _refusal(growth, head, page.last(head.origin))
            if refusal is None:
                page.write(head, own, now)
        if refusal is None:
            return Answer(HTTPStatus.OK, self._key.sign(growth.note.text, now))
        if refusal.media_type != SIZE:  # whoever is merely behind gets its size and comes again
            logger.warning("%s%s", refusal.text, own)
        return refusal


def head_of(note: Note) -> Checkpoint:
    """The checkpoint of a note, of a size that can be remembered. Raises Malformed."""
    head = Checkpoint.of(note)
    if head.size > MOST_SIZE:
        raise Malformed("a tree larger than any")
    return head


def _refusal(growth: Growth, head: Checkpoint, last: Seen) -> Answer | None:
    """Why `head` does not continue `last`, if it does not."""
    if growth.old_size != last.size:
        return Answer(HTTPStatus.CONFLICT, f"{last.size}\n", SIZE)
    if head.size == last.size and head.root != last.root:
        text = "Журнал раздвоился: столько же записей, но других, чем видел свидетель.\n"
        return Answer(HTTPStatus.CONFLICT, text)
    if not _grown(growth, head, last):
        text = "Журнал не продолжает того, что видел свидетель: доказательство не сходится.\n"
        return Answer(HTTPStatus.UNPROCESSABLE_ENTITY, text)
    return None


def _grown(growth: Growth, head: Checkpoint, last: Seen) -> bool:
    if last.size == 0:  # everything continues nothing, and there is nothing to prove
        return not growth.proof
    return verify_consistency(last.size, head.size, last.root, head.root, growth.proof)


def _signatures_of(keys: Iterable[VerifierKey], note: Note) -> Note:
    """The note with no more than the signatures of these keys: what strangers add is not kept."""
    known = {(key.name, key.id) for key in keys}
    return Note(note.text, tuple(s for s in note.signatures if (s[0], s[1][:KEY_ID]) in known))
