"""docs/scheduler.md: the table of jobs in it is that of the code.

python -m tests.house.scheduler_page      writes the table into docs/scheduler.md
"""

from __future__ import annotations

from pathlib import Path

from scheduler.line import Line, Missed
from scheduler.timetable import TIMETABLE

PAGE = Path(__file__).parents[2] / "docs" / "scheduler.md"
BEGIN, END = "<!-- table of jobs: begin -->\n", "<!-- table of jobs: end -->\n"
MISSED = {
    Missed.SKIP: "skipped when late",
    Missed.ONCE: "once, for the last term",
    Missed.EVERY: "every one, in order",
}


def table() -> str:
    """The timetable as Markdown."""
    head = "| Job | What it is | When (the school's clock) | If missed | Late after | By hand |"
    return "\n".join([head, "|---|---|---|---|---|---|", *map(_row, TIMETABLE)]) + "\n"


def page(now: str) -> str:
    """The page with the table of today."""
    before, rest = now.split(BEGIN)
    return before + BEGIN + table() + END + rest.split(END)[1]


def _row(line: Line) -> str:
    late = "—" if line.watches else f"{int(line.grace.total_seconds()) // 60} min"
    return (
        f"| `{line.name}` | {line.title} | {line.when.words} | {MISSED[line.missed]}"
        f" | {late} | {'yes' if line.by_hand else ''} |"
    )


if __name__ == "__main__":
    PAGE.write_text(page(PAGE.read_text("utf-8")), "utf-8")
