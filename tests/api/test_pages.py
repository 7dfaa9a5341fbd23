"""Pages from the very JSON that the API answers: what a person reads on them."""

from __future__ import annotations

import gzip
import re
from datetime import UTC, date, datetime
from html.parser import HTMLParser
from typing import Any

import pytest
from starlette.testclient import TestClient

from api.pages import diary, register, today, trail, viewer, wording
from api.pages.assets import ASSETS, lighter, static_url
from api.pages.declension import dative, did, gender, to_whom, whose
from api.pages.failures import failure_page
from api.pages.rendering import environment, page
from api.pages.trail_table import as_csv

ZONE = "Europe/Moscow"
ANNA = {
    "person_id": "11111111-1111-4111-8111-111111111111",
    "name": "Иванова Анна Петровна",
    "zone": ZONE,
    "menu": viewer.menu(["teacher"], "/"),
    "search": True,
    "behind": False,
    "alert": None,
    "reminders": [],
}


# --- words ------------------------------------------------------------------------------------


def test_dates_numbers_and_names_are_written_as_a_school_writes_them() -> None:
    assert wording.day("2026-11-12") == "12.11.2026"
    assert wording.moment("2026-11-12T11:03:00+00:00", ZONE) == "12.11.2026 14:03"
    assert wording.comma("4.42") == "4,42"
    assert wording.comma(None) == ""
    assert wording.weight("3.00") == "3"
    assert wording.weight("1.50") == "1,5"
    assert wording.short_name("Иванова Анна Петровна") == "Иванова А. П."
    assert wording.week_in_words(date(2026, 11, 16)) == "16–21 ноября"
    assert wording.week_in_words(date(2026, 11, 30)) == "30 ноября – 5 декабря"


@pytest.mark.parametrize(
    ("number", "words"),
    [(1, "1 урок"), (2, "2 урока"), (5, "5 уроков"), (11, "11 уроков"), (22, "22 урока")],
)
def test_things_are_counted_in_russian(number: int, words: str) -> None:
    assert wording.plural(number, "урок", "урока", "уроков") == words


@pytest.mark.parametrize(
    ("name", "whom"),
    [
        ("Петров Иван", "Петрову И."),
        ("Петрова Анна", "Петровой А."),
        ("Кузьмина Мария", "Кузьминой М."),
        ("Достоевский Фёдор", "Достоевскому Ф."),
        ("Крупская Надежда", "Крупской Н."),
        ("Белый Андрей", "Белому А."),
        ("Мельник Илья", "Мельнику И."),
        ("Мельник Софья", "Мельник С."),
        ("Коваленко Пётр", "Коваленко П."),
        ("Седых Олег", "Седых О."),
        ("Соловей Игорь", "Соловей И."),
        ("Черкасов-Преображенский Константин", "Черкасову-Преображенскому К."),
    ],
)
def test_a_pupil_is_named_in_the_dative(name: str, whom: str) -> None:
    assert to_whom(name) == whom


@pytest.mark.parametrize(
    ("name", "of"),
    [
        ("Петров Иван", "Петрова И."),
        ("Петрова Анна", "Петровой А."),
        ("Достоевский Фёдор", "Достоевского Ф."),
        ("Белый Андрей", "Белого А."),
        ("Мельник Илья", "Мельника И."),
        ("Врубель Павел", "Врубеля П."),
        ("Лоза Мария", "Лозы М."),
        ("Щука Мария", "Щуки М."),
        ("Коваленко Пётр", "Коваленко П."),
        ("Черкасов-Преображенский Константин", "Черкасова-Преображенского К."),
    ],
)
def test_whose_diary_it_is_stands_in_the_genitive(name: str, of: str) -> None:
    assert whose(name) == of


def test_a_reflexive_verb_has_a_feminine_of_its_own() -> None:
    told = trail.sentence(
        entry(
            kind="journal.diary-acknowledged",
            by={"name": "Чернышёва Нина Кирилловна"},
            pupil={"name": "Шубин Степан"},
            subject=None,
            lesson_date=None,
            old_value=None,
            value=None,
            reason_code=None,
        ),
        ZONE,
    )
    assert told == (
        "12.11.2026 14:03 Чернышёва Н. К. ознакомилась с неделей дневника Шубина С. (7а)"
    )
    assert did("ознакомился", "Ким А. Б.") == "ознакомился(лась)"


