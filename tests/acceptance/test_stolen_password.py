"""Clause 3.3.6, the whole story: a thief gives and changes fifty-one marks in a month in sessions
of his own; from the suspicion to the corrected journal nothing is erased and nothing is forgotten.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from fastapi.testclient import TestClient

from projections.projector import Projector
from tests.api.ground import HASHED, PASSWORD, SLUG, Clock, Desk
from tests.api.telephone import refusal
from tests.cast import ALGEBRA, ANNA, ANSWER, CLASS_7A, MASHA, PETYA, YOLKIN
from tests.domain.seventh_a import noon

At = Callable[[str], Desk]
OF_ANNA = f"/people/{ANNA}/suspicion"
SCHOOL_MACHINE, THIEFS_PHONE = "Firefox/140 Windows", "Chrome/140 Android"
NEW_PASSWORD = "ворона на высоком заборе"
STOLEN = 51
Facts = list[tuple[int, bytes]]


def facts(url: str) -> Facts:
    """Everything in the log, as stored."""
    with psycopg.connect(url) as conn:
        query = f"SELECT notification_id, state FROM school_{SLUG}.facts ORDER BY 1"
        return conn.execute(query.encode()).fetchall()


class Month:
    """September at school: Anna at the school's machine, the thief at his telephone."""

    def __init__(self, client: TestClient, clock: Clock, url: str) -> None:
        self.client, self.clock, self.url = client, clock, url
        self.stolen: list[str] = []  # marks that the thief gave
        self.spoilt: list[tuple[str, str]] = []  # Anna's marks that he made fives, as they were
        self.hers: dict[str, str] = {}
        self._lessons = self._of_algebra()

    def _of_algebra(self) -> list[tuple[datetime, str]]:
        page = Desk(self.client, "vera").get(
            f"/classes/{CLASS_7A}/register", subject_id=ALGEBRA, term="1"
        )
        days = [
            (datetime.fromisoformat(one["date"]), one["lesson_id"])
            for one in page.json()["lessons"]
        ]
        return sorted(days)[:12]

    def at(self, machine: str, password: str = PASSWORD) -> Desk:
        """Anna's name signs in somewhere."""
        self.client.headers["user-agent"] = machine
        desk = Desk(self.client, "anna")
        self.client.headers["user-agent"] = "testclient"
        return desk

    def give(self, desk: Desk, lesson: str, pupils: tuple[str, ...], value: str) -> list[str]:
        marks = [
            {"mark_id": str(uuid4()), "pupil_id": one, "value": value, "work_type_id": ANSWER}
            for one in pupils
        ]
        answer = desk.post(f"/lessons/{lesson}/marks", {"marks": marks})
        assert answer.status_code in {200, 201}, answer.text
        return [str(one["mark_id"]) for one in marks]

    def passes(self) -> None:
        """Twelve lessons: three marks of Anna's each; the thief gives three fives on each, and on
        five evenings makes fives of three of hers.
        """
        for number, (day, lesson) in enumerate(self._lessons):
            self.clock.at = noon(day.date())
            anna = self.at(SCHOOL_MACHINE)
            hers = self.give(anna, lesson, (PETYA, MASHA, YOLKIN), "3")
            self.hers |= dict.fromkeys(hers, "3")
            self.clock.forward(timedelta(hours=6))
            thief = self.at(THIEFS_PHONE)
            self.stolen += self.give(thief, lesson, (PETYA, MASHA, YOLKIN), "5")
            if number % 2 == 0 and len(self.spoilt) < STOLEN - 36:
                for mark in hers:
                    body = {"saw": "3", "value": "5", "reason_code": "RECOUNT"}
                    answer = thief.post(f"/marks/{mark}/corrections", body)
                    assert answer.status_code == 200, answer.text
                    self.spoilt.append((mark, "3"))
        self.clock.forward(timedelta(hours=14))


@pytest.fixture
def month(client: TestClient, desk: At, clock: Clock, kukarino: str, projector: Projector) -> Month:
    """A month of it, and Anna has an account that the log knows."""
    assert desk("alla").post(f"/people/{ANNA}/account", {"login": "anna"}).status_code == 200
    with psycopg.connect(kukarino) as conn:
        conn.execute(
            f"UPDATE school_{SLUG}.account SET hash = %s, must_change = false, good_until = NULL"
            " WHERE login = 'anna'",
            (HASHED,),
        )
    month = Month(client, clock, kukarino)
    month.passes()
    assert len(month.stolen) + len(month.spoilt) == STOLEN
    return month


def reviewed(desk: Desk, position: int) -> dict[str, Any]:
    """The review as of a position, or later."""
    answer = desk.get(OF_ANNA, min_position=position)
    assert answer.status_code == 200, answer.text
    review: dict[str, Any] = answer.json()
    return review


def lines_of(review: dict[str, Any], device: str) -> list[dict[str, Any]]:
    """The lines of the sessions of one device."""
    return [
        line
        for session in review["sessions"]
        if session["device"] == device
        for line in session["lines"]
    ]


