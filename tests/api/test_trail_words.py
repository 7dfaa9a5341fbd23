"""Every kind of line of the trail has a noun for filters and reports, and a sentence for people."""

from __future__ import annotations

from api.pages.trail import KINDS, SENTENCES
from projections.trail.words import KIND_LABELS

#: told in figures, never as a line of one person's deed
OF_THE_PLAN = {"lessons-scheduled"}


def test_what_has_a_sentence_has_a_noun_too() -> None:
    """The report on access names each of them by its noun: an unnamed one is no report at all."""
    assert SENTENCES.keys() - KIND_LABELS.keys() == set()
    assert KIND_LABELS.keys() - SENTENCES.keys() <= OF_THE_PLAN
    assert {kind for kind, _ in KINDS} <= KIND_LABELS.keys()
