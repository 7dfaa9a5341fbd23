"""`make` is the first thing a newcomer types."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
TARGETS = set(re.findall(r"^([a-z]+):", MAKEFILE, re.MULTILINE))


def make(*arguments: str, cwd: Path = ROOT) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["make", *arguments], cwd=cwd, capture_output=True, text=True, check=False
    )


def test_help_names_every_target() -> None:
    shown = re.findall(r"^  make (\w+) +\S", make("help").stdout, re.MULTILINE)

    assert set(shown) == TARGETS
    assert TARGETS >= {"help", "run", "test", "check", "bench"}


@pytest.fixture
def bare(tmp_path: Path) -> Path:
    shutil.copy(ROOT / "Makefile", tmp_path)
    return tmp_path


def test_without_a_python_the_reason_is_said(bare: Path) -> None:
    (bare / "requirements.txt").touch()
    (bare / "pyproject.toml").touch()

    ran = make("run", "PYTHON=", cwd=bare)

    assert ran.returncode != 0
    assert "Нужен Python 3.11 или новее" in ran.stderr


def test_secrets_are_written_once_and_closed_to_others(bare: Path) -> None:
    assert make("secrets", cwd=bare).returncode == 0
    written = {path.name: path.read_text(encoding="utf-8") for path in bare.glob("secrets/*")}

    assert set(written) == {"postgres_password", "database_url", "letopis_secret"}
    assert written["postgres_password"].strip() in written["database_url"]
    assert (bare / "secrets").stat().st_mode & 0o077 == 0
    assert make("secrets", cwd=bare).returncode != 0
    assert written["letopis_secret"] == (bare / "secrets/letopis_secret").read_text("utf-8")


def test_continuous_integration_runs_what_a_person_runs() -> None:
    script = ROOT / ".ci" / "run"

    assert script.stat().st_mode & 0o111
    assert script.read_text(encoding="utf-8").splitlines()[-2:] == ["make check", "make test"]
