"""The how-to of a secretary names the columns that are read, and no others."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from api.imports import class_lists, lesson_plan, marks, staff, timetable
from api.imports.datasets import spelled
from api.imports.tables import MAX_FILE_BYTES, MAX_ROWS, Column, title_key

PAGE = (Path(__file__).parents[3] / "docs" / "imports.md").read_text(encoding="utf-8")
COLUMNS: dict[str, tuple[Column, ...]] = {
    "classes": class_lists.COLUMNS,
    "staff": staff.COLUMNS,
    "marks": marks.COLUMNS,
    "timetable": timetable.COLUMNS,
    "plan": lesson_plan.COLUMNS,
}


def section(kind: str) -> str:
    [found] = re.findall(
        rf"^## [^\n]*letopis import {kind} .*?(?=^## )", PAGE, re.MULTILINE | re.DOTALL
    )
    return str(found)


def table(kind: str) -> list[list[str]]:
    lines = [line for line in section(kind).splitlines() if line.startswith("| ")][1:]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


@pytest.mark.parametrize("kind", COLUMNS)
def test_every_column_that_is_kept_is_in_the_table(kind: str) -> None:
    named = {title_key(one) for row in table(kind) for one in row[0].split(",")}
    kept = {one.titles[0] for one in COLUMNS[kind] if not one.dropped and one.key != "ordinal"}
    assert named == {title_key(title) for title in kept}


@pytest.mark.parametrize("kind", COLUMNS)
def test_every_synonym_of_the_table_is_understood(kind: str) -> None:
    for titles, _, synonyms, _ in table(kind):
        [key, *_] = [
            one.key for one in COLUMNS[kind] if one.titles[0] == titles.split(",")[0].strip()
        ]
        [column] = [one for one in COLUMNS[kind] if one.key == key]
        known = {title_key(title) for title in column.titles}
        assert {title_key(one) for one in synonyms.split(",") if one.strip()} <= known


def test_limits_and_examples_are_those_of_the_program() -> None:
    assert f"{MAX_FILE_BYTES // 1024 // 1024} МБ и {MAX_ROWS:_} строк".replace("_", " ") in PAGE
    assert f"«11391» — «{spelled('11391')}»" in PAGE
