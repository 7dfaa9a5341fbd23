"""Written consents over HTTP: their papers and scans, who sees them, and what they open."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from io import BytesIO
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import psycopg
import pytest
from fastapi.testclient import TestClient
from PIL import Image

from projections.projector import Projector
from tests.api.ground import Clock, Desk
from tests.api.papers import PAPER, PDF, in_text, picture, told
from tests.cast import CLASS_7A, MASHA, OLEG, OLGA, PETYA, YOLKIN, an_id

pytestmark = pytest.mark.usefixtures("projector")

At = Callable[[str], Desk]
CONSENTS = f"/pupils/{PETYA}/consents"
CLASS = f"/classes/{CLASS_7A}/consents"
WEEK = f"/pupils/{PETYA}/diary/weeks/2026-08-31"
OF_OLEG = {"guardian_id": OLEG, "purpose": "diary", "since": "2026-09-01"}
WITH_PAPER = OF_OLEG | {"paper": PAPER}
WITH_SCAN = WITH_PAPER | {"scan": in_text(PDF)}


def given(desk: At, body: dict[str, Any], by: str = "kira") -> int:
    """The position of a consent that the projections have."""
    answer = desk(by).post(CONSENTS, body)
    assert answer.status_code == 200, answer.text
    position: int = answer.json()["position"]
    desk(by).get("/classes", min_position=position)
    [newest, *_] = desk(by).get(CONSENTS, min_position=position).json()["consents"]
    assert newest["position"] <= position
    kept: int = newest["position"]
    return kept


# -- who sees what ---------------------------------------------------------------------------


def test_a_stranger_does_not_learn_that_there_are_consents(desk: At) -> None:
    position = given(desk, WITH_SCAN)
    zoya, nobody = desk("zoya"), an_id("никто")

    for path in (CONSENTS, f"{CONSENTS}/{position}/paper", f"{CONSENTS}/{position}/scan"):
        theirs, nobodys = zoya.get(path), zoya.get(path.replace(PETYA, nobody))
        assert (theirs.status_code, theirs.json()) == (404, nobodys.json())
    assert zoya.get(CLASS).status_code == 404
    assert zoya.post(CONSENTS, OF_OLEG).status_code == 404


def test_who_teaches_the_class_or_audits_does_not_keep_consents(desk: At) -> None:
    for login in ("anna", "igor"):
        for answer in (
            desk(login).get(CLASS),
            desk(login).post(CONSENTS, WITH_SCAN),
            desk(login).post(f"{CONSENTS}/withdrawal", {"guardian_id": OLGA, "purpose": "diary"}),
        ):
            assert (answer.status_code, answer.json()["code"]) == (403, "consent.not_yours")
    assert desk("anna").get(CONSENTS).json()["code"] == "consent.not_yours"


def test_no_program_reads_consents(desk: At, client: TestClient) -> None:
    wanted = {"name": "отчёты", "scopes": ["read:journal"], "until": "2026-10-01T00:00:00+03:00"}
    token = desk("kira").post("/tokens", wanted).json()["token"]
    client.cookies.clear()

    for path in (CLASS, CONSENTS):
        answer = client.get(f"/api/v1{path}", headers={"authorization": f"Bearer {token}"})
        assert (answer.status_code, answer.json()["code"]) == (403, "token.out_of_scope")


def test_a_guardian_sees_the_consents_of_ones_own(desk: At) -> None:
    position = given(desk, WITH_SCAN)
    path = f"{CONSENTS}/{position}"

    oleg, olga = desk("oleg"), desk("olga")

    assert [one["guardian_id"] for one in oleg.get(CONSENTS).json()["consents"]] == [OLEG]
    assert [one["guardian_id"] for one in olga.get(CONSENTS).json()["consents"]] == [OLGA]
    assert oleg.get(f"{path}/paper").json()["paper"] == PAPER
    assert oleg.get(f"{path}/scan").content == PDF
    assert olga.get(f"{path}/paper").status_code == 404
    assert olga.get(f"{path}/scan").status_code == 404


def test_a_guardian_sees_them_after_taking_the_consent_back(desk: At) -> None:
    taken_back = {"guardian_id": OLGA, "purpose": "diary"}
    position = desk("kira").post(f"{CONSENTS}/withdrawal", taken_back).json()["position"]

    answer = desk("olga").get(CONSENTS, min_position=position)

    [mine] = answer.json()["consents"]
    assert (mine["state"], mine["withdrawn_at"] is None) == ("withdrawn", False)


def test_a_pupil_sees_that_the_consents_are_there_and_not_the_papers(desk: At) -> None:
    position = given(desk, WITH_SCAN)

    assert len(desk("petya").get(CONSENTS).json()["consents"]) == 2
    assert desk("petya").get(f"{CONSENTS}/{position}/paper").status_code == 404
    assert desk("petya").get(f"{CONSENTS}/{position}/scan").status_code == 404


def test_a_paper_is_opened_under_its_own_pupil_only(desk: At) -> None:
    position = given(desk, WITH_SCAN)
    elsewhere = f"{CONSENTS}/{position}/scan".replace(PETYA, MASHA)

    assert desk("kira").get(elsewhere).status_code == 404
    assert desk("kira").get(f"{CONSENTS}/{position + 1_000}/scan").status_code == 404


def test_every_look_leaves_a_line_before_anything_is_shown(desk: At, kukarino: str) -> None:
    position = given(desk, WITH_SCAN)
    desk("oleg").get(f"{CONSENTS}/{position}/scan")
    desk("boris").get(CONSENTS)
    desk("kira").get(CLASS)

    with psycopg.connect(kukarino) as conn:
        lines = conn.execute(
            "SELECT act, subject, outcome, basis FROM school_kukarino.access_log"
            " WHERE act IN ('consent', 'consents') ORDER BY id DESC LIMIT 3"
        ).fetchall()

    assert lines == [
        ("consents", CLASS_7A, "ok", "class_teacher"),
        ("consents", PETYA, "refused", "consent.not_yours"),
        ("consent", PETYA, "ok", "guardian"),
    ]


# -- the paper and its scan ------------------------------------------------------------------


def test_a_scan_is_saved_under_a_name_of_ours_and_is_no_page(desk: At) -> None:
    """ASVS V3.2.1, V5.4.1, V5.4.2."""
    position = given(desk, WITH_SCAN)

    answer = desk("kira").get(f"{CONSENTS}/{position}/scan")

    assert answer.content == PDF
    assert answer.headers["content-type"] == "application/pdf"
    assert (
        answer.headers["content-disposition"] == f'attachment; filename="soglasie-{position}.pdf"'
    )
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["content-security-policy"] == "sandbox; default-src 'none'"
    assert answer.headers["cache-control"] == "private, no-store"


def test_a_photograph_is_kept_without_where_it_was_taken(desk: At) -> None:
    position = given(desk, WITH_PAPER | {"scan": in_text(told())})

    answer = desk("vera").get(f"{CONSENTS}/{position}/scan")

    assert answer.headers["content-disposition"].endswith(f'"soglasie-{position}.jpg"')
    assert b"taken at home" not in answer.content
    with Image.open(BytesIO(answer.content)) as image:
        assert not image.getexif()


def test_nobody_reads_a_scan_in_the_table(desk: At, kukarino: str) -> None:
    given(desk, WITH_SCAN)

    with psycopg.connect(kukarino) as conn:
        [(body,)] = conn.execute(
            "SELECT body FROM school_kukarino.payload WHERE kind = 'scan'"
        ).fetchall()

    assert in_text(PDF)[:40] not in body
    assert len(body) > len(in_text(PDF))


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"scan": in_text(PDF), "paper": None}, "consent.scan_alone"),
        ({"scan": "не base64"}, "scan.not_base64"),
        ({"scan": in_text(b"<svg/>")}, "scan.unknown"),
        ({"scan": in_text(PDF + b" " * 3_000_000)}, "scan.too_large"),
        ({"paper": PAPER | {"aim": " "}}, "consent.paper_incomplete"),
        ({"paper": PAPER | {"signed_on": "2026-09-03"}}, "consent.signed_tomorrow"),
        ({"paper": PAPER | {"file_name": "../../x"}}, "request.malformed"),
    ],
)
def test_a_paper_that_is_none_is_refused_with_a_sentence(
    desk: At, change: dict[str, Any], code: str
) -> None:
    answer = desk("kira").post(CONSENTS, WITH_SCAN | change)

    assert (answer.status_code, answer.json()["code"]) == (422, code)
    assert len(desk("kira").get(CONSENTS).json()["consents"]) == 1


def test_the_largest_scan_goes_through_the_door_and_a_repeat_is_the_same_one(desk: At) -> None:
    largest = PDF.replace(b"trailer", b"%" + b"x" * (3_000_000 - len(PDF) - 2) + b"\ntrailer")
    body, key = WITH_PAPER | {"scan": in_text(largest)}, str(uuid4())

    first = desk("kira").post(CONSENTS, body, key=key)
    again = desk("kira").post(CONSENTS, body, key=key)
    other = desk("kira").post(CONSENTS, body | {"scan": in_text(PDF)}, key=key)

    assert len(largest) == 3_000_000
    assert (first.status_code, again.json()) == (200, first.json())
    assert (other.status_code, other.json()["code"]) == (422, "request.key_reused")


def test_what_is_larger_than_any_scan_is_not_even_read(desk: At) -> None:
    answer = desk("kira").post(CONSENTS, WITH_PAPER | {"scan": "A" * 4_500_000})

    assert (answer.status_code, answer.json()["code"]) == (413, "request.too_large")


def test_a_consent_that_was_given_gets_its_paper_later(desk: At) -> None:
    position = given(desk, OF_OLEG)
    assert desk("kira").get(f"{CONSENTS}/{position}/paper").status_code == 404

    assert given(desk, WITH_PAPER) == position

    assert desk("kira").get(f"{CONSENTS}/{position}/paper").json()["paper"] == PAPER


# -- the class -------------------------------------------------------------------------------


def states(answer: Any) -> dict[tuple[str, str | None], str]:
    """(pupil, guardian) → how the consent stands."""
    return {(one["pupil_id"], one["guardian_id"]): one["state"] for one in answer["families"]}


def test_the_class_teacher_sees_who_has_who_lacks_and_whose_ends_soon(desk: At) -> None:
    given(desk, OF_OLEG | {"until": "2026-10-01"})

    answer = desk("kira").get(CLASS).json()

    assert states(answer) == {
        (YOLKIN, None): "none",
        (MASHA, None): "none",
        (PETYA, OLGA): "given",
        (PETYA, OLEG): "ends_soon",
    }
    assert answer["purpose"] == "diary"
    assert set(states(desk("vera").get(CLASS, purpose="email").json()).values()) == {"none"}


def test_purposes_are_given_and_taken_back_one_by_one(desk: At) -> None:
    email = {"guardian_id": OLGA, "purpose": "email", "since": "2026-09-01"}
    given(desk, email)
    taken_back = {"guardian_id": OLGA, "purpose": "diary"}
    position = desk("kira").post(f"{CONSENTS}/withdrawal", taken_back).json()["position"]

    by_purpose = {
        purpose: states(desk("kira").get(CLASS, purpose=purpose, min_position=position).json())[
            (PETYA, OLGA)
        ]
        for purpose in ("diary", "email", "push")
    }

    assert by_purpose == {"diary": "withdrawn", "email": "given", "push": "none"}
    assert desk("kira").get(CLASS, purpose="telegram").status_code == 422


# -- what a consent opens (clause 1.11) ------------------------------------------------------


def test_a_consent_ends_at_midnight_of_the_school(
    desk: At, clock: Clock, projector: Projector
) -> None:
    given(desk, OF_OLEG | {"until": "2026-09-04"})
    midnight = datetime(2026, 9, 4, tzinfo=ZoneInfo("Europe/Moscow"))

    clock.at = midnight - timedelta(seconds=1)
    before = desk("oleg").get(WEEK)
    clock.at = midnight
    after = desk("oleg").get(WEEK)
    listed = desk("kira").get(CLASS).json()

    assert before.status_code == 200
    assert (after.status_code, after.json()["code"]) == (403, "consent.required")
    assert after.json()["reason"] == "consent.diary"
    assert states(listed)[(PETYA, OLEG)] == "expired"


def test_one_parent_takes_back_and_the_other_reads_on(desk: At) -> None:
    given(desk, OF_OLEG)
    olga, oleg, kira = desk("olga"), desk("oleg"), desk("kira")
    assert (olga.get(WEEK).status_code, oleg.get(WEEK).status_code) == (200, 200)

    body = {"guardian_id": OLGA, "purpose": "diary"}
    position = kira.post(f"{CONSENTS}/withdrawal", body).json()["position"]

    closed = olga.get(WEEK, min_position=position)
    assert (closed.status_code, closed.json()["code"]) == (403, "consent.required")
    assert "1.11" in closed.json()["detail"]
    assert oleg.get(WEEK).status_code == 200
    assert desk("petya").get(WEEK).status_code == 200  # one parent's consent is enough for him


def test_the_journal_goes_on_without_any_consent(desk: At) -> None:
    body = {"guardian_id": OLGA, "purpose": "diary"}
    position = desk("kira").post(f"{CONSENTS}/withdrawal", body).json()["position"]
    assert desk("petya").get(WEEK, min_position=position).status_code == 403
    anna = desk("anna")
    [lesson, *_] = anna.get("/lessons", date="2026-09-02").json()["lessons"]

    taken = anna.post(f"/lessons/{lesson['lesson_id']}/attendance", {"entries": []})

    assert taken.status_code == 200


def test_a_png_is_a_scan_too(desk: At) -> None:
    position = given(desk, WITH_PAPER | {"scan": in_text(picture("PNG"))})

    assert desk("kira").get(f"{CONSENTS}/{position}/scan").headers["content-type"] == "image/png"
