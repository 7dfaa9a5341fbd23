"""Seals and verdicts in words: for a parent, an inspector, a sheet of paper."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from api.pages import qr, wording
from api.pages.trail import KINDS, short_kind
from projections.audit import Key
from projections.seals.book import Sealed
from projections.seals.checkpoint import Checkpoint
from projections.seals.judgement import About, Verdict
from projections.seals.note import Note

GROUP = 4  # hexadecimal digits that are read aloud in one breath

RETIRED_WHY = {
    "planned": "заменён в срок",
    "compromised": "похищен: верить только тому, что подтвердил свидетель",
    "lost": "утрачен",
}

#: verdict → (sign and colour, what to do next)
NEXT: dict[str, tuple[str, tuple[str, ...]]] = {
    "in_log": (
        "good",
        (
            "Делать ничего не нужно: журнал с этой бумагой сходится.",
            "Храните файл и дальше: он и впредь докажет, что записанное до него не меняли.",
        ),
    ),
    "not_ours": (
        "warn",
        (
            "Проверьте, что скопировали текст целиком, от первой строки до последней.",
            "Если это снимок QR-кода, снимите его ещё раз: он мог прочитаться с ошибкой.",
            "Если текст вам дали в этой школе, попросите выдать новый и сравните их.",
        ),
    ),
    "rewritten": (
        "bad",
        (
            "Сохраните этот файл и его копию: он — доказательство, второго может не быть.",
            "Распечатайте эту страницу.",
            "Сообщите проверяющему или учредителю, а не только самой школе.",
        ),
    ),
}


def seal_in_words(sealed: Sealed, zone: str) -> dict[str, Any]:
    """`{size, size_words, moment, root, witnesses, note, qr, file_name}` of a checkpoint.

    root: hexadecimal digits in groups of four; witnesses: names of those who signed besides the
    log; qr: an SVG of the whole note.
    """
    note = Note.parse(sealed.note)
    head = Checkpoint.of(note)
    digits = head.root.hex()
    return {
        "origin": head.origin,
        "size": head.size,
        "size_words": records(head.size),
        "moment": wording.moment(sealed.at, zone),
        "root": [digits[at : at + GROUP] for at in range(0, len(digits), GROUP)],
        "witnesses": [name for name, _ in note.signatures if name != head.origin],
        "note": sealed.note,
        "qr": qr.svg(sealed.note, f"QR-код печати: {records(head.size)}"),
        "file_name": f"letopis-{head.size}.note",
    }


def keys_in_words(keys: Iterable[Key], zone: str) -> list[dict[str, Any]]:
    """`[{text, since, since_position, until, until_position, why}]`, the newest first."""
    return [
        {
            "text": key.verifier_key,
            "since": wording.day(wording.local(key.introduced_at, zone).date()),
            "since_position": key.introduced_position,
            "until": wording.day(wording.local(key.retired_at, zone).date())
            if key.retired_at
            else "",
            "until_position": key.retired_position,
            "why": RETIRED_WHY.get(key.retired_reason or "", ""),
        }
        for key in reversed(list(keys))
    ]


def verdict_page(verdict: Verdict, text: str, zone: str) -> dict[str, Any]:
    """Context of templates/log/verdict.html."""
    css, steps = NEXT[verdict.verdict]
    return {
        "css": css,
        "title": verdict.title,
        "detail": verdict.detail,
        "about": _about(verdict.about, zone) if verdict.about else [],
        "steps": steps,
        "text": text,
    }


def _about(about: About, zone: str) -> list[tuple[str, str]]:
    """What the paper says of itself: (what, in words)."""
    if about.position is None:
        return [("Под печатью", records(about.size))]
    kind = dict(KINDS).get(short_kind(about.kind or ""), "запись журнала")
    value = about.value or ""
    if about.old_value:
        value = f"{about.old_value} → {value or 'аннулирована'}"
    moment = wording.moment_to_the_second(about.recorded_at, zone) if about.recorded_at else ""
    said = [
        ("Что записано", kind),
        ("Значение", value),
        ("Когда записано", moment),
        ("Номер в журнале", wording.grouped(about.position)),
        ("Под печатью", records(about.size)),
    ]
    return [(what, words) for what, words in said if words]


def records(number: int) -> str:
    """«12 345 записей»."""
    words = wording.plural(number, "запись", "записи", "записей").split(" ", 1)[1]
    return f"{wording.grouped(number)} {words}"
