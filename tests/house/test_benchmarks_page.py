"""docs/benchmarks.md holds the last figure of each name; docs/growth.svg its curves."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from tests.benchmarks.curves import drawn
from tests.benchmarks.recorded import COLUMNS, DOCS, record, renewed
from tests.benchmarks.table import Result

PAGE = """# Benchmarks

Said before.

## Figures

Said of the table.

| what | ours | limit | ratio | target | met | when | notes |
|---|---|---|---|---|---|---|---|
| append | 1.000 commands/s | 2.000 | 0.50 | ≥ 2.0× | **no** | 2026-11-01 aaaaaaa | slow |
| bytes | 700.0 B | – | 700.00 | ≤ 650 B | **no** | 2026-11-01 aaaaaaa |  |

## Why

Said after.
"""


def result(name: str, ours: float = 3.0, *, curve: tuple[tuple[float, float], ...] = ()) -> Result:
    return Result(name, ours, 1.0, ours, "≥ 2.0×", "commands/s", True, "quick", curve)


def test_a_measured_name_takes_the_place_of_its_last_figure() -> None:
    page = renewed(PAGE, [result("append")], "2026-11-30 bbbbbbb")

    row = "| append | 3.000 commands/s | 1.000 | 3.00 | ≥ 2.0× | yes | 2026-11-30 bbbbbbb | quick |"
    assert page == PAGE.replace(PAGE.split("\n")[10], row)


def test_a_new_name_goes_to_the_end_of_the_table() -> None:
    page = renewed(PAGE, [result("memory")], "2026-11-30 bbbbbbb").split("\n")

    assert [line.split("|")[1].strip() for line in page[10:13]] == ["append", "bytes", "memory"]
    assert page[13:] == PAGE.split("\n")[12:]


def test_a_page_without_the_table_is_refused_and_left_alone(tmp_path: Path) -> None:
    (tmp_path / "benchmarks.md").write_text("# Benchmarks\n", "utf-8")

    with pytest.raises(ValueError, match="put the heading back"):
        record([result("append")], tmp_path)

    assert (tmp_path / "benchmarks.md").read_text("utf-8") == "# Benchmarks\n"


def test_what_grew_is_drawn_as_a_line_for_each_work_and_a_panel_for_years_and_schools(
    tmp_path: Path,
) -> None:
    (tmp_path / "benchmarks.md").write_text(PAGE, "utf-8")
    years = ((1.0, 2.0), (3.0, 2.1), (10.0, 2.2))

    record(
        [
            result("growth, years: command", curve=years),
            result("growth, years: diary", curve=years),
            result("growth, schools: command", curve=((1.0, 4.0), (200.0, 4.0))),
        ],
        tmp_path,
    )

    svg = ET.parse(tmp_path / "growth.svg")  # noqa: S314 - written a line above
    texts = [one.text for one in svg.iter("{http://www.w3.org/2000/svg}text")]
    assert len(list(svg.iter("{http://www.w3.org/2000/svg}polyline"))) == 3
    assert {"years", "schools", "command 1.10", "diary 1.10", "command 1.00"} <= set(texts)


def test_names_at_the_ends_of_lines_do_not_lie_upon_each_other() -> None:
    curve = ((1.0, 1.0), (10.0, 1.0))
    works = [result(f"growth, years: {word}", curve=curve) for word in ("a", "b", "c")]
    svg = ET.fromstring(drawn(works))  # noqa: S314 - made here

    texts = svg.iter("{http://www.w3.org/2000/svg}text")
    ends = [float(one.attrib["y"]) for one in texts if (one.text or "").endswith(" 1.00")]
    assert ends == sorted(ends)
    assert all(below - above >= 13 for above, below in pairwise(ends))


def test_the_page_of_the_repository_has_the_table_with_one_row_for_each_name() -> None:
    page = (DOCS / "benchmarks.md").read_text("utf-8")
    rows = [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in page.partition("## Figures\n")[2].partition("\n## ")[0].split("\n")
        if line.startswith("|")
    ]
    assert tuple(rows[0]) == COLUMNS
    assert all(len(row) == len(COLUMNS) for row in rows)
    assert len({row[0] for row in rows}) == len(rows)
