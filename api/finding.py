"""What the directory and the grants say, asked of the database each time: `caller.Rights` keeps it.

Days are the school's.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from domain.calendar import day_of, local_date
from projections import directory, grants

if TYPE_CHECKING:
    from api.house import Door

DIARY = "diary"
LONG_AGO = datetime.min.replace(tzinfo=UTC)


class Finding:
    """Questions about people and classes of one school."""

    def __init__(self, door: Door) -> None:
        self._door = door
        self._day_is = (LONG_AGO, LONG_AGO, date.min)  # from, until, the day

    def today(self) -> date:
        """The school's day. It is asked for several times in every request."""
        now = self._door.house.clock()
        since, until, day = self._day_is
        if not since <= now < until:
            day = local_date(now, self._door.zone)
            since, until = day_of(day, self._door.zone)
            self._day_is = (since, until, day)
        return day

    async def _year(self) -> int | None:
        async with self._door.reading() as (conn, schema):
            return await directory.school_year_of(conn, schema, self.today())

    async def _class_of(self, pupil_id: str) -> list[str]:
        """Classes of the pupil, that of today first; those of the next school year come last."""
        today = self.today().isoformat()
        async with self._door.reading() as (conn, schema):
            classes = await directory.pupil_classes(conn, schema, pupil_id)
            classes.sort(key=lambda one: one["since"] > today)
            return [one["class_id"] for one in classes]

    async def _roles(self, person_id: str) -> frozenset[str]:
        async with self._door.reading() as (conn, schema):
            return frozenset(await directory.roles_of(conn, schema, person_id, self.today()))

    async def _wards(self, person_id: str) -> frozenset[str]:
        async with self._door.reading() as (conn, schema):
            classes = await directory.class_teacher_of(conn, schema, person_id, self.today())
            return frozenset(classes)

    async def _teaches(self, person_id: str, class_id: str) -> bool:
        async with self._door.reading() as (conn, schema):
            return await directory.teaches(conn, schema, person_id, class_id)

    async def _class_known(self, class_id: str) -> bool:
        async with self._door.reading() as (conn, schema):
            return await directory.class_card(conn, schema, class_id, self.today()) is not None

    async def _children(self, guardian_id: str) -> frozenset[str]:
        async with self._door.reading() as (conn, schema):
            children = await directory.children_of(conn, schema, guardian_id, self.today())
            return frozenset(child["pupil_id"] for child in children)

    async def _consent(self, guardian_id: str, pupil_id: str) -> bool:
        async with self._door.reading() as (conn, schema):
            day = self.today()
            return await directory.consent(conn, schema, pupil_id, guardian_id, DIARY, day)

    async def _consented(self, pupil_id: str) -> bool:
        async with self._door.reading() as (conn, schema):
            return await directory.consented(conn, schema, pupil_id, DIARY, self.today())

    async def _journals(self, person_id: str) -> frozenset[str] | None:
        async with self._door.reading() as (conn, schema):
            return await grants.journals_of(conn, schema, person_id, self.today())

    async def _of_age(self, pupil_id: str) -> bool:
        async with self._door.reading() as (conn, schema):
            return await grants.is_of_age(conn, schema, pupil_id)

    async def _glass(self, person_id: str, pupil_id: str) -> datetime | None:
        async with self._door.reading() as (conn, schema):
            return await grants.broken_glass(conn, schema, person_id, pupil_id)

    async def _classes(self, pupil_id: str) -> frozenset[str]:
        """Classes of the pupil in the school year in force, left ones too."""
        async with self._door.reading() as (conn, schema):
            year = await directory.school_year_of(conn, schema, self.today())
            classes = await directory.pupil_classes(conn, schema, pupil_id)
            return frozenset(one["class_id"] for one in classes if one["year"] == year)
