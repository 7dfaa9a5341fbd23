"""Long reports: asked for at a door, made one after another beside the requests, then kept."""

from __future__ import annotations

import asyncio
import logging
from uuid import UUID

import msgspec

from api import copies
from api.caller import Caller
from api.documents.printing import printed
from api.documents.report import report_pdf
from api.documents.workbook import report_xlsx
from api.errors import TooMany
from api.house import Door, House
from api.reports import Order
from domain.refusals import Busy, Forbidden, NotFound, Refusal
from domain.writing import Request
from projections import directory, register, report_runs
from projections.report_runs import Run
from projections.reports import FORMS, Asked, Report, build

logger = logging.getLogger(__name__)
LOOK_S = 2.0
DRAWN = 90  # per cent when only drawing is left
UNKNOWN = NotFound("report_run.unknown", "Такого отчёта в списке нет.")


async def ask(caller: Caller, order: Order, fmt: str, once: Request) -> str:
    """Ask for a report that the caller may have; its number. Raises TooMany."""
    door, number = caller.door, str(UUID(bytes=once.key))
    async with door.reading() as (conn, schema):
        took = await report_runs.ask(
            conn,
            schema,
            number,
            order.form.name,
            fmt,
            await _title(caller, order),
            order.asked,
            order.as_of,
            caller.person_id,
            door.house.clock(),
        )
    if not took:
        raise TooMany(
            "report_run.too_many",
            "Ваши отчёты ещё готовятся: дождитесь их, потом попросите следующий.",
            retry_after=10,
        )
    return number


async def _title(caller: Caller, order: Order) -> str:
    """The form with its class and period, so that one is told from another."""
    asked = order.asked
    async with caller.reading() as (conn, schema):
        level, words = 0, []
        if asked.class_id is not None:
            today = caller.door.rights.today()
            card = await directory.class_card(conn, schema, asked.class_id, today)
            if card is not None:
                level, words = card["grade_level"], [card["name"]]
        terms = await directory.terms(conn, schema, asked.year, level)
    if "term" in order.form.fields:
        names = (one["name"] for one in terms if one["term"] == asked.term)
        words.append(next(names, f"{asked.year}/{asked.year + 1} учебный год"))
    if asked.since and asked.until:
        words.append(f"{asked.since:%d.%m.%Y} – {asked.until:%d.%m.%Y}")
    return ": ".join(filter(None, (order.form.title, ", ".join(words))))


async def mine(caller: Caller, run_id: str) -> Run:
    """A run of one's own, or anybody's for the administration. Raises NotFound."""
    async with caller.reading() as (conn, schema):
        found = await report_runs.run(conn, schema, run_id)
    if found is None or FORMS[found.form].readers.isdisjoint(caller.roles):
        raise UNKNOWN
    return found


async def file_of(caller: Caller, run_id: str) -> tuple[Run, bytes]:
    """A ready report. Raises NotFound, Forbidden."""
    found = await mine(caller, run_id)
    if found.gone:
        raise Forbidden(
            "report_run.erased",
            "После этого отчёта чьи-то данные стёрты: составьте отчёт заново.",
        )
    async with caller.reading() as (conn, schema):
        body = await report_runs.body(conn, schema, run_id)
    if body is None:
        raise NotFound("report_run.not_ready", "Этот отчёт ещё не готов.")
    return found, body


async def work_on(house: House) -> None:
    """Make what is asked for, for ever."""
    while True:
        await asyncio.sleep(LOOK_S)
        try:
            for door in await house.doors():
                while await make_one(door) or await copies.make_one(door):
                    pass
        except Busy:
            logger.warning("the database is away; reports wait")


async def make_one(door: Door) -> bool:
    """Make the oldest report that waits; False when none does."""
    clock = door.house.clock
    async with door.reading() as (conn, schema):
        run = await report_runs.claim(conn, schema, clock())
    if run is None:
        return False
    try:
        found = await _filled(door, run)
        draw = report_pdf if run.format == "pdf" else report_xlsx
        body = await printed(draw, found, school=door.name, zone=door.zone)
    except Busy:  # the projections are behind: a report of half the log would be wrong
        async with door.reading() as (conn, schema):
            await report_runs.put_back(conn, schema, run.run_id)
        return False
    except Refusal as refusal:
        async with door.reading() as (conn, schema):
            await report_runs.fail(conn, schema, run.run_id, refusal.message, clock())
    except Exception:
        logger.exception("a report cannot be made: %s", run.form)
        async with door.reading() as (conn, schema):
            await report_runs.fail(
                conn, schema, run.run_id, "Отчёт не составлен: сбой программы.", clock()
            )
    else:
        async with door.reading() as (conn, schema):
            await report_runs.finish(conn, schema, run.run_id, body, found.position, clock())
    return True


async def _filled(door: Door, run: Run) -> Report:
    """The form as the person who asked may see it; of the whole school, class by class, all of one
    place in the log. Raises NotFound.
    """
    parts: list[Report] = []
    wanted = await _classes(door, run)
    moment = run.as_of or door.house.clock()
    await door.progress.reach((await door.progress.now(0.0)).head.position)
    position = (await door.progress.as_of()).position
    for done, asked in enumerate(wanted, 1):
        async with door.house.database.asking(run.by_id, door.rights.today()) as conn:
            if run.as_of is not None:
                position = await register.position_at(conn, door.schema, run.as_of)
            try:
                found = await build(
                    FORMS[run.form],
                    conn,
                    door.schema,
                    asked,
                    position=position,
                    moment=moment,
                    zone=door.zone,
                    school=door.name,
                )
                parts.append(found)
            except NotFound:
                if len(wanted) == 1:
                    raise  # of a school, a class without pupils or without that term is left out
        async with door.reading() as (conn, schema):
            share = DRAWN * done // len(wanted)
            await report_runs.tell(conn, schema, run.run_id, share, door.house.clock())
    if not parts:
        raise NotFound("report.empty", "Составлять не о ком.")
    if len(parts) == 1:
        return parts[0]
    heads = tuple(pair for pair in parts[0].heads if pair[0] == "Период")
    every = tuple(part for one in parts for part in one.parts)
    return msgspec.structs.replace(parts[0], heads=heads, parts=every)


async def _classes(door: Door, run: Run) -> list[Asked]:
    """What is to be filled: for a form of a class without one, every class."""
    if "class" not in FORMS[run.form].fields or run.asked.class_id is not None:
        return [run.asked]
    async with door.reading() as (conn, schema):
        known = await directory.classes(conn, schema, run.asked.year, door.rights.today())
    return [msgspec.structs.replace(run.asked, class_id=one["class_id"]) for one in known]
