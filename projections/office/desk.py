"""What the handlers of the office share: statements."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, LiteralString

from psycopg import Cursor

from projections.projection import Handlers, Place, Placed
from projections.writing import fetch, run


class Desk:
    """One school's office under the pen: rare facts, one statement each."""

    def __init__(self, place: Place) -> None:
        self.place = place
        self.cursor: Cursor[Any]

    def fold(self, batch: Sequence[Placed], cursor: Cursor[Any]) -> None:
        """See `Projection`."""
        self.cursor = cursor
        for one in batch:
            HANDLERS.handle(self, one)

    def run(self, text: LiteralString, *arguments: Any) -> None:
        """One statement."""
        run(self.cursor, self.place, text, *arguments)

    def fetch(self, text: LiteralString, *arguments: Any) -> list[tuple[Any, ...]]:
        """The rows of one statement."""
        return list(fetch(self.cursor, self.place, text, *arguments))


HANDLERS: Handlers[Desk] = Handlers()
