"""Conversations: who may ask whom, what the other sees, what a consent has to do with it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import msgspec
import pytest

from domain.people import talk_facts as f
from domain.people.state import Person
from domain.refusals import Conflict, Forbidden, Invalid, NotFound
from domain.values import Role
from tests.cast import (
    ALLA,
    ANNA,
    BORIS,
    CLASS_7A,
    DINA,
    GALINA,
    KIRA,
    MASHA,
    OLGA,
    PETYA,
    TANYA,
    VERA,
    ZOYA,
    an_id,
)
from tests.domain.engine_room import WAIT_S
from tests.domain.seventh_a import ANNAS, SEPTEMBER_1, THURSDAY, WEDNESDAY
from tests.domain.small_school import SmallSchool
from tests.specs import YEAR

TALK = an_id("разговор")
WORDS = "Можно ли переписать работу?"
COURT = "решение суда № 2-17"
ABOUT_PETYA = (CLASS_7A, TALK, PETYA)


@pytest.fixture
def school() -> Iterator[SmallSchool]:
    """Olga is Petya's mother and has consented."""
    school = SmallSchool()
    school.does("link_guardian", YEAR, PETYA, OLGA, SEPTEMBER_1)
    school.does("give_consent", CLASS_7A, PETYA, OLGA, "diary", SEPTEMBER_1, by=KIRA)
    yield school
    school.room.engine.close(WAIT_S)


@pytest.fixture
def asked(school: SmallSchool) -> SmallSchool:
    """Olga has asked Anna."""
    school.does("ask_about_child", *ABOUT_PETYA, ANNA, WORDS, by=OLGA)
    return school


def talk(school: SmallSchool, command: str, *words: str, by: str, asker: str = OLGA) -> Any:
    """One of the two goes on."""
    return school.does(command, YEAR, asker, TALK, *words, by=by)


# -- who may ask whom ------------------------------------------------------------------------


@pytest.mark.parametrize(("to", "role"), [(ANNA, Role.TEACHER), (KIRA, Role.CLASS_TEACHER)])
def test_a_guardian_and_who_teaches_the_child_ask_each_other(
    school: SmallSchool, to: str, role: Role
) -> None:
    [there] = school.does("ask_about_child", *ABOUT_PETYA, to, WORDS, by=OLGA)
    assert isinstance(there.fact, f.ConversationOpened)
    assert (str(there.originator_id), there.envelope.role) == (OLGA, Role.PARENT)
    assert (there.fact.to, there.fact.pupil_id, there.fact.guardian_id) == (to, PETYA, OLGA)
    assert school.log.vault[there.fact.payload.id].body == WORDS
    assert school.log.vault[there.fact.payload.id].subject == PETYA
    assert school.does("ask_about_child", *ABOUT_PETYA, to, WORDS, by=OLGA) == []

    back = (CLASS_7A, an_id("обратно"), PETYA, OLGA)
    [here] = school.does("ask_about_child", *back, "Зайдите", by=to)
    assert (str(here.originator_id), here.envelope.role) == (to, role)


def test_an_id_is_of_one_conversation(asked: SmallSchool) -> None:
    refused = asked.refuses("ask_about_child", *ABOUT_PETYA, KIRA, WORDS, by=OLGA)
    assert refused == (Conflict, "conversation.id_taken")


@pytest.mark.parametrize("to", [VERA, DINA, ALLA, TANYA, GALINA, PETYA, ZOYA])
def test_about_a_child_nobody_else_is_asked(school: SmallSchool, to: str) -> None:
    """Galina teaches the other half of the class."""
    refused = school.refuses("ask_about_child", *ABOUT_PETYA, to, WORDS, by=OLGA)
    assert refused == (Forbidden, "conversation.not_about_child")


def test_the_teacher_of_the_own_half_is_asked(school: SmallSchool) -> None:
    assert school.does("ask_about_child", *ABOUT_PETYA, BORIS, WORDS, by=OLGA)


@pytest.mark.parametrize("person", [ZOYA, VERA, TANYA, GALINA, PETYA, MASHA])
def test_a_stranger_does_not_learn_that_there_is_a_child(school: SmallSchool, person: str) -> None:
    refused = school.refuses("ask_about_child", *ABOUT_PETYA, ANNA, WORDS, by=person)
    assert refused == (NotFound, "pupil.unknown")


def test_a_guardian_asks_about_the_own_child_only(school: SmallSchool) -> None:
    about_masha = (CLASS_7A, TALK, MASHA, ANNA)
    refused = school.refuses("ask_about_child", *about_masha, WORDS, by=OLGA)
    assert refused == (NotFound, "pupil.unknown")


def test_a_teacher_who_left_is_asked_no_more(school: SmallSchool) -> None:
    school.does("release_teacher", CLASS_7A, ANNAS, WEDNESDAY)
    refused = school.refuses("ask_about_child", *ABOUT_PETYA, ANNA, WORDS, by=OLGA)
    assert refused == (Forbidden, "conversation.not_about_child")


@pytest.mark.parametrize(
    ("person", "role"),
    [
        (ANNA, Role.TEACHER),
        (KIRA, Role.CLASS_TEACHER),
        (VERA, Role.DEPUTY),
        (OLGA, Role.PARENT),
    ],
)
def test_any_user_asks_an_administrator_about_the_program(
    school: SmallSchool, person: str, role: Role
) -> None:
    [done] = school.does("ask_about_program", YEAR, TALK, ALLA, WORDS, by=person)
    assert isinstance(done.fact, f.ConversationOpened)
    assert (done.fact.pupil_id, done.envelope.role) == (None, role)
    assert school.log.vault[done.fact.payload.id].subject == person


