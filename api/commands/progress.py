"""How far long work has come: a bar on a terminal, silence in a pipe."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import (
    BarColumn,
    Progress,
    TaskProgressColumn,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)


class Bar:
    """One bar."""

    def __init__(self, progress: Progress, what: str, total: int | None) -> None:
        self._progress = progress
        self._what = what
        self._task = progress.add_task(what, total=total)

    def __call__(self, more: int) -> None:
        """So many more are done."""
        self._progress.advance(self._task, more)

    def reach(self, done: int, total: int, note: str = "") -> None:
        """So many of all are done by now; `note` says where it is."""
        words = f"{self._what}, {note}" if note else self._what
        self._progress.update(self._task, completed=done, total=total, description=words)


@contextmanager
def shown(what: str, total: int | None = None) -> Iterator[Bar]:
    """A bar on stderr while the block runs; `total` may be unknown."""
    console = Console(file=sys.stderr)
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TaskProgressColumn(),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console, disable=not console.is_terminal) as progress:
        yield Bar(progress, what, total)
