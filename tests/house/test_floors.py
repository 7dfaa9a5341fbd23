"""The floors hold, and would be seen to break."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FLOORS = ("domain", "projections", "scheduler", "api")


def lint_imports(directory: Path) -> subprocess.CompletedProcess[str]:
    """Run import-linter on the packages of `directory`, not on installed ones."""
    script = "import sys; from importlinter.cli import lint_imports; sys.exit(lint_imports())"
    return subprocess.run(
        [sys.executable, "-c", script],
        cwd=directory,
        env=os.environ | {"PYTHONPATH": str(directory)},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def house(tmp_path: Path) -> Path:
    """A copy of the four packages, free to be spoilt."""
    for floor in FLOORS:
        shutil.copytree(
            ROOT / floor, tmp_path / floor, ignore=shutil.ignore_patterns("__pycache__", "static")
        )
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def test_the_floors_hold() -> None:
    ran = lint_imports(ROOT)

    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "0 broken" in ran.stdout


@pytest.mark.parametrize(
    ("room", "forbidden"),
    [
        ("domain", "projections"),
        ("domain", "psycopg"),
        ("domain", "fastapi"),
        ("projections", "api"),
        ("projections", "scheduler"),
        ("api", "scheduler"),
        ("api", "psycopg"),
        ("scheduler", "api"),
        ("scheduler", "psycopg_pool"),
    ],
)
def test_a_look_up_or_sideways_is_seen(house: Path, room: str, forbidden: str) -> None:
    (house / room / "a_wrong_look.py").write_text(f"import {forbidden}\n", encoding="utf-8")

    ran = lint_imports(house)

    assert ran.returncode != 0
    assert f"{room}.a_wrong_look -> {forbidden}" in ran.stdout


@pytest.mark.parametrize("first", ["api.v1", "api.pages"])
def test_the_doors_open_in_either_order(first: str) -> None:
    """A command of the command line imports one of them alone."""
    alone = [sys.executable, "-c", f"import {first}"]
    done = subprocess.run(alone, cwd=ROOT, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stderr
