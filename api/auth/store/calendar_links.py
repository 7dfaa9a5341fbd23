"""Secret addresses of calendars: rows under the hash of an address."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from api.auth.store.base import Session, Table


class CalendarLink(NamedTuple):
    """A calendar that may be read by its address. `about`: a pupil, or a teacher's own lessons."""

    about: str
    link_id: str
    created: datetime
    last_read: datetime | None


class CalendarLinks(Table):
    """Calendar links of one school: one of a person about somebody at a time."""

    async def issue_calendar_link(
        self, person_id: str, about: str, link_id: str, hashed: bytes, at: datetime
    ) -> bool:
        """Keep a new address in place of the former one; False: this very one is there already."""
        async with self._database.connection() as conn:
            cursor = await conn.execute(
                self._sql(
                    "INSERT INTO {s}.calendar_link AS l"
                    " (person_id, about, link_id, secret_hash, created) VALUES (%s, %s, %s, %s, %s)"
                    " ON CONFLICT (person_id, about) DO UPDATE SET link_id = excluded.link_id,"
                    " secret_hash = excluded.secret_hash, created = excluded.created,"
                    " last_read = NULL WHERE l.link_id <> excluded.link_id"
                ),
                (person_id, about, link_id, hashed, at),
            )
            return cursor.rowcount > 0

    async def calendar_links(self, person_id: str) -> list[CalendarLink]:
        """Those of a person."""
        async with self._database.connection() as conn:
            cursor = await conn.execute(
                self._sql(
                    "SELECT about::text, link_id::text, created, last_read"
                    " FROM {s}.calendar_link WHERE person_id = %s ORDER BY created, about"
                ),
                (person_id,),
            )
            return [CalendarLink(*one) for one in await cursor.fetchall()]

    async def revoke_calendar_link(self, person_id: str, about: str) -> str | None:
        """The address is good no more: its number; None: there was none."""
        async with self._database.connection() as conn:
            cursor = await conn.execute(
                self._sql(
                    "DELETE FROM {s}.calendar_link WHERE person_id = %s AND about = %s"
                    " RETURNING link_id::text"
                ),
                (person_id, about),
            )
            row = await cursor.fetchone()
            return row[0] if row else None

    async def calendar_link(self, hashed: bytes, at: datetime) -> tuple[Session, str] | None:
        """A good address as a session of who made it, and whom it is about. Notes once a minute
        that it is in use.
        """
        async with self._database.connection() as conn:
            cursor = await conn.execute(
                self._sql(
                    "SELECT link_id::text, person_id::text, about::text, login, must_change,"
                    " created, coalesce(last_read < %(at)s - interval '1 minute', true)"
                    " FROM {s}.calendar_link JOIN {s}.account USING (person_id)"
                    " WHERE secret_hash = %(hashed)s AND disabled_at IS NULL AND hash IS NOT NULL"
                ),
                {"hashed": hashed, "at": at},
                prepare=True,
            )
            row = await cursor.fetchone()
            if row is None:
                return None
            number, person, about, login, must_change, created, unnoted = row
            if unnoted:
                await conn.execute(
                    self._sql("UPDATE {s}.calendar_link SET last_read = %s WHERE secret_hash = %s"),
                    (at, hashed),
                )
        session = Session(
            hashed, number, person, login, must_change, created, at, created, 0, factor=False
        )
        return session, about
