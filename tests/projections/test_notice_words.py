"""What a family is told, in words."""

from __future__ import annotations

from typing import Any

import pytest

from domain.notices import Kind
from projections.notices.words import sentence

ITEM: dict[str, Any] = {
    "subject": {"name": "История"},
    "lesson_date": None,
    "value": None,
    "old_value": "5",
    "comment": None,
    "reason_code": "TYPO",
    "reason": None,
}
LESSON = {"lesson_date": "2026-11-30"}


@pytest.mark.parametrize(
    ("item", "told"),
    [
        ({"kind": "term-mark-annulled"}, "История: отметка за период 5 снята (опечатка)"),
        ({"kind": "mark-annulled", **LESSON}, "История, 30.11: отметка 5 снята (опечатка)"),
        (
            {"kind": "term-mark-corrected", "value": "4"},
            "История: отметка за период: было 5, стало 4 (опечатка)",
        ),
        (
            {"kind": "mark-corrected", "value": "4", **LESSON},
            "История, 30.11: было 5, стало 4 (опечатка)",
        ),
    ],
)
def test_a_mark_of_a_term_is_not_taken_for_one_of_a_lesson(item: dict[str, Any], told: str) -> None:
    assert sentence(Kind.RESULT, ITEM | item) == told
