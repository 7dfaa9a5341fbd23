"""`letopis import` as it is typed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import orjson
import pytest

from api.cli import main
from tests.api.imports.a_place import OPERATOR, SLUG, Place, a_place
from tests.api.imports.a_school import FIXTURES, YEAR, csv_of, year_opened
from tests.conftest import SECRET
from tests.ground import register, request

CLASSES = str(FIXTURES / "classes-openpyxl.xlsx")


@pytest.fixture
def place(database: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Place]:
    """An open year, and the environment of a server."""
    monkeypatch.setenv("DATABASE_URL", database)
    monkeypatch.setenv("LETOPIS_SECRET", SECRET)
    with a_place(database) as empty:
        opened = msgspec.structs.replace(year_opened(), school_id=empty.school.school_id, staff=())
        empty.school.open_year(opened, by=OPERATOR, request=request()).result(10)
        yield empty


def letopis(*words: str) -> int:
    return main(["import", *words, "--year", str(YEAR)])


def answer(capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    decoded: dict[str, Any] = orjson.loads(capsys.readouterr().out)
    return decoded


def test_a_dry_run_prints_the_plan_and_records_nothing(
    place: Place, capsys: pytest.CaptureFixture[str]
) -> None:
    head = place.log.head()
    assert letopis("classes", CLASSES, "--dry-run") == 0
    shown = capsys.readouterr().out
    assert "  Строка 7: образовать класс 7б\n" in shown
    assert "  Строка 8: зачислить в 7б с 01.09.2025: Зуев Лев Игоревич\n" in shown
    assert "Ничего не записано. Будет записано: 33.\n" in shown
    assert place.log.head() == head


def test_the_shown_plan_is_committed_by_its_hash(
    place: Place, capsys: pytest.CaptureFixture[str]
) -> None:
    letopis("classes", CLASSES, "--dry-run", "--json")
    planned = answer(capsys)
    head = place.log.head().position
    assert letopis("classes", CLASSES, "--plan-hash", planned["hash"], "--json") == 0
    done = answer(capsys)
    assert done["committed"] == {"facts": planned["facts"], "position": head + planned["facts"]}
    assert done["plans"] == planned["plans"]


def test_another_plan_is_refused(place: Place, capsys: pytest.CaptureFixture[str]) -> None:
    head = place.log.head()
    assert letopis("classes", CLASSES, "--plan-hash", "0" * 64) == 1
    assert "(import.plan_changed)" in capsys.readouterr().err
    assert place.log.head() == head


def test_the_second_time_there_is_nothing_to_record(
    place: Place, capsys: pytest.CaptureFixture[str]
) -> None:
    letopis("classes", CLASSES)
    assert "Записано: 33, последняя позиция в журнале 34." in capsys.readouterr().out
    assert letopis("classes", CLASSES) == 0
    assert "Всё это уже в журнале: записывать нечего." in capsys.readouterr().out


def test_errors_are_listed_and_end_with_one(
    place: Place, capsys: pytest.CaptureFixture[str]
) -> None:
    assert letopis("marks", str(FIXTURES / "marks-with-errors.csv")) == 1
    shown = capsys.readouterr().out
    assert "  Строка 3: дата «31.02.2025» не существует.\n" in shown
    assert shown.endswith("Ничего не записано: исправьте файл и повторите.\n")


def test_a_long_plan_is_shown_in_part_and_given_whole_to_programs(
    place: Place, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    many = tmp_path / "список.csv"
    many.write_bytes(csv_of("Класс;ФИО", *(f"7а;Лев{'а' * n} Ия Львовна" for n in range(30))))
    letopis("classes", str(many), "--dry-run")
    assert "  … и ещё 21 (все — с --json)\n" in capsys.readouterr().out
    letopis("classes", str(many), "--dry-run", "--json")
    assert len(answer(capsys)["plans"][0]["operations"]) == 61


def test_a_file_that_is_not_there_is_a_slip_of_the_hand(
    place: Place, capsys: pytest.CaptureFixture[str]
) -> None:
    assert letopis("classes", "нет-такого.csv") == 2
    assert "нет файла «нет-такого.csv»" in capsys.readouterr().err


def test_several_schools_need_a_name(
    place: Place, database: str, capsys: pytest.CaptureFixture[str]
) -> None:
    register(database, "second")
    assert letopis("classes", CLASSES) == 1
    assert "назовите её в --school" in capsys.readouterr().err
    assert letopis("classes", CLASSES, "--school", SLUG) == 0
    assert letopis("classes", CLASSES, "--school", "third") == 1


def test_every_kind_of_operation_has_its_sentence(
    place: Place, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    letopis("classes", CLASSES)
    staff = tmp_path / "staff.csv"
    staff.write_bytes(
        csv_of(
            "ФИО;Должность;Предмет;Классы;Классное руководство",
            "Ким Олег Юрьевич;Учитель;Алгебра, Химия;7а;7а",
        )
    )
    marks = tmp_path / "marks.csv"
    marks.write_bytes(
        csv_of(
            "Класс;Предмет;Дата;№ урока;ФИО;Отметка;Вид работы;Тема",
            "7а;Алгебра;02.09.2025;2;Борисова Анна;5;К;Дроби",
        )
    )
    capsys.readouterr()
    letopis("staff", str(staff), "--dry-run")
    shown = capsys.readouterr().out
    letopis("staff", str(staff))
    letopis("marks", str(marks), "--create-lessons", "--dry-run")
    shown += capsys.readouterr().out
    for sentence in (
        "Строка 2: записать сотрудника: Ким Олег Юрьевич",
        "Строка 2: назначить с 01.09.2025 (учитель): Ким Олег Юрьевич",
        "Строка 2: ввести предмет «Химия»",
        "Строка 2: «Химия» в 7а ведёт Ким Олег Юрьевич",
        "Строка 2: классный руководитель 7а: Ким Олег Юрьевич",
        "Строка 2: урок вне расписания в 7а: «Алгебра» 02.09.2025 № 2",
        "Строка 2: тема урока «Алгебра» 02.09.2025 № 2: Дроби",
        (
            "Строка 2: поставить «5» («Контрольная работа», вес 1.50), 7а, "
            "«Алгебра» 02.09.2025 № 2: Борисова Анна Олеговна"
        ),
    ):
        assert f"  {sentence}\n" in shown
    letopis("marks", str(marks), "--create-lessons")
    marks.write_bytes(marks.read_bytes().replace("К;Дроби".encode(), "О;Дроби".encode()))
    capsys.readouterr()
    letopis("marks", str(marks), "--dry-run")
    assert "«Алгебра» 02.09.2025 № 2: Борисова Анна Олеговна\n" in capsys.readouterr().out
