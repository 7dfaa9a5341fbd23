"""The subcommands that `letopis` really has."""

from __future__ import annotations

import argparse

from api.cli import parser


def subcommands() -> set[str]:
    """Names of all subcommands, as the parser knows them."""
    choices: set[str] = set()
    for action in parser()._actions:
        if isinstance(action, argparse._SubParsersAction):
            choices |= set(action.choices)
    return choices
