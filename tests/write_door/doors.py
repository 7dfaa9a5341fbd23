"""Every door through which the record could be written, as the program itself lists them."""

from __future__ import annotations

import argparse
from collections.abc import Iterator

from api.cli import parser
from api.imports.desk import KINDS
from api.imports.public import PUBLIC_KINDS
from scheduler.timetable import TIMETABLE
from tests.house.test_every_route_names_its_caller import ROUTES

READING = ("GET", "HEAD")
#: a browser goes to a provider and comes back by links: tests/api/test_provider.py
BY_LINK = {"/sign-in/provider", "/sign-in/provider/return"}


def reads() -> set[str]:
    """Routes that only show, by path."""
    return {name.partition(" ")[2] for name in ROUTES if name.startswith(READING)} - BY_LINK


def writes() -> set[str]:
    """Routes that write, pages with forms too: `POST /api/v1/lessons`."""
    return {name for name in ROUTES if not name.startswith(READING)}


def jobs() -> set[str]:
    """`job take_snapshots`."""
    return {f"job {line.name}" for line in TIMETABLE}


def imports() -> set[str]:
    """`import classes`."""
    return {f"import {kind}" for kind in (*KINDS, *PUBLIC_KINDS)}


def commands() -> set[str]:
    """`letopis school add`: everything that the command line carries out."""
    return set(_carried_out(parser(), "letopis"))


def _carried_out(of: argparse.ArgumentParser, words: str) -> Iterator[str]:
    inside = [one for one in of._actions if isinstance(one, argparse._SubParsersAction)]
    if not inside or of.get_default("run"):
        yield words
    for action in inside:
        for name, one in action.choices.items():
            yield from _carried_out(one, f"{words} {name}")
