"""The words of the glossary are the words of the log."""

from __future__ import annotations

import re
from pathlib import Path

from domain.catalogue import FACTS

GLOSSARY = (Path(__file__).parents[2] / "docs" / "glossary.md").read_text(encoding="utf-8")


def test_every_fact_the_glossary_names_is_a_fact_of_the_log() -> None:
    named = set(re.findall(r"`((?:[A-Z][a-z]+){2,})`", GLOSSARY))

    assert len(named) > 30
    assert named - {fact.__name__ for fact in FACTS.values()} == set()
