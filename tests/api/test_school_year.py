"""A school year at the desk: the rollover, the setup's forms, tables, the day's substitutions."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from fastapi.testclient import TestClient
from httpx2 import Response

from api.pages.school_year import _steps
from domain.bells import Bells
from projections.office import Readiness
from projections.postgres.settings import Settings
from tests.api.ground import SLUG, YEAR, Clock, Desk, project, running
from tests.cast import (
    ALGEBRA,
    ANNA,
    BORIS,
    CLASS_7A,
    ENGLISH,
    FIRST_HALF,
    GALINA,
    MASHA,
    OLEG,
    PETYA,
    TANYA,
    YOLKIN,
    an_id,
)
from tests.conftest import SECRET, admin, clone, url_of
from tests.domain.seventh_a import WEDNESDAY
from tests.ground import CALENDAR

ORDER = {"order_no": "52-у", "order_date": "2027-06-01"}


class Year:
    """One running Kukarino for this file; its tests tell one story in their order."""

    def __init__(self, url: str, client: TestClient) -> None:
        self.url, self.client = url, client
        self._desks: dict[str, Desk] = {}

    def desk(self, login: str) -> Desk:
        """Somebody, signed in once."""
        if login not in self._desks:
            self._desks[login] = Desk(self.client, login)
        return self._desks[login]

    def page(self, login: str, path: str, **query: Any) -> Response:
        """A page as somebody sees it."""
        return self.client.get(path, params=query, headers=self.desk(login).cookie)

    def send(self, login: str, path: str, **fields: Any) -> Response:
        """A form; what it has written is folded."""
        answer = self.client.post(
            path,
            data={"key": str(uuid4()), "year": str(YEAR), **fields},
            headers=self.desk(login).cookie,
            follow_redirects=False,
        )
        project(self.url)
        return answer

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """Rows of the school's tables."""
        with psycopg.connect(self.url) as conn:
            conn.execute(f"SET search_path = school_{SLUG}".encode())
            return conn.execute(query.encode()).fetchall()


@pytest.fixture(scope="module")
def year(
    server: str, school_template: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Year]:
    name = f"year_{uuid4().hex}"
    clone(server, name, school_template)
    home: Path = tmp_path_factory.mktemp("year")
    settings = Settings(data_dir=home, secret=SECRET, database_url=url_of(server, name), pool_max=4)
    with running(settings, Clock()) as client:
        yield Year(url_of(server, name), client)
    admin(server, "DROP DATABASE {} WITH (FORCE)", name)


# -- substitutions ---------------------------------------------------------------------------


def test_a_stranger_finds_neither_year_nor_substitutions(year: Year) -> None:
    zoya = year.desk("zoya")
    for path in ("/substitutions", f"/years/{YEAR}/rollover"):
        assert zoya.get(path).status_code == 404
    for path in ("/substitutions", "/school-year", "/school-year/words", "/school-year/import"):
        assert year.page("zoya", path).status_code == 404


def test_who_is_away_has_lessons_and_who_is_free_may_stand_in(year: Year) -> None:
    vera = year.desk("vera")
    day = WEDNESDAY.isoformat()

    found = vera.get("/substitutions", date=day, absent=[ANNA]).json()

    [lacking] = found["uncovered"]
    assert (lacking["class_name"], lacking["teacher_id"]) == ("7а", ANNA)
    assert [(one["number"], one["subject"]) for one in lacking["lessons"]] == [(1, "Алгебра")]
    # English is at the second hour: at the first Boris and Galina are free, and know the class.
    free = {one["person_id"]: one for one in lacking["candidates"]}
    assert set(free) == {BORIS, GALINA}
    assert free[BORIS]["in_class"]
    assert not free[BORIS]["subject"]
    assert [one["person_id"] for one in found["absent"]] == [ANNA]
    nothing = "Уроков без учителя нет: у отсутствующих их в этот день нет"
    assert nothing not in year.page("vera", "/substitutions", date=day, absent=ANNA).text
    assert nothing in year.page("vera", "/substitutions", date=day, absent=TANYA).text


