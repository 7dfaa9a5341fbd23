"""Clauses 4.1.б and 2.2.4: timely consultations; those who take part in education talk at once."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from domain.refusals import Forbidden, NotFound
from tests.cast import ALLA, ANNA, CLASS_7A, KIRA, OLGA, PETYA, SVETA, VERA, an_id
from tests.domain.engine_room import WAIT_S
from tests.domain.seventh_a import SEPTEMBER_1
from tests.domain.small_school import SmallSchool
from tests.specs import YEAR

TALK = an_id("разговор")


@pytest.fixture
def school() -> Iterator[SmallSchool]:
    school = SmallSchool()
    school.does("link_guardian", YEAR, PETYA, OLGA, SEPTEMBER_1)
    yield school
    school.room.engine.close(WAIT_S)


@pytest.mark.clause("4.1.б")
@pytest.mark.parametrize("person", [ANNA, KIRA, VERA, SVETA, OLGA])
def test_every_user_gets_an_answer_about_the_journal_from_an_administrator(
    school: SmallSchool, person: str
) -> None:
    school.does("ask_about_program", YEAR, TALK, ALLA, "Как исправить тему?", by=person)
    [answer] = school.does("reply_in_conversation", YEAR, person, TALK, "Двойным щелчком", by=ALLA)
    assert answer.envelope.by == ALLA
    refused = school.refuses("ask_about_program", YEAR, an_id("другой"), SVETA, "?", by=ANNA)
    assert refused == (Forbidden, "conversation.not_an_administrator")


@pytest.mark.clause("2.2.4")
def test_family_and_teacher_talk_about_the_child_and_nobody_listens(school: SmallSchool) -> None:
    question = (CLASS_7A, TALK, PETYA, ANNA, "Почему тройка?")
    closed = school.refuses("ask_about_child", *question, by=OLGA)
    assert closed == (Forbidden, "conversation.no_consent")
    school.does("give_consent", CLASS_7A, PETYA, OLGA, "diary", SEPTEMBER_1, by=KIRA)

    [asked] = school.does("ask_about_child", *question, by=OLGA)

    assert "Почему" not in str(asked.fact)
    assert school.does("reply_in_conversation", YEAR, OLGA, TALK, "За диктант", by=ANNA)
    refused = school.refuses("reply_in_conversation", YEAR, OLGA, TALK, "И я скажу", by=VERA)
    assert refused == (NotFound, "conversation.unknown")
