"""A door reads as the person who knocked: `caller.reading()`, behind the second wall."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

API = Path(__file__).parents[2] / "api"
DOORS = sorted({*(API / "v1").glob("*.py"), *(API / "pages").glob("*.py")})

#: file → why it reads as the program itself
AS_THE_PROGRAM = {
    "v1/log.py": "seals and proofs are anybody's; whose mark a receipt is of was asked before",
    "v1/looks.py": "a family is told who tried, a stranger to it too",
    "v1/diary.py": "an empty week has nobody in it",
    "v1/jobs.py": "a run that is asked for is written down",
    "v1/devices.py": "one's own devices",
    "v1/notices.py": "a choice, an address, what was seen: one's own, and written",
    "v1/webhooks.py": "addresses and events of programs: about nobody",
    "pages/notices.py": "as v1/notices.py",
    "pages/seats.py": "an arrangement of one's own, and written",
    "ticking.py": "a tick of one's own, and written",
    "v1/reminders.py": "a reminder is put away",
    "pages/looks.py": "as v1/looks.py",
    "pages/authenticity.py": "seals and proofs are anybody's",
}


def readers(file: Path) -> Iterator[tuple[int, str]]:
    """(line, who) of each `….reading()`."""
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.Call) and ast.unparse(node.func).endswith(".reading"):
            yield node.lineno, ast.unparse(node.func).removesuffix(".reading")


@pytest.mark.parametrize("file", DOORS, ids=lambda file: f"{file.parent.name}/{file.name}")
def test_a_door_reads_as_the_caller(file: Path) -> None:
    others = [(line, who) for line, who in readers(file) if who != "caller"]
    allowed = f"{file.parent.name}/{file.name}" in AS_THE_PROGRAM
    assert bool(others) == allowed, f"{others}: caller.reading(), or say why not in this test"
