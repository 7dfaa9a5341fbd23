"""Every way of saying no has a stable code, a Russian sentence, and a test that names it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import domain
from domain.refusals import Busy, Conflict, Forbidden, Invalid, NotFound, Refusal

KINDS = {kind.__name__ for kind in (NotFound, Forbidden, Conflict, Invalid, Busy)}
CODE = re.compile(r"[a-z]+(_[a-z]+)*\.[a-z]+(_[a-z]+)*")
SOURCE = Path(domain.__file__).parent
TESTS = Path(__file__).parent


def spoken() -> Iterator[tuple[str, str, ast.expr]]:
    """Where, code and sentence of every refusal in the source."""
    for file in sorted(SOURCE.rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            name = node.func.id if isinstance(node.func, ast.Name) else ""
            if name in KINDS and isinstance(node.args[0], ast.Constant):
                yield f"{file.name}:{node.lineno}", str(node.args[0].value), node.args[1]
            elif isinstance(node.func, ast.Attribute) and node.func.attr == "_refuse":
                code = node.args[1]
                assert isinstance(code, ast.Constant)
                yield f"{file.name}:{node.lineno}", str(code.value), node.args[2]


REFUSALS = list(spoken())
CODES = sorted({code for _, code, _ in REFUSALS})


def test_there_are_refusals_to_look_at() -> None:
    assert len(CODES) > 60


@pytest.mark.parametrize("code", CODES)
def test_a_test_of_the_domain_names_the_code(code: str) -> None:
    others = [file for file in TESTS.glob("test_*.py") if file != Path(__file__)]
    written = "".join(file.read_text("utf-8") for file in others)
    assert f'"{code}"' in written, f"no test of the domain is refused with {code}"


@pytest.mark.parametrize(("where", "code", "sentence"), REFUSALS)
def test_a_refusal_is_a_code_for_programs_and_a_sentence_for_people(
    where: str, code: str, sentence: ast.expr
) -> None:
    assert CODE.fullmatch(code), where
    text = "".join(constants(sentence))
    assert re.search(r"[а-яё]", text), f"{where}: {text}"
    assert not re.search(r"[A-Za-z]", text.replace("Idempotency-Key", "")), f"{where}: {text}"
    assert text.endswith((".", "»")), f"{where}: {text}"


def constants(sentence: ast.expr) -> Iterator[str]:
    """The parts of a sentence that are written in the source; not what is filled in."""
    if isinstance(sentence, ast.JoinedStr):
        for part in sentence.values:
            yield from constants(part)
    elif isinstance(sentence, ast.Constant):
        yield str(sentence.value)


def test_one_code_is_one_kind_of_refusal() -> None:
    """A program that has learnt what a code means must not be surprised."""
    kinds: dict[str, set[str]] = {}
    for file in sorted(SOURCE.rglob("*.py")):
        calls = re.findall(r"\b(\w+)\(\s*\"([a-z_]+\.[a-z_]+)\"", file.read_text("utf-8"))
        for name, code in calls:
            if name in KINDS:
                kinds.setdefault(code, set()).add(name)
    assert {code: names for code, names in kinds.items() if len(names) > 1} == {}


def test_a_refusal_carries_details_for_the_door() -> None:
    refusal = Conflict("mark.changed_meanwhile", "Отметку уже изменили.", value="4")
    assert (refusal.code, refusal.message, refusal.extra) == (
        "mark.changed_meanwhile",
        "Отметку уже изменили.",
        {"value": "4"},
    )
    assert str(refusal) == refusal.message
    ours = [kind for kind in Refusal.__subclasses__() if kind.__module__ == Refusal.__module__]
    assert {kind.__name__ for kind in ours} == KINDS  # doors have refusals of their own
