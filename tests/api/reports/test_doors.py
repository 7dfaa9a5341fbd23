"""Reports over HTTP and as pages: who has which, three ways to draw one."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from fastapi.testclient import TestClient
from openpyxl import load_workbook
from pypdf import PdfReader

from api.house import House
from api.pages.reports import _part
from api.report_work import make_one
from projections import report_runs
from projections.postgres.settings import Settings
from projections.reports import Column, Line, Part
from tests.api.ground import Clock, Desk, running
from tests.api.reports.story import AFTER
from tests.api.telephone import refusal
from tests.api.test_page_doors import look
from tests.cast import ALGEBRA, BORIS, CLASS_7A, CLASS_7B, ENGLISH, PETYA
from tests.conftest import SECRET
from tests.domain.seventh_a import noon

At = Callable[[str], Desk]
SHEET = "/reports/summary_sheet"
NAMES = ("Ёлкин Егор", "Морозова Мария", "Новиков Николай", "Петров Пётр")
OF_CLASS: dict[str, Any] = {"class_id": CLASS_7A, "term": 1}


@pytest.fixture(scope="module")
def client(quarter: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """The application on the quarter, on the day of the reports."""
    folder: Path = tmp_path_factory.mktemp("reports")
    settings = Settings(data_dir=folder, secret=SECRET, database_url=quarter, pool_max=4)
    with running(settings, Clock(noon(AFTER))) as client:
        yield client


@pytest.fixture(scope="module")
def desk(client: TestClient) -> At:
    """`desk("anna")`: Anna, signed in once."""
    desks: dict[str, Desk] = {}

    def at(login: str) -> Desk:
        if login not in desks:
            desks[login] = Desk(client, login)
        return desks[login]

    return at


@pytest.mark.parametrize("login", ["zoya", "olga", "petya"])
def test_reports_are_the_staffs(client: TestClient, desk: At, login: str) -> None:
    other = desk(login)
    for path in ("/reports", SHEET, f"{SHEET}/xlsx", f"{SHEET}/pdf"):
        assert other.get(path, **OF_CLASS).status_code == 404
    for page in ("/reports", f"{SHEET}?class_id={CLASS_7A}"):
        assert look(client, other, page).status_code == 404


@pytest.mark.parametrize(
    ("login", "form", "asked", "status"),
    [
        ("kira", "summary_sheet", OF_CLASS, 200),  # the class teacher
        ("vera", "summary_sheet", OF_CLASS, 200),
        ("igor", "summary_sheet", OF_CLASS, 200),  # the journals are open to the auditor
        ("anna", "summary_sheet", OF_CLASS, 403),  # teaches there
        ("sveta", "summary_sheet", OF_CLASS, 403),  # the secretary
        ("kira", "summary_sheet", {"class_id": CLASS_7B}, 404),  # not the own class
        ("vera", "summary_sheet", {}, 422),
        ("vera", "no_such_form", {}, 404),
        ("anna", "subject_teacher", {}, 200),  # about oneself
        ("anna", "subject_teacher", {"teacher_id": BORIS}, 403),
        ("vera", "subject_teacher", {"teacher_id": BORIS}, 200),
        ("vera", "subject_teacher", {"teacher_id": CLASS_7A}, 404),
        ("igor", "subject_teacher", {}, 403),
        ("anna", "accumulation", OF_CLASS, 422),  # of which subject
        ("anna", "accumulation", OF_CLASS | {"subject_id": ALGEBRA}, 200),
        ("anna", "accumulation", OF_CLASS | {"subject_id": ENGLISH}, 403),
        ("anna", "filling", {}, 200),  # one's own
        ("anna", "filling", OF_CLASS | {"teacher_id": BORIS}, 403),
        ("anna", "risk", OF_CLASS, 422),
        ("kira", "risk", OF_CLASS, 200),
        ("kira", "access", {}, 422),  # of one's class
        ("kira", "access", OF_CLASS, 200),
        ("anna", "access", OF_CLASS, 403),
        ("igor", "access", OF_CLASS, 200),
        ("igor", "letter", OF_CLASS, 403),
        ("sveta", "movements", {}, 200),
        ("sveta", "notices", OF_CLASS, 403),
        ("vera", "rating", OF_CLASS, 403),  # the rules of the school do not allow it
        ("dina", "school_results", {"term": 1}, 200),
        ("kira", "school_results", {"term": 1}, 403),
        ("dina", "school_results", {"term": 9}, 404),
        ("dina", "school_results", {"year": 2020}, 404),
    ],
)
def test_who_has_which_report(
    desk: At, login: str, form: str, asked: dict[str, Any], status: int
) -> None:
    for end in ("",) if status == 200 else ("", "/xlsx", "/pdf"):
        assert desk(login).get(f"/reports/{form}{end}", **asked).status_code == status


def test_the_list_has_the_forms_of_ones_roles(desk: At) -> None:
    listed = {
        login: {one["form"] for one in desk(login).get("/reports").json()["reports"]}
        for login in ("anna", "kira", "vera")
    }
    assert "subject_teacher" in listed["anna"]
    assert "summary_sheet" not in listed["anna"]
    assert "school_results" not in listed["kira"]
    assert listed["kira"] < listed["vera"] | {"subject_teacher"}


def test_a_report_says_of_which_log_it_is_and_is_the_same_of_the_same(desk: At) -> None:
    vera = desk("vera")
    now = vera.get(SHEET, **OF_CLASS).json()
    assert now["source"]["position"] == now["as_of"]["position"]
    before = vera.get(SHEET, **OF_CLASS, as_of="2026-10-22T12:00:00+03:00").json()
    assert before["source"]["position"] < now["source"]["position"]
    assert {tuple(one["cells"][2:4]) for one in before["parts"][0]["lines"][:4]} == {(None, None)}
    again = vera.get(SHEET, **OF_CLASS, as_of="2026-10-22T12:00:00+03:00").json()
    assert again["parts"] == before["parts"]


def test_a_workbook_has_numbers_as_numbers(desk: At) -> None:
    answer = desk("kira").get(f"{SHEET}/xlsx", **OF_CLASS)
    assert answer.headers["content-disposition"] == 'attachment; filename="summary_sheet.xlsx"'
    sheet = load_workbook(io.BytesIO(answer.content)).active
    assert sheet is not None
    rows = [[cell.value for cell in row if cell.value is not None] for row in sheet.iter_rows()]
    assert rows[0] == ["Сводная ведомость учёта успеваемости"]
    assert [1, "Ёлкин Егор", 3, 5, 4] in rows
    assert [2, "Морозова Мария", 4, "н/а", 4] in rows
    assert ["Успеваемость, %", 100, 66.67, 83.33] in rows
    assert any("По записям журнала до №" in str(row[0]) for row in rows if row)


def test_a_paper_is_tagged_russian_and_complete(desk: At) -> None:
    body = desk("kira").get(f"{SHEET}/pdf", **OF_CLASS).content
    reader = PdfReader(io.BytesIO(body))
    root = reader.root_object
    assert "'/Marked': True" in str(root["/MarkInfo"])
    assert str(root["/Lang"]) == "ru"
    text = " ".join(page.extract_text() for page in reader.pages)
    for words in ("Кукаринская школа", "Ёлкин Егор", "Английский язык", "66,67", "н/а"):
        assert words in text


def test_a_page_asks_for_what_it_needs_and_shows_the_table(client: TestClient, desk: At) -> None:
    kira = desk("kira")
    assert "Сводная ведомость" in look(client, kira, "/reports").text
    empty = look(client, kira, SHEET).text
    assert "Выберите класс" in empty
    assert f'value="{CLASS_7A}"' in empty
    page = look(client, kira, f"{SHEET}?class_id={CLASS_7A}&term=1").text
    assert "Морозова Мария" in page
    assert "83,33" in page
    assert f"/api/v1{SHEET}/pdf?year=2026&amp;term=1&amp;class_id={CLASS_7A}" in page
    assert look(client, desk("anna"), f"{SHEET}?class_id={CLASS_7A}").status_code == 403
    assert look(client, kira, f"{SHEET}?class_id={CLASS_7B}").status_code == 404


def test_a_refusal_names_what_is_to_be_chosen(desk: At) -> None:
    assert refusal(desk("vera").get(SHEET)) == (422, "report.class")
    assert refusal(desk("anna").get("/reports/school_results"))[1] == "report.not_for_you"


def test_a_family_reads_the_letter_about_its_own_child(desk: At) -> None:
    letter = f"/pupils/{PETYA}/letter"
    for login, status in (("zoya", 404), ("masha", 404), ("oleg", 403), ("anna", 403)):
        for path in (letter, f"{letter}/pdf", f"/pupils/{PETYA}/progress"):
            assert desk(login).get(path).status_code == status, login
    told = desk("olga").get(letter, term=1).json()
    [part] = told["parts"]
    assert part["title"] == "Петров Пётр, 7а"
    assert [one["cells"] for one in part["lines"]] == [
        ["Алгебра", "5, 4, 5, 5", "4.80", 0, "5"],
        ["Английский язык", "4, 4, 4", "4.00", 0, "4"],
    ]
    paper = PdfReader(io.BytesIO(desk("olga").get(f"{letter}/pdf").content))
    assert "С письмом ознакомлен" in paper.pages[0].extract_text()


def test_a_family_is_not_shown_the_average_of_a_class_of_few(desk: At) -> None:
    """Three have marks in algebra, and five are needed to hide in."""
    way = {
        login: desk(login).get(f"/pupils/{PETYA}/progress", subject_id=ALGEBRA).json()["parts"][1]
        for login in ("olga", "kira")
    }
    assert {login: one["lines"][-1]["cells"] for login, one in way.items()} == {
        "olga": ["2026-09-10", 4, "4.80", None, None],
        "kira": ["2026-09-10", 4, "4.80", 10, "3.92"],
    }


def test_a_class_of_letters_is_a_page_for_each(desk: At) -> None:
    body = desk("kira").get("/reports/letter/pdf", **OF_CLASS).content
    pages = [page.extract_text() for page in PdfReader(io.BytesIO(body)).pages]
    assert [name in page for name, page in zip(NAMES, pages, strict=True)] == [True] * 4
    assert all("Информационное письмо" in page for page in pages)


RUNS = "/report-runs"


def made(client: TestClient, quantity: int) -> None:
    """The worker's turn, as often as there is something to make."""
    house: House = client.app.state.house  # type: ignore[attr-defined]

    async def work() -> list[bool]:
        [door] = await house.doors()
        return [await make_one(door) for _ in range(quantity)]

    assert client.portal is not None
    client.portal.call(work)