def test_who_is_no_user_or_no_administrator(school: SmallSchool) -> None:
    for person in (PETYA, ZOYA):
        refused = school.refuses("ask_about_program", YEAR, TALK, ALLA, WORDS, by=person)
        assert refused == (NotFound, "conversation.not_yours")
    refused = school.refuses("ask_about_program", YEAR, TALK, VERA, WORDS, by=ANNA)
    assert refused == (Forbidden, "conversation.not_an_administrator")
    refused = school.refuses("ask_about_program", YEAR, TALK, ALLA, WORDS, by=ALLA)
    assert refused == (Invalid, "conversation.oneself")


def test_something_is_said(school: SmallSchool) -> None:
    refused = school.refuses("ask_about_child", *ABOUT_PETYA, ANNA, "  ", by=OLGA)
    assert refused == (Invalid, "conversation.empty")
    refused = school.refuses("ask_about_child", *ABOUT_PETYA, ANNA, "я" * 4_001, by=OLGA)
    assert refused == (Invalid, "conversation.too_long")


# -- between two -----------------------------------------------------------------------------


def test_it_goes_back_and_forth_and_the_other_has_to_read(asked: SmallSchool) -> None:
    state = asked.room.engine.world("kukarino").person(OLGA)
    assert state.talks[TALK].unread == ANNA
    [seen] = talk(asked, "see_conversation", by=ANNA)
    assert seen.fact == f.ConversationSeen(TALK)
    assert talk(asked, "see_conversation", by=ANNA) == []
    [reply] = talk(asked, "reply_in_conversation", "Да, в среду", by=ANNA)
    assert (str(reply.originator_id), reply.envelope.role) == (OLGA, Role.TEACHER)
    assert state.talks[TALK].unread == OLGA
    assert talk(asked, "see_conversation", by=ANNA) == []
    [thanks] = talk(asked, "reply_in_conversation", "Спасибо", by=OLGA)
    assert thanks.envelope.role is Role.PARENT
    again = msgspec.msgpack.decode(msgspec.msgpack.encode(state), type=Person)
    assert again.talks == state.talks


@pytest.mark.parametrize("person", [VERA, DINA, ALLA, KIRA, BORIS, PETYA, ZOYA])
def test_nobody_else_takes_part(asked: SmallSchool, person: str) -> None:
    for command, words in (
        ("reply_in_conversation", ("Я тоже",)),
        ("see_conversation", ()),
        ("close_conversation", ()),
    ):
        refused = asked.refuses(command, YEAR, OLGA, TALK, *words, by=person)
        assert refused == (NotFound, "conversation.unknown")


def test_a_closed_conversation_is_over(asked: SmallSchool) -> None:
    [closed] = talk(asked, "close_conversation", by=ANNA)
    assert closed.fact == f.ConversationClosed(TALK)
    assert talk(asked, "close_conversation", by=OLGA) == []
    refused = asked.refuses("reply_in_conversation", YEAR, OLGA, TALK, "Ещё", by=OLGA)
    assert refused == (Conflict, "conversation.closed")


# -- consent ---------------------------------------------------------------------------------

CLOSED = (Forbidden, "conversation.no_consent")


def test_a_withdrawn_consent_closes_what_is_said_about_the_child(asked: SmallSchool) -> None:
    asked.does("withdraw_consent", CLASS_7A, PETYA, OLGA, "diary", by=KIRA)
    for person in (OLGA, ANNA):
        refused = asked.refuses("reply_in_conversation", YEAR, OLGA, TALK, "Ещё", by=person)
        assert refused == CLOSED
    new = (CLASS_7A, an_id("другой"), PETYA)
    assert asked.refuses("ask_about_child", *new, ANNA, WORDS, by=OLGA) == CLOSED
    assert asked.refuses("ask_about_child", *new, OLGA, WORDS, by=ANNA) == CLOSED
    program = asked.does("ask_about_program", YEAR, an_id("о журнале"), ALLA, "?", by=OLGA)
    assert program


def test_a_document_that_keeps_a_guardian_away_does_too(asked: SmallSchool) -> None:
    asked.does("limit_guardian", YEAR, PETYA, OLGA, WEDNESDAY, None, COURT)
    refused = asked.refuses("reply_in_conversation", YEAR, OLGA, TALK, "Ещё", by=OLGA)
    assert refused == CLOSED


def test_the_consent_ends_with_its_last_day(school: SmallSchool) -> None:
    school.does("withdraw_consent", CLASS_7A, PETYA, OLGA, "diary", by=KIRA)
    until = THURSDAY + timedelta(days=1)
    school.does("give_consent", CLASS_7A, PETYA, OLGA, "diary", WEDNESDAY, until, by=KIRA)
    school.does("ask_about_child", *ABOUT_PETYA, ANNA, WORDS, by=OLGA)
    school.room.now += timedelta(hours=35, minutes=59)  # Thursday, 23:59 in Moscow
    assert talk(school, "reply_in_conversation", "Да", by=ANNA)
    school.room.now += timedelta(minutes=1)
    refused = school.refuses("reply_in_conversation", YEAR, OLGA, TALK, "Ещё", by=ANNA)
    assert refused == CLOSED
