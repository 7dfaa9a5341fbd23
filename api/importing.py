"""Tables that people bring to a page: planned and committed as `letopis import` does it.

The person's own rights decide of every row; the rehearsal runs beside the event loop.
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Mapping
from typing import LiteralString, get_args

import msgspec

from api.caller import Caller
from api.house import fresh_id, fresh_salt
from api.imports.desk import COLUMNS, Desk, FileKind, Imported, Prepared, commit, prepare
from api.imports.layout import Layout, Sample
from api.imports.tables import survey
from domain.access import Actor
from domain.people.facts import Name
from domain.refusals import Invalid
from domain.values import Origin
from projections import import_columns
from projections.sql import rows

#: what may be brought to a page; marks come by the command line: they are nobody's at a desk
KINDS: dict[FileKind, str] = {
    "classes": "списки классов",
    "staff": "сотрудники и кто что ведёт",
    "timetable": "расписание",
    "plan": "КТП",
    "oneroster": "набор OneRoster 1.2 (.zip)",
}
MOST_TITLE = 200  # letters
_NAMES: LiteralString = (
    "SELECT subject::text, body FROM {s}.payload WHERE kind = 'name' AND subject = ANY (%s::uuid[])"
)
_decode = msgspec.json.Decoder(Name).decode


def kind_of(text: str) -> FileKind:
    """The kind of table that a form names. Raises Invalid."""
    found: dict[str, FileKind] = {one: one for one in get_args(FileKind) if one in KINDS}
    if text not in found:
        raise Invalid("form.kind", "Выберите, что в таблице.")
    return found[text]


async def prepared(
    caller: Caller,
    kind: FileKind,
    data: bytes,
    year: int,
    always: Mapping[str, str] | None = None,
) -> Prepared:
    """The plan of a table, decided row by row; nothing is written. always: what is the same in
    every row. Raises Invalid, NotFound.
    """
    door, loop = caller.door, asyncio.get_running_loop()
    layout = await layout_of(caller, kind, always)

    async def read(people: list[str]) -> dict[str, Name]:
        async with caller.reading() as (conn, schema):
            found = await rows(conn, schema, _NAMES, people)
        return {person_id: _decode(body) for person_id, body in found}

    def names(people: Collection[str]) -> Mapping[str, Name]:
        return asyncio.run_coroutine_threadsafe(read(list(people)), loop).result()

    desk = Desk(
        door.slug,
        door.school_id,
        door.house.log(door.slug),
        names,
        door.house.clock,
        fresh_id,
        fresh_salt,
    )
    return await asyncio.to_thread(
        prepare, desk, kind, data, by=_actor(caller), year=year, layout=layout
    )


async def layout_of(caller: Caller, kind: str, always: Mapping[str, str] | None = None) -> Layout:
    """Columns as this school has assigned them, and what is the same in every row."""
    async with caller.door.reading() as (conn, schema):
        columns = await import_columns.assigned(conn, schema, kind)
    return Layout(columns, {key: words for key, words in (always or {}).items() if words.strip()})


async def columns_of(caller: Caller, kind: FileKind, data: bytes) -> list[Sample]:
    """Columns of a table, to be assigned; none of what is no table with columns. Raises Invalid."""
    if kind not in COLUMNS:
        return []
    layout = await layout_of(caller, kind)
    return await asyncio.to_thread(survey, data, COLUMNS[kind][0], layout)


async def assign(caller: Caller, kind: FileKind, columns: Mapping[str, str]) -> None:
    """The next table of the kind is read so, too. columns: title key → key of our column, "" for
    one that is not read. Raises Invalid.
    """
    known = {column.key for column in COLUMNS[kind][0]}
    for title, key in columns.items():
        if not 1 <= len(title) <= MOST_TITLE or (key and key not in known):
            raise Invalid("import.column", "Такого столбца нет: откройте страницу ещё раз.")
    async with caller.door.reading() as (conn, schema):
        now = caller.door.house.clock()
        await import_columns.assign(conn, schema, kind, columns, caller.person_id, now)


async def committed(caller: Caller, plan: Prepared, plan_hash: str) -> Imported:
    """Write the plan that was shown. Raises Invalid, Conflict, Busy."""
    engine = caller.door.house.engine
    return await asyncio.to_thread(commit, plan, engine, by=_actor(caller), plan_hash=plan_hash)


def _actor(caller: Caller) -> Actor:
    """The caller; what a table brings is marked as such, and left out of compliance."""
    return Actor(caller.session.person_id, caller.session.session_id, Origin.IMPORT)
