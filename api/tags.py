"""Tags of diary weeks: that a week has not changed is said without reading it."""

from __future__ import annotations

from collections import OrderedDict
from datetime import date
from typing import NamedTuple

from api.progress import Progress
from projections.diary.fold import Diary

MOST_KEPT = 50_000


class Place(NamedTuple):
    """How far the diary is, and which building of it."""

    position: int
    generation: int


class Tags:
    """Tags of one school, kept until the diary moves on or is rebuilt.

    What is kept was read after the place that it is kept under, which is at most 100 ms old.
    """

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._place: Place | None = None
        self._kept: OrderedDict[tuple[str, date], str] = OrderedDict()

    async def place(self) -> Place | None:
        """Where the diary is; None before it has begun. Tags of another place are forgotten."""
        following = await self._progress.now()
        at = following.projections.get(Diary.name)
        place = Place(at.position, following.generations[Diary.name]) if at else None
        if place != self._place:
            self._kept.clear()
            self._place = place
        return place

    def of(self, pupil_id: str, monday: date) -> str | None:
        """The tag of a week that was read since the diary last moved."""
        return self._kept.get((pupil_id, monday))

    def keep(self, pupil_id: str, monday: date, tag: str, place: Place | None) -> None:
        """A tag that was read when the diary was at the place, or after."""
        if place is None or place != self._place:
            return
        self._kept[pupil_id, monday] = tag
        if len(self._kept) > MOST_KEPT:
            self._kept.popitem(last=False)
