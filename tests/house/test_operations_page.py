"""docs/operations.md names every metric there is, and none that is not."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_every_metric_is_explained() -> None:
    shown = set(re.findall(r"# HELP (\w+)", (ROOT / "api/health.py").read_text("utf-8")))
    told = set(re.findall(r"^\| `(letopis_\w+)`", _page(), re.MULTILINE))

    assert shown
    assert told == shown


def test_every_page_it_leads_to_is_there() -> None:
    led = re.findall(r"\]\((\S+\.md)\)", _page())

    assert led
    assert [one for one in led if not (ROOT / "docs" / one).exists()] == []


def _page() -> str:
    return (ROOT / "docs/operations.md").read_text("utf-8")
