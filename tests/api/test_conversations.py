"""Questions over HTTP and as pages: between two, and nobody else reads them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from fastapi.testclient import TestClient

from projections.projector import Projector
from tests.api.ground import Clock, Desk
from tests.api.telephone import refusal
from tests.api.test_grants import settled
from tests.api.test_inspection_pages import follow, send
from tests.api.test_page_doors import look
from tests.cast import ALLA, ANNA, BORIS, KIRA, OLGA, PETYA, an_id

At = Callable[[str], Desk]
TALK = an_id("разговор")
WORDS = "Можно ли переписать контрольную?"
QUESTION: dict[str, Any] = {"conversation_id": TALK, "to": ANNA, "pupil_id": PETYA, "text": WORDS}
ONE = f"/conversations/{TALK}"


@pytest.fixture
def asked(desk: At, projector: Projector) -> At:
    """Olga has asked Anna about Petya."""
    olga = desk("olga")
    answer = olga.post("/conversations", QUESTION)
    assert answer.status_code == 201, answer.text
    settled(olga, answer)
    return desk


@pytest.mark.parametrize("login", ["zoya", "oleg", "boris", "kira", "vera", "dina", "alla"])
def test_a_conversation_of_others_does_not_exist(client: TestClient, asked: At, login: str) -> None:
    other = asked(login)

    assert refusal(other.get(ONE)) == (404, "conversation.unknown") or login == "zoya"
    assert other.get(ONE).status_code == 404
    assert other.post(f"{ONE}/replies", {"text": "Я тоже"}).status_code == 404
    assert other.post(f"{ONE}/reading").status_code == 404
    assert other.post(f"{ONE}/closing").status_code == 404
    assert look(client, other, f"/questions/{TALK}").status_code == 404
    assert WORDS not in other.get("/conversations").text


@pytest.mark.parametrize("login", ["petya", "igor"])
def test_pupils_and_auditors_have_no_questions(client: TestClient, asked: At, login: str) -> None:
    other = asked(login)
    for path in ("/conversations", "/conversations/addressees", ONE):
        assert other.get(path).status_code == 404
    assert other.post("/conversations", QUESTION).status_code == 404
    assert look(client, other, "/questions").status_code == 404


def test_asked_read_answered(asked: At) -> None:
    anna, olga = asked("anna"), asked("olga")
    mine = anna.get("/conversations").json()
    assert (mine["unread"], mine["conversations"][0]["waits_for_me"]) == (1, True)
    one = anna.get(ONE).json()
    assert [(word["by"]["person_id"], word["text"]) for word in one["words"]] == [(OLGA, WORDS)]
    assert one["pupil"] == {"pupil_id": PETYA, "name": "Петров Пётр"}
    settled(anna, anna.post(f"{ONE}/reading"))
    assert anna.get("/conversations").json()["unread"] == 0

    settled(anna, anna.post(f"{ONE}/replies", {"text": "Да, в среду"}))

    theirs = olga.get("/conversations").json()
    assert (theirs["unread"], theirs["conversations"][0]["answered_at"] is None) == (1, False)
    assert [word["text"] for word in olga.get(ONE).json()["words"]] == [WORDS, "Да, в среду"]
    settled(olga, olga.post(f"{ONE}/closing"))
    assert refusal(olga.post(f"{ONE}/replies", {"text": "ещё"})) == (409, "conversation.closed")


def test_a_question_without_an_answer_is_counted_after_the_days_of_the_regulation(
    client: TestClient, asked: At, clock: Clock
) -> None:
    clock.forward(timedelta(days=3))
    assert asked("anna").get("/conversations").json()["unanswered"] == 0
    clock.forward(timedelta(seconds=1))
    assert asked("anna").get("/conversations").json()["unanswered"] == 1
    assert asked("olga").get("/conversations").json()["unanswered"] == 0
    assert "Без ответа слишком долго: 1 вопрос" in look(client, asked("anna"), "/questions").text


def test_whom_one_may_ask(desk: At) -> None:
    def named(login: str) -> dict[str, tuple[str, str | None]]:
        found = desk(login).get("/conversations/addressees").json()["addressees"]
        return {
            one["person_id"]: (one["words"], one["pupil"] and one["pupil"]["pupil_id"])
            for one in found
        }

    program = ("работа с журналом", None)
    assert named("olga") == {
        KIRA: ("классный руководитель", PETYA),
        ANNA: ("Алгебра", PETYA),
        BORIS: ("Английский язык", PETYA),  # Petya is in his half
        ALLA: program,
    }
    assert named("oleg") == {ALLA: program}  # he has not consented
    assert named("kira") == {OLGA: ("родитель, 7а", PETYA), ALLA: program}
    assert named("boris") == {OLGA: ("родитель, 7а", PETYA), ALLA: program}
    assert named("vera") == {ALLA: program}
    assert named("alla") == {}


def test_a_withdrawn_consent_closes_the_conversation_to_the_guardian(
    client: TestClient, asked: At
) -> None:
    kira, olga, anna = asked("kira"), asked("olga"), asked("anna")
    body = {"guardian_id": OLGA, "purpose": "diary"}
    settled(kira, kira.post(f"/pupils/{PETYA}/consents/withdrawal", body))

    assert refusal(olga.get(ONE)) == (403, "conversation.no_consent")
    assert olga.get("/conversations").json()["conversations"][0]["consent"] is False
    refused = anna.post(f"{ONE}/replies", {"text": "Да"})
    assert refusal(refused) == (403, "conversation.no_consent")
    page = look(client, olga, f"/questions/{TALK}")
    assert (page.status_code, WORDS in page.text) == (403, False)
    assert "закрыт: нет согласия" in look(client, olga, "/questions").text


def test_an_erasure_finds_what_a_person_has_said(asked: At) -> None:
    for person in (OLGA, PETYA):
        texts = asked("alla").get(f"/people/{person}/erasure").json()["texts"]
        assert WORDS in [one["text"] for one in texts], person
    others = asked("alla").get(f"/people/{BORIS}/erasure").json()["texts"]
    assert WORDS not in [one["text"] for one in others]


def test_the_pages_ask_and_answer_without_a_script(
    client: TestClient, desk: At, projector: Projector
) -> None:
    olga, anna = desk("olga"), desk("anna")
    page = look(client, olga, "/questions").text
    assert f'value="{ANNA}/{PETYA}"' in page
    nobody = send(client, olga, "/questions", to="", text=WORDS)
    assert (nobody.status_code, "Выберите, кого спросить" in nobody.text) == (422, True)
    assert WORDS in nobody.text

    done = send(client, olga, "/questions", to=f"{ANNA}/{PETYA}", text=WORDS)
    assert WORDS in follow(client, olga, done)
    there = done.headers["location"]
    assert "новых: 1" in look(client, anna, "/questions").text
    assert "Прочитано" in look(client, anna, there).text
    follow(client, anna, send(client, anna, f"{there}/reading"))
    empty = send(client, anna, f"{there}/replies", text=" ")
    assert (empty.status_code, "Напишите вопрос или ответ" in empty.text) == (422, True)
    answer = send(client, anna, f"{there}/replies", text="Да, в среду")
    assert "Да, в среду" in follow(client, anna, answer)
    closed = send(client, olga, f"{there}/closing")
    assert "Закрытые" in follow(client, olga, closed)