def test_the_deputy_names_a_substitute_and_the_sheet_says_so(year: Year) -> None:
    fields = {"class_id": CLASS_7A, "teacher_id": ANNA, "date": WEDNESDAY.isoformat()}

    nobody = year.send("vera", "/substitutions", **fields)
    assert (nobody.status_code, "Выберите, кто замещает" in nobody.text) == (422, True)
    refused = year.send("sveta", "/substitutions", **fields, substitute_id=TANYA)
    assert refused.status_code == 403
    done = year.send("vera", "/substitutions", **fields, substitute_id=TANYA, order_no="30-к")

    assert done.status_code == 303, done.text
    sheet = year.page("sveta", "/substitutions", date=WEDNESDAY.isoformat()).text
    assert f"Лист замен на {WEDNESDAY:%d.%m.%Y}" in sheet
    assert re.search(r"<strong>Тихонова Т\. Т\.</strong></td><td>Антонова А\. А\.", sheet)
    assert "30-к" in sheet
    assert "Назначить" not in sheet  # the secretary prints it
    found = year.desk("vera").get("/substitutions", date=WEDNESDAY.isoformat()).json()
    assert found["uncovered"] == []


def test_the_lessons_of_who_is_away_are_offered_by_themselves(year: Year) -> None:
    day = WEDNESDAY + timedelta(days=14)
    about = {"date": day.isoformat(), "person_id": ANNA, "words": "у врача"}
    nobody = year.send("vera", "/substitutions/absences", **about)
    assert (nobody.status_code, "кто отсутствует и почему" in nobody.text) == (422, True)
    assert year.send("anna", "/substitutions/absences", **about, kind="ILL").status_code == 403
    done = year.send("sveta", "/substitutions/absences", **about, kind="ILL")
    assert done.status_code == 303, done.text

    found = year.desk("vera").get("/substitutions", date=day.isoformat()).json()
    assert {one["teacher_id"] for one in found["uncovered"]} == {ANNA}
    [recorded] = found["recorded"]
    assert (recorded["label"], recorded["words"]) == ("болезнь", "у врача")
    page = year.page("vera", "/substitutions", date=day.isoformat()).text
    assert "болезнь, по" in page
    assert "Уроки без учителя" in page
    back = f"/substitutions/absences/{recorded['absence_id']}/return"
    assert year.send("vera", back, date=day.isoformat()).status_code == 303
    found = year.desk("vera").get("/substitutions", date=day.isoformat()).json()
    assert (found["recorded"], found["uncovered"]) == ([], [])


def test_lessons_cancelled_and_moved_are_told_with_their_reasons(year: Year) -> None:
    day = WEDNESDAY + timedelta(days=7)
    vera = year.desk("vera")
    first, second, third = [
        str(one[0])
        for one in year.rows(
            "SELECT lesson_id FROM register_lesson"
            f" WHERE date = '{day}' ORDER BY number, teacher_id"
        )
    ]
    assert vera.post(f"/lessons/{first}/cancel", {"reason": "карантин"}).status_code == 200
    friday = (day + timedelta(days=2)).isoformat()
    assert vera.post(f"/lessons/{second}/move", {"date": friday, "number": 3}).status_code == 200
    assert vera.post(f"/lessons/{third}/move", {"date": day.isoformat(), "number": 3}).is_success
    project(year.url)

    sheet = year.page("vera", "/substitutions", date=day.isoformat()).text

    assert "отменён: карантин" in sheet
    assert f"перенесён на {day + timedelta(days=2):%d.%m.%Y}, 3 урок" in sheet
    assert "перенесён с 2 урока на 3" in sheet
    there = year.page("vera", "/substitutions", date=friday).text
    assert f"перенесён сюда с {day:%d.%m.%Y}, 2 урок" in there


# -- the setup -------------------------------------------------------------------------------


