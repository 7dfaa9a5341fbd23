"""docs/facts.md is what the code says."""

from __future__ import annotations

from domain.catalogue import FACTS
from tests.house.fact_catalogue import PAGE, page


def test_the_page_of_facts_is_up_to_date() -> None:
    """Write it anew with `python -m tests.house.fact_catalogue`."""
    assert PAGE.read_text("utf-8") == page()


def test_the_page_names_every_fact_once() -> None:
    lines = page().splitlines()
    headings = [line.split("`")[1] for line in lines if line.startswith("### `")]
    assert sorted(headings) == sorted(FACTS)
