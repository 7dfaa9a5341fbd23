"""Every number of every report, counted again by SQL over the bare facts.

The SQL knows nothing of projections and formulas: it was written from docs/facts.md and
school-journal.md §5 alone (`ground.sql`: facts as tables). A recount yields pairs: what the report
says, what SQL says. `python -m tests.recount` does it on a demonstration that is running.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

import psycopg
from psycopg import AsyncConnection

from projections.reports import FORMS, Asked, Report
from projections.reports import build as fill
from projections.reports.paper import Part

ZONE = "Europe/Moscow"
_GROUND = Path(__file__).with_name("ground.sql").read_text("utf-8")


class Pair(NamedTuple):
    """What a report says and what SQL says of the same."""

    what: str
    told: Any
    by_sql: Any


class Recount:
    """A school to be counted again.

    admin: URL of who may make a schema there; reader: of who reads as the site does; now: the
    moment of the reports.
    """

    def __init__(self, admin: str, reader: str, schema: str, year: int, now: datetime) -> None:
        self.admin, self.reader, self.schema, self.year, self.now = admin, reader, schema, year, now
        with psycopg.connect(admin, autocommit=True) as conn:
            text = _GROUND.replace("{s}", schema).replace("{year}", str(year))
            conn.execute(text.encode())

    def ask(self, text: str, **values: Any) -> list[tuple[Any, ...]]:
        """Rows of a statement over the tables of `ground.sql`."""
        named = {"today": self.now.date(), "now": self.now} | values
        with psycopg.connect(self.admin, autocommit=True) as conn:
            conn.execute("SET search_path = recount")
            return conn.execute(text.encode(), named).fetchall()

    def report(self, name: str, **asked: Any) -> Report:
        """The form as the site fills it."""
        return asyncio.run(self._fill(name, Asked(self.year, **asked)))

    async def _fill(self, name: str, asked: Asked) -> Report:
        conn = await AsyncConnection.connect(self.reader, autocommit=True)
        async with conn:
            cursor = await conn.execute(f"SELECT last FROM {self.schema}.head".encode())
            [last] = await cursor.fetchone() or [0]
            return await fill(
                FORMS[name],
                conn,
                self.schema,
                asked,
                position=last,
                moment=self.now,
                zone=ZONE,
            )

    def classes(self) -> list[tuple[str, str, int]]:
        """Id, name, grade level."""
        return [
            (a, b, c)
            for a, b, c in self.ask(
                "SELECT class_id, class, level FROM class ORDER BY level, letter"
            )
        ]

    def terms(self, level: int) -> list[int]:
        """Terms of a grade level that have begun."""
        rows = self.ask(
            "SELECT term FROM term WHERE level = %(level)s AND starts <= %(today)s ORDER BY 1",
            level=level,
        )
        return [term for (term,) in rows]


Recounting = Callable[[Recount], Iterator[Pair]]


def table(part: Part, *keys: str, kind: str | None = "") -> list[tuple[Any, ...]]:
    """Cells of some columns, of lines of a kind ("": those that are no totals; None: all)."""
    at = [next(n for n, one in enumerate(part.columns) if one.key == key) for key in keys]
    return [
        tuple(_plain(line.cells[n]) for n in at)
        for line in part.lines
        if kind is None or line.kind == kind
    ]


def plain(rows: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """Rows of SQL as cells are: words."""
    return [tuple(_plain(cell) for cell in row) for row in rows]


def _plain(cell: Any) -> Any:
    return None if cell is None or cell == "" else str(cell)
