"""«Состояние системы»: is the journal well, as far as it can know of itself; and what copies it has
written.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import NamedTuple

from fastapi import APIRouter
from starlette.responses import Response

from api.archives import found as files_of
from api.caller import Caller
from api.deps import JobReader
from api.findings import CHECKS
from api.health import LAG_READY_S
from api.pages import wording
from api.pages.compliance import seconds_words
from api.pages.rendering import page
from api.pages.routing import Behind, PageRoute, viewer_of
from api.v1.compliance import month_of
from projections import backups
from projections import jobs as diary
from projections.archive import checklist
from projections.audit import last_done
from projections.seals import book
from projections.trouble import troubles
from projections.uptime import uptime
from projections.waiting import lag

router = APIRouter(route_class=PageRoute, include_in_schema=False)

HOME = "/health"
UNSEALED = timedelta(hours=2)  # a seal comes with the facts; the next one is never that long away


class Line(NamedTuple):
    """One thing looked at. look: ok, warn, bad or "" for what nobody has to judge."""

    what: str
    look: str
    verdict: str
    note: str = ""
    href: str = ""


@router.get(HOME)
async def health(caller: JobReader, behind: Behind) -> Response:
    """Everything as of this moment."""
    async with caller.reading() as (conn, schema):
        copied = await backups.newest(conn, schema)
    lines = [
        *await _stopped(caller),
        *await _keeping_up(caller),
        *await _sealed(caller),
        *await _checked(caller),
        *await _answering(caller),
        *await _jobs(caller),
        *_copied(caller, copied),
    ]
    context = {
        "lines": lines,
        "bad": [one.what for one in lines if one.look == "bad"],
        "odd": [one.what for one in lines if one.look == "warn"],
        "at": wording.moment(caller.door.house.clock(), caller.door.zone),
        "archives": await _archives(caller),
        "copied": copied is not None,
    }
    return page("deputy/health.html", context, viewer=await viewer_of(caller, HOME, behind=behind))


async def _stopped(caller: Caller) -> list[Line]:
    """What stands still and wants whoever runs the server."""
    async with caller.reading() as (conn, schema):
        found = await troubles(conn, schema)
    what = {"fold": "Показы стоят", "seal": "Печать не ставится"}
    return [
        Line(
            what[one.about],
            "bad",
            f"с {wording.moment(one.since, caller.door.zone)}",
            f"{one.words} Скажите тому, кто ведёт сервер: letopis doctor.",
        )
        for one in found
    ]


async def _keeping_up(caller: Caller) -> list[Line]:
    async with caller.reading() as (conn, schema):
        found = await lag(conn, schema)
    records = f"записей в журнале: {wording.grouped(found['head'])}"
    if not found["facts"]:
        return [Line("Записи и показы", "ok", "показано всё записанное", records)]
    far = f"ещё не показано записей: {wording.grouped(found['facts'])}"
    look = "warn" if found["seconds"] <= LAG_READY_S else "bad"
    return [Line("Записи и показы", look, far, f"они не потеряны; {records}")]


async def _sealed(caller: Caller) -> list[Line]:
    async with caller.reading() as (conn, schema):
        newest = await book.newest(conn, schema)
        head = (await lag(conn, schema))["head"]
    what = "Печать"
    if newest is None:
        return [Line(what, "warn", "журнал ещё не запечатан", "печать ставит планировщик", "/jobs")]
    at = wording.moment(newest.at, caller.door.zone)
    left = head - newest.size
    now: datetime = caller.door.house.clock()
    look = "bad" if left and now - newest.at > UNSEALED else "ok"
    note = f"под ней записей: {wording.grouped(newest.size)}"
    if left:
        note += f"; после неё: {wording.grouped(left)}"
    return [Line(what, look, f"последняя {at}", note, "/log")]


async def _checked(caller: Caller) -> list[Line]:
    async with caller.reading() as (conn, schema):
        done = await last_done(conn, schema)
    if not done:
        return [Line("Проверка журнала", "warn", "ещё не проводилась", "закажите её", "/audit")]
    return [
        Line(
            CHECKS[one.kind].capitalize(),
            "bad" if one.found else "ok",
            f"найдено расхождений: {one.found}" if one.found else "всё сошлось",
            (one.completed_at and wording.moment(one.completed_at, caller.door.zone)) or "",
            "/audit",
        )
        for one in done
    ]


async def _answering(caller: Caller) -> list[Line]:
    now, zone = caller.door.house.clock(), caller.door.zone
    since, until = month_of(f"{wording.local(now, zone):%Y-%m}", zone)
    async with caller.reading() as (conn, schema):
        found = await uptime(conn, schema, since, until, now)
    if found.share is None:
        return [Line("Доступность", "", "ещё не измерена", "", "/availability")]
    longest = found.longest
    note = f"самый долгий перерыв: {seconds_words(longest.seconds)}" if longest else "без перерывов"
    words = f"{wording.comma(found.share)} % времени этого месяца"
    return [Line("Доступность", "warn" if longest else "ok", words, note, "/availability")]


async def _jobs(caller: Caller) -> list[Line]:
    now = caller.door.house.clock()
    async with caller.reading() as (conn, schema):
        known = await diary.jobs(conn, schema, now)
    if not known:
        return [Line("Задания", "bad", "планировщик ещё не работал", "", "/jobs")]
    wrong = [one.title for one in known if one.failed or one.late_s(now) > 0]
    if wrong:
        return [
            Line("Задания", "bad", f"требуют внимания: {len(wrong)}", "; ".join(wrong), "/jobs")
        ]
    return [Line("Задания", "ok", "выполняются вовремя", f"заданий: {len(known)}", "/jobs")]


def _copied(caller: Caller, copy: backups.Noted | None) -> list[Line]:
    """The newest copy of the database; nothing where somebody else takes them."""
    if copy is None:
        return []
    now, zone = caller.door.house.clock(), caller.door.zone
    what, at = "Копия базы данных", wording.moment(copy.taken, zone)
    kept = wording.plural(copy.kept, "копия", "копии", "копий")
    note = f"записей в ней: {wording.grouped(copy.position)}; всего хранится: {kept}"
    tried = f"снята {at}; восстановление проверено {wording.moment(copy.drilled, zone)}"
    if copy.found:
        verdict = f"восстанавливается не такой, какой снята: расхождений {copy.found}"
        return [Line(what, "bad", verdict, f"{tried}; {note}", "/jobs/back_up")]
    look, verdict = ("bad", "устарела") if copy.old(now) else ("ok", "есть и восстанавливается")
    note += f"; отпечаток журнала: {copy.root[:16]}…"
    return [Line(what, look, verdict, f"{tried}; {note}", "/jobs/back_up")]


async def _archives(caller: Caller) -> list[dict[str, str]]:
    """Archived years, each with the files of its archive that are on this server."""
    door = caller.door
    async with caller.reading() as (conn, schema):
        years = await checklist.years(conn, schema)
    written = []
    for card in years:
        if card.archived is None:
            continue
        files = files_of(door.house.archivist.settings, door.slug, card.year)
        at = wording.moment(files[0].written_at, door.zone) if files else ""
        written.append({"year": f"{card.year}/{(card.year + 1) % 100:02}", "at": at})
    return written
