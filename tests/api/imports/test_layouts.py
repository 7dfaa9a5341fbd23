"""Tables of other systems: columns that a person has assigned, and marks whose columns are days."""

from __future__ import annotations

import io
from datetime import date
from typing import Any

import msgspec
import pytest
from openpyxl import Workbook

from api.commands.importing import layout_of
from api.imports.cells import Cell
from api.imports.class_lists import COLUMNS, plan_classes
from api.imports.draft import Known
from api.imports.layout import Layout, unfold
from api.imports.marks import plan_marks
from api.imports.plan import EnrolPupil, FormClass, GiveMark, Plan
from api.imports.tables import survey, title_key
from domain.refusals import Invalid
from tests.api.imports.a_school import (
    ALEKSEEV,
    ALGEBRA_2_SEP,
    ALGEBRA_4_SEP,
    BORISOVA,
    RUSSIAN_3_SEP,
    YEAR,
    csv_of,
    school,
    texts,
)

FOREIGN = "Учащийся (полностью);Группа обучения;Снилс уч-ся"
ASSIGNED = {title_key("Учащийся (полностью)"): "full", title_key("Группа обучения"): "class"}
ANSWER_IN_ALL = {"work_type": "Ответ на уроке"}


def reading(layout: Layout) -> Known:
    return msgspec.structs.replace(school(), layout=layout)


def sheet(*rows: list[Any]) -> bytes:
    """A workbook as another program writes it."""
    book = Workbook()
    page = book.active
    assert page is not None
    for row in rows:
        page.append(row)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def given(plan: Plan) -> list[tuple[str, str, str, int]]:
    return [
        (one.lesson_ref, one.pupil_ref, one.value, one.row)
        for one in plan.operations
        if isinstance(one, GiveMark)
    ]


def test_columns_that_nobody_knows_are_shown_with_their_cells_to_be_assigned() -> None:
    data = csv_of(FOREIGN, "Новиков Илья Олегович;7а;1", "Зуева Яна Ильинична;7а;2")
    with pytest.raises(Invalid) as refused:
        plan_classes(data, school())
    assert refused.value.code == "import.columns"
    found = survey(data, COLUMNS)
    assert [(one.title, one.cells[0], one.key) for one in found] == [
        ("Учащийся (полностью)", "Новиков Илья Олегович", ""),
        ("Группа обучения", "7а", ""),
        ("Снилс уч-ся", "1", ""),
    ]


def test_columns_that_were_assigned_are_read_so() -> None:
    data = csv_of(FOREIGN, "Новиков Илья Олегович;7а;1", "Зуева Яна Ильинична;7а;2")
    plan = plan_classes(data, reading(Layout(ASSIGNED)))
    assert plan.errors == 0, texts(plan)
    assert [one.row for one in plan.operations if isinstance(one, EnrolPupil)] == [2, 3]
    assert [one.code for one in plan.findings] == [
        "import.column_unknown"
    ]  # the third, until somebody says what it is
    silent = plan_classes(data, reading(Layout({**ASSIGNED, title_key("Снилс уч-ся"): ""})))
    assert not silent.findings


def test_a_list_of_one_class_needs_no_column_for_it() -> None:
    data = csv_of("ФИО", "Новиков Илья Олегович")
    plan = plan_classes(data, reading(Layout(always={"class": "7а"})))
    assert plan.errors == 0, texts(plan)
    own = plan_classes(
        csv_of("ФИО;Класс", "Новиков Илья;6б"), reading(Layout(always={"class": "7а"}))
    )
    [formed] = [one for one in own.operations if isinstance(one, FormClass)]
    assert (formed.grade_level, formed.letter) == (6, "б")  # what the file says goes first


