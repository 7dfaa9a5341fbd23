"""What `switched_off` needs stays true: every clause that works has a rule to switch off, once."""

from __future__ import annotations

from pathlib import Path

import pytest

from domain.clauses import CLAUSES
from tests.regulation.clauses import held_by
from tests.regulation.noticed import noticed
from tests.regulation.switches import SWITCHES, Switch

ROOT = Path(__file__).parents[2]


def test_every_clause_that_works_has_a_rule_that_can_be_switched_off() -> None:
    assert list(SWITCHES) == [number for number, one in CLAUSES.items() if one.now]


@pytest.mark.parametrize("switch", SWITCHES.values(), ids=SWITCHES)
def test_what_is_switched_off_is_there_once(switch: Switch) -> None:
    assert (ROOT / switch.file).read_text("utf-8").count(switch.was) == 1, switch.what
    assert switch.was != switch.now


def test_with_its_rule_off_every_clause_went_red() -> None:
    """As found by `python -m tests.regulation.switched_off`; a changed switch is to be tried."""
    found = noticed()
    assert {clause: one.what for clause, one in found.items()} == {
        clause: one.what for clause, one in SWITCHES.items()
    }
    tests = held_by()
    assert {clause for clause, one in found.items() if one.by not in tests[clause]} == set()