def test_a_term_has_the_name_that_the_year_gave_it() -> None:
    of_term = {"kind": "journal.term-mark-corrected", "lesson_date": None, "term": 4}
    assert "(7а, Алгебра, IV четверть)" in trail.sentence(
        entry(**of_term, term_name="IV четверть"), ZONE
    )
    assert "(7а, Алгебра, 4-й период)" in trail.sentence(entry(**of_term, term_name=None), ZONE)


def test_an_unknown_ending_is_left_alone_rather_than_made_wrong() -> None:
    assert dative("Ким", "") == "Ким"
    assert did("исправил", "Ким А. Б.") == "исправил(а)"
    assert gender("Ким Анна Олеговна") == "f"


# --- the trail --------------------------------------------------------------------------------


def entry(**given: Any) -> dict[str, Any]:
    """An entry of GET /trail."""
    return {
        "recorded_at": "2026-11-12T11:03:00+00:00",
        "kind": "journal.mark-corrected",
        "by": {"name": "Иванова Анна Петровна"},
        "acting_for": None,
        "pupil": {"name": "Петров Иван"},
        "class": "7а",
        "subject": "Алгебра",
        "lesson_date": "2026-11-10",
        "old_value": "4",
        "value": "5",
        "reason_code": "TYPO",
        "reason": None,
    } | given


def test_a_correction_is_one_russian_sentence() -> None:
    assert trail.sentence(entry(), ZONE) == (
        "12.11.2026 14:03 Иванова А. П. исправила отметку Петрову И. "
        "(7а, Алгебра, урок 10.11.2026): 4 → 5, причина: опечатка"
    )


def test_an_annulment_says_what_was_there_and_the_reason_in_words() -> None:
    told = trail.sentence(
        entry(kind="journal.mark-annulled", value=None, reason_code="OTHER", reason="чужая работа"),
        ZONE,
    )
    assert told.endswith(
        "аннулировала отметку Петрову И. (7а, Алгебра, урок 10.11.2026): "
        "была 4, причина: чужая работа"
    )


def test_what_was_written_beside_the_reason_stands_in_brackets() -> None:
    told = trail.sentence(entry(reason_code="APPEAL", reason="По заявлению родителей."), ZONE)
    assert told.endswith(": 4 → 5, причина: апелляция (По заявлению родителей)")


def test_a_substitute_is_named_with_the_one_who_is_substituted() -> None:
    told = trail.sentence(
        entry(
            kind="journal.topic-recorded",
            by={"name": "Громов Олег Ильич"},
            acting_for={"name": "Иванова Анна Петровна"},
            pupil=None,
            old_value=None,
            value="Дроби",
            reason_code=None,
        ),
        ZONE,
    )
    assert told == (
        "12.11.2026 14:03 Громов О. И. записал тему урока (7а, Алгебра, урок 10.11.2026): "
        "«Дроби», замещая: Иванова А. П."
    )


def test_the_trail_as_a_table_has_a_line_for_each_record_and_no_formula() -> None:
    more = {"position": 41, "term": None, "late": True}
    formula = entry(**more, reason_code="OTHER", reason="=1+1")
    written = as_csv({"items": [entry(**more), formula], "next_cursor": "41.0"}, ZONE)
    head, first, second, end = written.decode("utf-8-sig").splitlines()
    assert head.split(";")[:2] == ["Записано", "Кто"]
    assert first == (
        "12.11.2026 14:03;Иванова Анна Петровна;;исправление отметки;7а;Алгебра;10.11.2026;;"
        "Петров Иван;4;5;опечатка;с опозданием;41"
    )
    assert ";'=1+1;" in second
    assert "сузьте условия" in end


# --- the register -----------------------------------------------------------------------------


