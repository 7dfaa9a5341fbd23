"""What another regulation would do to the year as it is: counted, before anything is adopted."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from domain.regulation import Regulation
from projections.effects.deadlines import records_judged
from projections.effects.effect import Effect
from projections.effects.leniency import corrections_let_through, weeks_let_through
from projections.effects.marks import marks_settled, term_marks_otherwise
from projections.figures.figure import Conn, Context

__all__ = ["EFFECTS", "Effect", "effects"]

EFFECTS: tuple[Callable[[Conn, str, Context, Regulation], Awaitable[list[Effect]]], ...] = (
    records_judged,
    marks_settled,
    corrections_let_through,
    weeks_let_through,
    term_marks_otherwise,
)


async def effects(conn: Conn, schema: str, context: Context, new: Regulation) -> list[Effect]:
    """Everything that can be counted of a change; what it does not touch is not among it."""
    return [one for effect in EFFECTS for one in await effect(conn, schema, context, new)]
