"""A school's seal: its keys and its own last note, in a directory that PostgreSQL never sees.

    <seals>/<school_id>/key-<n>     a key; each that the log has announced signs
    <seals>/<school_id>/last.note   the last checkpoint that was signed here

What is signed must continue the last note, so that a database brought back to an older state, or
rewritten, finds no signature. The note is on this disk before anybody else sees it.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from projections.merkle import verify_consistency
from projections.seals.checkpoint import Checkpoint
from projections.seals.files import sync, write_whole
from projections.seals.key_file import make_key, read_key
from projections.seals.note import LOG, Malformed, Note, SigningKey, Unsigned, VerifierKey

LAST = "last.note"
_KEY = "key-"
_OTHERS = 0o077


class Refused(Exception):  # noqa: N818 - an answer, and an alarm
    """Nothing was signed. `code` is for programs, the message tells the operator what to do."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


class Signer:
    """The seal of one school. `origin` is the school's UUID: name of its log and of its keys."""

    def __init__(self, seals: Path, origin: str) -> None:
        self.origin = origin
        self.room = seals / origin

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Nobody else signs here meanwhile. Raises Refused."""
        self._require_room()
        descriptor = os.open(self.room, os.O_RDONLY)
        try:
            self._lock(descriptor)
            yield
        finally:
            os.close(descriptor)

    def own_keys(self) -> list[SigningKey]:
        """Every key that is here, oldest first. Raises Refused."""
        if not self.room.exists():
            return []
        self._require_private(self.room, "700")
        return [self._key(path) for path in self._files()]

    def unannounced(self, announced: Collection[str]) -> VerifierKey:
        """A key that the log does not know yet: one begun before, or a new one. Raises Refused."""
        for key in self.own_keys():
            if str(key.verifier) not in announced:
                return key.verifier
        self._require_room()
        number = max((_number(path) for path in self._files()), default=0) + 1
        made = make_key(self.room / f"{_KEY}{number}", self.origin, LOG)
        sync(self.room)
        return made.verifier

    def forget(self, key: VerifierKey) -> None:
        """Delete a key's seed: it signs no more. Raises Refused."""
        for path in self._files():
            if self._key(path).verifier == key:
                path.unlink()

    def last(self) -> Note | None:
        """The last note that was signed here; None before the first. Raises Refused."""
        path = self.room / LAST
        try:
            note = Note.parse(path.read_bytes().decode())
            head = Checkpoint.of(note)
            note.verify(key.verifier for key in self.own_keys())
        except FileNotFoundError:
            return None
        except (Malformed, UnicodeDecodeError):
            raise Refused("note_unreadable", f"Файл {path} испорчен.{BRING_BACK}") from None
        except Unsigned:
            raise Refused(
                "note_foreign", f"Печать в {path} поставлена не здешним ключом.{BRING_BACK}"
            ) from None
        if head.origin != self.origin:
            raise Refused("note_foreign", f"Печать в {path} — другой школы.{BRING_BACK}")
        return note

    def sign(self, size: int, root: bytes, proof: Sequence[bytes], in_use: Collection[str]) -> Note:
        """Sign a checkpoint with every key of `in_use` (verifier keys) that is here.

        proof: consistency from the last note's size to this one; empty for the first note.
        Raises Refused; OSError when the note could not be kept, and then nobody has seen it.
        """
        last = self.last()
        head = Checkpoint(self.origin, size, root)
        if last is not None:
            self._require_continued(Checkpoint.of(last), head, proof)
        note = self._signed(head, in_use)
        write_whole(self.room / LAST, str(note))
        return note

    def take_up(
        self, note: Note | None, known: Iterable[VerifierKey], in_use: Collection[str], at: datetime
    ) -> None:
        """Go on from this note, whatever was signed here; None: begin anew. The operator's word.

        The note must carry a signature of `known`. The old file stays beside the new one. Raises
        Refused, Unsigned, Malformed.
        """
        path = self.room / LAST
        fresh = None
        if note is not None:
            note.verify(known)
            head = Checkpoint.of(note)
            if head.origin != self.origin:
                raise Refused("note_foreign", "Печать в базе — другой школы.")
            fresh = self._signed(head, in_use)
        if path.exists():
            path.rename(path.with_name(f"{LAST}.replaced-{at:%Y%m%dT%H%M%S%f}"))
        if fresh is not None:
            write_whole(path, str(fresh))

    def signing(self, in_use: Collection[str]) -> list[SigningKey]:
        """The keys that are here and in use (verifier keys). Raises Refused when there is none."""
        keys = [key for key in self.own_keys() if str(key.verifier) in in_use]
        if not keys:
            raise Refused(
                "no_key",
                f"В {self.room} нет ключа, который знает журнал. Верните каталог печати из копии "
                "или введите новый ключ: letopis seal rotate --reason lost.",
            )
        return keys

    def _signed(self, head: Checkpoint, in_use: Collection[str]) -> Note:
        text = str(head)
        lines = (key.sign(text) for key in self.signing(in_use))
        return Note.parse(f"{text}\n{''.join(lines)}")

    def _require_continued(
        self, last: Checkpoint, head: Checkpoint, proof: Sequence[bytes]
    ) -> None:
        if head.size < last.size:
            raise rolled_back(last.size, head.size)
        if not verify_consistency(last.size, head.size, last.root, head.root, proof):
            raise rewritten(last.size)

    def _lock(self, descriptor: int) -> None:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Refused(
                "busy", f"Каталогом печати {self.room} занят другой процесс letopis seal."
            ) from None

    def _require_room(self) -> None:
        self.room.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._require_private(self.room, "700")

    def _require_private(self, path: Path, mode: str) -> None:
        if path.stat().st_mode & _OTHERS:
            raise Refused(
                "permissions", f"{path} открыт не только владельцу: выполните chmod {mode} {path}"
            )

    def _files(self) -> list[Path]:
        found = self.room.glob(f"{_KEY}*")
        return sorted((one for one in found if _number(one)), key=_number)

    def _key(self, path: Path) -> SigningKey:
        self._require_private(path, "600")
        try:
            key = read_key(path)
        except ValueError:
            raise Refused("key_unreadable", f"Файл {path} — не ключ печати.") from None
        if (key.verifier.name, key.verifier.kind) != (self.origin, LOG):
            raise Refused("key_unreadable", f"Файл {path} — ключ другой школы.")
        return key


def _number(path: Path) -> int:
    """1, 2, …; 0 for what is not a key: a draft or somebody's copy."""
    number = path.name.removeprefix(_KEY)
    return int(number) if number.isascii() and number.isdigit() else 0


BRING_BACK = (
    " Верните каталог печати из копии; если копии нет и базе можно верить — letopis seal trust."
)


def rolled_back(signed: int, size: int) -> Refused:
    """The log is shorter than what was signed."""
    return Refused(
        "rollback",
        f"В журнале {size} записей, а печать стоит уже под {signed}: базу вернули в прошлое. "
        "Найдите потерянные записи; если их нет нигде — letopis seal trust.",
    )


def rewritten(signed: int) -> Refused:
    """The log is another one than what was signed."""
    return Refused(
        "fork",
        f"Журнал не продолжает печать под {signed} записями: записанное раньше изменено. "
        "Ничего не чините, позовите проверяющего: letopis verify назовёт место.",
    )
