"""What projections of few facts have in common: every fact is a statement or two of its own."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar, LiteralString

from psycopg import Cursor

from projections.projection import Handlers, Place, Placed
from projections.sql import Row
from projections.writing import fetch, run


class Statements:
    """The part of a `Projection` that folds; a projection adds its name, tables and topics."""

    handlers: ClassVar[Handlers[Any]]

    def __init__(self, place: Place) -> None:
        self.place = place
        self.cursor: Cursor[Any]

    def fold(self, batch: Sequence[Placed], cursor: Cursor[Any]) -> None:
        """See `Projection`."""
        self.cursor = cursor
        for one in batch:
            self.handlers.handle(self, one)

    def run(self, text: LiteralString, *arguments: Any) -> None:
        """One statement in the transaction of the batch."""
        run(self.cursor, self.place, text, *arguments)

    def fetch(self, text: LiteralString, *arguments: Any) -> list[Row]:
        """The rows of one statement in the transaction of the batch."""
        return fetch(self.cursor, self.place, text, *arguments)
