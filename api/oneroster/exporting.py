"""A school year taken away as a bundle: by whom, from where, and the line that says so."""

from __future__ import annotations

import asyncio
from typing import LiteralString

import msgspec

from api.caller import Caller
from api.oneroster.writing import bundle, tables
from domain.people.facts import Name
from domain.permissions import ADMINISTRATION
from domain.refusals import NotFound
from projections.roster import Roster, roster
from projections.sql import rows

_NAMES: LiteralString = (
    "SELECT subject::text, body FROM {s}.payload WHERE kind = 'name' AND subject = ANY (%s::uuid[])"
)
_decode = msgspec.json.Decoder(Name).decode


async def exported(caller: Caller, year: int, *, marks: bool) -> bytes:
    """The bundle of a year as of today. Names of half the town leave the house with it: the
    password was shown just now, and the access log keeps who took it.

    Raises Forbidden without a fresh password, NotFound when the year is not open.
    """
    caller.fresh()
    door = caller.door
    async with caller.reading() as (conn, schema):
        found = await roster(
            conn,
            schema,
            year,
            door.rights.today(),
            school_id=door.school_id,
            school=door.name,
            marks=marks,
        )
        if found is None:
            raise NotFound("year.unknown", "Такого учебного года нет.")
        named = await rows(conn, schema, _NAMES, sorted(found.people()))
    what = f"oneroster-{year}{'-marks' if marks else ''}"
    basis = min(caller.roles & set(ADMINISTRATION))
    await door.looks.add(caller.look("export", what, "ok", basis))
    return await asyncio.to_thread(
        _packed, found, {person: _decode(body) for person, body in named}
    )


def _packed(found: Roster, names: dict[str, Name]) -> bytes:
    return bundle(tables(found, names))
