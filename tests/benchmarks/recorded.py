"""docs/benchmarks.md: one table, the last figure of each name with its day and commit; what stood
there before is in the history of the repository. docs/growth.svg: the curves.
"""

from __future__ import annotations

import subprocess
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

from tests.benchmarks.curves import drawn
from tests.benchmarks.table import Result, shown

DOCS = Path(__file__).parents[2] / "docs"
HEADING = "## Figures"
COLUMNS = ("what", "ours", "limit", "ratio", "target", "met", "when", "notes")


def record(results: Iterable[Result], docs: Path = DOCS) -> None:
    """Put each result in the place of the last one of its name; new names go to the end.

    Raises ValueError when the page has no table under its heading.
    """
    measured = list(results)
    page = docs / "benchmarks.md"
    page.write_text(renewed(page.read_text("utf-8"), measured, _when()), "utf-8")
    if any(one.curve for one in measured):
        (docs / "growth.svg").write_text(drawn([one for one in measured if one.curve]), "utf-8")


def renewed(page: str, results: Iterable[Result], when: str) -> str:
    """The page with the rows of these results; other rows and all other text stay."""
    before, heading, after = page.partition(f"\n{HEADING}\n")
    if not heading:
        raise ValueError(f"docs/benchmarks.md has no {HEADING!r}: put the heading back")
    lines = after.split("\n")
    first = next(k for k, line in enumerate(lines) if line.startswith("|---"))
    end = next((k for k in range(first, len(lines)) if not lines[k].startswith("|")), len(lines))
    rows = {_name(line): line for line in lines[first + 1 : end]}
    rows |= {one.name: _row(one, when) for one in results}
    return before + heading + "\n".join([*lines[: first + 1], *rows.values(), *lines[end:]])


def _name(line: str) -> str:
    return line.split("|")[1].strip()


def _row(one: Result, when: str) -> str:
    limit = "–" if one.limit is None else shown(one.limit)
    met = "yes" if one.met else "**no**"
    cells = (
        one.name,
        f"{shown(one.ours)} {one.unit}",
        limit,
        f"{one.ratio:.2f}",
        one.target,
        met,
        when,
        one.notes,
    )
    return f"| {' | '.join(cells)} |"


def _when() -> str:
    """Day and commit; «+» says that files were changed since."""
    commit = _git("rev-parse", "--short", "HEAD") or "no commit"
    changed = "+" if _git("status", "--porcelain", "--untracked-files=no") else ""
    return f"{datetime.now(UTC):%Y-%m-%d} {commit}{changed}"


def _git(*arguments: str) -> str:
    command = ["git", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=DOCS)
    return done.stdout.strip()
