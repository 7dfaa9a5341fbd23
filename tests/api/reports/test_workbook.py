"""A report as .xlsx as it is printed: room for broken lines, heads on each sheet, dates."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from openpyxl import load_workbook

from api.documents.workbook import report_xlsx
from projections.reports import Cell, Column, Part, Report
from projections.reports.paper import Line

WHEN = datetime(2026, 9, 30, 9, tzinfo=UTC)
NAME = Column("name", "Фамилия, имя", width=20, pinned=True)
LONG = "Константинопольская Александра"


def sheet(columns: Sequence[Column], *rows: tuple[Cell, ...]) -> Any:
    """The sheet of a report with one table; its head is in the row (or the two) before row 6."""
    part = Part(tuple(columns), tuple(map(Line, rows)))
    report = Report("rating", "Отчёт", (("Класс", "7а"),), (part,), 7, WHEN)
    content = report_xlsx(report, school="Школа № 1", zone="Europe/Moscow")
    return load_workbook(io.BytesIO(content)).active


def test_a_row_whose_text_is_broken_has_room_for_its_lines() -> None:
    found = sheet([NAME], ("Ивлева Анна",), (LONG,), (f"{LONG} {LONG}",))
    assert [found.row_dimensions[row].height for row in (6, 7, 8)] == [None, 27, 54]


def test_a_title_that_is_broken_has_room_and_an_upright_one_is_as_high_as_its_letters() -> None:
    found = sheet([NAME, Column("n", "Пропущено уроков", "count")], ("Ивлева Анна", 3))
    assert found.row_dimensions[5].height == 27
    found = sheet([NAME, Column("m", "Обществознание", "mark")], ("Ивлева Анна", "5"))
    assert found["B5"].alignment.textRotation == 90
    assert found.row_dimensions[5].height > 14 * 6


def test_the_head_and_the_names_are_on_every_sheet() -> None:
    marks = [Column(f"m{n}", "5", "mark", group="Алгебра") for n in range(3)]
    found = sheet([NAME, *marks], ("Ивлева Анна", "5", "4", "н/а"))
    assert (found.print_title_rows, found.print_title_cols) == ("$5:$6", "$A:$A")
    assert found.freeze_panes == "B7"


def test_what_could_not_be_read_on_one_sheet_goes_to_the_next() -> None:
    few = sheet([NAME, Column("m", "5", "mark")], ("Ивлева Анна", "5"))
    many = sheet(
        [NAME, *(Column(f"m{n}", "5", "mark") for n in range(80))], ("Ивлева Анна", *["5"] * 80)
    )
    assert (few.page_setup.orientation, few.page_setup.fitToWidth) == ("portrait", None)
    assert (many.page_setup.orientation, many.page_setup.fitToWidth) == ("landscape", 3)
    assert many.page_setup.fitToHeight == 0


def test_figures_are_numbers_and_days_are_days() -> None:
    columns = [
        Column("figure", "Ср. балл", "figure"),
        Column("day", "День", "day"),
        Column("at", "Когда", "moment"),
        Column("mark", "Отметка", "mark"),
    ]
    found = sheet(columns, ("4.25", "2026-09-01", "2026-09-01T09:30:00+00:00", "н/а"))
    figure, day, at, mark = found[6]
    assert (figure.value, figure.number_format) == (4.25, "0.00")
    assert (str(day.value), day.number_format) == ("2026-09-01 00:00:00", "dd.mm.yyyy")
    assert (str(at.value), at.number_format) == ("2026-09-01 12:30:00", "dd.mm.yyyy hh:mm")
    assert mark.value == "н/а"
