"""What a report is, whatever it is about: parts with a table each, drawn alike as JSON, page, .xlsx
and PDF. Words are Russian, figures are as `domain.formulas` answers them.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any, Literal

import msgspec

#: figure: a decimal of two places; percent: the same, of a hundred; day, moment: ISO 8601
Kind = Literal["text", "mark", "count", "figure", "percent", "day", "moment"]
Cell = str | int | None
#: characters that a column of a kind needs on paper; 0: as much as is left
WIDTHS: dict[Kind, int] = {
    "text": 0,
    "mark": 5,
    "count": 7,
    "figure": 7,
    "percent": 8,
    "day": 11,
    "moment": 17,
}


class Column(msgspec.Struct, frozen=True):
    """`group`: what stands over neighbours of one group. `pinned`: repeated where a wide table is
    cut. `width`: characters, 0 as the kind needs.
    """

    key: str
    title: str
    kind: Kind = "text"
    group: str = ""
    width: int = 0
    pinned: bool = False

    @property
    def characters(self) -> int:
        """The width on paper; 0 grows."""
        return self.width or WIDTHS[self.kind]


class Line(msgspec.Struct, frozen=True):
    """A row of a table: a cell for every column. kind: "", `total`, `part` (words over what
    follows, in the first cell).
    """

    cells: tuple[Cell, ...]
    kind: Literal["", "total", "part"] = ""


class Part(msgspec.Struct, frozen=True):
    """A table with its title, words before and notes after it. `empty` stands for no lines."""

    columns: tuple[Column, ...] = ()
    lines: tuple[Line, ...] = ()
    title: str = ""
    words: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    empty: str = "Записей нет."
    new_page: bool = False


class Report(msgspec.Struct, frozen=True):
    """A filled form. `heads`: what it is about, label and value; `notes`: how it was counted, of
    whom; `signs`: who signs it on paper; `position`, `moment`: the place in the log.
    """

    form: str
    title: str
    heads: tuple[tuple[str, str], ...]
    parts: tuple[Part, ...]
    position: int
    moment: datetime
    notes: tuple[str, ...] = ()
    signs: tuple[str, ...] = ()

    def json(self) -> dict[str, Any]:
        """`{form, title, heads[{label, value}], parts[{title, words[], columns[{key, title, group,
        kind}], lines[{kind, cells[]}], notes[]}], notes[], source{position, moment}}`.
        """
        return {
            "form": self.form,
            "title": self.title,
            "heads": [{"label": label, "value": value} for label, value in self.heads],
            "parts": [
                {
                    "title": part.title,
                    "words": part.words,
                    "columns": [
                        {
                            "key": one.key,
                            "title": one.title,
                            "group": one.group or None,
                            "kind": one.kind,
                        }
                        for one in part.columns
                    ],
                    "lines": [
                        {"kind": one.kind or "line", "cells": one.cells} for one in part.lines
                    ],
                    "notes": part.notes,
                }
                for part in self.parts
            ],
            "notes": self.notes,
            "source": {"position": self.position, "moment": self.moment.isoformat()},
        }


NUMBER = Column("number", "№", "count", width=4, pinned=True)
NAME = Column("name", "Фамилия, имя", width=29, pinned=True)


def numbered(rows: Iterable[tuple[Cell, ...]]) -> tuple[Line, ...]:
    """Lines with their number first."""
    return tuple(Line((number, *cells)) for number, cells in enumerate(rows, 1))


def days(since: date, until: date) -> str:
    """«01.09.2026 – 30.10.2026»."""
    return f"{since:%d.%m.%Y} – {until:%d.%m.%Y}"
