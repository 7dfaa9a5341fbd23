"""The trail as a table: what the page shows as sentences, for Excel."""

from __future__ import annotations

import csv
import io
from typing import Any

from api.documents.teacher_sheet import plain
from api.pages import wording
from api.pages.diary import reason_words
from api.pages.trail import FLAGS, flagged, short_kind, value_words
from projections.trail.words import KIND_LABELS

#: so many lines at most; the last line says when there are more
MOST = 5_000
COLUMNS = (
    *("Записано", "Кто", "Замещая", "Что", "Класс", "Предмет", "Урок", "Период", "Ученик"),
    *("Было", "Стало", "Причина", "Признаки", "№ записи"),
)


def as_csv(answer: dict[str, Any], zone: str) -> bytes:
    """Items of `projections.trail.trail` as Russian Excel opens them: semicolons, a byte order
    mark, no formulas.
    """
    out = io.StringIO()
    write = csv.writer(out, delimiter=";", lineterminator="\r\n")
    write.writerow(COLUMNS)
    for entry in answer["items"]:
        write.writerow(map(plain, _line(entry, zone)))
    if answer["next_cursor"]:
        write.writerow([f"Показаны {wording.grouped(MOST)} последних записей: сузьте условия"])
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def _line(entry: dict[str, Any], zone: str) -> tuple[Any, ...]:
    kind = short_kind(entry["kind"])
    return (
        wording.moment(entry["recorded_at"], zone),
        wording.name_of(entry["by"]) or "Система",
        wording.name_of(entry["acting_for"]),
        KIND_LABELS.get(kind, kind),
        wording.name_of(entry["class"]),
        wording.name_of(entry["subject"]),
        wording.day(entry["lesson_date"]),
        entry.get("term_name") or entry["term"] or "",
        wording.name_of(entry["pupil"]),
        value_words(entry["old_value"], kind),
        value_words(entry["value"], kind),
        reason_words(entry),
        ", ".join(words for flag, words in FLAGS if flagged(entry, flag)),
        entry["position"],
    )