def a_register() -> dict[str, Any]:
    """An answer of GET /classes/{id}/register."""
    lesson: dict[str, Any] = {
        "kind": "LESSON",
        "topic": "Дроби",
        "homework": [],
        "no_homework": True,
        "attendance_taken": True,
        "status": "HELD",
    }
    mark = {"weight": "3.00", "work_type": "КР", "comment": None, "corrected": False}
    return {
        "lessons": [
            {"lesson_id": "l1", "date": "2026-10-30", "number": 2, **lesson},
            {"lesson_id": "l2", "date": "2026-11-10", "number": 3, **lesson, "topic": None},
            {"lesson_id": "l3", "date": "2026-11-12", "number": 3, **lesson, "status": "CANCELLED"},
        ],
        "pupils": [
            {
                "pupil_id": "p1",
                "name": "Петров Иван",
                "cells": {
                    "l1": [
                        {"mark_id": "m1", "value": "5", **mark},
                        {"mark_id": "m2", "value": "4", **mark, "corrected": True},
                    ]
                },
                "attendance": {"l1": "LATE", "l2": "ILL"},
                "average": "4.50",
                "weighted_average": "4.50",
                "term_mark": "5",
            }
        ],
    }


def test_the_register_shows_marks_absences_and_corner_signs() -> None:
    sheet = register.sheet(a_register(), today="2026-11-12")
    first, second, third = sheet["rows"][0]["cells"]
    assert first["text"] == "о 5/4"
    assert first["css"].split() == ["c", "m4", "fix", "long"]
    assert first["description"] == "исправлено"
    assert second["text"] == "б"
    assert "off" in third["css"]
    assert sheet["rows"][0]["average"] == "4,50"


def test_marks_of_old_lessons_are_settled_and_say_so() -> None:
    settled = register.sheet(a_register(), today="2026-11-12", editable_from="2026-10-31")
    first, second, _ = settled["rows"][0]["cells"]
    assert "lock" in first["css"].split()
    assert first["description"] == "исправлено, срок правки прошёл"
    assert "lock" not in second["css"].split()  # no mark, nothing to settle


def test_a_term_mark_settles_old_marks_also_where_late_corrections_are_only_flagged() -> None:
    now = a_register()
    before = now | {"pupils": [one | {"term_mark": None} for one in now["pupils"]]}
    [standing], [open_yet] = (
        register.sheet(one, today="2026-11-12", settled_before="2026-10-31")["rows"]
        for one in (now, before)
    )
    assert (standing["editable_from"], open_yet["editable_from"]) == ("2026-10-31", "")
    assert "lock" in standing["cells"][0]["css"].split()
    assert "lock" not in open_yet["cells"][0]["css"].split()


def test_a_column_says_its_date_number_type_and_weight_and_what_is_missing() -> None:
    page = a_register()
    private = {"text": "лично", "due_date": "2026-11-03", "individual_for": ["p1"]}
    work = {"text": "§ 12", "due_date": "2026-11-10", "individual_for": []}
    page["lessons"][0] |= {"homework": [private, work], "no_homework": False}
    page["lessons"][1] |= {"files": [{"name": "Карточки.docx"}, {"name": "Ответы.docx"}]}
    sheet = register.sheet(page, today="2026-11-12")
    first, second, third = sheet["columns"]
    assert (first["day"], first["weekday"], first["number"], first["kind"]) == (30, "пт", 2, "КР×3")
    assert "heavy" in first["css"]
    assert first["tip"] == "Дроби\nЗадание на 10.11.2026: § 12"
    assert second["tip"] == "Тема не записана\nНе задано\n2 файла"
    assert {"todo", "filed"} <= set(second["css"].split())
    assert "filed" not in first["css"]
    assert "cancelled" in third["css"]
    assert sheet["months"] == [{"name": "октябрь", "span": 1}, {"name": "ноябрь", "span": 2}]


# --- the teacher's day ------------------------------------------------------------------------


