"""«Главное»: what waits for the administration today, each number a click from its list."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, NamedTuple

from fastapi import APIRouter
from starlette.responses import Response

from api import signals
from api.caller import Caller
from api.classroom import waiting as absences_waiting
from api.classroom import week_named
from api.deps import Administration
from api.pages import wording
from api.pages.rendering import page
from api.pages.routing import Behind, PageRoute, viewer_of
from domain.permissions import Act, holders
from domain.red_flags import KINDS, SEVERITIES
from projections import classroom, compliance, directory, redflags, terms, trail

router = APIRouter(route_class=PageRoute, include_in_schema=False)

HOME = "/desk"
A_WEEK = timedelta(days=7)
#: so many corrections are counted; more is «more»
MOST = 200

UNFILLED = ("журнал не заполнен", "журнала не заполнено", "журналов не заполнено")
FLAGS = ("сигнал без ответа", "сигнала без ответа", "сигналов без ответа")
CORRECTED = ("отметка исправлена", "отметки исправлены", "отметок исправлено")
REQUESTS = ("запрос на исправление", "запроса на исправление", "запросов на исправление")
AWAY = tuple(f"{who} с пропусками без причины" for who in ("ученик", "ученика", "учеников"))


class Number(NamedTuple):
    """A number of the desk. look: good, warn or bad; note: what it is of, or what to do."""

    value: str
    words: str
    note: str
    href: str
    look: str


@router.get(HOME)
async def desk(caller: Administration, behind: Behind) -> Response:
    """Five numbers; a person sees those whose lists the table of permissions opens to them."""
    numbers = [
        *await _filling(caller),
        *await _flags(caller),
        *await _changes(caller),
        *await _requests(caller),
        *await _absences(caller),
    ]
    async with caller.reading() as (conn, schema):
        today, year = caller.door.rights.today(), await caller.door.rights.year()
        classes = await directory.classes(conn, schema, year, today)
    context = {"numbers": numbers, "empty": not classes}
    return page("deputy/desk.html", context, viewer=await viewer_of(caller, HOME, behind=behind))


def _words(number: int, *forms: str) -> str:
    """What stands under a number, in the form that goes with it."""
    return wording.plural(number, *forms).partition(" ")[2]


def _may(caller: Caller, act: Act) -> bool:
    return not caller.roles.isdisjoint(holders(act))


async def _filling(caller: Caller) -> list[Number]:
    """Of the last week whose check has been closed."""
    if not _may(caller, Act.READ_COMPLIANCE):
        return []
    today = caller.door.rights.today()
    async with caller.reading() as (conn, schema):
        year = await directory.school_year_of(conn, schema, today)
        weeks = await compliance.closed_weeks(conn, schema, year) if year else {}
    if not weeks:
        return [Number("–", UNFILLED[-1], "первая неделя ещё идёт", "/compliance", "")]
    name, closed = list(weeks.items())[-1]
    unfilled = closed.found.unfilled
    days = wording.week_in_words(week_named(name))
    note = f"из {closed.found.groups}, за {days}"
    look = "bad" if unfilled else "good"
    words = _words(unfilled, *UNFILLED)
    return [Number(str(unfilled), words, note, f"/compliance?week={name}", look)]


async def _flags(caller: Caller) -> list[Number]:
    if not _may(caller, Act.READ_RED_FLAGS):
        return []
    _, _, found = await signals.found(caller, redflags.Filters(status="open"), None, 1)
    total = sum(found.values())
    heavy = {str(code) for code, kind in KINDS.items() if kind.severity == "high"}
    high = sum(count for code, count in found.items() if code in heavy)
    note = f"из них {SEVERITIES['high']}: {high}" if high else "важных среди них нет"
    look = "bad" if high else "warn" if total else "good"
    return [Number(str(total), _words(total, *FLAGS), note, "/signals", look)]


async def _changes(caller: Caller) -> list[Number]:
    since = caller.door.rights.today() - A_WEEK
    wanted = trail.Filters(kind="mark-corrected", since=since, zone=caller.door.zone)
    async with caller.reading() as (conn, schema):
        found = await trail.trail(conn, schema, wanted, limit=MOST)
    more = "+" if found["next_cursor"] else ""
    late = sum(item["late"] for item in found["items"])
    note = f"из них поздно: {late}" if late else "за последние семь дней"
    href = f"/trail?kind=mark-corrected&from={since}"
    count = len(found["items"])
    return [Number(f"{count}{more}", _words(count, *CORRECTED), note, href, "")]


async def _requests(caller: Caller) -> list[Number]:
    if not _may(caller, Act.APPROVE_CORRECTION):
        return []
    async with caller.reading() as (conn, schema):
        found = await terms.waiting(conn, schema, caller.person_id)
    note = "учителя ждут вашего решения" if found else "никто не ждёт"
    look = "warn" if found else "good"
    return [Number(str(found), _words(found, *REQUESTS), note, "/correction-requests", look)]


async def _absences(caller: Caller) -> list[Number]:
    found: dict[str, Any] = await absences_waiting(caller)
    late = found["unexplained"]
    today = caller.door.rights.today()
    async with caller.reading() as (conn, schema):
        year = await directory.school_year_of(conn, schema, today)
        often = await classroom.often_away(conn, schema, year, today) if year else []
    note = f"недель не подтверждено: {len(found['unsigned'])}"
    if often:
        note += f"; десятую часть дней пропустили: {len(often)}"
    look = "bad" if late else "good"
    return [Number(str(len(late)), _words(len(late), *AWAY), note, "/absences", look)]
