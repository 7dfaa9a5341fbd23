"""From a file to facts in the log: rehearsed whole, appended whole, never twice."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import msgspec
import pytest

from api.imports import rehearsal
from api.imports.desk import Imported, commit, prepare
from domain.access import Actor
from domain.journal import facts as jf
from domain.refusals import Conflict, Invalid, NotFound
from domain.values import Origin, Role
from tests.api.imports.a_place import OPERATOR, Place, a_place
from tests.api.imports.a_school import FIXTURES, YEAR, csv_of, texts, year_opened
from tests.ground import number, request

STAFF = ("ФИО;Должность;Предмет;Классы", "Ким Олег Юрьевич;Учитель;Алгебра, Русский язык;7а")
MARKS = "Класс;Предмет;Дата;№ урока;ФИО;Отметка;Вид работы;Комментарий;Тема урока"


@pytest.fixture
def place(database: str) -> Iterator[Place]:
    """The year 2025/26 is open; there is nobody yet."""
    with a_place(database) as empty:
        opened = msgspec.structs.replace(
            year_opened(), school_id=empty.school.school_id, staff=(), subjects=()
        )
        empty.school.open_year(opened, by=OPERATOR, request=request()).result(10)
        yield empty


@pytest.fixture
def filled(place: Place) -> Place:
    """7а is there, Ким teaches it."""
    place.bring("classes", (FIXTURES / "classes-libreoffice.xlsx").read_bytes())
    place.bring("staff", csv_of(*STAFF))
    return place


def test_a_class_list_becomes_facts_in_one_append(place: Place) -> None:
    data = (FIXTURES / "classes-openpyxl.xlsx").read_bytes()
    prepared = place.prepare("classes", data)
    head = place.log.head().position
    imported = commit(prepared, place.engine, by=OPERATOR, plan_hash=prepared.plan.hash)
    assert len(prepared.parts) == 1
    assert imported == Imported(prepared.facts, head + prepared.facts)
    assert len(place.facts(jf.PupilEnrolled)) == 7
    recorded = list(place.log.since(head))
    assert {one.envelope.origin for one in recorded} == {Origin.IMPORT}
    assert {one.envelope.role for one in recorded} == {Role.OPERATOR}
    assert len({one.envelope.at for one in recorded}) == 1


def test_a_dry_run_records_nothing(place: Place) -> None:
    head = place.log.head()
    prepared = place.prepare("classes", (FIXTURES / "classes-openpyxl.xlsx").read_bytes())
    assert prepared.facts > 0
    assert place.log.head() == head


def test_the_plan_that_was_shown_is_the_plan_that_is_committed(place: Place) -> None:
    data = (FIXTURES / "classes-openpyxl.xlsx").read_bytes()
    shown = place.prepare("classes", data).plan
    assert place.prepare("classes", data).plan == shown
    place.bring("classes", csv_of("Класс;ФИО", "7б;Зуев Лев Игоревич"))
    with pytest.raises(Conflict) as refused:
        commit(place.prepare("classes", data), place.engine, by=OPERATOR, plan_hash=shown.hash)
    assert refused.value.code == "import.plan_changed"
    assert len(place.facts(jf.PupilEnrolled)) == 1


def test_everything_again_adds_nothing(filled: Place) -> None:
    marks = csv_of(MARKS, "7а;Алгебра;02.09.2025;2;Борисова Анна;5;О;Молодец;Дроби")
    filled.bring("marks", marks, create_lessons=True)
    head = filled.log.head()
    classes = (FIXTURES / "classes-libreoffice.xlsx").read_bytes()
    assert filled.bring("classes", classes) == Imported(0, None)
    assert filled.bring("staff", csv_of(*STAFF)) == Imported(0, None)
    assert filled.bring("marks", marks, create_lessons=True) == Imported(0, None)
    assert filled.log.head() == head


def test_marks_come_with_their_lessons_topics_and_comments(filled: Place) -> None:
    rows = [
        "7а;Алгебра;02.09.2025;2;Борисова Анна;5;О;Молодец;Дроби",
        "7а;Алгебра;02.09.2025;2;Ёлкина Мария;н/а;К;;Дроби",
    ]
    filled.bring("marks", csv_of(MARKS, *rows), create_lessons=True)
    [lesson] = filled.facts(jf.LessonAdded)
    [topic] = filled.facts(jf.TopicRecorded)
    first, second = filled.facts(jf.MarkGiven)
    assert (lesson.date, lesson.number) == (date(2025, 9, 2), 2)
    assert topic.topic == "Дроби"
    assert (first.value, first.weight, first.comment is None) == ("5", "1.00", False)
    assert (second.value, second.weight, second.comment is None) == ("н/а", "1.50", True)


def test_one_wrong_row_and_nothing_is_recorded(filled: Place) -> None:
    good = "7а;Алгебра;02.09.2025;2;Борисова Анна;5;О;;Дроби"
    bad = "7а;Алгебра;06.09.2025;2;Борисова Анна;5;О;;Дроби"  # a Saturday
    prepared = filled.prepare("marks", csv_of(MARKS, good, bad), create_lessons=True)
    assert texts(prepared.plan) == ["Строка 3: 06.09.2025 не учебный день: урока быть не может."]
    assert prepared.parts == []
    with pytest.raises(Invalid):
        commit(prepared, filled.engine, by=OPERATOR)
    assert filled.facts(jf.MarkGiven) == []


def test_a_thing_that_cannot_be_made_does_not_blame_what_hangs_on_it(place: Place) -> None:
    rows = ["7;Ким Ян Ильич", "7;Лев Ия Львовна", "8а;Лев Ян Львович"]
    prepared = place.prepare("classes", csv_of("Класс;ФИО", *rows))
    assert texts(prepared.plan) == ["Строка 2: класс — это параллель от 1 до 11 и литера."]


def test_a_year_that_is_not_open_is_refused(place: Place) -> None:
    with pytest.raises(NotFound, match="2026"):
        prepare(place.desk, "classes", csv_of("Класс;ФИО", "7а;Лев Ия"), by=OPERATOR)


def test_a_change_between_the_plan_and_the_append_is_noticed(filled: Place) -> None:
    prepared = filled.prepare("classes", csv_of("Класс;ФИО", "7а;Лев Ия Львовна"))
    filled.bring("classes", csv_of("Класс;ФИО", "7а;Зуев Ян Львович"))
    with pytest.raises(Conflict) as refused:
        commit(prepared, filled.engine, by=OPERATOR)
    assert refused.value.code == "import.changed_meanwhile"
    assert len(filled.facts(jf.PupilEnrolled)) == 6


def test_a_long_import_comes_in_parts_and_an_interrupted_one_is_finished(
    filled: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rehearsal, "FACTS_PER_APPEND", 7)
    rows = [f"7б;Лев{'а' * n} Ия Львовна" for n in range(10)]
    data = csv_of("Класс;ФИО", *rows)
    prepared = filled.prepare("classes", data)
    assert [len(part.facts) for part in prepared.parts] == [8, 8, 6]
    interrupted = prepared._replace(parts=prepared.parts[:2])
    commit(interrupted, filled.engine, by=OPERATOR)
    filled.bring("classes", data)
    assert len(filled.facts(jf.PupilEnrolled)) == 15


def test_two_imports_of_one_file_at_once_do_not_mix(
    filled: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rehearsal, "FACTS_PER_APPEND", 2)
    rows = [f"7а;Алгебра;0{n}.09.2025;1;Борисова Анна;5;О;;Дроби" for n in (2, 3, 4)]
    one, other = (
        filled.prepare("marks", csv_of(MARKS, *rows), create_lessons=True) for _ in range(2)
    )
    assert one.hash == other.hash
    commit(one._replace(parts=one.parts[:1]), filled.engine, by=OPERATOR)
    with pytest.raises(Conflict) as refused:
        commit(other, filled.engine, by=OPERATOR)
    assert refused.value.code == "import.changed_meanwhile"
    assert commit(one, filled.engine, by=OPERATOR).facts == one.facts
    lessons = {lesson.lesson_id for lesson in filled.facts(jf.LessonAdded)}
    assert [mark.lesson_id in lessons for mark in filled.facts(jf.MarkGiven)] == [True] * 3


def test_a_commit_sent_twice_answers_the_same(filled: Place) -> None:
    prepared = filled.prepare("classes", csv_of("Класс;ФИО", "7а;Лев Ия Львовна"))
    first = commit(prepared, filled.engine, by=OPERATOR)
    assert commit(prepared, filled.engine, by=OPERATOR) == first
    assert len(filled.facts(jf.PupilEnrolled)) == 6


def test_a_stranger_imports_nothing(place: Place) -> None:
    stranger = Actor(number("zoya"), "session", Origin.IMPORT)
    prepared = prepare(
        place.desk, "classes", csv_of("Класс;ФИО", "7а;Лев Ия Львовна"), by=stranger, year=YEAR
    )
    assert texts(prepared.plan) == ["Строка 2: это делает администрация школы."]
