"""Erasing a person: what is kept is shown, what is chosen is nowhere any more, the log stands."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import suppress
from io import BytesIO
from typing import Any
from uuid import uuid4
from zlib import error

import psycopg
import pytest
from fastapi.testclient import TestClient
from psycopg.sql import SQL, Identifier
from pypdf import PdfReader

from projections.diary.packing import unpack
from projections.erasure import spellings
from projections.postgres.database import PROJECTOR, READER, conninfo
from projections.replay import replay
from projections.seals.checkpoint import Receipt
from projections.verification import verify
from tests.api.ground import (
    ALGEBRA_PLACE,
    OPERATOR,
    YEAR,
    Clock,
    Desk,
    look_again,
    project,
    school_behind,
)
from tests.api.papers import PAPER, PDF, in_text
from tests.api.test_lessons import lesson_of
from tests.api.test_log import judged
from tests.api.test_marks import A_FIVE, A_FOUR, FOUR
from tests.cast import ALLA, CLASS_7A, MASHA, OLGA, PETYA, YOLKIN, ZOYA, an_id
from tests.conftest import SECRET
from tests.domain.seventh_a import SEPTEMBER_1
from tests.ground import request
from tests.sealing import Sealer

At = Callable[[str], Desk]
SCHEMA = "school_kukarino"
OF_MASHA = f"/people/{MASHA}/erasure"
ACT = f"{OF_MASHA}/act"
BASIS = {"basis": "акт № 3 от 02.09.2026"}
STREET = "Зелёная улица, 7"
PARTY = {"name": "Морозова Мария", "address": STREET, "document": "II-АБ № 777"}
#: what must be nowhere: beginnings of the name, the login, words of the texts, of the paper
TRACES = ("орозов", "МОРОЗОВ", "masha", "рассуждает", "списал", "Зелёная")


@pytest.fixture
def lived(client: TestClient, desk: At, kukarino: str, sealer: Sealer, clock: Clock) -> str:
    """Masha has a mark with a comment, a consent with a scan, a place in a comment about Petya;
    the receipt of her mark.
    """
    school = school_behind(client)
    linked = school.link_guardian(YEAR, MASHA, ZOYA, SEPTEMBER_1, by=OPERATOR, request=request())
    linked.result(10)
    project(kukarino)
    consent = {"guardian_id": ZOYA, "purpose": "diary", "since": "2026-09-01"}
    body = consent | {"paper": PAPER | {"child": PARTY}, "scan": in_text(PDF)}
    assert desk("kira").post(f"/pupils/{MASHA}/consents", body).status_code == 200
    anna = desk("anna")
    about = A_FIVE | {"comment": "списал у Морозовой"}
    given = anna.post(f"/lessons/{lesson_of(anna)}/marks", {"marks": [about, A_FOUR]})
    assert given.status_code == 200, given.text
    project(kukarino)
    sealer.seal(clock())
    return desk("vera").get(f"/marks/{FOUR}/receipt").text


def everything(url: str) -> str:
    """Every cell of every table of the school, whatever it lies in."""
    with psycopg.connect(url) as conn:
        tables = conn.execute(
            "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = %s::regnamespace",
            (SCHEMA,),
        ).fetchall()
        return "\n".join(
            f"{table}: {legible(cell)}"
            for (table,) in tables
            for row in conn.execute(
                SQL("SELECT * FROM {}").format(Identifier(SCHEMA, table))
            ).fetchall()
            for cell in row
        )


def legible(cell: Any) -> str:
    """Bytes as text: packed documents, facts."""
    if not isinstance(cell, bytes):
        return str(cell)
    whole = cell
    with suppress(error):
        whole = unpack(cell)
    return whole.decode(errors="replace")


def chosen(desk: At, *kinds: str) -> list[str]:
    """Ids of texts of these kinds that are shown about Masha."""
    texts = desk("alla").get(OF_MASHA).json()["texts"]
    return [one["payload_id"] for one in texts if one["kind"] in kinds]


def erased(desk: At, url: str, **more: Any) -> dict[str, Any]:
    """Masha with all her texts is erased; the answer."""
    ids = chosen(desk, "comment", "consent", "scan")
    answer = desk("alla").post(OF_MASHA, BASIS | {"payload_ids": ids}, **more)
    assert answer.status_code == 200, answer.text
    project(url)
    said: dict[str, Any] = answer.json()
    return said


# -- who -------------------------------------------------------------------------------------


def test_a_stranger_learns_nothing_of_it(desk: At) -> None:
    for login in ("zoya", "olga", "petya"):
        for path in (OF_MASHA, ACT):
            assert desk(login).get(path).status_code == 404, (login, path)
        assert desk(login).post(OF_MASHA, BASIS).status_code == 404


def test_other_staff_is_told_whose_business_it_is(desk: At) -> None:
    for login in ("vera", "sveta"):
        for answer in (
            desk(login).get(OF_MASHA),
            desk(login).get(ACT),
            desk(login).post(OF_MASHA, BASIS),
        ):
            assert (answer.status_code, answer.json()["code"]) == (403, "erasure.not_yours")


def test_a_look_at_what_is_kept_leaves_a_line(desk: At, kukarino: str) -> None:
    desk("dina").get(OF_MASHA)

    with psycopg.connect(kukarino) as conn:
        line = conn.execute(
            f"SELECT outcome, basis FROM {SCHEMA}.access_log"
            " WHERE act = 'erasure' AND subject = %s",
            (MASHA,),
        ).fetchone()

    assert line == ("ok", "director")


# -- what is kept ----------------------------------------------------------------------------


def test_everything_that_is_kept_is_shown_and_what_names_her_elsewhere(
    desk: At, lived: str
) -> None:
    answer = desk("alla").get(OF_MASHA).json()

    assert (answer["person"]["name"], answer["login"]) == ("Морозова Мария", "masha")
    shown = {(one["kind"], one["about"]["person_id"], one["own"]) for one in answer["texts"]}
    assert shown == {
        ("comment", MASHA, True),
        ("consent", MASHA, True),
        ("scan", MASHA, True),
        ("comment", PETYA, False),
    }
    stays = {one["what"]: one["count"] for one in answer["stays"]}
    assert stays["отметки и их исправления"] == 1
    assert stays["номера связей, согласий и доступа"] == 4


def test_papers_that_a_parent_has_signed_are_the_parents_too(desk: At, lived: str) -> None:
    texts = desk("alla").get(f"/people/{ZOYA}/erasure").json()["texts"]

    assert {(one["kind"], one["own"]) for one in texts} == {("consent", False), ("scan", False)}
    assert desk("alla").get(f"/people/{OLGA}/erasure").json()["login"] == "olga"


def test_who_is_not_there_is_not_there(desk: At) -> None:
    nobody = an_id("никто")

    assert desk("alla").get(f"/people/{nobody}/erasure").status_code == 404
    assert desk("alla").post(f"/people/{nobody}/erasure", BASIS).status_code == 404
    assert desk("alla").get(ACT).json()["code"] == "erasure.none"


def test_a_family_name_is_looked_for_in_every_case() -> None:
    assert spellings("Петров") == ["ПЕТРОВ", "Петров", "петров"]
    assert "Морозов" in spellings("Морозова")  # of Морозовой, Морозову
    assert {"Ёлкин", "Елкин"} <= set(spellings("Ёлкин"))
    assert "Ия" in spellings("Ия")  # too short to be cut
    assert spellings("") == []


# -- what goes -------------------------------------------------------------------------------


def test_after_it_name_texts_and_login_are_in_no_table(
    client: TestClient, desk: At, kukarino: str, lived: str
) -> None:
    before = everything(kukarino)
    assert not [trace for trace in TRACES if trace not in before and trace != "МОРОЗОВ"]
    masha = desk("masha")

    erased(desk, kukarino)

    after = everything(kukarino)
    left = [line for line in after.splitlines() if any(trace in line for trace in TRACES)]
    assert left == []
    assert MASHA in after  # the journal keeps the number
    assert masha.send("GET", "/session").status_code == 401
    history = desk("vera").get(f"/marks/{FOUR}/history").json()
    assert [one["value"] for one in history] == ["4"]


def test_a_page_that_is_kept_shows_no_text_after_its_erasure(
    desk: At, kukarino: str, lived: str
) -> None:
    page = f"/classes/{CLASS_7A}/register"
    anna, alla = desk("anna"), desk("alla")
    for _ in range(2):
        assert "списал у Морозовой" in anna.get(page, **ALGEBRA_PLACE).text

    ids = [one["payload_id"] for one in alla.get(OF_MASHA).json()["texts"]]
    assert alla.post(OF_MASHA, BASIS | {"payload_ids": ids}).status_code == 200
    look_again(kukarino)  # written, and folded by nobody

    assert "списал" not in anna.get(page, **ALGEBRA_PLACE).text


def test_texts_about_others_go_only_when_they_are_chosen(
    desk: At, kukarino: str, lived: str
) -> None:
    desk("alla").post(OF_MASHA, BASIS)
    project(kukarino)

    assert "списал у Морозовой" in everything(kukarino)
    assert desk("alla").get(OF_MASHA).json()["login"] is None


def test_what_is_not_among_her_texts_is_not_erased(desk: At, kukarino: str, lived: str) -> None:
    for number in (str(uuid4()), an_id("id 0")):
        answer = desk("alla").post(OF_MASHA, BASIS | {"payload_ids": [number]})
        assert (answer.status_code, answer.json()["code"]) == (422, "erasure.unknown_text")
    assert desk("alla").get(OF_MASHA).json()["person"]["name"] == "Морозова Мария"


def test_an_erasure_without_a_basis_is_refused(desk: At, lived: str) -> None:
    assert desk("alla").post(OF_MASHA, {"basis": ""}).status_code == 422
    assert desk("alla").post(OF_MASHA, {"basis": "   "}).status_code == 422
    assert desk("masha").send("GET", "/session").status_code == 200


def test_a_repeat_gets_the_first_answer(desk: At, kukarino: str, lived: str) -> None:
    key, ids = str(uuid4()), chosen(desk, "comment")
    alla = desk("alla")

    first = alla.post(OF_MASHA, BASIS | {"payload_ids": ids}, key=key)
    again = alla.post(OF_MASHA, BASIS | {"payload_ids": ids}, key=key)

    assert (first.status_code, again.json()) == (200, first.json())


# -- the log stands --------------------------------------------------------------------------


def test_every_receipt_seal_and_projection_stands(
    desk: At, client: TestClient, kukarino: str, lived: str, sealer: Sealer, clock: Clock
) -> None:
    erased(desk, kukarino)

    sealer.seal(clock())
    assert judged(client, lived)["verdict"] == "in_log"
    assert judged(client, str(Receipt.parse(lived).note))["verdict"] == "in_log"
    assert Receipt.parse(lived).note.verify([sealer.key.verifier])
    with psycopg.connect(conninfo(kukarino, PROJECTOR, SECRET), autocommit=True) as conn:
        assert replay(conn, SCHEMA).agrees
    with psycopg.connect(conninfo(kukarino, READER, SECRET), autocommit=True) as conn:
        assert verify(conn, SCHEMA, sealer.origin, now=clock()).findings == ()


# -- the act ---------------------------------------------------------------------------------


def test_the_act_says_what_when_by_whom_and_how(desk: At, kukarino: str, lived: str) -> None:
    said = erased(desk, kukarino)

    alla = desk("alla")
    act = alla.get(said["act"].removeprefix("/api/v1"), format="json").json()

    assert (act["basis"], act["by"], act["role"]) == (
        BASIS["basis"],
        "Абрамова Алла Алексеевна",
        "administrator",
    )
    assert {one["what"]: one["count"] for one in act["erased"]} == {
        "фамилия, имя, отчество": 1,
        "бумага согласия: адреса и документы": 1,
        "скан согласия, приложенный документ или файл урока": 1,
        "комментарий, причина или замечание": 2,
        "логин, сеансы, второй фактор": 1,
    }
    assert act["person_id"] == MASHA
    assert "35 дней" in act["backups"]
    assert {one["subject_id"] for one in act["entries"]} == {MASHA, PETYA}
    assert act["entries"][-1]["position"] == said["position"]


def test_the_act_is_printed_again_and_is_the_same(desk: At, kukarino: str, lived: str) -> None:
    erased(desk, kukarino)
    dina = desk("dina")

    first = dina.get(ACT)
    desk("alla").post(f"/people/{YOLKIN}/erasure", BASIS)
    project(kukarino)
    again = dina.get(ACT)

    assert first.content == again.content
    assert first.headers["content-type"] == "application/pdf"
    assert re.fullmatch(
        r'attachment; filename="akt-\d+\.pdf"', first.headers["content-disposition"]
    )
    text = " ".join(page.extract_text() for page in PdfReader(BytesIO(first.content)).pages)
    text = re.sub(r"\s+", " ", text)
    for words in (
        "Акт об уничтожении персональных данных",
        "акт № 3 от 02.09.2026",
        "Кукаринская школа",
        "Абрамова Алла Алексеевна, администратор",
        "2 сентября 2026 г.",
        "35 дней",
        "Выгрузка из журнала событий",
        "№ 179",
    ):
        assert words in text, words
    assert "орозов" not in text


def test_the_extract_opens_in_a_spreadsheet_and_no_cell_is_a_formula(
    desk: At, kukarino: str, lived: str
) -> None:
    answer = desk("alla").post(OF_MASHA, {"basis": '=HYPERLINK("http://x")'})
    assert answer.status_code == 200
    project(kukarino)

    table = desk("alla").get(ACT, format="csv")

    assert table.headers["content-type"] == "text/csv; charset=utf-8"
    head, row = table.content.decode("utf-8-sig").splitlines()
    assert head == "запись;когда;кто;роль;о ком;основание;что;сколько"
    assert "'=HYPERLINK" in row
    assert f";{MASHA};" in row
    assert ALLA not in row  # people are named, not numbered, while they are known
