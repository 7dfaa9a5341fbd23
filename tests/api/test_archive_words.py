"""What «Архив» says of a correction by an act (T4): whose mark, of what, by whom."""

from __future__ import annotations

from datetime import UTC, datetime

from api.pages.archive import _annotation
from domain.office.archive_facts import ArchiveAnnotated
from domain.values import PayloadRef
from projections.archive.checklist import Told

AT = datetime(2027, 6, 20, 8, 6, tzinfo=UTC)
NAMES = {"gleb": "Козлов Глеб Михайлович", "raisa": "Никонова Раиса Максимовна"}
PLACES = {"7а": "7а", "alg": "Алгебра", "7а/4": "IV четверть"}


def said(term: int | None = None, mark_id: str | None = None) -> str:
    ref = PayloadRef("r", "0" * 64)
    fact = ArchiveAnnotated("a", "7а", "gleb", "alg", "4", "5", "3", ref, mark_id, term)
    told = _annotation(Told(9, AT, "raisa", fact), NAMES, PLACES, "Europe/Moscow")
    assert (told["who"], told["href"]) == ("Козлов Глеб", "/pupils/gleb/year")
    return told["text"]


def test_a_correction_by_an_act_names_class_subject_and_period() -> None:
    assert said(term=4) == (
        "7а, Алгебра, IV четверть: стоит «4», следует читать «5» — акт № 3, Никонова Р. М.,"
        " 20.06.2027 11:06"
    )
    assert said().startswith("7а, Алгебра, год: ")
    assert said(mark_id="m").startswith("7а, Алгебра, отметка за урок: ")
