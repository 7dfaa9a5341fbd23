"""Every kind of line of the trail has a noun for filters and reports, and a sentence for people."""

from __future__ import annotations

from api.pages.trail import KINDS, SENTENCES, trail_page
from projections.trail.words import KIND_LABELS

#: told in figures, never as a line of one person's deed
OF_THE_PLAN = {"lessons-scheduled"}


def test_what_has_a_sentence_has_a_noun_too() -> None:
    """The report on access names each of them by its noun: an unnamed one is no report at all."""
    assert SENTENCES.keys() - KIND_LABELS.keys() == set()
    assert KIND_LABELS.keys() - SENTENCES.keys() <= OF_THE_PLAN
    assert {kind for kind, _ in KINDS} <= KIND_LABELS.keys()


def test_a_kind_that_is_not_offered_stands_in_the_filter_when_the_trail_is_cut_to_it() -> None:
    answer = {"items": [], "as_of": {"position": 1, "moment": "2026-11-30T09:00:00+00:00"}}
    cut = {"kind": "diary-acknowledged"}
    drawn = trail_page(answer, cut, {}, zone="Europe/Moscow")
    assert drawn["kinds"][-1] == ("diary-acknowledged", KIND_LABELS["diary-acknowledged"])
    assert trail_page(answer, {}, {}, zone="Europe/Moscow")["kinds"] == KINDS
