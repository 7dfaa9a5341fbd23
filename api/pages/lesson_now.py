"""«Урок на телефоне»: the lesson going on now, one hand, big buttons; the register's own queue."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from fastapi import APIRouter
from starlette.responses import RedirectResponse, Response

from api.caller import Caller
from api.deps import ClassReader, Teacher
from api.pages import wording
from api.pages.opening import Asked, open_page
from api.pages.register import sheet
from api.pages.rendering import page
from api.pages.routing import SEE_OTHER, Behind, PageRoute, viewer_of
from api.pages.seats import group_of, written
from domain import bells as rings
from domain.bells import Bells
from domain.calendar import Bell
from projections import directory, terms
from projections.office.years import bells_of
from projections.seats import seats_of

router = APIRouter(route_class=PageRoute, include_in_schema=False)

HOME = "/now"
PLACE = "/classes/{class_id}/lessons/{lesson_id}"
BEFORE = timedelta(minutes=10)  # a teacher opens it in the break


@router.get(HOME)
async def now(caller: Teacher) -> Response:
    """To the lesson that is going on, or the next one of today; else to «Сегодня»."""
    today = caller.door.rights.today()
    async with caller.reading() as (conn, schema):
        lessons = await directory.lessons_of_day(conn, schema, today, caller.person_id)
    found = going_on(lessons, await bells_of_today(caller), local_now(caller), coming=True)
    return RedirectResponse(address(found) if found else "/", SEE_OTHER)


@router.get(PLACE)
async def lesson(class_id: UUID, lesson_id: UUID, caller: ClassReader, behind: Behind) -> Response:
    """The lesson; who does not write about it, or may not yet, is led to the register."""
    number, today = str(class_id), caller.door.rights.today()
    async with caller.reading() as (conn, schema):
        place = await directory.lesson_place(conn, schema, str(lesson_id))
        if place is None or place["class_id"] != number:
            return RedirectResponse(f"/classes/{number}/register", SEE_OTHER)
        subject, subgroup = place["subject_id"], place["subgroup_id"]
        day = date.fromisoformat(place["date"])
        wanted = Asked(subject, subgroup, None)
        opened = await open_page(conn, schema, number, wanted, today, day=day)
        work_types = await directory.work_types(conn, schema, opened.card["year"])
        of_class = (number, int(opened.place["term"]))
        closed = (await terms.closings(conn, schema, opened.card["year"])).get(of_class, False)
        writes = await directory.teaches(conn, schema, caller.person_id, number, subject)
        seats = await seats_of(conn, schema, caller.person_id, group_of(place))
    register_url = opened.url("register", lesson=str(lesson_id), panel="1")
    if not writes or closed or day > today or place["status"] == "CANCELLED":
        return RedirectResponse(opened.url("register", lesson=str(lesson_id)), SEE_OTHER)
    shown = {
        **opened.shown,
        "lessons": [one for one in opened.shown["lessons"] if one["lesson_id"] == str(lesson_id)],
    }
    rows = sheet(shown, today=today.isoformat())["rows"]
    present = [
        one | {"text": one["cells"][0]["text"], "seat": written(seats.get(one["pupil_id"]))}
        for one in rows
        if one["cells"] and not one["gone"]
    ]
    context = {
        "class_id": number,
        "class_name": place["class_name"],
        "subject": place["subject"],
        "when": _when(place, await bells_of_today(caller)),
        "taken": "attendance" not in place["missing"],
        "page_key": f"{number}/{'/'.join(opened.place.values())}",
        "api_url": f"/api/v1/classes/{number}/register?{urlencode(opened.place)}",
        "lesson_id": str(lesson_id),
        "today": today.isoformat(),
        "pupils": present,
        "seated": any(one["seat"] for one in present),
        "work_types": work_types,
        "register_url": register_url,
        "register": shown,
    }
    return page("teacher/lesson.html", context, viewer=await viewer_of(caller, "/", behind=behind))


def going_on(
    lessons: Sequence[dict[str, Any]], bells: Bells | None, now: datetime, *, coming: bool = False
) -> dict[str, Any] | None:
    """The lesson of these that is going on or about to begin at `now`, a moment on the school's
    clock; with `coming`, else the next one.
    """
    held = []
    for one in lessons:
        bell = _bell(one, bells)
        if bell and one["status"] != "CANCELLED" and f"{now:%H:%M}" < bell.ends:
            held.append((bell.starts, one))
    held.sort(key=lambda pair: pair[0])
    if held and (coming or held[0][0] <= f"{now + BEFORE:%H:%M}"):
        return held[0][1]
    return None


def address(lesson: dict[str, Any]) -> str:
    """Where a lesson is held."""
    return PLACE.format(class_id=lesson["class_id"], lesson_id=lesson["lesson_id"])


async def bells_of_today(caller: Caller) -> Bells | None:
    """The bells of the school year in force."""
    year = await caller.door.rights.year()
    async with caller.reading() as (conn, schema):
        return await bells_of(conn, schema, year)


def local_now(caller: Caller) -> datetime:
    """The moment on the school's clock."""
    return wording.local(caller.door.house.clock(), caller.door.zone)


def _bell(lesson: dict[str, Any], bells: Bells | None) -> Bell | None:
    day = date.fromisoformat(lesson["date"])
    return rings.at(bells.on(lesson["class_id"], day), lesson["number"]) if bells else None


def _when(lesson: dict[str, Any], bells: Bells | None) -> str:
    bell = _bell(lesson, bells)
    hours = f", {bell.starts}–{bell.ends}" if bell else ""
    return f"{wording.day_in_words(lesson['date'])}, {lesson['number']}-й урок{hours}"
