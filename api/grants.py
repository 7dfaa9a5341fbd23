"""What is open to whom beyond one's role: journals of an auditor."""

from __future__ import annotations

from typing import Any

from api.caller import Caller, covers
from domain.values import Role
from projections import directory


async def visible_classes(caller: Caller, year: int) -> list[dict[str, Any]]:
    """Classes of a school year, as `directory.classes`: all of them for the administration, those
    that are open to an auditor, those where one teaches.
    """
    door, today = caller.door, caller.door.rights.today()
    journals = await door.rights.journals(caller)
    async with door.reading() as (conn, schema):
        if journals == frozenset():
            return await directory.classes(conn, schema, year, today, caller.person_id)
        found = await directory.classes(conn, schema, year, today)
        if journals is None:
            return found
        own = await directory.classes(conn, schema, year, today, caller.person_id)
    taught = {one["class_id"] for one in own}
    return [one for one in found if one["class_id"] in taught or covers(journals, one["class_id"])]


async def trail_classes(caller: Caller) -> tuple[str, ...] | None:
    """The classes that the trail is cut to: of an auditor, those that are open; None: not at all.

    Who is neither administration nor auditor has named a class already (`deps.TrailReader`).
    """
    journals = await caller.door.rights.journals(caller)
    if journals is None or Role.AUDITOR not in caller.roles:
        return None
    return tuple(sorted(journals | await caller.door.rights.wards(caller)))
