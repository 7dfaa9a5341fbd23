"""A file of a lesson in words: «Карточка 3.pdf», «PDF, 48 КБ»."""

from __future__ import annotations

from typing import Any, Final

from api.word import DOCX, PPTX
from domain.journal.file_facts import FILE_LABELS, FileKind

TYPES: Final = {
    "application/pdf": "PDF",
    "image/jpeg": "фотография",
    "image/png": "картинка",
    DOCX: "Word",
    PPTX: "презентация",
}
KILOBYTE: Final = 1_000


def told(one: dict[str, Any]) -> dict[str, Any]:
    """Of what `projections.files.shown` answers: `{file_id, name, url, note, kind}`; `url` is empty
    once the file was erased.
    """
    return {
        "file_id": one["file_id"],
        "name": one["name"] or "название стёрто",
        "url": one["url"] or "",
        "note": f"{TYPES[one['media_type']]}, {size(one['size'])}",
        "kind": FILE_LABELS[FileKind(one["kind"])],
    }


def size(count: int) -> str:
    """«48 КБ», «1,2 МБ»; never nothing."""
    if count < KILOBYTE * KILOBYTE:
        return f"{max(1, round(count / KILOBYTE))} КБ"
    return f"{count / KILOBYTE / KILOBYTE:.1f} МБ".replace(".", ",")
