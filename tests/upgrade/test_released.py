"""An upgrade: what every released version has left is read, proven and continued by this one."""

from __future__ import annotations

import shutil
import tomllib
from datetime import UTC, datetime
from pathlib import Path

import pytest

from domain.people.facts import Name
from projections import moving
from projections.backups import heads
from projections.moving import papers
from tests.conftest import SECRET
from tests.ground import YEAR, engine_on, ground_of, number, request, school_on
from tests.upgrade.released import FOLDER, SLUG, released

NOW = datetime(2026, 12, 5, 6, tzinfo=UTC)
VERSIONS = released()
ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("version", VERSIONS, ids=lambda one: one.name)
def test_a_school_of_a_released_version_is_brought_up_to_date_proven_and_goes_on(
    version: Path, database: str, tmp_path: Path
) -> None:
    left = tmp_path / "left"
    shutil.copytree(version, left)
    paper = papers.exported(left)

    brought = moving.bring(database, SECRET, left, None, NOW)  # tables, log, seals, every row
    moving.opened(database, left, lost=True)

    assert brought.head == paper.head
    assert brought.rows > paper.head.position
    with engine_on(database, clock=lambda: NOW) as engine:
        receipt = school_on(engine, SLUG).register_person(
            YEAR,
            number("someone new"),
            "staff",
            Name("Новый", "Пётр"),
            by=ground_of(SLUG).operator,
            request=request(),
        )
        assert receipt.result(10).position == paper.head.position + 1
    [head] = heads(database)
    assert head.position == paper.head.position + 1


def test_no_released_version_is_left_out() -> None:
    folders = sorted(one for one in FOLDER.iterdir() if one.is_dir() and one.name[0].isdigit())

    assert folders == VERSIONS


def test_the_version_that_is_being_released_has_left_its_school() -> None:
    """CHANGELOG names it as released: then its school is here."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    changelog = (ROOT / "CHANGELOG.md").read_text("utf-8")
    if f"\n## {project['version']} " in changelog:
        assert project["version"] in {one.name for one in VERSIONS}
