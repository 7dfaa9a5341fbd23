"""Figures of what is worth a look, and of who has looked."""

from __future__ import annotations

from projections.figures.figure import Conn, Context, Figure
from projections.redflags.reading import looked_into, unquestioned

PAGE = "/signals"
NO_MARKS = "отметок в этом году ещё нет"


async def reviewed(conn: Conn, schema: str, context: Context) -> Figure:
    """1.6: red flags of the year that the deputy or the director has looked into."""
    good, total = await looked_into(conn, schema, context.year, context.now)
    text = "сигналов этого учебного года, которые завуч или директор разобрали"
    return Figure("1.6", text, good, total, PAGE, "сигналов в этом году нет")


async def reliable(conn: Conn, schema: str, context: Context) -> Figure:
    """4.3-2: marks of the year behind which there is no red flag."""
    good, total = await unquestioned(conn, schema, context.year, context.now)
    text = "отметок, о которых нет ни одного сигнала"
    return Figure("4.3-2", text, good, total, PAGE, NO_MARKS)
