"""Files of lessons over HTTP: attached by the teacher, opened by families of that very lesson."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from hashlib import sha256
from io import BytesIO
from typing import Any
from urllib.parse import unquote
from zipfile import ZipFile

import psycopg
import pytest
from fastapi.testclient import TestClient

from domain.access import Actor
from domain.journal.file_facts import FileKind
from domain.journal.outcomes import SealedFile
from projections import strongbox
from projections.postgres.database import APP, conninfo
from projections.projector import Projector
from tests.api.ground import OPERATOR, SLUG, YEAR, Clock, Desk, school_behind
from tests.api.papers import PDF, in_text, pdf_with, told
from tests.api.telephone import refusal
from tests.api.test_grants import settled
from tests.cast import ALGEBRA, ANNA, CLASS_7A, ENGLISH, GALINA, OLGA, PETYA, ZOYA, an_id
from tests.conftest import SECRET
from tests.ground import request
from tests.projections.test_wall import ask

At = Callable[[str], Desk]
NUMBER = an_id("файл")
BODY: dict[str, Any] = {
    "file_id": NUMBER,
    "name": "Карточка 3. Дроби.pdf",
    "kind": "HOMEWORK",
    "file": in_text(PDF),
}
MONDAY = "2026-08-31"


def lesson(desk: Desk) -> str:
    """The teacher's first lesson of the day."""
    found = desk.get("/lessons", date="2026-09-02").json()["lessons"]
    return str(found[0]["lesson_id"])


def attached(desk: At, login: str = "anna", **other: Any) -> str:
    """Where the file that was just attached is."""
    teacher = desk(login)
    path = f"/lessons/{lesson(teacher)}/files"
    settled(teacher, teacher.post(path, BODY | other))
    return f"{path}/{(BODY | other)['file_id']}"


def presentation(**parts: str) -> bytes:
    """A presentation of one slide."""
    out = BytesIO()
    with ZipFile(out, "w") as packed:
        for name in ("[Content_Types].xml", "_rels/.rels", "ppt/presentation.xml"):
            packed.writestr(name, "<a/>")
        for name, text in parts.items():
            packed.writestr(name.replace("__", "/"), text)
    return out.getvalue()


@pytest.mark.parametrize("login", ["zoya", "tanya", "masha"])
def test_a_stranger_does_not_learn_that_there_is_a_lesson(
    client: TestClient, desk: At, projector: Projector, login: str
) -> None:
    """Masha is on the list of it, but nobody has consented to her diary."""
    file = attached(desk)
    files = file.rpartition("/")[0]
    other = desk(login)
    assert refusal(other.get(file)) == (404, "lesson.unknown")
    assert refusal(other.get(files)) == (404, "lesson.unknown")
    assert other.post(files, BODY).status_code == 404
    assert other.post(f"{file}/removal").status_code == 404
    place = f"/classes/{CLASS_7A}/files?lesson={files.split('/')[2]}"
    page = client.get(place, headers=other.cookie, follow_redirects=False)
    assert page.status_code == 404


def test_a_teacher_attaches_and_the_family_downloads_it_from_the_diary(
    desk: At, projector: Projector, kukarino: str
) -> None:
    file = attached(desk)

    week = desk("olga").get(f"/pupils/{PETYA}/diary/weeks/{MONDAY}").json()
    [shown] = [one for day in week["days"] for one in day["lessons"] if one.get("files")]
    [one] = shown["files"]
    assert (one["name"], one["kind"], one["size"]) == (BODY["name"], "HOMEWORK", len(PDF))
    assert one["url"] == f"/api/v1{file}"
    for login in ("olga", "petya", "anna", "boris", "kira", "vera", "dina"):
        answer = desk(login).get(file)
        assert (answer.status_code, answer.content) == (200, PDF), login
    assert answer.headers["content-type"] == "application/pdf"
    said = answer.headers["content-disposition"]
    assert said.startswith("attachment;")
    assert unquote(said).endswith("Карточка 3. Дроби.pdf")
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "sandbox" in answer.headers["content-security-policy"]
    with psycopg.connect(kukarino) as conn:
        lines = conn.execute(
            f"SELECT outcome, basis FROM school_{SLUG}.access_log"
            " WHERE act = 'lesson-file' AND person_id = %s AND subject = %s",
            (OLGA, NUMBER),
        ).fetchall()
    assert lines == [("ok", "guardian")]