def test_a_long_report_is_made_in_the_background_and_kept(client: TestClient, desk: At) -> None:
    vera, key = desk("vera"), str(uuid4())
    for _ in range(2):  # a repeat asks for no other
        answer = vera.post("/reports/letter/runs", {"format": "pdf", "term": 1}, key)
        assert answer.status_code == 202, answer.text
    run = f"{RUNS}/{answer.json()['run_id']}"
    made(client, 2)
    told = vera.get(run).json()
    assert (told["state"], told["done"], told["form"]) == ("ready", 100, "letter")
    assert told["title"] == "Информационное письмо для родителей: 1 четверть"
    assert sum(one["form"] == "letter" for one in vera.get(RUNS).json()["runs"]) == 1
    body = vera.get(f"{run}/file").content
    assert len(PdfReader(io.BytesIO(body)).pages) == 4  # every class: 7б has no pupils
    assert "Готовые отчёты" in look(client, vera, RUNS).text
    assert told["file_url"] in look(client, vera, RUNS).text
    for login, status in (("anna", 404), ("kira", 404), ("olga", 404), ("dina", 200)):
        assert desk(login).get(run).status_code == status, login
        assert desk(login).get(f"{run}/file").status_code == status, login


def test_only_what_one_may_have_is_made_in_the_background(client: TestClient, desk: At) -> None:
    asked = {"format": "xlsx", "class_id": CLASS_7A, "term": 1}
    for login, status in (("zoya", 404), ("olga", 404), ("anna", 403), ("kira", 202)):
        assert desk(login).post("/reports/letter/runs", asked).status_code == status, login
    everybody = {"format": "xlsx", "term": 1}
    assert refusal(desk("kira").post("/reports/letter/runs", everybody)) == (422, "report.class")
    made(client, 1)
    [run] = desk("kira").get(RUNS).json()["runs"]
    sheet = load_workbook(io.BytesIO(desk("kira").get(f"{RUNS}/{run['run_id']}/file").content))
    assert sheet.active is not None
    assert "Ёлкин Егор, 7а" in [row[0].value for row in sheet.active.iter_rows()]


