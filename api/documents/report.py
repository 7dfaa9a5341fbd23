"""A report on paper: A4, upright or on its side; a table that is wider still is cut into several,
each with the names again.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any

from api.documents.cells import shown, source, turned
from api.documents.typesetting import pdf
from projections.reports import Cell, Column, Part, Report

#: characters of a line, upright and on its side
UPRIGHT, ON_SIDE = 98, 148
MM = 1.8  # a character and its share of the padding
GROWS = 18  # characters that a growing column needs at least
_ALIGN = {"text": "left", "mark": "center", "day": "center", "moment": "center"}


def report_pdf(report: Report, *, school: str, zone: str) -> bytes:
    """The report, tagged. Raises UnprintableError."""
    flipped = any(_width(part.columns) > UPRIGHT for part in report.parts)
    room = ON_SIDE if flipped else UPRIGHT
    return pdf(
        "report",
        {
            "title": report.title,
            "school": school,
            "flipped": flipped,
            "heads": [pair for pair in report.heads if pair[1]],
            "source": source(report.position, report.moment, zone),
            "parts": [
                {
                    "title": part.title,
                    "words": part.words,
                    "notes": part.notes,
                    "new_page": part.new_page,
                    "said": part.empty if part.columns and not part.lines else "",
                    "tables": [_table(part, chosen, zone) for chosen in cut(part.columns, room)]
                    if part.lines
                    else [],
                }
                for part in report.parts
            ],
            "notes": report.notes,
            "signs": report.signs,
        },
    )


def _width(columns: Sequence[Column]) -> int:
    return sum(one.characters or GROWS for one in columns)


def cut(columns: Sequence[Column], room: int) -> list[list[int]]:
    """The columns of each table of so many characters: pinned ones in all of them, neighbours of
    one group in the same.
    """
    pinned = [at for at, one in enumerate(columns) if one.pinned]
    free = room - _width([columns[at] for at in pinned])
    tables: list[list[int]] = []
    used = room
    for run in _runs(columns):
        width = _width([columns[at] for at in run])
        if used + width > free or not tables:
            tables.append(list(pinned))
            used = 0
        tables[-1] += run
        used += width
    return tables or [pinned]


def _runs(columns: Sequence[Column]) -> Iterator[list[int]]:
    """Columns that stay together: those of a group, any other alone."""
    loose = [at for at, one in enumerate(columns) if not one.pinned]
    for group, run in groupby(loose, key=lambda at: columns[at].group):
        if group:
            yield list(run)
        else:
            yield from ([at] for at in run)


def _table(part: Part, chosen: list[int], zone: str) -> dict[str, Any]:
    columns = [part.columns[at] for at in chosen]
    groups = list(_groups(columns))
    upright = turned(columns)
    return {
        "columns": [_column(one, upright=upright and one.kind == "mark") for one in columns],
        "groups": groups,
        "head": 2 if groups else 1,
        "rows": [
            {
                "kind": line.kind,
                "cells": _cells(line.cells, chosen, columns, zone)
                if line.kind != "part"
                else [str(line.cells[0] or "")],
            }
            for line in part.lines
        ],
    }


def _cells(cells: Sequence[Cell], chosen: list[int], columns: list[Column], zone: str) -> list[str]:
    return [shown(cells[at], column, zone) for at, column in zip(chosen, columns, strict=True)]


def _column(one: Column, *, upright: bool) -> dict[str, Any]:
    return {
        "title": one.title,
        "width": round(one.characters * MM, 1),
        "align": _ALIGN.get(one.kind, "right"),
        "grouped": bool(one.group),
        "upright": upright,
        "room": min(34.0, round(len(one.title) * MM + 2, 1)),
    }


def _groups(columns: list[Column]) -> Iterator[dict[str, Any]]:
    """What stands in the upper row of the head: titles over groups, the others through both."""
    if not any(one.group for one in columns):
        return
    at = 0
    for group, run in groupby(columns, key=lambda one: one.group):
        span = len(list(run))
        if group:
            yield {"title": group, "span": span, "at": at}
        else:
            yield from ({"title": "", "span": 0, "at": at + after} for after in range(span))
        at += span