def a_lesson(**given: Any) -> dict[str, Any]:
    """A lesson of GET /lessons."""
    return {
        "lesson_id": "l1",
        "class_id": "c1",
        "class_name": "7а",
        "subject_id": "s1",
        "subject": "Алгебра",
        "date": "2026-11-12",
        "number": 2,
        "status": "HELD",
        "missing": [],
    } | given


def test_the_day_shows_lessons_in_order_and_what_each_lacks() -> None:
    context = today.today_page(
        [a_lesson(number=3, missing=["homework"]), a_lesson(number=1)],
        [a_lesson(date="2026-11-10", missing=["topic", "attendance"])],
        [],
        today=date(2026, 11, 12),
    )
    html = bytes(page("teacher/today.html", context, viewer=ANNA).body).decode()
    assert [lesson["number"] for lesson in context["lessons"]] == [1, 3]
    assert "четверг, 12 ноября" in html
    assert html.count("нет ДЗ") == 1
    assert "Не заполнено раньше: 1 урок" in html
    assert "/classes/c1/register?subject_id=s1&amp;lesson=l1&amp;panel=1" in html


def test_without_lessons_today_the_last_school_day_is_shown() -> None:
    context = today.today_page([a_lesson()], [], [], today=date(2026, 11, 15))
    assert context["title"] == "Последний учебный день"
    assert not context["is_today"]


# --- the diary --------------------------------------------------------------------------------


def a_diary(**mark: Any) -> dict[str, Any]:
    """An answer of GET /pupils/{id}/diary/weeks/{monday}."""
    given = {
        "mark_id": "m1",
        "value": "4",
        "weight": "1.00",
        "work_type": {"name": "Ответ на уроке", "abbr": "ОТВ"},
        "title": None,
        "comment": None,
        "given_at": "2026-11-23T08:30:00+00:00",
        "corrected": False,
        "history_url": "/api/v1/marks/m1/history",
    } | mark
    lesson = {
        "lesson_id": "l1",
        "number": 1,
        "starts_at": "08:30:00",
        "ends_at": "09:15:00",
        "subject": "Алгебра",
        "teacher": "Иванова Анна Петровна",
        "substituted_by": None,
        "room": "21",
        "status": "HELD",
        "topic": "Дроби",
        "homework": [
            {
                "homework_id": "h1",
                "text": "§ 12 <№ 3>",
                "due_date": "2026-11-24",
                "individual": False,
                "attachments": [],
            }
        ],
        "no_homework": False,
        "attendance": {"code": "LATE", "label": "опоздал"},
        "marks": [given],
    }
    return {
        "pupil": {"pupil_id": "p1", "name": "Петров Иван"},
        "class": "7а",
        "week": "2026-W48",
        "term": 2,
        "as_of": {"position": 9, "moment": "2026-11-23T12:00:00+00:00"},
        "days": [
            {"date": "2026-11-23", "kind": "SCHOOL_DAY", "lessons": [lesson]},
            {"date": "2026-11-24", "kind": "VACATION", "lessons": []},
        ],
    }


HISTORY = [
    {"old_value": None, "value": "3", "recorded_at": "2026-11-23T08:30:00+00:00", "by": None},
    {
        "old_value": "3",
        "value": "4",
        "recorded_at": "2026-11-23T09:30:00+00:00",
        "by": {"name": "Иванова Анна Петровна"},
        "reason_code": "REWORK",
        "reason": None,
    },
]
URLS = {
    "tick_url": "/pupils/p/homework",
    "children": [],
    "previous_url": "/p",
    "following_url": "/f",
    "looks_url": "/l",
    "may_warn": True,
    "this_week_url": "/w",
    "api_url": "/a",
    "etag": "",
    "said": [],
    "marks_url": "/m",
    "forecast_url": "/f",
    "read": {"signed": [], "ask": False, "again": False, "over": False, "position": 0},
    "key": "k",
    "error": "",
    "year_url": "/y",
}


def draw_diary(answer: dict[str, Any], histories: dict[str, Any], now: datetime) -> str:
    """The diary page as text."""
    context = diary.diary_page(answer, histories, monday=date(2026, 11, 23), now=now, zone=ZONE)
    return bytes(page("family/diary.html", context | URLS, viewer=ANNA).body).decode()


