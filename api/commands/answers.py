"""How commands answer: exit codes, tables for people, JSON for programs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import orjson

GOOD = 0
REFUSED = 1
USAGE = 2


def show(rows: Sequence[Mapping[str, Any]], *, as_json: bool, empty: str = "Пусто.") -> None:
    """Rows with the same keys: one JSON array, or a table."""
    if as_json:
        show_json(list(rows))
        return
    if not rows:
        print(empty)
        return
    names = list(rows[0])
    cells = [[_text(row[name]) for name in names] for row in rows]
    widths = [max(map(len, column)) for column in zip(names, *cells, strict=True)]
    for line in (names, ["─" * width for width in widths], *cells):
        print(
            "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
        )


def show_json(value: Any) -> None:
    """One JSON value, indented."""
    print(orjson.dumps(value, default=str, option=orjson.OPT_INDENT_2).decode())


def _text(value: Any) -> str:
    if value is None:
        return "—"
    if isinstance(value, bool):
        return "да" if value else "нет"
    return str(value)
