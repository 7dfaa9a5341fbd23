"""To which class a lesson or a mark belongs. That never changes, so it is kept in the process."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any, NamedTuple

from domain.refusals import NotFound
from projections import control, directory, terms

if TYPE_CHECKING:
    from api.house import Door

MOST_KEPT = 200_000


class Place(NamedTuple):
    """Where a lesson or a mark is; `pupil_id` is empty for a lesson."""

    class_id: str
    pupil_id: str


class Places:
    """Look-ups of one school. What was written a moment ago is waited for."""

    def __init__(self, door: Door) -> None:
        self._door = door
        self._kept: OrderedDict[str, Place] = OrderedDict()

    async def lesson(self, lesson_id: str) -> Place:
        """The class of a lesson. Raises NotFound, Busy."""
        place = await self._find(lesson_id, directory.lesson_place)
        if place is None:
            raise NotFound("lesson.unknown", "Такого урока нет.")
        return place

    async def mark(self, mark_id: str) -> Place:
        """The class and the pupil of a mark. Raises NotFound, Busy."""
        place = await self._find(mark_id, directory.mark_place)
        if place is None:
            raise NotFound("mark.unknown", "Такой отметки нет.")
        return place

    async def inspection(self, inspection_id: str) -> Place:
        """The class whose journal was inspected. Raises NotFound, Busy."""
        place = await self._find(inspection_id, control.inspection_place)
        if place is None:
            raise NotFound("inspection.unknown", "Такой проверки нет.")
        return place

    async def remark(self, remark_id: str) -> Place:
        """The class of a remark. Raises NotFound, Busy."""
        place = await self._find(remark_id, control.remark_place)
        if place is None:
            raise NotFound("remark.unknown", "Такого замечания нет.")
        return place

    async def request(self, request_id: str) -> Place:
        """The class of a request for a correction. Raises NotFound, Busy."""
        place = await self._find(request_id, terms.request_place)
        if place is None:
            raise NotFound("request.unknown", "Такого запроса нет.")
        return place

    async def _find(
        self, number: str, look: Callable[[Any, str, str], Awaitable[dict[str, Any] | None]]
    ) -> Place | None:
        if number in self._kept:
            return self._kept[number]
        found = await self._look(number, look)
        if found is None:
            now = await self._door.progress.now(0.0)
            await self._door.progress.reach(now.head.position)
            found = await self._look(number, look)  # it may have come between the two questions
        if found is None:
            return None
        place = self._kept[number] = Place(found["class_id"], found.get("pupil_id", ""))
        if len(self._kept) > MOST_KEPT:
            self._kept.popitem(last=False)
        return place

    async def _look(
        self, number: str, look: Callable[[Any, str, str], Awaitable[dict[str, Any] | None]]
    ) -> dict[str, Any] | None:
        async with self._door.reading() as (conn, schema):
            return await look(conn, schema, number)
