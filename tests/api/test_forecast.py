"""The forecast behind its doors: who sees what, and in which words."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import msgspec
import psycopg
import pytest
from fastapi.testclient import TestClient

from domain.calendar import Calendar, Term
from projections.projector import Projector
from scheduler.timetable import TIMETABLE
from scheduler.work import workshop
from tests.api.ground import SLUG, Clock, Desk
from tests.api.test_grants import settled
from tests.api.test_lessons import lesson_of
from tests.api.test_page_doors import heading, look
from tests.cast import ALGEBRA, ANSWER, CLASS_7A, MASHA, PETYA
from tests.conftest import SECRET
from tests.domain.seventh_a import noon

At = Callable[[str], Desk]
PLACE = f"/classes/{CLASS_7A}/forecast"
OF_PETYA = f"/pupils/{PETYA}/forecast"
SCHOOL, CALIBRATION = "/forecast", "/forecast/calibration"


def give(anna: Desk, values: str = "454") -> int:
    """Marks of Petya and Masha, one after another; the position of the last."""
    position = 0
    for value in values:
        marks = [
            {"mark_id": str(uuid4()), "pupil_id": pupil, "value": value, "work_type_id": ANSWER}
            for pupil in (PETYA, MASHA)
        ]
        answer = anna.post(f"/lessons/{lesson_of(anna)}/marks", {"marks": marks})
        assert answer.status_code == 200, answer.text
        position = int(answer.json()["position"])
    return position


@pytest.mark.parametrize(
    ("login", "of_class", "of_pupil", "of_school"),
    [
        ("zoya", 404, 404, 404),
        ("olga", 404, 200, 404),
        ("petya", 404, 200, 404),
        ("igor", 403, 404, 403),
        ("boris", 200, 403, 403),
        ("kira", 200, 200, 403),
        ("vera", 200, 200, 200),
    ],
)
def test_a_stranger_expects_nothing(
    client: TestClient, desk: At, login: str, of_class: int, of_pupil: int, of_school: int
) -> None:
    other = desk(login)
    for path, status in ((PLACE, of_class), (OF_PETYA, of_pupil), (CALIBRATION, of_school)):
        assert other.get(path).status_code == status, path
        assert look(client, other, path).status_code == status, path
    assert other.get(SCHOOL).status_code == of_school


def test_from_a_few_marks_to_what_each_may_read_of_them(
    client: TestClient, desk: At, projector: Projector
) -> None:
    anna = desk("anna")
    position = give(anna)

    [algebra] = anna.get(PLACE, min_position=position).json()["subjects"]
    cells = {one["pupil_id"]: one for one in algebra["cells"]}
    assert (cells[PETYA]["marks"], cells[PETYA]["average"]) == (3, "4.33")
    assert sum(float(one) for one in cells[PETYA]["chances"].values()) == pytest.approx(1, abs=0.02)
    assert cells[PETYA]["reason"].startswith("Сейчас 4,33 по 3 отметкам.")
    assert desk("boris").get(PLACE).json()["subjects"] == []  # not his subject
    [whole] = desk("vera").get(SCHOOL).json()["classes"][:1]
    assert "Петров" not in str(whole)
    assert float(whole["quality_low"]) <= float(whole["quality"]) <= float(whole["quality_high"])

    olga = desk("olga")
    [subject] = olga.get(OF_PETYA).json()["subjects"]
    assert "chances" not in subject
    assert "Морозова" not in str(subject)
    assert [one["marks"] for one in subject["if"]] == [["5"] * 3, ["4"] * 3, ["3"] * 3]
    page = look(client, olga, OF_PETYA)
    assert "Что будет, если" in page.text
    assert "вероятность" not in page.text
    for person, path in ((anna, f"{PLACE}?subject_id={ALGEBRA}"), (desk("kira"), PLACE)):
        page = look(client, person, path)
        assert heading(page).startswith("Прогноз: 7а")
        assert "Петров" in page.text
    assert "Прогноз" in heading(look(client, desk("vera"), SCHOOL))

    [of_office] = desk("vera").get(PLACE).json()["subjects"]
    assert of_office["quality"] == algebra["quality"]
    named = {one["pupil_id"] for one in of_office["cells"]}
    assert not named & {PETYA, MASHA}  # nothing can be done for them: figures alone
    assert "Петров" not in look(client, desk("vera"), f"{PLACE}?subject_id={ALGEBRA}").text


def test_control_works_of_the_plan_are_what_is_ahead(
    client: TestClient, desk: At, projector: Projector
) -> None:
    anna = desk("anna")
    position = give(anna)

    def algebra(position: int) -> dict[str, Any]:
        [found] = anna.get(PLACE, min_position=position).json()["subjects"]
        return dict(found)

    without = algebra(position)
    assert without["controls"] is None
    control = {"topic": "Дроби", "kind": "CONTROL", "title": "Дроби"}
    lessons = [{"number": 1, "topic": "Дроби"}, {"number": 2} | control, {"number": 3} | control]
    plan = {"plan_id": str(uuid4()), "subject_id": ALGEBRA, "lessons": lessons}
    position = anna.post(f"/classes/{CLASS_7A}/lesson-plans", plan).json()["position"]

    planned = algebra(position)
    assert planned["controls"] == 2
    assert [one["reason"] for one in planned["cells"]] != [
        one["reason"] for one in without["cells"]
    ]
    page = look(client, anna, f"{PLACE}?subject_id={ALGEBRA}").text
    assert "По КТП до конца периода контрольных работ: 2" in page


def test_the_forecast_is_for_pupils_and_for_the_class_and_writes_nothing(
    client: TestClient, desk: At, projector: Projector, kukarino: str, clock: Clock
) -> None:
    anna = desk("anna")
    position = give(anna, "3334")
    with psycopg.connect(kukarino) as conn:
        count = f"SELECT count(*) FROM school_{SLUG}.facts".encode()
        [before] = conn.execute(count).fetchone() or ()
        for path in (PLACE, f"{PLACE}?subject_id={ALGEBRA}"):
            assert anna.get(path, min_position=position).status_code == 200
            assert look(client, anna, path).status_code == 200
        assert conn.execute(count).fetchone() == (before,)
    [algebra] = anna.get(PLACE).json()["subjects"]
    petya = next(one for one in algebra["cells"] if one["pupil_id"] == PETYA)
    assert max(petya["chances"], key=petya["chances"].__getitem__) == "3"
    assert float(algebra["quality"]) < 60  # one of three has no mark yet

    clock.at = noon(date(2026, 11, 1))  # the first quarter is over, the second has not begun
    told = desk("anna").get(PLACE).json()
    assert (told["term"], told["subjects"]) == (None, [])
    assert "Прогноза сейчас нет" in look(client, desk("anna"), PLACE).text


def test_once_a_month_it_learns_of_terms_that_are_over(
    client: TestClient, desk: At, projector: Projector, kukarino: str, clock: Clock
) -> None:
    anna, vera = desk("anna"), desk("vera")
    position = give(anna)
    assert vera.get(CALIBRATION, min_position=position).json()["terms"] == []
    assert "ещё не учился" in look(client, vera, CALIBRATION).text
    with workshop(kukarino, SECRET) as shop:
        line = next(one for one in TIMETABLE if one.name == "fit_forecast")
        assert shop.run(line.name, line.job, clock(), line.when) == {SLUG: 0}  # nothing is over
        later = noon(date(2026, 11, 20))
        assert shop.run(line.name, line.job, later, line.when) == {SLUG: 1}

    clock.at = later
    told = desk("vera").get(CALIBRATION).json()
    assert len(told["terms"]) == 1
    assert re.fullmatch(r"2026/27, 1 .*", told["terms"][0])
    assert (told["cells"], told["calibration"], told["shown"]) == (2, None, True)
    assert "только один период" in look(client, desk("vera"), CALIBRATION).text


def _cell(told: dict[str, Any]) -> dict[str, Any]:
    [algebra] = told["subjects"]
    return next(one for one in algebra["cells"] if one["pupil_id"] == PETYA)


def _in_the_risk_list(vera: Desk, position: int) -> str | None:
    """«Прогноз» of Petya in form 14."""
    asked = {"class_id": CLASS_7A, "term": 1, "min_position": position}
    found = vera.get("/reports/risk", **asked).json()["parts"][0]
    place = [one["key"] for one in found["columns"]].index("expected")
    [cells] = [
        line["cells"]
        for line in found["lines"]
        if line["cells"][1].startswith("Петров П") and line["cells"][2] == "Алгебра"
    ]
    return str(cells[place]) if cells[place] else None


def test_a_family_turns_the_forecast_off_and_nobody_is_shown_it(
    client: TestClient, desk: At, projector: Projector
) -> None:
    anna, olga = desk("anna"), desk("olga")
    give(anna)
    debt = {"debt_id": str(uuid4()), "pupil_id": PETYA, "work_type_id": ANSWER}
    due = {"due_date": "2026-09-09"}
    owes = anna.post(f"/lessons/{lesson_of(anna)}/debts", {"debts": [debt | due]})
    position = int(owes.json()["position"])  # so that he is in the list
    for stranger, status in (("zoya", 404), ("anna", 403), ("kira", 404), ("petya", 404)):
        answer = desk(stranger).post(f"{OF_PETYA}/switch", {"on": False})
        assert answer.status_code == status, stranger
    likely = olga.get(OF_PETYA, min_position=position).json()["subjects"][0]["likely"]
    assert _in_the_risk_list(desk("vera"), position) == "–".join(likely)
    off = olga.post(f"{OF_PETYA}/switch", {"on": False})
    settled(olga, off)
    assert _in_the_risk_list(desk("vera"), off.json()["position"]) is None

    told = olga.get(OF_PETYA).json()
    assert (told["on"], told["subjects"][0]["likely"]) == (False, [])
    assert "Прогноз отключён" in look(client, olga, OF_PETYA).text
    cell = _cell(anna.get(PLACE).json())
    assert (cell["chances"], cell["hidden_by"], cell["average"]) == (None, "family", "4.33")
    assert "Семья отключила прогноз" in look(client, anna, f"{PLACE}?subject_id={ALGEBRA}").text

    sent = client.post(
        OF_PETYA,
        data={"key": str(uuid4()), "on": "yes"},
        headers=olga.cookie,
        follow_redirects=False,
    )
    assert sent.headers["location"] == OF_PETYA
    again = client.cookies["letopis_position"]
    client.cookies.clear()
    assert olga.get(OF_PETYA, min_position=again).json()["on"]


def test_a_teacher_hides_a_forecast_or_says_a_word_to_it(
    client: TestClient, desk: At, projector: Projector
) -> None:
    anna, olga = desk("anna"), desk("olga")
    give(anna)
    words = {"pupil_id": PETYA, "subject_id": ALGEBRA, "note": "Болел, догоняет"}
    path = f"{PLACE}/annotations"
    for stranger, status in (("zoya", 404), ("boris", 403), ("kira", 403), ("olga", 404)):
        assert desk(stranger).post(path, words).status_code == status, stranger

    settled(anna, anna.post(path, words))
    [subject] = olga.get(OF_PETYA).json()["subjects"]
    assert (subject["note"]["text"], subject["hidden_by"]) == ("Болел, догоняет", None)
    assert subject["likely"]
    assert "«Болел, догоняет»" in look(client, olga, OF_PETYA).text

    settled(anna, anna.post(path, {"pupil_id": PETYA, "subject_id": ALGEBRA, "hidden": True}))
    [subject] = olga.get(OF_PETYA).json()["subjects"]
    assert (subject["note"], subject["hidden_by"], subject["likely"]) == (None, "teacher", [])
    page = look(client, olga, OF_PETYA).text
    assert "Учитель скрыл этот прогноз" in page
    assert "Сейчас средний балл 4,33" in page  # a fact stays
    assert _cell(desk("kira").get(PLACE).json())["chances"] is None


def test_what_can_be_done_comes_first_and_is_made_of_facts(
    client: TestClient, desk: At, projector: Projector, clock: Clock
) -> None:
    anna, olga = desk("anna"), desk("olga")
    give(anna, "45")
    lesson = lesson_of(anna)
    topic = {"topic": "Дроби", "kind": "CONTROL", "title": "Дроби"}
    assert anna.post(f"/lessons/{lesson}/topic", topic).status_code in {200, 201}
    debt = {"debt_id": str(uuid4()), "pupil_id": PETYA, "work_type_id": ANSWER}
    due = {"due_date": "2026-09-09"}
    settled(anna, anna.post(f"/lessons/{lesson}/debts", {"debts": [debt | due]}))
    low = {"mark_id": str(uuid4()), "pupil_id": PETYA, "value": "2", "work_type_id": ANSWER}
    settled(anna, anna.post(f"/lessons/{lesson}/marks", {"marks": [low]}))

    [subject] = olga.get(OF_PETYA).json()["subjects"]
    assert [one["what"] for one in subject["steps"]] == ["debt", "low"]
    assert _cell(desk("vera").get(PLACE).json())["steps"] == subject["steps"]
    page = look(client, olga, OF_PETYA).text
    assert page.index("Сдать долг") < page.index("Если так пойдёт дальше")
    assert "можно ли исправить «2» за контрольную работу" in page


def test_what_is_worth_a_look_was_so_a_week_ago(
    client: TestClient, desk: At, projector: Projector, clock: Clock
) -> None:
    position = give(desk("anna"), 10 * "2")
    assert not _cell(desk("anna").get(PLACE, min_position=position).json())["alert"]
    assert "Стоит заметить" not in look(client, desk("anna"), PLACE).text
    clock.forward(timedelta(days=8))
    assert _cell(desk("anna").get(PLACE).json())["alert"]
    page = look(client, desk("kira"), PLACE).text
    assert re.search(r"Стоит заметить сейчас.*<li><b>Петров", page.replace("\n", " "))


def test_what_was_written_since_was_not_known_a_week_ago(
    desk: At, projector: Projector, clock: Clock
) -> None:
    clock.forward(timedelta(days=8))
    position = give(desk("anna"), 10 * "2")  # of a lesson eight days ago
    assert not _cell(desk("anna").get(PLACE, min_position=position).json())["alert"]


def test_the_first_term_knows_how_the_year_before_ended(
    desk: At, projector: Projector, kukarino: str
) -> None:
    anna = desk("anna")
    position = give(anna, "444")
    before = _cell(anna.get(PLACE, min_position=position).json())
    assert "(класс и другие предметы)" in before["reason"]

    _a_year_before(kukarino, PETYA, marks=12)  # of 2, in another class

    after = _cell(anna.get(PLACE).json())
    assert "(прошлая четверть и другие предметы)" in after["reason"]
    assert float(after["expected"]) < float(before["expected"])


def _a_year_before(url: str, pupil: str, *, marks: int) -> None:
    """Rows of a last term of 2025/26 in which the pupil had twos in algebra, in a 6а."""
    calendar = Calendar(year=2025, terms=(Term(4, "4", date(2026, 3, 30), date(2026, 5, 26)),))
    own, lesson = str(uuid4()), str(uuid4())
    copies: list[tuple[str, dict[str, Any], str]] = [
        ("directory_year", {"year": 2025}, "true"),
        ("directory_class", {"class_id": own, "year": 2025, "grade_level": 6}, "true"),
        (
            "directory_enrolment",
            {"class_id": own, "since": "2025-09-01", "until": "2026-06-01"},
            f"pupil_id = '{pupil}'",
        ),
        (
            "register_lesson",
            {"lesson_id": lesson, "class_id": own, "date": "2026-04-06"},
            f"subject_id = '{ALGEBRA}'",
        ),
    ]
    with psycopg.connect(url, autocommit=True) as conn:
        conn.execute(f"SET search_path = school_{SLUG}".encode())
        copies += [
            (
                "register_mark",
                {"mark_id": str(uuid4()), "lesson_id": lesson, "class_id": own, "value": "2"},
                f"pupil_id = '{pupil}'",
            )
            for _ in range(marks)
        ]
        for number, (table, changed, where) in enumerate(copies, 900_000):
            conn.execute(
                f"INSERT INTO {table} SELECT (jsonb_populate_record(t, %s::jsonb)).*"
                f" FROM {table} t WHERE {where} LIMIT 1".encode(),
                (json.dumps(changed | {"position": number}),),
            )
        conn.execute(
            "UPDATE directory_year SET calendar = %s WHERE year = 2025",
            (msgspec.json.encode(calendar),),
        )
