"""The council's word in the sheets of an archive: admission beside promotion."""

from __future__ import annotations

from datetime import date

from domain.journal import result_facts as r
from domain.values import CouncilDecision
from projections.archive.sheets import summary
from projections.archive.year import ClassBook, Year, _journal
from tests import cast as c

DAY = date(2027, 5, 20)


def test_admission_and_completion_stand_side_by_side() -> None:
    book = ClassBook(c.CLASS_7A, 9, "а", {c.PETYA: []}, results={(c.PETYA, c.ALGEBRA, "year"): "4"})
    for decision, number in ((CouncilDecision.ADMITTED, "8"), (CouncilDecision.COMPLETED, "9")):
        _journal(r.CouncilDecisionRecorded(c.PETYA, decision, number, DAY), book)
    sheet = summary(Year(c.SCHOOL, 2026), book).decode("utf-8-sig")
    assert "допущен к ГИА, протокол 8; завершил обучение, выдать аттестат, протокол 9" in sheet