def test_homework_shows_what_belongs_to_it(desk: At, projector: Projector) -> None:
    anna = desk("anna")
    number = lesson(anna)
    work = {"homework_id": an_id("дз"), "text": "§ 1", "due_date": "2026-09-03"}
    settled(anna, anna.post(f"/lessons/{number}/homework", work))
    attached(desk)
    attached(desk, file_id=an_id("ещё"), kind="LESSON", name="Слайды.pdf")

    week = desk("olga").get(f"/pupils/{PETYA}/diary/weeks/{MONDAY}").json()
    [shown] = [one for day in week["days"] for one in day["lessons"] if one.get("files")]
    [homework] = shown["homework"]
    assert [one["name"] for one in homework["attachments"]] == [BODY["name"]]
    assert [one["name"] for one in shown["files"]] == [BODY["name"], "Слайды.pdf"]
    page = anna.get(f"/classes/{CLASS_7A}/register", subject_id=ALGEBRA, term=1).json()
    [there] = [one for one in page["lessons"] if one["files"]]
    assert there["lesson_id"] == number
    listed = anna.get(f"/lessons/{number}/files").json()["files"]
    assert listed == there["files"] == shown["files"]


def galinas(client: TestClient, desk: At) -> str:
    """A file of the second half's lesson in English, in which Petya is not."""
    door, by = school_behind(client), Actor(GALINA, "сеанс")
    register = f"/classes/{CLASS_7A}/register"
    page = desk("vera").get(register, subject_id=ENGLISH, term=1).json()
    [number] = [
        one["lesson_id"]
        for one in page["lessons"]
        if one["teacher_id"] == GALINA and one["date"] == "2026-09-02"
    ]
    body = strongbox.seal(SECRET, GALINA, PDF)
    file = SealedFile(body, "application/pdf", sha256(PDF).hexdigest(), len(PDF))
    what = (CLASS_7A, number, NUMBER, FileKind.HOMEWORK, "Second half.pdf", file)
    done = door.attach_lesson_file(*what, by=by, request=request()).result(10)
    desk("vera").get("/session", min_position=done.position)
    return f"/lessons/{number}/files/{NUMBER}"


def test_a_file_of_the_subgroups_lesson_is_for_the_subgroup(
    client: TestClient, desk: At, projector: Projector
) -> None:
    theirs = galinas(client, desk)
    ours = attached(desk, "boris", file_id=an_id("первой"))
    for login in ("olga", "petya"):
        assert refusal(desk(login).get(theirs)) == (404, "lesson.unknown")
        files = theirs.rpartition("/")[0]
        assert refusal(desk(login).get(files)) == (404, "lesson.unknown")
        assert desk(login).get(ours).status_code == 200
        week = desk(login).get(f"/pupils/{PETYA}/diary/weeks/{MONDAY}").text
        assert an_id("первой") in week
        assert NUMBER not in week


def test_who_has_left_keeps_the_files_of_own_lessons_and_gets_none_of_later_ones(
    desk: At, projector: Projector, clock: Clock
) -> None:
    before = attached(desk)
    vera = desk("vera")
    gone = {"pupil_id": PETYA, "on": "2026-09-03", "order_no": "23-у"}
    settled(vera, vera.post(f"/classes/{CLASS_7A}/departures", gone))
    clock.forward(timedelta(days=1))
    anna = desk("anna")
    later = str(anna.get("/lessons", date="2026-09-03").json()["lessons"][0]["lesson_id"])
    settled(anna, anna.post(f"/lessons/{later}/files", BODY | {"file_id": an_id("позже")}))

    assert desk("olga").get(before).status_code == 200
    after = desk("olga").get(f"/lessons/{later}/files/{an_id('позже')}")
    assert refusal(after) == (404, "lesson.unknown")


def test_without_consent_there_is_no_file(desk: At, projector: Projector) -> None:
    file = attached(desk)
    assert refusal(desk("oleg").get(file)) == (404, "lesson.unknown")


def test_the_wall_hides_files_from_a_query_that_forgot_to_ask(
    client: TestClient, desk: At, projector: Projector, kukarino: str
) -> None:
    galinas(client, desk)
    attached(desk, "boris", file_id=an_id("первой"))
    with psycopg.connect(conninfo(kukarino, APP, SECRET)) as conn:
        for person, seen in ((OLGA, 1), (PETYA, 1), (ZOYA, 0), (ANNA, 2), (OLGA, 1)):
            ask(conn, person)
            files = conn.execute(f"SELECT file_id FROM school_{SLUG}.register_file").fetchall()
            texts = conn.execute(
                f"SELECT kind FROM school_{SLUG}.payload WHERE kind IN ('title', 'scan')"
            ).fetchall()
            assert (len(files), len(texts)) == (seen, 2 * seen), person
            conn.rollback()


def test_a_file_that_is_not_what_was_attached_is_not_handed_out(
    desk: At, projector: Projector, kukarino: str
) -> None:
    file = attached(desk)
    with psycopg.connect(kukarino) as conn:
        table = f"school_{SLUG}.register_file"
        conn.execute(f"UPDATE {table} SET sha256 = repeat('0', 64)")
        conn.commit()
        assert refusal(desk("olga").get(file)) == (409, "lesson_file.spoilt")
        digest = sha256(PDF).hexdigest()
        conn.execute(f"UPDATE {table} SET sha256 = %s", (digest,))
        conn.commit()
        assert desk("olga").get(file).status_code == 200
        # another sealed file of the vault in its place: bound to the same person, other bytes
        other = attached(desk, file_id=an_id("ещё"), file=in_text(told()), name="фото.jpg")
        conn.execute(
            f"UPDATE {table} SET body_id = (SELECT body_id FROM {table} WHERE file_id = %s)"
            " WHERE file_id = %s",
            (other.rpartition("/")[2], NUMBER),
        )
        conn.commit()
    assert refusal(desk("olga").get(file)) == (409, "lesson_file.spoilt")


