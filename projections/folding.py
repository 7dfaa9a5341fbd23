"""One step of folding: a page of facts into rows and bookmarks, in one transaction."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import psycopg
from psycopg import Cursor
from psycopg.rows import tuple_row

from domain.codec import decode
from domain.world import EPOCH
from projections.catalogue import PROJECTIONS
from projections.projection import Patient, Place, Placed, Projection
from projections.writing import fetch, run

#: Facts in a transaction: when nearly up to date, when far behind, and when everything is folded
#: at once. The more of a week come together, the fewer times its documents are written; the more
#: facts, the more memory (5,000: 90 MB in all, 15,000: 130 MB).
PAGE = 1_000
CATCH_UP_PAGE = 5_000
WHOLE_LOG_PAGE = 15_000

# A plan made while a table was empty must not be kept while it grows. A batch that a crash of
# the server forgets is folded again: its rows and its bookmark are forgotten together.
_SETTINGS = (
    "SELECT set_config('plan_cache_mode', 'force_custom_plan', true),"
    " set_config('synchronous_commit', 'off', true)"
)
_PAGE = """
    SELECT notification_id, originator_id::text, originator_version, topic, state
    FROM {log}.facts WHERE notification_id > %s AND notification_id <= %s
    ORDER BY notification_id LIMIT %s
"""
_BOOKMARKS = """
    SELECT name, position, generation FROM {s}.bookmark
    WHERE name = ANY (%s) ORDER BY name FOR UPDATE
"""


def read_page(cursor: Cursor[Any], place: Place, after: int, upto: int, limit: int) -> list[Placed]:
    """Facts of (after, upto], at most `limit`, in order.

    Raises UnknownFact: the log is newer than this program, which must go no further.
    """
    return [
        Placed(position, stream, version, topic, stored, decode(topic, stored))
        for position, stream, version, topic, stored in fetch(
            cursor, place, _PAGE, after, upto, limit
        )
    ]


class Folder:
    """The projections of one school and what they keep in memory. Not shared between threads."""

    def __init__(
        self,
        place: Place,
        projections: Mapping[str, Callable[[Place], Projection]] | None = None,
        skip: frozenset[str] = frozenset(),
        *,
        unread: bool = False,
    ) -> None:
        """`skip`: streams that are passed over. `unread`: into tables that nobody reads before
        `finish`, and nobody else folds.
        """
        self.place = place
        self._unread = unread
        self._skip = skip
        self._make = PROJECTIONS if projections is None else projections
        # generation, the bookmark as it was left, projection
        self._made: dict[str, tuple[int, int, Projection]] = {}

    def step(
        self,
        conn: psycopg.Connection[Any],
        *,
        upto: int = 2**62,
        limit: int | None = None,
    ) -> int:
        """Fold the next facts for the projections that are furthest behind; answers how many.

        One transaction (a nested one when the connection is in a transaction already). When it
        fails everything in memory is dropped: the next step starts from the rows. So does a
        projection that somebody else has folded meanwhile.
        """
        try:
            with (
                conn.transaction(),
                conn.cursor(row_factory=tuple_row, binary=True) as cursor,
            ):
                cursor.execute(_SETTINGS)
                return self._step(cursor, upto, limit)
        except BaseException:
            self._made.clear()
            raise

    def finish(self, conn: psycopg.Connection[Any]) -> None:
        """Write what projections have held back; in one transaction."""
        with conn.transaction(), conn.cursor(row_factory=tuple_row, binary=True) as cursor:
            cursor.execute(_SETTINGS)
            for _, _, projection in self._made.values():
                if isinstance(projection, Patient):
                    projection.finish(cursor)

    def _step(self, cursor: Cursor[Any], upto: int, limit: int | None) -> int:
        marks = self._bookmarks(cursor)
        after = min(position for position, _ in marks.values())
        behind = sorted(name for name, (position, _) in marks.items() if position == after)
        others = [position for position, _ in marks.values() if position > after]
        until = min([upto, *others])
        batch = read_page(cursor, self.place, after, until, limit or PAGE)
        if not limit and len(batch) == PAGE:
            batch += read_page(cursor, self.place, batch[-1].position, until, CATCH_UP_PAGE - PAGE)
        if not batch:
            return 0
        for name, make in self._make.items():
            if name in behind:
                self._fold(name, make, marks[name], batch, cursor)
        run(
            cursor,
            self.place,
            "UPDATE {s}.bookmark SET position = %s, at = %s WHERE name = ANY (%s)",
            batch[-1].position,
            batch[-1].body.at,
            behind,
        )
        return len(batch)

    def _fold(
        self,
        name: str,
        make: Callable[[Place], Projection],
        mark: tuple[int, int],
        batch: Sequence[Placed],
        cursor: Cursor[Any],
    ) -> None:
        position, generation = mark
        known = self._made.get(name)
        here = known is not None and known[:2] == (generation, position)
        if known is not None and not here and self._unread:
            raise RuntimeError(f"{name}: somebody else folds into these tables")
        projection = known[2] if known is not None and here else make(self.place)
        if self._unread and isinstance(projection, Patient):
            projection.holds_back = True
        self._made[name] = (generation, batch[-1].position, projection)
        topics, skip = projection.topics, self._skip
        mine = [one for one in batch if one.topic in topics and one.stream not in skip]
        if mine:
            projection.fold(mine, cursor)

    def _bookmarks(self, cursor: Cursor[Any]) -> dict[str, tuple[int, int]]:
        """name → position, generation; locked, so that two folders never fold the same fact."""
        names = sorted(self._make)
        found = fetch(cursor, self.place, _BOOKMARKS, names)
        if len(found) < len(names):
            run(
                cursor,
                self.place,
                "INSERT INTO {s}.bookmark (name, position, at)"
                " SELECT name, 0, %s FROM unnest(%s::text[]) AS n (name) ON CONFLICT DO NOTHING",
                EPOCH,
                names,
            )
            found = fetch(cursor, self.place, _BOOKMARKS, names)
        return {name: (position, generation) for name, position, generation in found}


def catch_up(
    conn: psycopg.Connection[Any],
    schema: str,
    projections: Mapping[str, Callable[[Place], Projection]] | None = None,
) -> int:
    """Fold everything there is, on an autocommit connection as letopis_projector; answers how
    many facts were read. For tests, the demonstration and the command line.
    """
    folder = Folder(Place(schema, schema), projections)
    total = 0
    while step := folder.step(conn, limit=WHOLE_LOG_PAGE):
        total += step
    return total
