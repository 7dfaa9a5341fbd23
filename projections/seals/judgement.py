"""What a paper says about the log: «есть в журнале», «не наше», «история переписана».

Somebody brings a receipt or a checkpoint from outside. It is judged by the keys that this log has
announced and by what the log is now: its tree, its last fact and, for a receipt, the very row.
Against an owner who has rewritten everything with the real key this is what counts: the paper.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Literal

import msgspec

from domain import codec
from projections import tree
from projections.audit import Key
from projections.seals.checkpoint import RECEIPT, Checkpoint, Receipt
from projections.seals.note import Malformed, Note, Unsigned, VerifierKey
from projections.seals.paper import plain
from projections.seals.reading import Conn, behind, leaf_at
from projections.sql import STILL, row, rows

Word = Literal["in_log", "not_ours", "rewritten"]

TITLES: dict[Word, str] = {
    "in_log": "Есть в журнале",
    "not_ours": "Не наше",
    "rewritten": "История переписана",
}
_SAVE = " Сохраните этот текст и покажите его аудитору."

# Where a leaf has its parts, see `merkle.leaf_bytes`.
_TOPIC_LENGTH, _TOPIC = slice(33, 35), 35


class About(msgspec.Struct, frozen=True, kw_only=True):
    """What the paper is about, by its own bytes: never a name.

    size: facts under the seal. The rest is of a receipt's fact: its position, kind (topic without
    the prefix), moment, value and the one before it; None when it does not apply.
    """

    size: int
    position: int | None = None
    kind: str | None = None
    recorded_at: datetime | None = None
    value: str | None = None
    old_value: str | None = None


class Verdict(msgspec.Struct, frozen=True):
    """`title` and `detail` are for a person; `about` is None for what is not ours."""

    verdict: Word
    detail: str
    about: About | None = None

    @property
    def title(self) -> str:
        return TITLES[self.verdict]


async def judge(conn: Conn, schema: str, origin: str, keys: Sequence[Key], text: str) -> Verdict:
    """Judge a receipt or a checkpoint. origin: the school's UUID; keys: all that were announced.

    Raises Busy while the tree is being rebuilt.
    """
    try:
        paper, note = _parsed(text)
        head = Checkpoint.of(note)
    except Malformed:
        return _not_ours("Это не квитанция и не печать журнала: текст не того вида или повреждён.")
    if head.origin != origin:
        return _not_ours("Печать другого журнала: её поставила не эта школа.")
    logs = {VerifierKey.parse(key.verifier_key): key for key in keys}
    try:
        signed = note.verify({*logs, *await _witnesses(conn, schema, head.size)})
    except Unsigned:
        signed = {}
    if logs.keys().isdisjoint(signed):
        return _not_ours(
            "На печати имя этого журнала, но верной подписи его ключей нет: текст изменён или "
            "ключ чужой. Если этот текст выдала школа, покажите его аудитору."
        )
    whole = paper is not None and paper.holds
    about = _about(paper, head) if paper is not None and whole else About(size=head.size)
    against = await _against(conn, schema, head)
    if against is not None:
        if not _stands(logs, signed):
            return _not_ours(
                "Журнал с этой печатью не сходится, но её ключ выведен как похищенный, и раньше "
                "того её не подтвердил ни один свидетель: поставить её мог кто угодно."
            )
        return Verdict("rewritten", against + _SAVE, about)
    if paper is None:
        return Verdict(
            "in_log",
            f"Печать наша, и дерево журнала её подтверждает: первые {head.size} записей "
            "продолжены, а не переписаны. Каждую строку заново сверяет полная проверка журнала.",
            about,
        )
    if not whole:
        return _not_ours("Печать наша, но запись в квитанции под неё не попадает: текст изменён.")
    position = paper.index + 1
    if await leaf_at(conn, schema, position) != paper.leaf:
        return Verdict(
            "rewritten",
            f"Под нашей печатью запись № {position} — та, что в квитанции, а в журнале на её "
            f"месте теперь другая или никакой.{_SAVE}",
            about,
        )
    return Verdict(
        "in_log",
        f"Запись № {position} стоит в журнале и совпадает с квитанцией до последнего байта; "
        "печать над ней наша.",
        about,
    )


def _parsed(text: str) -> tuple[Receipt | None, Note]:
    """The receipt, if it is one, and the note. Raises Malformed."""
    text = plain(text)
    if text.startswith(f"{RECEIPT}\n"):
        receipt = Receipt.parse(text)
        return receipt, receipt.note
    return None, Note.parse(text)


async def _against(conn: Conn, schema: str, head: Checkpoint) -> str | None:
    """How the log contradicts what was signed; None when it continues it."""
    found = await row(conn, schema, "SELECT coalesce(max(notification_id), 0) FROM {s}.facts")
    last = found[0] if found else 0
    if last < head.size:
        return f"Под нашей печатью записей {head.size}, а в журнале их теперь {last}: конец пропал."
    if await tree.size(conn, schema) < head.size:
        raise behind()
    try:
        root = await tree.root(conn, schema, head.size)
    except KeyError:  # the tree says that it has come so far, and its hashes are gone
        root = b""
    if root != head.root:
        return (
            f"Печать наша, но первые {head.size} записей журнала теперь не те, над которыми она "
            "была поставлена."
        )
    return None


async def _witnesses(conn: Conn, schema: str, size: int) -> set[VerifierKey]:
    """Those who have cosigned this very checkpoint, or one of late."""
    found = await rows(
        conn,
        schema,
        "SELECT witness FROM {s}.cosignature WHERE size = %s"
        " UNION (SELECT witness FROM {s}.cosignature ORDER BY size DESC LIMIT 100)",
        min(size, STILL),
    )
    return {VerifierKey.parse(one) for (one,) in found}


def _stands(logs: Mapping[VerifierKey, Key], signed: Mapping[VerifierKey, int]) -> bool:
    """Somebody other than a thief has signed: by a key that was not stolen, or a witness has seen
    it before the theft was announced.
    """
    seen = [at for key, at in signed.items() if key not in logs]
    for one in (logs[key] for key in signed if key in logs):
        if one.retired_at is None or one.retired_reason != "compromised":
            return True
        if any(at <= one.retired_at.timestamp() for at in seen):
            return True
    return False


def _about(paper: Receipt, head: Checkpoint) -> About:
    length = int.from_bytes(paper.leaf[_TOPIC_LENGTH], "big")
    try:
        topic = paper.leaf[_TOPIC : _TOPIC + length].decode()
        body = codec.decode(topic, paper.leaf[_TOPIC + length :])
    except (codec.UnknownFact, msgspec.DecodeError, UnicodeDecodeError):
        return About(size=head.size, position=paper.index + 1)
    return About(
        size=head.size,
        position=paper.index + 1,
        kind=topic.rpartition(".")[2],
        recorded_at=body.at.astimezone(UTC),
        value=getattr(body.fact, "value", None),
        old_value=getattr(body.fact, "old_value", None),
    )


def _not_ours(detail: str) -> Verdict:
    return Verdict("not_ours", detail)


__all__ = ["About", "Verdict", "Word", "judge"]