def test_from_the_suspicion_to_the_corrected_journal(
    month: Month, desk: At, client: TestClient, projector: Projector
) -> None:
    # the deputy closes the sign-in; the review lists what the thief has written, and it all
    vera = desk("vera")
    raised = vera.post(OF_ANNA, {"reason": "родители видят чужие пятёрки"}).json()["position"]
    before = facts(month.url)
    review = reviewed(vera, raised)
    his, hers = lines_of(review, "Chrome, Android"), lines_of(review, "Firefox, Windows")
    assert len(his) == STOLEN
    assert {one["mark_id"] for one in his} == {*month.stolen, *(m for m, _ in month.spoilt)}
    assert {(one["old_value"], one["value"]) for one in his} == {(None, "5"), ("3", "5")}
    assert len(hers) == 36
    assert review["counts"]["untouched"] == STOLEN + len(hers)
    assert refusal(vera.post(f"{OF_ANNA}/review", whose("mine", hers))) == (
        403,
        "suspicion.not_you",
    )

    # Anna gets a new password, and says whose records they are
    issued = desk("alla").post(f"/people/{ANNA}/account", {"login": "anna"}).json()
    anna = renewed(client, issued["password"])
    for verdict, lines in (("mine", hers), ("not_mine", his)):
        said = anna.post(f"{OF_ANNA}/review", whose(verdict, lines))
        assert said.status_code == 200, said.text
    counts = reviewed(anna, said.json()["position"])["counts"]
    assert counts == {"untouched": 0, "confirmed": 36, "denied": STOLEN, "answered": 0}

    # she corrects and annuls what is not hers, a month later, with nothing but new records
    for mark, was in month.spoilt:
        body = {"saw": "5", "value": was, "reason_code": "NOT_MINE"}
        answer = anna.post(f"/marks/{mark}/corrections", body)
        assert answer.status_code == 200, answer.text
    for mark in month.stolen:
        answer = anna.post(f"/marks/{mark}/annulment", {"saw": "5", "reason_code": "NOT_MINE"})
        assert answer.status_code == 200, answer.text

    review = reviewed(anna, answer.json()["position"])
    assert review["counts"] == {"untouched": 0, "confirmed": 36, "denied": 0, "answered": STOLEN}
    assert {one["answer"]["kind"] for one in lines_of(review, "Chrome, Android")} == {
        "mark-corrected",
        "mark-annulled",
    }
    page = desk("vera").get(f"/classes/{CLASS_7A}/register", subject_id=ALGEBRA, term="1").json()
    shown = [
        (mark["mark_id"], mark["value"])
        for pupil in page["pupils"]
        for marks in pupil["cells"].values()
        for mark in marks
    ]
    assert dict(shown) == month.hers
    after = facts(month.url)
    assert after[: len(before)] == before  # no fact is ever deleted
    history = desk("vera").get(f"/marks/{month.stolen[0]}/history").json()
    assert [one["kind"] for one in items(history)] == ["mark-given", "mark-annulled"]


def test_the_trail_of_one_sign_in(month: Month, desk: At, projector: Projector) -> None:
    vera = desk("vera")
    raised = vera.post(OF_ANNA, {"reason": "подсмотрели"}).json()["position"]
    evening = next(
        one
        for one in reviewed(vera, raised)["sessions"]
        if one["device"] == "Chrome, Android" and len(one["lines"]) == 6
    )

    told = vera.get("/trail", session=evening["session_id"], by=ANNA).json()["items"]

    assert [one["position"] for one in reversed(told)] == [
        one["position"] for one in evening["lines"]
    ]


@pytest.mark.parametrize(
    ("login", "status"),
    [("zoya", 404), ("olga", 404), ("petya", 404), ("boris", 403), ("sveta", 403), ("igor", 403)],
)
def test_the_review_is_nobody_elses(desk: At, login: str, status: int) -> None:
    assert desk(login).get(OF_ANNA).status_code == status
    assert desk(login).post(f"{OF_ANNA}/review", whose("mine", [])).status_code in {status, 422}


def test_records_of_another_are_not_to_be_judged(
    month: Month, desk: At, client: TestClient, projector: Projector
) -> None:
    raised = desk("vera").post(OF_ANNA, {"reason": "подсмотрели"}).json()["position"]
    issued = desk("alla").post(f"/people/{ANNA}/account", {"login": "anna"}).json()
    anna = renewed(client, issued["password"])

    for position in (1, raised, raised + 1):
        said = anna.post(f"{OF_ANNA}/review", {"verdict": "mine", "positions": [position]})
        assert refusal(said) == (422, "suspicion.not_yours")


def test_without_a_suspicion_there_is_nothing_to_review(desk: At) -> None:
    review = desk("anna").get(OF_ANNA).json()

    assert (review["raised"], review["sessions"]) == (None, [])
    said = desk("anna").post(f"{OF_ANNA}/review", {"verdict": "mine", "positions": [1]})
    assert refusal(said) == (409, "suspicion.none")


def whose(verdict: str, lines: list[dict[str, Any]]) -> dict[str, Any]:
    """The body of a judgement."""
    return {"verdict": verdict, "positions": [one["position"] for one in lines]}


def items(answer: Any) -> list[dict[str, Any]]:
    """The list in an answer."""
    found = answer if isinstance(answer, list) else next(v for v in answer.values() if v)
    return list(found)


def renewed(client: TestClient, one_time: str) -> Desk:
    """Anna with a password of her own again."""
    client.cookies.clear()
    first = {"login": "anna", "password": one_time}
    assert client.post("/api/v1/session", json=first).status_code == 200
    changed = client.put(
        "/api/v1/session/password", json={"current": one_time, "new": NEW_PASSWORD}
    )
    assert changed.status_code < 300, changed.text
    cookie = "; ".join(f"{name}={value}" for name, value in client.cookies.items())
    client.cookies.clear()
    anna = Desk.__new__(Desk)
    anna._client, anna.cookie, anna.session = client, {"cookie": cookie}, first
    return anna