def test_a_photograph_loses_the_place_where_it_was_taken(desk: At, projector: Projector) -> None:
    photo = told()
    file = attached(desk, file=in_text(photo), name="Доска")
    answer = desk("olga").get(file)
    assert answer.headers["content-type"] == "image/jpeg"
    assert b"Exif" in photo
    assert b"Exif" not in answer.content
    assert unquote(answer.headers["content-disposition"]).endswith("Доска.jpg")


def test_a_presentation_is_decided_by_its_parts(desk: At, projector: Projector) -> None:
    file = attached(desk, file=in_text(presentation()), name="Дроби.pptx")
    answer = desk("petya").get(file)
    assert answer.headers["content-type"].endswith("presentationml.presentation")
    assert unquote(answer.headers["content-disposition"]).endswith("Дроби.pptx")


@pytest.mark.parametrize(
    ("other", "code"),
    [
        ({"file": in_text(b"MZ program")}, "scan.unknown"),
        ({"file": in_text(pdf_with(b"/JavaScript"))}, "scan.acting"),
        ({"file": in_text(presentation(ppt__vbaProject="x"))}, "scan.acting"),
        ({"file": in_text(b"%PDF-" + b"0" * 3_000_000)}, "scan.too_large"),
        ({"file": "не base64"}, "scan.not_base64"),
        ({"name": " "}, "lesson_file.no_name"),
        ({"name": "я" * 200}, "lesson_file.long_name"),
    ],
)
def test_what_is_not_taken_is_refused_with_what_is(
    desk: At, other: dict[str, Any], code: str
) -> None:
    anna = desk("anna")
    answer = anna.post(f"/lessons/{lesson(anna)}/files", BODY | other)
    assert refusal(answer) == (422, code)
    if code in ("scan.unknown", "scan.too_large"):
        assert ".pptx" in answer.json()["detail"]


def test_a_removed_file_is_offered_no_more_and_the_trail_has_both(
    desk: At, projector: Projector
) -> None:
    file = attached(desk)
    anna = desk("anna")
    assert refusal(desk("boris").post(f"{file}/removal")) == (403, "lesson.not_yours")
    settled(anna, anna.post(f"{file}/removal"))

    for login in ("olga", "anna", "vera"):
        assert refusal(desk(login).get(file)) == (404, "lesson_file.unknown")
    week = desk("olga").get(f"/pupils/{PETYA}/diary/weeks/{MONDAY}").text
    assert NUMBER not in week
    vera = desk("vera")
    for kind in ("lesson-file-attached", "lesson-file-removed"):
        [entry] = vera.get("/trail", kind=kind).json()["items"]
        assert (entry["value"], entry["reason"]) == (BODY["name"], None)
        assert entry["by"]["person_id"] == ANNA
    past = anna.get(f"/classes/{CLASS_7A}/register", subject_id=ALGEBRA, term=1).json()
    assert not any(one["files"] for one in past["lessons"])


def test_a_repeat_changes_nothing_and_the_number_is_of_one_file(
    desk: At, projector: Projector
) -> None:
    file = attached(desk)
    files = file.rpartition("/")[0]
    anna = desk("anna")
    assert anna.post(files, BODY).status_code == 201
    assert len(anna.get(files).json()["files"]) == 1
    other = anna.post(files, BODY | {"file": in_text(told())})
    assert refusal(other) == (409, "lesson_file.id_taken")
    elsewhere = anna.post(files, BODY | {"file_id": an_id("копия")})
    assert refusal(elsewhere) == (409, "lesson_file.twice")


def test_an_erased_file_is_said_to_be_erased(
    client: TestClient, desk: At, projector: Projector
) -> None:
    file = attached(desk)
    alla = desk("alla")
    kept = alla.get(f"/people/{ANNA}/erasure").json()["texts"]
    own = {one["kind"]: one["payload_id"] for one in kept if one["own"]}
    gone = [own["scan"], own["title"]]
    answer = school_behind(client).erase_payloads(
        YEAR, ANNA, gone, "акт 3", by=OPERATOR, request=request()
    )
    alla.get("/session", min_position=answer.result(10).position)

    assert refusal(desk("olga").get(file)) == (404, "lesson_file.erased")
    week = desk("olga").get(f"/pupils/{PETYA}/diary/weeks/{MONDAY}").json()
    [shown] = [one for day in week["days"] for one in day["lessons"] if one.get("files")]
    [one] = shown["files"]
    assert (one["name"], one["url"]) == ("", None)