def test_the_steps_say_what_is_done_and_what_is_lacking(year: Year) -> None:
    shown = year.page("sveta", "/school-year").text

    assert "Учебный год 2026/2027" in shown
    assert "у 1 класса нет классного руководителя: 7б" in shown
    assert "у 1 класса нет учеников: 7б" in shown
    assert "без законного представителя: 2" in shown
    assert "уроки составлены: 1 из 4 периодов классов" in shown
    assert "нет КТП у 3 назначений" in shown
    later = year.page("sveta", "/school-year", year=2031).text
    assert "год не открыт" in later


def test_a_step_that_waits_for_another_one_is_not_called_done() -> None:
    """In a school without classes nobody teaches, there is no timetable and no plan."""
    steps = {one.title: one for one in _steps(YEAR, CALENDAR, Bells(), Readiness())}
    for waiting in ("Кто что ведёт", "Расписание и уроки"):
        assert steps[waiting].missing == ("сначала заведите классы",)
    assert steps["КТП"].missing == ("сначала назначьте, кто что ведёт",)


def test_every_form_opens_and_a_strange_one_does_not(year: Year) -> None:
    steps = ("calendar", "bells", "words", "staff", "classes", "pupils", "lessons", "import")
    for step in steps:
        assert year.page("vera", f"/school-year/{step}", year=YEAR).status_code == 200
    groups = {"class_id": CLASS_7A, "subject_id": ENGLISH}
    shown = year.page("vera", "/school-year/subgroups", **groups).text
    assert re.search(r'name="group-\S+" value="1"[^>]* checked', shown)
    assert "Борисов" in year.page("vera", "/school-year/assignments", class_id=CLASS_7A).text
    assert year.page("vera", "/school-year/nothing").status_code == 404


def test_what_the_forms_say_is_written_once_and_by_its_right(year: Year) -> None:
    key = str(uuid4())
    words = {"names": "Физика\nХимия", "kinds": "Диктант; Д; 1,5"}
    assert year.send("sveta", "/school-year/words", **words).status_code == 403
    for _ in range(2):
        done = year.send("vera", "/school-year/words", **words, key=key)
        assert done.status_code == 303, done.text
    told = year.rows("SELECT name FROM directory_subject WHERE year = 2026 ORDER BY name")
    assert [one[0] for one in told].count("Физика") == 1
    wrong = year.send("vera", "/school-year/words", names="", kinds="Диктант 2")
    assert "пишите так" in wrong.text


def test_a_class_is_set_up_from_nothing_by_forms(year: Year) -> None:
    since = "2026-09-03"
    assert year.send(
        "alla",
        "/school-year/staff",
        names="Орлова Ольга Олеговна",
        role="teacher",
        since="2026-09-01",
    ).is_redirect
    [[orlova]] = year.rows(
        "SELECT person_id::text FROM directory_person WHERE full_name LIKE 'Орлова%'"
    )
    formed = {"grade_level": "5", "letter": "А", "person_id": orlova, "shift": "2", "since": since}
    shifts = {"shift1": "1 08:30–09:15\n2 9.25-10.10", "shift2": "1 13:30 14:10\n2 14:20 15:00"}
    assert year.send("vera", "/school-year/bells", since=since, **shifts).is_redirect
    assert year.send("vera", "/school-year/classes", **formed).is_redirect
    [[fifth]] = year.rows("SELECT class_id::text FROM directory_class WHERE name = '5а'")
    listed = "Белов Борис Ильич; Белова Инна Львовна\nГусева Галя"
    pupils = {"class_id": fifth, "names": listed, "since": since, "order_no": "3-у"}
    assert year.send("sveta", "/school-year/pupils", **pupils).is_redirect
    roster = year.desk("vera").get(f"/classes/{fifth}", date=since).json()["roster"]
    belov, guseva = (one["pupil_id"] for one in roster)
    halves = {f"group-{belov}": "1", f"group-{guseva}": "2", "class_id": fifth}
    order = {"subject_id": ENGLISH, "since": since, "order_date": since}
    unordered = year.send("vera", "/school-year/subgroups", **halves, **order)
    assert "Деление на подгруппы делается по приказу" in unordered.text
    split = year.send("vera", "/school-year/subgroups", **halves, **order, order_no="4-у")
    assert split.is_redirect
    given = {f"teacher-{ALGEBRA}.": orlova, "class_id": fifth, "since": since}
    assert year.send("vera", "/school-year/assignments", **given).is_redirect

    table = "Класс\tДень недели\tУрок\tПредмет\tУчитель\tДействует с\n"
    table += f"5а\tпятница\t1\tАлгебра\tОрлова О. О.\t{date(2026, 9, 3):%d.%m.%Y}\n"
    plan = year.send("vera", "/school-year/import", kind="timetable", text=table).text
    found = {n: re.search(rf'name="{n}" value="([^"]+)"', plan) for n in ("plan_hash", "data")}
    again = {name: one.group(1) for name, one in found.items() if one}
    written = year.send("vera", "/school-year/import", kind="timetable", **again)
    assert written.headers["location"] == f"/school-year?year={YEAR}&done=1"
    assert "Таблица записана" in year.page("vera", "/school-year", done=1).text
    staff = year.page("vera", "/school-year/staff", year=YEAR).text
    assert re.search(r'Орлова Ольга Олеговна</a> <span class="muted">учитель</span>', staff)
    assert year.send("vera", "/school-year/lessons", place=f"{fifth}.1").is_redirect

    lessons = year.rows(f"SELECT count(*) FROM register_lesson WHERE class_id = '{fifth}'")
    assert lessons[0][0] > 3
    [[guardian]] = year.rows(f"SELECT count(*) FROM directory_guardian WHERE pupil_id = '{belov}'")
    assert guardian == 1
    assert "2 смена: 2 урока" in year.page("vera", "/school-year").text


