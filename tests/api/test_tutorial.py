"""docs/api-tutorial.md, run as it is written against a running journal."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from tests.api.ground import PASSWORD, Clock
from tests.browser.ground import serving
from tests.conftest import admin, clone, url_of

BLOCK = re.compile(r"^```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)
PAGE = Path(__file__).parents[2] / "docs" / "api-tutorial.md"


def test_the_tutorial_does_what_it_says(
    server: str, school_template: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    name, clock = f"test_{uuid4().hex}", Clock()
    clone(server, name, school_template)
    said = "\n".join(BLOCK.findall(PAGE.read_text("utf-8")))
    with serving(url_of(server, name), tmp_path, clock) as url:
        monkeypatch.setenv("LETOPIS_URL", url)
        monkeypatch.setenv("LETOPIS_LOGIN", "anna")
        monkeypatch.setenv("LETOPIS_PASSWORD", PASSWORD)
        done: dict[str, Any] = {}
        exec(compile(said, str(PAGE), "exec"), done)  # noqa: S102 - our own page
    admin(server, "DROP DATABASE {} WITH (FORCE)", name)

    assert done["later"]["changes"] == []  # it came as far as the feed
    assert "is_ours" in done
