"""Every form on 7а: golden files whose numbers were counted by hand (see story.py)."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import msgspec
import pytest

from domain.refusals import Forbidden
from domain.regulation import Regulation
from projections.postgres.database import APP, conninfo, schema_of
from projections.reports import FORMS, Report
from projections.reports.class_teacher import unattested
from projections.reports.ground import Pupil
from tests.api.ground import SLUG, YEAR
from tests.api.reports.conftest import Fill
from tests.api.reports.story import AFTER
from tests.cast import ALGEBRA, ANNA, BORIS, CLASS_7A, PETYA
from tests.conftest import SECRET
from tests.domain.seventh_a import noon
from tests.recount import Recount
from tests.recount.forms import RECOUNTS

GOLDEN = Path(__file__).parents[2] / "golden" / "reports"
OF_CLASS: dict[str, Any] = {"class_id": CLASS_7A}
SEPTEMBER: dict[str, Any] = {"since": date(2026, 9, 1), "until": date(2026, 9, 30)}
#: name of the golden file → form, what it is asked with
CASES: dict[str, tuple[str, dict[str, Any]]] = {
    "summary_sheet_term": ("summary_sheet", OF_CLASS | {"term": 1}),
    "summary_sheet_year": ("summary_sheet", OF_CLASS),
    "class_teacher": ("class_teacher", OF_CLASS | {"term": 1}),
    "subject_teacher": ("subject_teacher", {"term": 1, "teacher_id": ANNA}),
    "school_results": ("school_results", {"term": 1}),
    "attendance": ("attendance", OF_CLASS | SEPTEMBER),
    "access": ("access", OF_CLASS | {"since": date(2026, 9, 11), "until": date(2026, 9, 14)}),
    "letter": ("letter", OF_CLASS | {"term": 1}),
    "pupil_subject": (
        "pupil_subject",
        OF_CLASS | {"term": 1, "subject_id": ALGEBRA, "pupil_id": PETYA},
    ),
    "inspections": ("inspections", {"since": date(2026, 9, 1), "until": AFTER}),
    "filling": (
        "filling",
        SEPTEMBER | {"teacher_id": BORIS, "viewer_id": BORIS},
    ),
    "accumulation": ("accumulation", OF_CLASS | {"term": 1}),
    "movements": ("movements", {"since": date(2026, 9, 1), "until": AFTER}),
    "teacher_averages": ("teacher_averages", {"term": 1}),
    "final_marks": ("final_marks", OF_CLASS),
    "risk": ("risk", OF_CLASS | {"term": 1}),
    "notices": ("notices", OF_CLASS | {"term": 1}),
}


def told(report: Report) -> dict[str, Any]:
    """The report without its place in the log; places in cells from the first one on."""
    found = report.json()
    del found["source"]
    for part in found["parts"]:
        at = [n for n, one in enumerate(part["columns"]) if one["key"] == "position"]
        rows = [list(line["cells"]) for line in part["lines"]]
        first = min((row[n] for row in rows for n in at), default=0)
        for line, row in zip(part["lines"], rows, strict=True):
            for n in at:
                row[n] -= first
            line["cells"] = row
    shown: dict[str, Any] = json.loads(json.dumps(found))
    return shown


@pytest.mark.parametrize("case", CASES)
def test_a_form_is_its_golden_file(fill: Fill, case: str) -> None:
    form, asked = CASES[case]
    found = told(fill(form, **asked))
    file = GOLDEN / f"{case}.json"
    if not file.exists():  # a new form: look at it, count it, keep it
        file.write_text(json.dumps(found, ensure_ascii=False, indent=1) + "\n", "utf-8")
        pytest.fail(f"{file.name} is new")
    assert found == json.loads(file.read_text("utf-8"))


def test_every_form_has_a_golden_file() -> None:
    assert {form for form, _ in CASES.values()} | {"rating"} == set(FORMS)


@pytest.fixture(scope="session")
def again(quarter: str) -> Recount:
    """The quarter, to be counted again."""
    reader = conninfo(quarter, APP, SECRET)
    return Recount(quarter, reader, schema_of(SLUG), YEAR, noon(AFTER))


@pytest.mark.parametrize("form", ["final_marks", "movements", "summary_sheet"])
def test_every_figure_of_a_form_is_that_of_sql_over_the_facts(again: Recount, form: str) -> None:
    for pair in RECOUNTS[form](again):
        assert pair.told == pair.by_sql, pair.what


def test_pupils_are_ranked_only_where_the_rules_allow_it(
    fill: Fill, again: Recount, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(Forbidden, match="не составляется"):
        fill("rating", term=1, class_id=CLASS_7A)
    allowed = msgspec.structs.replace(Regulation(), ratings=True)

    async def rules(*_: object) -> Regulation:
        return allowed

    monkeypatch.setattr("projections.reports.ground.directory.regulation_of", rules)
    for pair in RECOUNTS["rating"](again):
        assert pair.told == pair.by_sql, pair.what
    lines = fill("rating", term=1, class_id=CLASS_7A).parts[0].lines
    assert [line.cells for line in lines] == [
        (1, "Петров Пётр", 2, "4.50"),
        (2, "Ёлкин Егор", 2, "4.00"),
        (3, "Морозова Мария", 1, "4.00"),
    ]


def cells(report: Report, part: int = 0) -> dict[Any, dict[str, Any]]:
    """Lines of a part by their first named cell, cells by the keys of their columns."""
    table = report.parts[part]
    keys = [one.key for one in table.columns]
    at = keys.index("name") if "name" in keys else 0
    return {line.cells[at]: dict(zip(keys, line.cells, strict=False)) for line in table.lines}


def test_few_marks_are_few_for_the_day_of_a_running_term(fill: Fill) -> None:
    place = ("Морозова Мария", "Алгебра")  # three marks of five
    for day, told in ((date(2026, 9, 11), False), (date(2026, 10, 20), True)):
        lines = fill("risk", day=day, term=1, class_id=CLASS_7A).parts[0].lines
        assert (place in [line.cells[1:3] for line in lines]) is told, day


def test_who_is_not_attested_in_two_subjects_is_one_pupil() -> None:
    names = {"a": "Алгебра", "f": "Физика", "h": "История"}
    here = [
        Pupil("p1", "Петров Пётр", date(2026, 9, 1), None),
        Pupil("p2", "Юдин Олег", date(2026, 9, 1), None),
    ]
    given = {
        ("7а", "a", "p1"): "н/а",
        ("7а", "f", "p1"): "н/а",
        ("7а", "h", "p1"): "4",
        ("7а", "a", "p2"): "5",
    }

    assert unattested("7а", names, given, here) == ["Петров Пётр (Алгебра; Физика)"]
