"""Every `letopis …` of the documentation and of docker-compose.yml is one that can be typed."""

from __future__ import annotations

import argparse
import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from api.cli import parser
from api.commands import COMMANDS
from projections.postgres.settings_list import SETTINGS

ROOT = Path(__file__).parents[2]
PAGES = sorted([ROOT / "README.md", *(ROOT / "docs").glob("*.md")])
#: what stands for a word of one's own in a line of help → such a word
SAMPLES = {
    "N": "3",
    "YEAR": "2025",
    "URL": "https://journal.school.example",
    "SLUG": "school1",
    "NAME": "take_snapshots",
    "МОМЕНТ": "2026-11-30T14:05+03:00",
    "school's": "school1",
}


def typed() -> Iterator[tuple[str, str]]:
    """Where, and what is typed there: in a line of a block, or between backticks."""
    for page in PAGES:
        text = page.read_text("utf-8")
        blocks = re.findall(r"^```\w*\n(.*?)^```", text, re.DOTALL | re.MULTILINE)
        lines = [line for block in blocks for line in block.replace("\\\n", " ").splitlines()]
        prose = re.sub(r"^```.*?^```", "", text, flags=re.DOTALL | re.MULTILINE)
        lines += re.findall(r"`(letopis [^`]+)`", prose)
        for line in lines:
            found = re.match(r"^(?:\w+\$ |\.venv/bin/)?(letopis .*)$", line.strip())
            if found is not None:
                yield page.name, found.group(1)


def words(line: str) -> list[str]:
    """The words after `letopis`, with something to stand in for what one chooses oneself."""
    line = re.sub(r"\s#\s.*$|\s{2,}#.*$", "", line)
    line = re.sub(r"[\[\]]", "", line).replace("…", "").replace("|", " ").strip(" .,:;")
    return [SAMPLES.get(word, word) for word in shlex.split(line)[1:]]


TYPED = sorted(set(typed()))


def test_there_are_commands_to_look_at() -> None:
    assert len(TYPED) > 60


@pytest.mark.parametrize(("page", "line"), TYPED)
def test_the_command_can_be_typed(page: str, line: str) -> None:
    said = words(line)
    if not said or said[0] == "bench":
        return
    assert said[0] in COMMANDS, f"{page}: {line}"
    options = {word.split("=")[0] for word in said if word.startswith("--")}
    known: set[str] = set()
    for one in _parsers(parser(said[0])):
        known |= {name for action in one._actions for name in action.option_strings}
    assert options <= known, f"{page}: {line}"


def test_what_compose_starts_is_typed_right_and_its_settings_are_settings() -> None:
    compose = yaml.safe_load((ROOT / "docker-compose.yml").read_text("utf-8"))
    settings = {one.name for one in SETTINGS}
    for name, service in compose["services"].items():
        if not str(service["image"]).startswith("letopis"):
            continue
        given = parser(service["command"][0]).parse_args(service["command"])
        assert callable(given.run), name
        for variable in service["environment"]:
            assert variable.removesuffix("_FILE") in settings, f"{name}: {variable}"


def _parsers(top: argparse.ArgumentParser) -> Iterator[argparse.ArgumentParser]:
    yield top
    for action in top._actions:
        if isinstance(action, argparse._SubParsersAction):
            for one in set(action.choices.values()):
                yield from _parsers(one)
