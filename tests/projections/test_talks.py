"""talks_v1: conversations, folded in any pieces and again from nothing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from domain.access import Actor
from domain.writing import Answer
from projections import talks
from projections.replay import replay
from tests.ground import YEAR, number, request
from tests.projections.life import MONDAY, Life, life

TALK = number("talk")


@pytest.fixture
def at(database: str) -> Iterator[Life]:
    with life(database) as at:
        yield at


def story(at: Life) -> Iterator[Answer]:
    """A mother asks, Anna reads and answers, the mother closes."""
    by: dict[str, Any] = {"by": at.office}
    s, pupil, mother = at.school, at.pupils[0], Actor(at.mother, "s")
    yield s.link_guardian(YEAR, pupil, at.mother, MONDAY, **by, request=request())
    yield s.give_consent(at.class_id, pupil, at.mother, "diary", MONDAY, **by, request=request())
    yield s.ask_about_child(
        at.class_id, TALK, pupil, at.anna.person_id, "Как дела?", by=mother, request=request()
    )
    yield s.see_conversation(YEAR, at.mother, TALK, by=at.anna, request=request())
    yield s.reply_in_conversation(YEAR, at.mother, TALK, "Хорошо", by=at.anna, request=request())
    yield s.close_conversation(YEAR, at.mother, TALK, by=mother, request=request())


def test_folded_one_by_one_or_again_from_nothing_it_is_the_same(at: Life) -> None:
    for answer in story(at):
        assert at.must(answer).facts
        at.fold(1)
    at.fold_all()

    report = replay(at.projector, at.schema)

    assert report.agrees, report.differences
    tables = {name: n for name, n in report.tables.items() if name.startswith("talk")}
    assert tables == {"talk": 1, "talk_word": 2}


def test_it_is_shown_to_the_two_and_its_words_can_be_erased(at: Life) -> None:
    for answer in story(at):
        at.must(answer)
    at.fold_all()

    for person in (at.mother, at.anna.person_id):
        [one] = at.read(talks.conversations, person, MONDAY)
        assert (one.asker_id, one.asked_id) == (at.mother, at.anna.person_id)
        assert one.consented
        assert one.answered_at == one.last_at
        assert one.closed_at is not None
        assert one.unread_by is None
    assert at.read(talks.conversations, at.boris.person_id, MONDAY) == []
    assert [word.text for word in at.read(talks.words, TALK)] == ["Как дела?", "Хорошо"]
    found = at.read(talks.families, at.anna.person_id, YEAR, MONDAY)
    assert [(one.pupil_id, one.guardian_id) for one in found] == [(at.pupils[0], at.mother)]

    words = [text for text, subject in at.vault("conversation") if subject == at.pupils[0]]
    assert len(words) == 2
    gone = at.school.erase_payloads(
        YEAR, at.pupils[0], words, "акт 2", by=at.office, request=request()
    )
    at.must(gone)
    assert {word.text for word in at.read(talks.words, TALK)} == {""}