def test_a_table_with_errors_is_not_written(year: Year) -> None:
    wrong = year.send("alla", "/school-year/import", kind="plan", text="Класс;Предмет;Тема\n9я;X;Y")

    assert "класса «9я» в школе нет" in wrong.text
    assert "Записать этот план" not in wrong.text


def test_columns_of_another_system_are_assigned_once_and_remembered_for_the_school(
    year: Year,
) -> None:
    table = "Учащийся (полностью);Дата рожд.\nНовиков Илья Олегович;01.02.2013"
    asked = year.send("alla", "/school-year/import", kind="classes", text=table)
    assert "Не найдены столбцы: «Класс», «Фамилия» или «ФИО»" in asked.text
    assert "Новиков Илья Олегович" in asked.text
    data = re.search(r'name="data" value="([^"]+)"', asked.text)
    assert data is not None
    chosen = {"column-0": "full", "column-1": "", "always-class": "7а"}
    again = {"kind": "classes", "data": data.group(1)}
    plan = year.send("alla", "/school-year/import", **again, **chosen).text
    assert "Записать этот план" in plan
    found = re.search(r'name="plan_hash" value="([^"]+)"', plan)
    assert found is not None
    assert 'name="always-class" value="7а"' in plan

    # another day, another file of the same program: nobody is asked about its columns
    other = "Учащийся (полностью);Класс;Дата рожд.\nЗуева Яна Ильинична;7а;"
    assert (
        "Записать этот план"
        in year.send("alla", "/school-year/import", kind="classes", text=other).text
    )
    strange = year.send("alla", "/school-year/import", **again, **{"column-0": "ship"})
    assert "Такого столбца нет" in strange.text
    commit = {**again, "always-class": "7а", "plan_hash": found.group(1)}
    assert year.send("alla", "/school-year/import", **commit).is_redirect


# -- the rollover ----------------------------------------------------------------------------


def test_the_plan_waits_for_the_council_and_writes_nothing(year: Year) -> None:
    before = year.rows("SELECT count(*) FROM facts")

    plan = year.desk("sveta").get(f"/years/{YEAR}/rollover").json()

    waiting = {one["person_id"] for one in plan["issues"] if one["code"] == "pupil.undecided"}
    assert {PETYA, MASHA, YOLKIN} <= waiting
    assert next(one["name"] for one in plan["issues"] if one["person_id"] == PETYA).startswith("П")
    assert "Переход на 2027/2028" in year.page("sveta", "/school-year/rollover", year=YEAR).text
    assert year.rows("SELECT count(*) FROM facts") == before


