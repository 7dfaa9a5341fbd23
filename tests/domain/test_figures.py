"""Figures of small groups give nobody away."""

from __future__ import annotations

import pytest

from domain.figures import hidden_below
from domain.regulation import Regulation


@pytest.mark.parametrize(("pupils", "shown"), [(0, None), (1, None), (4, None), (5, "4.20")])
def test_the_average_of_fewer_than_five_is_hidden(pupils: int, shown: str | None) -> None:
    assert hidden_below(pupils, "4.20", Regulation()) == shown


def test_a_school_may_ask_for_larger_groups() -> None:
    larger = Regulation(small_class=10)
    assert hidden_below(9, "4.20", larger) is None
    assert hidden_below(10, "4.20", larger) == "4.20"
