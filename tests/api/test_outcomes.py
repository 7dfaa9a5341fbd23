"""Words on a pupil, defended projects with their document, works and levels, over HTTP."""

from __future__ import annotations

from collections.abc import Callable
from hashlib import sha256
from typing import Any

import psycopg
import pytest

from projections.projector import Projector
from tests.api.ground import SLUG, Desk
from tests.api.papers import PDF, in_text, told
from tests.api.telephone import refusal
from tests.api.test_grants import settled
from tests.cast import ALGEBRA, CLASS_7A, ENGLISH, MASHA, PETYA, an_id

At = Callable[[str], Desk]
COMMENTS, SPOKEN = f"/classes/{CLASS_7A}/pupil-comments", an_id("слово")
DEFENCES, NUMBER = f"/classes/{CLASS_7A}/defences", an_id("защита")
FILE = f"/defences/{NUMBER}/file"
OUTCOMES = f"/pupils/{PETYA}/outcomes"
COMMENT: dict[str, Any] = {
    "comment_id": SPOKEN,
    "pupil_id": PETYA,
    "subject_id": ALGEBRA,
    "comment": "Рассуждает вслух",
}
DEFENCE: dict[str, Any] = {
    "defence_id": NUMBER,
    "pupil_id": PETYA,
    "title": "Мосты нашего города",
    "value": "5",
    "date": "2026-09-02",
    "file": in_text(PDF),
}


@pytest.mark.parametrize("login", ["zoya", "olga", "petya", "tanya"])
def test_a_stranger_does_not_learn_that_there_is_a_class(desk: At, login: str) -> None:
    other = desk(login)
    work = {"work_id": SPOKEN, "title": "Работа", "date": "2026-09-02", "results": []}

    assert other.post(COMMENTS, COMMENT).status_code == 404
    assert other.post(DEFENCES, DEFENCE).status_code == 404
    assert other.post(f"/classes/{CLASS_7A}/comprehensive-works", work).status_code == 404
    assert other.get(f"/classes/{CLASS_7A}/outcomes").status_code == 404
    assert refusal(other.get(FILE)) == (404, "defence.unknown")


def test_a_word_is_seen_by_the_family_and_the_class_teacher_with_its_history(
    desk: At, projector: Projector
) -> None:
    anna = desk("anna")
    settled(anna, anna.post(COMMENTS, COMMENT))
    settled(anna, anna.post(COMMENTS, COMMENT | {"comment": "Рассуждает и доказывает"}))

    for login in ("olga", "petya", "kira"):
        [seen] = desk(login).get(f"/pupils/{PETYA}/comments").json()["comments"]
        assert (seen["comment"], seen["corrected"]) == ("Рассуждает и доказывает", True)
    history = desk("olga").get(f"/pupils/{PETYA}/comments/{SPOKEN}/history").json()["history"]
    assert [one["comment"] for one in history] == ["Рассуждает вслух", "Рассуждает и доказывает"]
    other = desk("kira").get(f"/pupils/{MASHA}/comments/{SPOKEN}/history")
    assert refusal(other) == (404, "pupil_comment.unknown")
    marks = desk("olga").get(f"/pupils/{PETYA}/marks").json()["marks"]
    assert marks == []  # no mark, so nothing in an average
    assert desk("zoya").get(f"/pupils/{PETYA}/comments").status_code == 404
    assert refusal(desk("oleg").get(f"/pupils/{PETYA}/comments")) == (403, "consent.required")
    [entry] = desk("vera").get("/trail", kind="pupil-commented").json()["items"]
    assert entry["comment"] == "Рассуждает вслух"


def test_words_are_of_the_subjects_teacher_and_not_for_other_colleagues(
    desk: At, projector: Projector
) -> None:
    anna, boris = desk("anna"), desk("boris")
    settled(anna, anna.post(COMMENTS, COMMENT))

    assert refusal(boris.post(COMMENTS, COMMENT)) == (403, "pupil_comment.not_yours")
    assert refusal(boris.get(COMMENTS, subject_id=ALGEBRA)) == (403, "class.not_yours")
    assert len(anna.get(COMMENTS, subject_id=ALGEBRA).json()["comments"]) == 1
    assert desk("kira").get(COMMENTS, subject_id=ENGLISH).json()["comments"] == []


