"""Break-glass: half an hour of reading one closed diary, with a reason, seen and reviewed."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import psycopg
import pytest

from projections.projector import Projector
from tests.api.ground import PASSWORD, SLUG, Clock, Desk
from tests.api.telephone import refusal
from tests.api.test_grants import settled
from tests.cast import MASHA, PETYA, an_id

At = Callable[[str], Desk]
WEEK = f"/pupils/{MASHA}/diary/weeks/2026-08-31"  # Masha's family has not consented
WHY = "ребёнка ищет полиция, нужен последний урок"
GLASS: dict[str, Any] = {"glass_id": an_id("стекло"), "pupil_id": MASHA, "reason": WHY}
REVIEW = f"/pupils/{MASHA}/break-glass/{GLASS['glass_id']}/review"


@pytest.mark.parametrize(
    ("login", "status"),
    [("zoya", 404), ("olga", 404), ("petya", 404), ("anna", 403), ("sveta", 403), ("igor", 403)],
)
def test_the_glass_is_the_directors_a_deputys_and_the_administrators(
    desk: At, login: str, status: int
) -> None:
    other = desk(login)

    assert other.post("/break-glass", GLASS).status_code == status
    assert other.get("/break-glass").status_code == status
    assert other.post(REVIEW).status_code == status


def test_a_diary_without_consent_is_closed_to_the_administration_too(desk: At) -> None:
    assert refusal(desk("vera").get(WEEK)) == (403, "diary.closed")
    assert refusal(desk("dina").get(f"/pupils/{MASHA}/marks")) == (403, "diary.closed")
    assert desk("kira").get(WEEK).status_code == 200  # the class teacher reports to such a family
    assert desk("vera").get(WEEK.replace(MASHA, PETYA)).status_code == 200


def test_half_an_hour_and_not_a_minute_longer(
    desk: At, projector: Projector, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    vera = desk("vera")
    with caplog.at_level(logging.WARNING, "api.v1.grants"):
        settled(vera, vera.post("/break-glass", GLASS))
    assert vera.get(WEEK).status_code == 200
    assert refusal(desk("alla").get(WEEK)) == (403, "diary.closed")  # it is one person's
    assert WHY not in caplog.text
    assert GLASS["glass_id"] in caplog.text

    clock.forward(timedelta(minutes=29))
    assert desk("vera").get(WEEK).status_code == 200
    clock.forward(timedelta(minutes=2))
    assert refusal(desk("vera").get(WEEK)) == (403, "diary.closed")


def test_it_asks_for_the_password(desk: At, clock: Clock) -> None:
    vera = desk("vera")
    clock.forward(timedelta(minutes=6))

    assert refusal(vera.post("/break-glass", GLASS)) == (403, "session.step_up_required")

    vera = desk("vera")
    assert vera.post("/session/step-up", {"password": PASSWORD}).status_code == 200


@pytest.mark.parametrize("reason", ["", "надо срочно", " " * 20])
def test_it_asks_for_a_reason(desk: At, reason: str) -> None:
    assert desk("vera").post("/break-glass", GLASS | {"reason": reason}).status_code == 422


def test_the_reason_is_not_in_the_log_and_the_family_sees_the_look(
    desk: At, projector: Projector, kukarino: str
) -> None:
    vera = desk("vera")
    settled(vera, vera.post("/break-glass", GLASS))
    vera.get(WEEK)

    with psycopg.connect(kukarino) as conn:
        [(state,)] = conn.execute(
            f"SELECT convert_from(state, 'UTF8') FROM school_{SLUG}.facts"
            " WHERE topic = 'person.glass-broken'"
        ).fetchall()
    assert "полиция" not in state
    looks = desk("kira").get(f"/pupils/{MASHA}/looks").json()["looks"]
    assert ("Веденеева Вера Викторовна", "экстренный доступ") in [
        (one["who"], one["right"]) for one in looks
    ]


def test_another_person_checks_why(desk: At, projector: Projector) -> None:
    vera, dina = desk("vera"), desk("dina")
    settled(vera, vera.post("/break-glass", GLASS))
    [told] = dina.get("/break-glass").json()["glasses"]
    assert (told["by"], told["reason"]) == ("Веденеева Вера Викторовна", WHY)
    assert told["reviewed_at"] is None

    assert refusal(vera.post(REVIEW)) == (403, "glass.own")
    settled(dina, dina.post(REVIEW))

    [seen] = dina.get("/break-glass").json()["glasses"]
    assert seen["reviewed_by"] == "Дмитриева Дина Денисовна"
