"""Folding red flags: of every deed in a journal, and of every lesson that is not in order."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from psycopg import Cursor

from domain.catalogue import FACTS
from projections.projection import Place, Placed
from projections.redflags.board import Board
from projections.redflags.handlers import HANDLERS
from projections.redflags.memory import Memory


class RedFlags:
    """red_flags_v1 of one school."""

    name = "red_flags_v1"
    tables = (
        "red_flag_year",
        "red_flag_class",
        "red_flag_lesson",
        "red_flag_mark",
        "red_flag_term_mark",
        "red_flag_own_right",
        "red_flag_change",
        "red_flag_hand",
        "red_flag",
        "red_flag_fact",
        "red_flag_review",
    )
    topics = HANDLERS.topics()
    ignored = frozenset(FACTS) - topics

    def __init__(self, place: Place) -> None:
        self.memory = Memory(place)
        self.board = Board(self.memory)

    def fold(self, batch: Sequence[Placed], cursor: Cursor[Any]) -> None:
        """See `Projection`."""
        self.memory.begin(batch, cursor)
        self.board.begin()
        for one in batch:
            HANDLERS.handle(self, one)
        self.flush()
        self.memory.end()

    def flush(self) -> None:
        """Everything that is in memory only becomes rows."""
        self.memory.flush()
        self.board.flush()
