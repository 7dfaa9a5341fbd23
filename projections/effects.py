"""What another regulation would do to the year as it is: counted, before anything is adopted."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta

import msgspec

from domain.regulation import Regulation
from projections.figures.figure import Conn, Context
from projections.sql import STILL, row


class Effect(msgspec.Struct, frozen=True):
    """`count` of `total` would be otherwise; `text` says in what, Russian, without the numbers."""

    name: str
    clause: str
    text: str
    count: int
    total: int


async def marks_settled(conn: Conn, schema: str, context: Context, new: Regulation) -> list[Effect]:
    """Marks of the year that would leave the edit window, or come back into it."""
    old = context.regulation
    if old.edit_window_days == new.edit_window_days:
        return []
    oldest = (context.today - timedelta(one.edit_window_days) for one in (old, new))
    found = await row(
        conn,
        schema,
        """
        SELECT count(*) FILTER (WHERE l.date >= %(old)s AND l.date < %(new)s),
            count(*) FILTER (WHERE l.date < %(old)s AND l.date >= %(new)s), count(*)
        FROM {s}.register_mark m
        JOIN {s}.register_lesson l ON l.lesson_id = m.lesson_id AND l.valid_to = %(still)s
        JOIN {s}.directory_class c ON c.class_id = m.class_id
        WHERE c.year = %(year)s AND m.valid_to = %(still)s AND m.value <> ''
        """,
        **dict(zip(("old", "new"), oldest, strict=True)),
        still=STILL,
        year=context.year,
    )
    left, back, total = found or (0, 0, 0)
    if new.edit_window_days < old.edit_window_days:
        text = "отметок учитель уже не исправит сам"
        return [Effect("marks_settled", "4.3-2", text, left, total)]
    return [Effect("marks_open_again", "4.3-2", "отметок учитель снова исправит сам", back, total)]


EFFECTS: tuple[Callable[[Conn, str, Context, Regulation], Awaitable[list[Effect]]], ...] = (
    marks_settled,
)


async def effects(conn: Conn, schema: str, context: Context, new: Regulation) -> list[Effect]:
    """Everything that can be counted of a change; what it does not touch is not among it."""
    return [one for effect in EFFECTS for one in await effect(conn, schema, context, new)]
