"""Pages of the journal as they were last drawn, for as long as nothing that is on them has moved.

A page of a class depends on the facts of the class, of the school and of its people, on the day and
on who reads it; on nothing else. So it is kept for one person and one day until a fact of its class
is written or folded, or one that is of no class: then everything kept of the class, or of the
school, is forgotten. Written too, for the vault forgets a text in the very commit of its fact. Who
may read the page is asked before, every time: what is kept saves reading and drawing, not deciding.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Hashable
from typing import TYPE_CHECKING, Any, NamedTuple

from projections import changes
from projections.postgres.bookmarks import AsOf, Following

if TYPE_CHECKING:
    from api.house import Door

MOST_BYTES = 16_000_000  # of all schools of the process together
MOST_FACTS = 5_000  # that are looked through; after more of them everything is forgotten


class Place(NamedTuple):
    """The end of the log, how far every projection is at least, and which building of each."""

    head: int
    position: int
    generations: tuple[tuple[str, int], ...]


class Shelf:
    """What a process keeps, the longest unused of it thrown away first."""

    def __init__(self, most: int = MOST_BYTES) -> None:
        self._most = most
        self._held = 0
        self._kept: OrderedDict[tuple[str, str, Hashable], tuple[Any, int]] = OrderedDict()

    def get(self, school: str, class_id: str, key: Hashable) -> Any | None:
        """What lies there, or None."""
        found = self._kept.get((school, class_id, key))
        if found is None:
            return None
        self._kept.move_to_end((school, class_id, key))
        return found[0]

    def put(self, school: str, class_id: str, key: Hashable, value: Any, size: int) -> None:
        """Keep a value of about so many bytes."""
        self._drop((school, class_id, key))
        self._kept[school, class_id, key] = value, size
        self._held += size
        while self._held > self._most:
            self._drop(next(iter(self._kept)))

    def forget(self, school: str, classes: frozenset[str] | None) -> None:
        """Throw away what is kept of these classes of a school; None: of all of them."""
        for key in [one for one in self._kept if one[0] == school]:
            if classes is None or key[1] in classes:
                self._drop(key)

    def _drop(self, key: tuple[str, str, Hashable]) -> None:
        _, size = self._kept.pop(key, (None, 0))
        self._held -= size


class Kept:
    """Pages of one school on the shelf of the process."""

    def __init__(self, door: Door, shelf: Shelf) -> None:
        self._door = door
        self._shelf = shelf
        self._place: Place | None = None
        self._as_of: AsOf  # of the place, and another object at each
        self._moving = asyncio.Lock()

    async def here(self) -> AsOf:
        """The place that every projection has reached; what has moved up to it is forgotten."""
        async with self._moving:
            following = await self._door.progress.now()
            now = _place(following)
            if now != self._place:
                self._shelf.forget(self._door.school_id, await self._moved(now))
                self._place, self._as_of = now, following.slowest
            return self._as_of

    def get(self, class_id: str, key: Hashable) -> Any | None:
        """What is kept of a class as of the last `here`, or None. The key names the page, the
        person who reads it and the school's day.
        """
        return self._shelf.get(self._door.school_id, class_id, key)

    def put(self, class_id: str, key: Hashable, value: Any, size: int, since: AsOf) -> None:
        """Keep what was read after `here` answered `since`, unless the journal has moved since."""
        if self._as_of is since:
            self._shelf.put(self._door.school_id, class_id, key, value, size)

    async def _moved(self, now: Place) -> frozenset[str] | None:
        """The classes that all facts are of that were written or folded since the last place; None:
        they are not of classes alone, or they are too many, or the projections have been built
        anew.
        """
        last = self._place
        if last is None or last.generations != now.generations:
            return None
        if now.position < last.position or not 0 <= now.head - last.position <= MOST_FACTS:
            return None
        async with self._door.reading() as (conn, schema):
            return await changes.classes_of(conn, schema, last.position, now.head)


def _place(following: Following) -> Place:
    generations = tuple(sorted(following.generations.items()))
    return Place(following.head.position, following.slowest.position, generations)
