"""Looking into red flags: by another person than whom they are about, with a word that stays."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from domain.office.signal_commands import Flag
from domain.office.signal_facts import RedFlagReviewed
from domain.red_flags import CODES, KINDS, SEVERITIES, flag_id, flag_of
from domain.refusals import Forbidden, Invalid
from domain.values import Role
from tests.cast import ALLA, ANNA, DINA, IGOR, KIRA, SVETA, TANYA, VERA
from tests.domain.engine_room import WAIT_S
from tests.domain.small_school import SmallSchool
from tests.specs import YEAR

FLAG = Flag("F2", 17, ANNA)
WORD = "Работу пересдали в последний день."


@pytest.fixture
def school() -> Iterator[SmallSchool]:
    school = SmallSchool()
    yield school
    school.room.engine.close(WAIT_S)


@pytest.mark.parametrize(("person", "role"), [(VERA, Role.DEPUTY), (DINA, Role.DIRECTOR)])
def test_a_deputy_or_the_director_says_what_was_found_out(
    school: SmallSchool, person: str, role: Role
) -> None:
    [said] = school.does("review_red_flag", YEAR, FLAG, WORD, by=person)
    fact = said.fact
    assert isinstance(fact, RedFlagReviewed)
    assert (fact.code, fact.flag, fact.person_id) == ("F2", 17, ANNA)
    assert said.envelope.role is role
    text = school.log.vault[fact.word.id]
    assert (text.body, text.subject) == (WORD, ANNA)


@pytest.mark.parametrize("person", [ANNA, TANYA, KIRA, SVETA, ALLA, IGOR])
def test_nobody_else_does(school: SmallSchool, person: str) -> None:
    refused = school.refuses("review_red_flag", YEAR, FLAG, WORD, by=person)
    assert refused == (Forbidden, "access.administration_only")


def test_whom_it_is_about_does_not(school: SmallSchool) -> None:
    own = Flag("F11", 18, VERA)
    refused = school.refuses("review_red_flag", YEAR, own, WORD, by=VERA)
    assert refused == (Forbidden, "flag.own")
    assert school.facts("review_red_flag", YEAR, own, WORD, by=DINA)


@pytest.mark.parametrize("word", ["", "  \n", " ок  "])
def test_without_a_word_it_is_not_looked_into(school: SmallSchool, word: str) -> None:
    refused = school.refuses("review_red_flag", YEAR, FLAG, word, by=VERA)
    assert refused == (Invalid, "flag.no_word")


def test_a_second_word_comes_beside_the_first(school: SmallSchool) -> None:
    school.does("review_red_flag", YEAR, FLAG, WORD, by=VERA)
    school.does("review_red_flag", YEAR, FLAG, "Тетрадь показана.", by=DINA)
    words = {one.body for one in school.log.vault.values() if one.kind == "red-flag"}
    assert words == {WORD, "Тетрадь показана."}


def test_every_kind_has_words_and_a_name_that_is_read_back() -> None:
    assert CODES == tuple(f"F{n}" for n in range(1, 12))
    for code, kind in KINDS.items():
        assert kind.title
        assert kind.advice
        assert kind.severity in SEVERITIES
        assert flag_of(flag_id(code, 4127)) == (code, 4127)


@pytest.mark.parametrize("name", ["", "F2", "F2-", "F12-1", "F2-x", "F2--1", "F2-1²", "late-1"])
def test_what_is_no_name_of_a_flag(name: str) -> None:
    assert flag_of(name) is None
