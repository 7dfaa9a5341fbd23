"""Each id of a request in the place of each other one: nobody is shown what belongs to another.

OWASP ASVS 5.0.0: V8.2.2 (no way from one's own request to another's data by changing an id).
"""

from __future__ import annotations

from collections.abc import Iterator
from random import Random
from uuid import uuid4

import pytest

from tests import cast as c
from tests.access.asking import GETS, asked_names, caller_names, get
from tests.access.ground import Ground
from tests.api.ground import LOGINS
from tests.write_door.http_access import A_TOKEN

IDS = {"class_id", "pupil_id", "mark_id", "lesson_id", "guardian_id", "check_id", "person_id"}
IDS |= {
    "comment_id",
    "defence_id",
    "lesson",
    "file_id",
    "subject_id",
    "subgroup_id",
    "session_id",
    "token_id",
    "teacher_id",
    "by",
}
#: who asks → the thing that is one's own; of all other things nothing may be told
ASKING = ("olga", "petya", "tanya")
#: ids of other kinds that stand in the place of each member
MISFITS = 3


@pytest.fixture(scope="module")
def secrets(ground: Ground) -> dict[str, str]:
    """Ids of what belongs to one person: a session, a token."""
    token = ground.place.desk("anna").post("/tokens", A_TOKEN)
    assert token.status_code == 201, token.text
    [session, *_] = ground.place.desk("anna").get("/sessions").json()["sessions"]
    return {"token_id": token.json()["token_id"], "session_id": session["session_id"]}


def foreign(ground: Ground, login: str) -> set[str]:
    """Words that an answer to the person must not say: names and ids of other families."""
    own = ground.newcomer if login == "tanya" else ground.petya
    told = {
        ground.petya.pupil_id: {"Петров"},
        ground.masha.pupil_id: {"Морозова", "Зайцева", c.ZOYA},
        ground.newcomer.pupil_id: {"Щукин"},
        c.YOLKIN: {"Ёлкин"},
    }
    words = {word for pupil, several in told.items() if pupil != own.pupil_id for word in several}
    for thing in ground.things:
        if thing is not own:
            other_class = thing.members["class_id"] != own.members["class_id"]
            words |= {f"лист {thing.members['class_id']}"} if other_class else set()
            words |= {thing.members["mark_id"], thing.pupil_id, f"хвалю {thing.members['mark_id']}"}
    return words | {"Щукина"} - ({"Щукина"} if login == "tanya" else set())


def in_the_place_of(
    member: str, ground: Ground, secrets: dict[str, str], asked: str
) -> Iterator[str]:
    """Every id that a member can be, an id of nothing, and a few of all the other ids: each request
    has others, so that together they have all of them.
    """
    people = {*LOGINS, *(one.pupil_id for one in ground.things), c.YOLKIN}
    kinds = {
        "class_id": {c.CLASS_7A, c.CLASS_7B},
        **dict.fromkeys(("person_id", "by", "teacher_id"), people),
        **{name: {number} for name, number in secrets.items()},
    }
    several = {name for thing in ground.things for name in thing.members}
    for name in several - {"position"}:
        kinds.setdefault(name, set()).update(one.members[name] for one in ground.things)
    fit = {one for one in kinds.get(member, ()) if len(one) == 36}
    misfit = sorted(one for one in set().union(*kinds.values()) - fit if len(one) == 36)
    yield from (*sorted(fit), str(uuid4()), *Random(asked + member).sample(misfit, MISFITS))


@pytest.mark.parametrize("login", ASKING)
@pytest.mark.parametrize("name", [name for name in GETS if asked_names(name) & IDS])
def test_an_id_in_the_place_of_another_shows_nothing(
    ground: Ground, secrets: dict[str, str], name: str, login: str
) -> None:
    if caller_names(name) == {"anyone"}:
        return
    own = (ground.newcomer if login == "tanya" else ground.petya).members
    silent = foreign(ground, login)
    for member in sorted(asked_names(name) & IDS):
        for number in in_the_place_of(member, ground, secrets, name + login):
            answer = get(ground, name, login, {**own, member: number})
            said = f"{name}: {login} with {member}={number}: {answer.status_code}"
            assert answer.status_code < 500 or answer.status_code == 503, said
            found = [word for word in silent if word != number and word in answer.text]
            assert not found, f"{said} tells of {found}"


def test_what_one_may_not_be_told_is_told_to_who_may(ground: Ground) -> None:
    """The sweep above looks for words that really are there to be found."""
    lesson = ground.newcomer.members["lesson_id"]
    files = ground.place.desk("tanya").get(f"/lessons/{lesson}/files").text
    assert f"лист {c.CLASS_7B}" in files
    page = ground.place.desk("kira").get(f"/classes/{c.CLASS_7A}").text
    words = ground.place.desk("vera").get("/people").text

    assert "Морозова" in page
    assert all(name in words for name in ("Щукин", "Зайцева", "Ёлкин", c.ZOYA))
    assert ground.masha.members["mark_id"] in (
        ground.place.desk("anna").get(f"/classes/{c.CLASS_7A}/register", subject_id=c.ALGEBRA).text
    )
