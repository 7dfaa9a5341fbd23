"""Guardians whom a document keeps away, accounts of each guardian, pupils of age."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import psycopg
import pytest

from projections.projector import Projector
from tests.api.ground import SLUG, Clock, Desk
from tests.api.telephone import refusal
from tests.api.test_grants import settled
from tests.cast import MASHA, OLEG, OLGA, PETYA

At = Callable[[str], Desk]
WEEK = f"/pupils/{PETYA}/diary/weeks/2026-08-31"
LIMIT = f"/pupils/{PETYA}/guardians/{OLGA}/limit"
COURT = {"since": "2026-09-02", "order": "решение суда от 01.09.2026, дело 2-17"}
SAY = f"/pupils/{PETYA}/own-say"
CONSENT: dict[str, Any] = {"guardian_id": OLEG, "purpose": "diary", "since": "2026-09-01"}


@pytest.mark.parametrize(
    ("login", "status"),
    [("zoya", 404), ("olga", 404), ("petya", 404), ("anna", 403), ("kira", 403), ("igor", 403)],
)
def test_limits_are_the_administrations(desk: At, login: str, status: int) -> None:
    other = desk(login)

    assert other.post(LIMIT, COURT).status_code == status
    lifting = {"on": "2026-09-03", "order": "определение"}
    assert other.post(f"{LIMIT}/lifting", lifting).status_code == status


def test_a_limited_guardian_is_a_stranger_and_the_other_one_is_not(
    desk: At, projector: Projector
) -> None:
    kira, sveta = desk("kira"), desk("sveta")
    settled(kira, kira.post(f"/pupils/{PETYA}/consents", CONSENT))
    assert [desk(who).get(WEEK).status_code for who in ("olga", "oleg")] == [200, 200]

    settled(sveta, sveta.post(LIMIT, COURT))

    olga = desk("olga")
    assert olga.get(WEEK).json() == desk("zoya").get(WEEK).json()
    assert refusal(olga.get(WEEK)) == (404, "pupil.unknown")
    assert olga.get(f"/pupils/{PETYA}/marks").status_code == 404
    assert desk("oleg").get(WEEK).status_code == 200
    assert desk("petya").get(WEEK).status_code == 200


def test_a_limit_is_lifted_or_ends(desk: At, projector: Projector, clock: Clock) -> None:
    sveta = desk("sveta")
    settled(sveta, sveta.post(LIMIT, COURT | {"until": "2026-09-04"}))
    assert desk("olga").get(WEEK).status_code == 404

    clock.forward(timedelta(days=2))
    assert desk("olga").get(WEEK).status_code == 200

    sveta = desk("sveta")
    settled(sveta, sveta.post(LIMIT, COURT))
    assert desk("olga").get(WEEK).status_code == 404
    lifting = {"on": "2026-09-04", "order": "определение суда"}
    settled(sveta, sveta.post(f"{LIMIT}/lifting", lifting))
    assert desk("olga").get(WEEK).status_code == 200


def test_the_words_of_the_court_are_not_in_the_log(
    desk: At, projector: Projector, kukarino: str
) -> None:
    sveta = desk("sveta")
    settled(sveta, sveta.post(LIMIT, COURT))

    with psycopg.connect(kukarino) as conn:
        [(state,)] = conn.execute(
            f"SELECT convert_from(state, 'UTF8') FROM school_{SLUG}.facts"
            " WHERE topic = 'person.guardian-limited'"
        ).fetchall()
    assert "суда" not in state


def test_each_guardian_has_an_account_of_ones_own(desk: At, projector: Projector) -> None:
    """Closing the sign-in of one leaves the other's, and neither sees the other's looks as own."""
    olga, oleg = desk("olga"), desk("oleg")
    assert olga.session["person_id"] != oleg.session["person_id"]
    alla = desk("alla")
    alla.post(f"/people/{OLGA}/account", {"login": "olga"})

    alla.post(f"/people/{OLGA}/account/revocation", {"reason": "request"})

    assert olga.get("/session").status_code == 401
    assert oleg.get("/session").status_code == 200


@pytest.mark.parametrize(
    ("login", "status"), [("zoya", 404), ("olga", 404), ("anna", 403), ("igor", 403)]
)
def test_coming_of_age_is_recorded_by_the_class_teacher(desk: At, login: str, status: int) -> None:
    assert desk(login).post(f"/pupils/{PETYA}/majority").status_code == status


@pytest.mark.parametrize("login", ["zoya", "olga", "masha", "anna", "vera"])
def test_nobody_speaks_for_a_pupil_of_age(desk: At, projector: Projector, login: str) -> None:
    kira = desk("kira")
    settled(kira, kira.post(f"/pupils/{PETYA}/majority"))

    answer = desk(login).post(SAY, {"reader_id": PETYA, "opened": True})

    assert refusal(answer) == (404, "pupil.unknown")


def test_before_eighteen_a_pupil_closes_nothing(desk: At) -> None:
    answer = desk("petya").post(SAY, {"reader_id": OLGA, "opened": False})

    assert refusal(answer) == (403, "age.not_of_age")


def test_a_pupil_of_age_closes_the_diary_to_the_mother_and_opens_the_own(
    desk: At, projector: Projector
) -> None:
    kira, petya = desk("kira"), desk("petya")
    settled(kira, kira.post(f"/pupils/{PETYA}/majority"))
    assert desk("olga").get(WEEK).status_code == 200  # nothing changes by itself

    settled(petya, petya.post(SAY, {"reader_id": OLGA, "opened": False}))
    closed = desk("olga").get(WEEK)
    assert refusal(closed) == (403, "consent.required")
    assert "восемнадцать" in closed.text
    assert refusal(petya.get(WEEK)) == (403, "consent.required")

    settled(petya, petya.post(SAY, {"reader_id": PETYA, "opened": True}))
    assert petya.get(WEEK).status_code == 200
    assert desk("olga").get(WEEK).status_code == 403

    settled(petya, petya.post(SAY, {"reader_id": OLGA, "opened": True}))
    assert desk("olga").get(WEEK).status_code == 200


def test_a_classmate_is_not_concerned(desk: At, projector: Projector) -> None:
    kira = desk("kira")
    settled(kira, kira.post(f"/pupils/{MASHA}/majority"))

    answer = desk("petya").post(SAY, {"reader_id": OLGA, "opened": False})

    assert refusal(answer) == (403, "age.not_of_age")