def test_the_school_goes_on_to_the_next_year_and_the_old_one_is_untouched(year: Year) -> None:
    dina, alla = year.desk("dina"), year.desk("alla")
    plan_of_algebra = {
        "plan_id": an_id("КТП"),
        "subject_id": ALGEBRA,
        "lessons": [{"number": 1, "topic": "Дроби", "hours": 2}],
    }
    eighth = {"class_id": an_id("8а"), "grade_level": 8, "letter": "а"}
    assert dina.post(f"/years/{YEAR}/classes", eighth).is_success
    assert dina.post(f"/classes/{an_id('8а')}/lesson-plans", plan_of_algebra).is_success
    decided = {PETYA: "PROMOTED", MASHA: "CONDITIONALLY_PROMOTED", YOLKIN: "RETAINED"}
    council = {
        "protocol_no": "9",
        "protocol_date": "2026-09-01",
        "decisions": [{"pupil_id": who, "decision": what} for who, what in decided.items()],
    }
    answer = dina.post(f"/classes/{CLASS_7A}/council-decisions", council)
    assert answer.is_success, answer.text
    project(year.url)
    old = year.rows(OLD_YEAR)
    path = f"/years/{YEAR}/rollover"
    plan = alla.get(path, **ORDER).json()

    sveta = year.desk("sveta").post(path, {"plan_hash": plan["hash"], **ORDER})
    assert sveta.status_code == 403
    other = alla.post(path, {"plan_hash": "0" * 64, **ORDER})
    assert (other.status_code, other.json()["code"]) == (409, "rollover.plan_changed")
    bare = alla.get(path).json()["hash"]
    assert alla.post(path, {"plan_hash": bare}).json()["code"] == "rollover.no_order"
    done = alla.post(path, {"plan_hash": plan["hash"], **ORDER})
    assert (done.status_code, done.json()["refused"]) == (200, []), done.text
    project(year.url)

    assert year.rows(OLD_YEAR) == old
    new = {one["name"]: one["new_id"] for one in plan["classes"]}["7а"]
    card = dina.get(f"/classes/{new}", date="2027-09-02").json()
    assert (card["name"], card["year"]) == ("8а", YEAR + 1)
    assert {one["pupil_id"] for one in card["roster"]} == {PETYA, MASHA}
    assert card["class_teacher"]["name"].startswith("Кириллова")
    assert {(one["subject_id"], one["teacher_id"]) for one in card["assignments"]} >= {
        (ENGLISH, BORIS),
        (ENGLISH, GALINA),
        (ALGEBRA, ANNA),
    }
    assert FIRST_HALF not in {one["subgroup_id"] for one in card["subgroups"]}
    ktp = dina.get(f"/classes/{new}/lesson-plan", subject_id=ALGEBRA).json()
    assert [one["topic"] for one in ktp["lessons"]] == ["Дроби"]  # that of last year's 8а
    # Carried out again there is nothing more to do.
    again = alla.post(path, {"plan_hash": plan["hash"], **ORDER})
    assert (again.status_code, again.json()["facts"]) == (200, 0), again.text
    steps = year.page("dina", "/school-year", year=YEAR + 1).text
    assert "переведены условно: 1" in steps
    # Until September comes Petya is in 7а: its class teacher takes the consent.
    consent = {"guardian_id": OLEG, "purpose": "diary", "since": "2026-09-02"}
    assert year.desk("kira").post(f"/pupils/{PETYA}/consents", consent).is_success


OLD_YEAR = (
    "SELECT originator_id, max(originator_version) FROM facts WHERE originator_id IN (SELECT"
    " class_id FROM directory_class WHERE year = 2026 UNION SELECT office_id FROM directory_year"
    " WHERE year = 2026) GROUP BY originator_id ORDER BY 1"
)