def test_a_corrected_mark_tells_what_it_was_what_it_became_and_why() -> None:
    now = datetime(2026, 11, 23, 15, tzinfo=UTC)
    html = draw_diary(a_diary(corrected=True), {"m1": HISTORY}, now)
    assert 'было <span class="was">3</span> → стало <b>4</b>, пересдача' in html
    assert "23.11.2026 12:30, Иванова А. П." in html


def test_a_mark_is_new_for_a_day_and_a_half() -> None:
    assert "Новые отметки" in draw_diary(a_diary(), {}, datetime(2026, 11, 24, 18, tzinfo=UTC))
    assert "Новые отметки" not in draw_diary(a_diary(), {}, datetime(2026, 11, 25, 9, tzinfo=UTC))


def test_homework_for_tomorrow_stands_at_the_top_and_is_escaped() -> None:
    html = draw_diary(a_diary(), {}, datetime(2026, 11, 23, 15, tzinfo=UTC))
    assert "Задано на завтра" in html
    assert "§ 12 &lt;№ 3&gt;" in html
    assert "Каникулы" in html


# --- every page -------------------------------------------------------------------------------


HANDLER = re.compile(r"on[a-z]+")


class Inline(HTMLParser):
    """Finds what the Content-Security-Policy would refuse."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = dict(attrs)
        self.found += [
            f"<{tag} {name}>" for name in names if name == "style" or HANDLER.fullmatch(name)
        ]
        if tag == "style" or (
            tag == "script" and "src" not in names and names.get("type") != "application/json"
        ):
            self.found.append(f"<{tag}>")


def test_templates_hold_no_inline_script_or_style() -> None:
    """A person's copy is no page: it is opened from a disk, with nothing beside it."""
    for name in environment.list_templates(extensions=["html"]):
        if name == "copies/index.html":
            continue
        source, _, _ = environment.loader.get_source(environment, name)  # type: ignore[union-attr]
        checker = Inline()
        checker.feed(source)
        assert not checker.found, name


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (403, "Эта страница не для вас"),
        (404, "Такой страницы нет"),
        (503, "Журнал сейчас занят"),
        (500, "Что-то пошло не так"),
    ],
)
def test_a_failure_is_a_page_in_russian_with_a_way_out(status: int, words: str) -> None:
    answer = failure_page(status)
    html = bytes(answer.body).decode()
    assert answer.status_code == status
    assert f"<h1>{words}</h1>" in html
    assert 'href="/"' in html


def test_home_is_the_first_page_of_the_foremost_role() -> None:
    assert viewer.home(["parent", "teacher"]) == "/"
    assert viewer.home(["deputy"]) == "/desk"
    assert viewer.home(["parent"]) == "/diary"
    assert viewer.home(["secretary"]) == "/service-requests"


# --- static files -----------------------------------------------------------------------------


def test_a_static_file_is_kept_for_good_under_the_hash_of_the_content() -> None:
    client = TestClient(ASSETS)
    url = static_url("base.css").removeprefix("/static")
    answer = client.get(url)
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert answer.headers["content-encoding"] == "gzip"
    assert gzip.decompress(ASSETS.files["base.css"].compressed).decode() == answer.text


def test_an_old_address_gets_the_new_file_once_and_a_wrong_one_nothing() -> None:
    client = TestClient(ASSETS)
    assert client.get("/0123456789ab/core.js").headers["cache-control"] == "no-cache"
    assert client.get(f"/{ASSETS.version}/../app.py").status_code == 404
    assert client.post(static_url("core.js").removeprefix("/static")).status_code == 404


def test_a_page_may_not_ask_for_a_static_file_that_is_not_there() -> None:
    with pytest.raises(KeyError):
        static_url("missing.js")


def test_scripts_lose_comments_and_indentation_only() -> None:
    script = '// @ts-check\n/** Says\n * hello. */\nfunction hello() {\n  say("//no comment");\n}\n'
    assert lighter(script, ".js") == 'function hello() {\nsay("//no comment");\n}\n'
