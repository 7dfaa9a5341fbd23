"""docs/capacity.md is the arithmetic of tests/benchmarks/capacity.py over measured inputs."""

from __future__ import annotations

import pytest

from tests.benchmarks import capacity


def test_the_page_is_what_follows_from_the_inputs() -> None:
    page = capacity.PAGE.read_text("utf-8")

    assert page == capacity.page(page), "run: python -m tests.benchmarks.capacity"


def test_twice_the_pupils_are_twice_the_facts_and_not_twice_the_idle_schools() -> None:
    measured = capacity.measured()
    one, two = (capacity.plan(600, pupils, measured) for pupils in (300_000, 600_000))

    assert two.facts == pytest.approx(2 * one.facts)
    assert two.disk == pytest.approx(2 * one.disk)
    assert two.cpu["idle"] == one.cpu["idle"]
    assert two.cpu["reading"] == pytest.approx(2 * one.cpu["reading"])
    assert one.cores >= one.busy
