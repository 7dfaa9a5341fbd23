"""What README tells a newcomer to type exists."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.house.commands import subcommands

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```sh\n(.*?)```", README, re.DOTALL)
INLINE = re.findall(r"`([^`\n]+)`", re.sub(r"```.*?```", "", README, flags=re.DOTALL))
CODE = "\n".join(BLOCKS + INLINE)


def test_every_make_target_of_the_readme_is_there() -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    named = set(re.findall(r"^make ([a-z]+)", CODE, re.MULTILINE))

    assert {"run", "test", "check", "secrets"} <= named
    assert named - targets == set()


def test_every_command_of_the_readme_is_there() -> None:
    named = set(re.findall(r"letopis ([a-z]+)", CODE))

    assert {"demo", "replay", "migrate", "school", "serve", "doctor"} <= named
    assert named - subcommands() == set()


@pytest.mark.parametrize("link", sorted(set(re.findall(r"\]\(([^)#]+)\)", README))))
def test_every_link_of_the_readme_leads_somewhere(link: str) -> None:
    assert (ROOT / link).exists()
