"""A person is erased with the texts that name the person, in one append or not at all."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from domain.people import facts as p
from domain.people.account_commands import Handing
from domain.refusals import Invalid, NotFound
from domain.school import MarkInput
from tests.cast import ALLA, ANNA, ANSWER, CLASS_7A, MASHA, PETYA, an_id
from tests.domain.engine_room import WAIT_S
from tests.domain.small_school import SmallSchool
from tests.specs import YEAR


@pytest.fixture
def school() -> Iterator[SmallSchool]:
    """7а on the second of September."""
    school = SmallSchool()
    yield school
    school.room.engine.close(WAIT_S)


def commented(school: SmallSchool, pupil_id: str, number: str) -> str:
    """A mark with a comment about a pupil; the id of the text."""
    before = set(school.log.vault)
    mark = MarkInput(an_id(number), pupil_id, "4", ANSWER, None, "списал у Петрова")
    school.does("give_marks", CLASS_7A, school.lesson(1), [mark], by=ANNA)
    [text] = set(school.log.vault) - before
    return text


def test_texts_name_and_account_go_together(school: SmallSchool) -> None:
    own, other = commented(school, PETYA, "1"), commented(school, MASHA, "2")
    school.does("issue_accounts", YEAR, [Handing(PETYA, PETYA)], by=ALLA)

    facts = school.facts(
        "erase_person", YEAR, PETYA, "акт 3", {PETYA: [own], MASHA: [other]}, by=ALLA
    )

    assert [type(one) for one in facts] == [
        p.PayloadErased,
        p.PayloadErased,
        p.AccountRevoked,
        p.PersonErased,
    ]
    assert {own, other}.isdisjoint(school.log.vault)
    assert [body for body in school.log.vault.values() if body.subject == PETYA] == []


def test_a_text_of_nobody_keeps_everything(school: SmallSchool) -> None:
    own = commented(school, PETYA, "1")

    refused = school.refuses(
        "erase_person", YEAR, PETYA, "акт 3", {PETYA: [own], an_id("никто"): ["x"]}, by=ALLA
    )

    assert refused[0] is NotFound
    assert own in school.log.vault


def test_another_name_does_not_go_as_a_text(school: SmallSchool) -> None:
    [name] = [number for number, body in school.log.vault.items() if body.subject == MASHA]

    refused = school.refuses("erase_person", YEAR, PETYA, "акт 3", {MASHA: [name]}, by=ALLA)

    assert refused == (Invalid, "person.name_in_force")