def test_what_cannot_be_made_says_why(client: TestClient, desk: At) -> None:
    dina = desk("dina")
    asked = {"format": "pdf", "class_id": CLASS_7A, "term": 1}
    dina.post("/reports/rating/runs", asked)
    made(client, 1)
    run = dina.get(RUNS).json()["runs"][0]
    assert (run["state"], run["file_url"]) == ("failed", None)
    assert "не составляется" in run["error"]
    assert dina.get(f"{RUNS}/{run['run_id']}/file").status_code == 404


def test_kept_reports_are_forgotten_after_a_week_and_after_an_erasure(
    quarter: str, client: TestClient, desk: At
) -> None:
    answer = desk("dina").post("/reports/school_results/runs", {"format": "pdf", "term": 1})
    made(client, 1)
    count = "SELECT count(*) FROM school_kukarino.report_run"
    with psycopg.connect(quarter) as conn:
        kept = conn.execute(count).fetchone()
        assert report_runs.prune(conn, "school_kukarino", noon(AFTER)) == 0
        over = report_runs.prune(conn, "school_kukarino", noon(AFTER) + report_runs.KEEP * 2)
        assert kept == (over,)
        conn.rollback()
        conn.execute(
            "INSERT INTO school_kukarino.facts"
            " (originator_id, originator_version, topic, state, notification_id)"
            " SELECT originator_id, 1000000, 'person.erased', state, 1000000"
            " FROM school_kukarino.facts LIMIT 1"
        )
        report_runs.prune(conn, "school_kukarino", noon(AFTER))
        ready = conn.execute(count + " WHERE state = 'ready'").fetchone()
        conn.rollback()
    assert ready == (0,)
    assert answer.status_code == 202


def test_all_classes_are_offered_to_whom_they_are_shown(client: TestClient, desk: At) -> None:
    every = '<option value="" selected>все</option>'
    assert every in look(client, desk("vera"), "/reports/access").text
    assert every in look(client, desk("anna"), "/reports/filling").text  # about oneself
    of_kira = look(client, desk("kira"), "/reports/access").text
    assert every not in of_kira
    assert "— выберите —" in of_kira


def test_a_page_draws_so_many_lines_and_says_where_the_others_are() -> None:
    lines = (*(Line((number,)) for number in range(1_200)), Line(("Всего",), "total"))
    drawn = _part(Part((Column("n", "№"),), lines), "Europe/Moscow")
    assert len(drawn["lines"]) == 1_001
    assert drawn["lines"][-1]["kind"] == "total"
    assert drawn["notes"] == (
        "На странице первые 1\u00a0000 строк из 1\u00a0201.",
        "Все — в Excel и в PDF.",
    )
