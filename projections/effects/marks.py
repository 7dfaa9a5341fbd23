"""What another regulation would do to marks: those that can be corrected, those suggested."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import timedelta

from domain.formulas import Item, Presence, suggested_term_mark
from domain.regulation import Regulation
from projections.effects.effect import Effect
from projections.figures.figure import Conn, Context
from projections.sql import STILL, Row, row, rows


async def marks_settled(conn: Conn, schema: str, context: Context, new: Regulation) -> list[Effect]:
    """Marks of the year that would leave the edit window, or come back into it."""
    old = context.regulation
    if old.edit_window_days == new.edit_window_days or new.late_corrections:
        return []  # where nothing is refused, a window settles nothing
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


_SUGGESTED = ("weighted", "term_thresholds", "min_marks", "ungraded_levels")


async def term_marks_otherwise(
    conn: Conn, schema: str, context: Context, new: Regulation
) -> list[Effect]:
    """Marks that are suggested for the term of today and would be other ones."""
    old, term = context.regulation, context.term
    if all(getattr(old, name) == getattr(new, name) for name in _SUGGESTED):
        return []
    found = await rows(
        conn,
        schema,
        """
        SELECT c.grade_level, array_agg(m.value), array_agg(m.weight)
        FROM {s}.register_mark m
        JOIN {s}.register_lesson l ON l.lesson_id = m.lesson_id AND l.valid_to = %(still)s
        JOIN {s}.directory_class c ON c.class_id = m.class_id
        WHERE c.year = %(year)s AND l.date BETWEEN %(since)s AND %(until)s
            AND l.status <> 'CANCELLED' AND m.valid_to = %(still)s
            AND m.value IN ('5', '4', '3', '2', '1')
        GROUP BY m.class_id, c.grade_level, l.subject_id, m.pupil_id
        """,
        year=context.year,
        since=term.starts,
        until=term.ends,
        still=STILL,
    )
    # Seconds of arithmetic for a large school: not on the loop that serves everybody.
    count = await asyncio.to_thread(_otherwise, found, old, new)
    text = f"предложенных отметок за «{term.name}» стали бы другими"
    return [Effect("term_marks_otherwise", "1.10", text, count, len(found))]


def _otherwise(found: Sequence[Row], old: Regulation, new: Regulation) -> int:
    changed = 0
    for level, values, weights in found:
        items = [Item(value, weight) for value, weight in zip(values, weights, strict=True)]
        was, will = (
            suggested_term_mark(items, Presence(), level, rules).value for rules in (old, new)
        )
        changed += was != will
    return changed
