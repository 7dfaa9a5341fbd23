"""Everything about one person, for that person (152-ФЗ, article 14): who may have it, asking for
it, and making it beside the requests.
"""

from __future__ import annotations

import asyncio
import logging
from uuid import UUID

from api.caller import Caller
from api.copy_paper import packed
from api.deps import noted
from api.errors import TooMany
from api.house import Door
from domain.permissions import Act, holders
from domain.refusals import Busy, Conflict, Forbidden, NotFound
from domain.values import Role
from domain.writing import Request
from projections import copies, directory, erasure, grants, trail
from projections.copies import Copy
from projections.trail import Filters

logger = logging.getLogger(__name__)
UNKNOWN = NotFound("copy.unknown", "Такой копии нет.")
MOST_LINES = 50_000
FILE = "копия данных.zip"


async def right_to(caller: Caller, person_id: str) -> str:
    """By what right the caller has a copy about a person. Raises NotFound, Forbidden."""
    if person_id == caller.person_id:
        return "self"
    door, today = caller.door, caller.door.rights.today()
    office = caller.roles & set(holders(Act.ERASE_PERSON))
    async with door.reading() as (conn, schema):
        if office and await directory.person(conn, schema, person_id) is not None:
            return min(office)
        children = []
        if Role.PARENT in caller.roles:
            children = await directory.children_of(conn, schema, caller.person_id, today)
        if person_id not in {one["pupil_id"] for one in children}:
            raise NotFound("person.unknown", "Такого человека в школе нет.")
        if await grants.is_of_age(conn, schema, person_id):
            raise Forbidden(
                "copy.of_age", "Ученику исполнилось восемнадцать: копию получает он сам."
            )
    return "guardian"


async def ask(caller: Caller, person_id: str, once: Request) -> str:
    """Ask for a copy; its number. Raises Forbidden also without a fresh password, TooMany."""
    caller.fresh()
    await noted(caller, "copy", person_id, lambda: right_to(caller, person_id))
    door, number = caller.door, str(UUID(bytes=once.key, version=4))
    async with door.reading() as (conn, schema):
        now = door.house.clock()
        took = await copies.ask(conn, schema, number, person_id, caller.person_id, now)
    if not took:
        raise TooMany("copy.too_many", "Копии ещё готовятся: дождитесь их.", retry_after=30)
    return number


async def listed(caller: Caller, person_id: str) -> list[Copy]:
    """Copies about a person that the caller asked for. Raises NotFound, Forbidden."""
    await right_to(caller, person_id)
    async with caller.door.reading() as (conn, schema):
        return await copies.copies(conn, schema, person_id, caller.person_id)


async def taken(caller: Caller, run_id: str) -> bytes:
    """The zip of a copy that the caller asked for. Raises NotFound, Forbidden, Conflict."""
    caller.fresh()
    async with caller.door.reading() as (conn, schema):
        found = await copies.copy(conn, schema, run_id)
    if found is None or found.by_id != caller.person_id:
        raise UNKNOWN
    await noted(caller, "copy", found.person_id, lambda: right_to(caller, found.person_id))
    if found.gone:
        raise Conflict("copy.erased", "После этой копии данные стирали: попросите новую.")
    async with caller.door.reading() as (conn, schema):
        body = await copies.body(conn, schema, run_id)
    if body is None:
        raise NotFound("copy.not_ready", "Эта копия ещё готовится.")
    return body


async def make_one(door: Door) -> bool:
    """Make the oldest copy that waits; False when none does."""
    clock = door.house.clock
    async with door.reading() as (conn, schema):
        run = await copies.claim(conn, schema, clock())
    if run is None:
        return False
    try:
        position, body = await made(door, run)
    except Busy:  # the projections are behind: half a copy would be wrong
        async with door.reading() as (conn, schema):
            await copies.give_back(conn, schema, run.run_id, "asked")
        return False
    except Exception:
        logger.exception("a copy cannot be made")
        async with door.reading() as (conn, schema):
            await copies.give_back(conn, schema, run.run_id, "failed")
    else:
        async with door.reading() as (conn, schema):
            await copies.finish(conn, schema, run.run_id, body, position, clock())
    return True


async def made(door: Door, run: Copy) -> tuple[int, bytes]:
    """(position of the log, the zip): of one person, with nobody else's children in it."""
    await door.progress.reach((await door.progress.now(0.0)).head.position)
    position = (await door.progress.as_of()).position
    person_id, near = run.person_id, sorted({run.person_id, run.by_id})
    account = await door.store.account(person_id=person_id)
    async with door.reading() as (conn, schema):
        person = await directory.person(conn, schema, person_id)
        name = await erasure.name_of(conn, schema, person_id)
        kept = await copies.kept(conn, schema, person_id, near, position)
        lines = []
        if person is not None and person["kind"] == "pupil":
            filters = Filters(pupil_id=person_id, zone=door.zone)
            lines = (await trail.trail(conn, schema, filters, limit=MOST_LINES))["items"]
    tokens = await door.store.tokens_of(person_id)
    links = await door.store.calendar_links(person_id)
    body = await asyncio.to_thread(
        packed,
        person or {"person_id": person_id, "kind": "", "name": ""},
        name,
        kept,
        lines,
        near=frozenset(near),
        login=account.login if account else None,
        programs=[one.name for one in tokens],
        calendars=len(links),
        school=door.name,
        zone=door.zone,
        position=position,
        made=door.house.clock(),
    )
    return position, body