def test_the_document_is_kept_as_harmless_sealed_and_compared(
    desk: At, projector: Projector, kukarino: str
) -> None:
    anna = desk("anna")
    photo = told()  # a telephone's picture, with the place where it was taken
    settled(anna, anna.post(DEFENCES, DEFENCE | {"file": in_text(photo)}))

    answer = desk("olga").get(FILE)

    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "image/jpeg"
    assert answer.headers["content-disposition"].startswith('attachment; filename="zashchita-')
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert b"Exif" not in answer.content
    [defence] = desk("olga").get(OUTCOMES).json()["defences"]
    assert defence["sha256"] == sha256(answer.content).hexdigest()
    assert desk("boris").get(FILE).content == answer.content
    assert refusal(desk("zoya").get(FILE)) == (404, "defence.unknown")
    assert refusal(desk("oleg").get(FILE)) == (403, "consent.required")
    with psycopg.connect(kukarino) as conn:
        bodies = conn.execute(f"SELECT body FROM school_{SLUG}.payload WHERE kind = 'scan'")
        assert all(in_text(answer.content)[:60] not in body for (body,) in bodies)
        conn.execute(f"UPDATE school_{SLUG}.classroom_defence SET sha256 = repeat('0', 64)")
    assert refusal(desk("olga").get(FILE)) == (409, "defence.spoilt")


@pytest.mark.parametrize(
    ("other", "code"),
    [
        ({"file": None}, "defence.no_file"),
        ({"file": in_text(b"MZ program")}, "scan.unknown"),
        ({"file": "не base64"}, "scan.not_base64"),
        ({"title": " "}, "defence.no_title"),
        ({"value": "н/а"}, "defence.value"),
    ],
)
def test_a_defence_without_what_it_needs_is_refused(
    desk: At, other: dict[str, Any], code: str
) -> None:
    assert refusal(desk("anna").post(DEFENCES, DEFENCE | other)) == (422, code)


def test_a_corrected_defence_and_who_has_none_are_listed(desk: At, projector: Projector) -> None:
    kira = desk("kira")
    settled(kira, kira.post(DEFENCES, DEFENCE))
    again = {"saw": "5", "value": "4", "date": "2026-09-02", "reason_code": "APPEAL"}
    settled(kira, kira.post(f"{DEFENCES}/{NUMBER}/corrections", again))

    found = kira.get(f"/classes/{CLASS_7A}/outcomes").json()

    assert [(one["value"], one["corrected"]) for one in found["defences"]] == [("4", True)]
    assert PETYA not in found["without"]["defence"]
    assert MASHA in found["without"]["defence"]
    [entry] = desk("vera").get("/trail", kind="project-defence-corrected").json()["items"]
    assert (entry["old_value"], entry["value"]) == ("5", "4")
    stale = kira.post(f"{DEFENCES}/{NUMBER}/corrections", again | {"value": "3"})
    assert refusal(stale) == (409, "defence.changed_meanwhile")


def test_an_annulled_defence_is_gone_but_for_the_trail(desk: At, projector: Projector) -> None:
    anna = desk("anna")
    settled(anna, anna.post(DEFENCES, DEFENCE))
    path = f"{DEFENCES}/{NUMBER}/annulment"
    wrong = {"saw": "3", "reason_code": "WRONG_PUPIL"}
    assert refusal(anna.post(path, wrong)) == (409, "defence.changed_meanwhile")
    assert refusal(desk("vera").post(path, wrong)) == (403, "class.not_teaching")
    done = anna.post(path, {"saw": "5", "reason_code": "WRONG_PUPIL", "reason": "защищал другой"})
    settled(anna, done)
    assert desk("olga").get(OUTCOMES).json()["defences"] == []
    assert refusal(desk("olga").get(FILE)) == (404, "defence.unknown")
    [entry] = desk("vera").get("/trail", kind="project-defence-annulled").json()["items"]
    assert (entry["old_value"], entry["reason"]) == ("5", "защищал другой")
    assert refusal(anna.post(DEFENCES, DEFENCE)) == (409, "defence.annulled")


def test_works_and_levels_reach_the_family(desk: At, projector: Projector) -> None:
    kira = desk("kira")
    result = {"pupil_id": PETYA, "level": "RAISED", "points": 17}
    work = {"work_id": NUMBER, "title": "Работа за год", "date": "2026-09-02", "most_points": 20}
    works = f"/classes/{CLASS_7A}/comprehensive-works"
    settled(kira, kira.post(works, work | {"results": [result]}))
    levels = {"levels": [{"pupil_id": PETYA, "level": "BASIC"}]}
    settled(kira, kira.post(f"/classes/{CLASS_7A}/metasubject-levels", levels))

    mine = desk("olga").get(OUTCOMES).json()

    assert [(one["label"], one["points"]) for one in mine["works"]] == [("повышенный", 17)]
    assert [one["label"] for one in mine["levels"]] == ["базовый"]
    assert desk("zoya").get(OUTCOMES).status_code == 404
    blind = {"levels": [{"pupil_id": PETYA, "level": "HIGH"}]}
    answer = kira.post(f"/classes/{CLASS_7A}/metasubject-levels", blind)
    assert refusal(answer) == (409, "outcome.changed_meanwhile")
    anna = desk("anna").post(works, work | {"results": [result]})
    assert refusal(anna) == (403, "class.not_yours")
