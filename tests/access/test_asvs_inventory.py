"""OWASP ASVS 5.0.0, what the code itself shows: cryptography, SQL, and settings of the checks."""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.house.test_every_route_names_its_caller import APP

ROOT = Path(__file__).parents[2]
FLOORS = ("api", "domain", "projections", "scheduler")
SOURCES = sorted(file for floor in FLOORS for file in (ROOT / floor).rglob("*.py"))
CRYPTOGRAPHIC = {"argon2", "cryptography", "hashlib", "hmac", "joserfc", "secrets"}
RUFF = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["ruff"]["lint"]


def imported(file: Path) -> set[str]:
    """Top names of what a file imports."""
    found = set()
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {one.name.split(".")[0] for one in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module.split(".")[0])
    return found


def test_v11_1_1_v11_1_2_every_use_of_cryptography_is_in_the_inventory() -> None:
    page = (ROOT / "docs" / "cryptography.md").read_text("utf-8")
    named = set(re.findall(r"`((?:api|domain|projections|scheduler)/[\w/]*(?:\.py|/))`", page))
    using = {
        file.relative_to(ROOT).as_posix() for file in SOURCES if imported(file) & CRYPTOGRAPHIC
    }
    folders = {one for one in named if one.endswith("/")}
    strange = {one for one in using - named if not one.startswith(tuple(folders))}
    assert not strange, "uses cryptography, and docs/cryptography.md does not say what for"
    plain = {one for one in named - folders if one not in using}
    assert plain <= {"projections/postgres/cluster.py"}, "named there, and uses none"


def rules(*files: str) -> set[str]:
    """What ruff is told to overlook, everywhere or in these files."""
    return {*RUFF["ignore"], *(rule for one in files for rule in RUFF["per-file-ignores"][one])}


def test_v11_5_1_random_numbers_that_matter_are_the_operating_systems() -> None:
    """ruff S311 would find another generator; only tests may use one, and what only plays: the
    demonstration, and the shuffled labels that a forecast is judged by.
    """
    assert RUFF["select"] == ["ALL"]
    assert "S311" not in rules("api/cli.py", "api/commands/**")
    plays = {"demo", "forecast", "forecast.py"}
    assert not [
        file for file in SOURCES if "random" in imported(file) and plays.isdisjoint(file.parts)
    ]


def executed(file: Path) -> Iterator[tuple[int, ast.expr]]:
    """What is handed to `execute`: (line, statement)."""
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and node.func.attr in {"execute", "executemany", "copy"}
            and node.args
        ):
            yield node.lineno, node.args[0]


def made_of_values(node: ast.AST) -> bool:
    """Text put together of anything but constants of the program, which have upper-case names."""
    if isinstance(node, ast.FormattedValue):
        return not (isinstance(node.value, ast.Name) and node.value.id.isupper())
    return isinstance(node, ast.Mod)


@pytest.mark.parametrize("floor", FLOORS)
def test_v1_2_4_no_statement_is_made_of_what_somebody_sent(floor: str) -> None:
    assert "S608" not in rules("api/cli.py", "api/commands/**")
    made = [
        (file.name, line)
        for file in SOURCES
        if file.relative_to(ROOT).parts[0] == floor
        for line, statement in executed(file)
        if any(made_of_values(part) for part in ast.walk(statement))
    ]
    assert not made


def bodies() -> Iterator[tuple[str, dict[str, Any]]]:
    """The JSON bodies of the described API, by operation."""
    for path, operations in APP.openapi()["paths"].items():
        for method, one in operations.items():
            content = one.get("requestBody", {}).get("content", {})
            if "application/json" in content:
                yield f"{method.upper()} {path}", content["application/json"]["schema"]


def objects(schema: Any, known: dict[str, Any], seen: set[str]) -> Iterator[dict[str, Any]]:
    """Every object of a schema, those inside of others too."""
    if isinstance(schema, list):
        for one in schema:
            yield from objects(one, known, seen)
        return
    if not isinstance(schema, dict):
        return
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        if name not in seen:
            seen.add(name)
            yield from objects(known[name], known, seen)
        return
    if schema.get("type") == "object" and "properties" in schema:
        yield schema
    for part in ("properties", "items", "anyOf", "oneOf", "allOf", "prefixItems"):
        inside = schema.get(part)
        yield from objects(
            list(inside.values()) if part == "properties" and inside else inside, known, seen
        )


def test_v15_3_3_a_body_brings_nothing_that_was_not_asked_for() -> None:
    known = APP.openapi()["components"]["schemas"]
    loose = {
        (name, one.get("title"))
        for name, schema in bodies()
        for one in objects(schema, known, set())
        if one.get("additionalProperties") is not False
    }
    assert not loose


def test_v15_1_2_every_part_is_known_by_version_and_hash() -> None:
    """What is installed, the lock files list; `make` takes nothing else (test_requirements.py)."""
    for name in ("requirements.txt", "requirements-dev.txt"):
        lines = (ROOT / name).read_text("utf-8").splitlines()
        pinned = [line for line in lines if re.match(r"[A-Za-z0-9]", line)]
        assert pinned
        assert all(re.match(r"\S+==\S+ \\$", line) for line in pinned), name
    assert "--require-hashes" in (ROOT / "Makefile").read_text("utf-8")