def test_a_page_of_a_journal_with_days_across_is_read_cell_by_cell() -> None:
    data = sheet(
        ["Класс: 7А", "", "", ""],
        ["Предмет:", "Алгебра", "", ""],
        ["№", "Ученик", date(2025, 9, 2), date(2025, 9, 4), "Ср. балл"],
        [1, "Алексеев Пётр", "5", "н", 5],
        [2, "Борисова Анна", "4/3", "н/а", 3.5],
    )
    plan = plan_marks(data, reading(Layout(always=ANSWER_IN_ALL)))
    assert plan.errors == 0, texts(plan)
    assert given(plan) == [
        (ALGEBRA_2_SEP, ALEKSEEV, "5", 4),
        (ALGEBRA_2_SEP, BORISOVA, "4", 5),
        (ALGEBRA_2_SEP, BORISOVA, "3", 5),
        (ALGEBRA_4_SEP, BORISOVA, "н/а", 5),
    ]
    marks = [one.mark_id for one in plan.operations if isinstance(one, GiveMark)]
    assert len(set(marks)) == 4
    [notice] = [one.text for one in plan.findings]
    assert notice.startswith("Пропуски и опоздания (1) не читаются")


def test_a_report_on_a_pupil_with_months_above_the_days_is_read() -> None:
    """As «Отчёт об успеваемости и посещаемости ученика» stands."""
    data = sheet(
        ["Учебный год: 2025/2026"],
        ["Класс: 7а"],
        ["Период: с 01.09.2025 по 24.10.2025"],
        ["Ученик: Алексеев Пётр Ильич"],
        ["Предмет", "Сентябрь", "", "", "Октябрь", "Средняя"],
        ["", 2, 3, 4, 1, ""],
        ["Алгебра", 5, "", "УП", "", 5],
        ["Русский язык", "", "4", "", "", 4],
    )
    plan = plan_marks(data, reading(Layout(always=ANSWER_IN_ALL)))
    assert plan.errors == 0, texts(plan)
    assert given(plan) == [
        (ALGEBRA_2_SEP, ALEKSEEV, "5", 7),
        (RUSSIAN_3_SEP, ALEKSEEV, "4", 8),
    ]


def test_what_a_page_of_days_does_not_say_must_be_said_for_all_of_it() -> None:
    data = sheet(["Ученик", "02.09", "04.09"], ["Алексеев Пётр", "5", "4"])
    with pytest.raises(Invalid) as refused:
        plan_marks(data, school())
    assert "«Класс», «Предмет», «Вид работы»" in refused.value.message
    said = {"class": "7а", "subject": "Алгебра", **ANSWER_IN_ALL}
    assert len(given(plan_marks(data, reading(Layout(always=said))))) == 2


def test_a_wrong_cell_is_told_with_its_row() -> None:
    data = sheet(["Ученик", "02.09", "04.09"], ["Алексеев Пётр", "отл", "4"])
    said = {"class": "7а", "subject": "Алгебра", **ANSWER_IN_ALL}
    plan = plan_marks(data, reading(Layout(always=said)))
    assert next(one for one in texts(plan) if "отл" in one).startswith("Строка 2: ")


def test_a_table_with_a_row_a_mark_stays_what_it_is() -> None:
    rows: list[list[Cell]] = [
        ["Класс", "ФИО", "Дата"],
        ["7а", "Алексеев Пётр", date(2025, 9, 2)],
    ]
    assert unfold(rows, YEAR) is None
    assert unfold([["Сентябрь", "Октябрь"], ["x", "y"]], YEAR) is None


def test_days_without_a_year_are_of_the_school_year() -> None:
    found = unfold([["Ученик", "30.12", "12.01"], ["Алексеев Пётр", 5, 4]], YEAR)
    assert found is not None
    assert [row[3] for _, row in found.rows] == ["30.12.2025", "12.01.2026"]


def test_the_command_line_says_it_over_what_the_school_has_assigned() -> None:
    known = {title_key("Группа"): "class", title_key("Кто"): ""}
    said = layout_of("classes", ["Кто=ФИО", "Снилс="], ["Класс=7а"], known)
    assert said.columns == {**known, title_key("Кто"): "full", title_key("Снилс"): ""}
    assert said.always == {"class": "7а"}
    with pytest.raises(Invalid, match="Столбца «Отметка»"):
        layout_of("classes", ["Кто=Отметка"], [], {})
