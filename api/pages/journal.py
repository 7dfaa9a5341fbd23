"""The class register: now, or as it was at any moment."""

from __future__ import annotations

from collections.abc import Coroutine
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple
from urllib.parse import urlencode
from uuid import UUID

from fastapi import APIRouter
from starlette.responses import Response

from api.caller import Caller
from api.deps import ClassReader
from api.pages import file_words, wording
from api.pages.opening import Asked, PageAsked, aware, first_page, open_page
from api.pages.packing import Piece
from api.pages.register import handed, sheet
from api.pages.rendering import around, body
from api.pages.routing import Behind, PageRoute, viewer_of
from api.v1.classes import with_plan
from domain.journal.file_facts import FILE_LABELS
from domain.regulation import Regulation
from domain.values import LESSON_KIND_LABELS
from projections import classroom, directory, terms
from projections.sql import together

OF_CONTEXT = 20_000  # bytes of what the frame is drawn from, about

router = APIRouter(route_class=PageRoute, include_in_schema=False)


@router.get("/classes/{class_id}/register")
async def class_register(
    class_id: UUID,
    wanted: PageAsked,
    caller: ClassReader,
    behind: Behind,
    as_of: datetime | None = None,
    lesson: UUID | None = None,
    panel: str | None = None,
) -> Response:
    """One page of the journal; without a subject, the first one of the class."""
    door, today, number = caller.door, caller.door.rights.today(), str(class_id)
    moment = aware(as_of, door.zone)
    if wanted.subject_id is None:
        async with caller.reading() as (conn, schema):
            return await first_page(conn, schema, number, caller, "register")
    here = await door.kept.here()
    key = "page", caller.person_id, today, wanted
    now = moment is None and lesson is None
    drawn: Drawn | None = door.kept.get(number, key) if now else None
    if drawn is None:
        drawn = await _drawn(caller, number, wanted, moment, lesson)
        if now:
            door.kept.put(number, key, drawn, drawn.body.size + OF_CONTEXT, here)
    context = {
        **drawn.context,
        "as_of_local": f"{wording.local(moment or door.house.clock(), door.zone):%Y-%m-%dT%H:%M}",
        "open_panel": bool(panel),
    }
    viewer = await viewer_of(caller, "/", behind=behind)
    return around(drawn.body, "teacher/register.html", context, viewer=viewer)


class Drawn(NamedTuple):
    """A page of the journal but for its frame: what the frame says of it, and its body."""

    context: dict[str, Any]
    body: Piece


async def _drawn(
    caller: Caller, number: str, wanted: Asked, moment: datetime | None, lesson: UUID | None
) -> Drawn:
    """The page as it is now or was at a moment; a lesson may stand open. Raises NotFound."""
    door, today = caller.door, caller.door.rights.today()
    async with caller.reading() as (conn, schema):
        day = await _day(conn, schema, lesson)
        opened = await open_page(conn, schema, number, wanted, today, day=day, moment=moment)
        year = opened.card["year"]
        reads: list[Coroutine[Any, Any, Any]] = [
            directory.work_types(conn, schema, year),
            directory.regulation_of(conn, schema, year),
            terms.closings(conn, schema, year),
            classroom.notices(conn, schema, number, today, today),
            directory.teaches(conn, schema, caller.person_id, number, wanted.subject_id),
        ]
        if moment is None:
            reads.append(terms.owed(conn, schema, number, opened.place["subject_id"]))
            reads.append(with_plan(conn, schema, opened.shown["lessons"]))
        work_types, found, closings, announced, writes, *more = await together(conn, *reads)
        owed = more[0] if more else {}
        rules = found or Regulation()
        closed = closings.get((number, int(opened.place["term"])), False)
    place, shown = opened.place, opened.shown
    settled = (today - timedelta(days=rules.edit_window_days)).isoformat()
    context = {
        **opened.context(caller.person_id),
        "locked": moment is not None or not writes,
        "reason": _reason(moment, door.zone),
        "now_url": f"?{urlencode(place)}" if moment else "",
        "page_key": f"{number}/{'/'.join(place.values())}",
        "api_url": f"/api/v1/classes/{number}/register?{urlencode(place)}",
        "here_url": f"/api/v1/classes/{number}/register/others?{urlencode(place)}"
        if moment is None
        else "",
        "closed": closed,
        "window": rules.edit_window_days,
        "flagged_before": settled if rules.late_corrections else "",
        "today": today.isoformat(),
        "announced": [] if moment else [_announced(one) for one in announced],
        "open_lesson": str(lesson) if lesson else "",
        "work_types": work_types,
        "file_kinds": [(str(kind), label) for kind, label in FILE_LABELS.items()],
        "lesson_kinds": [(str(kind), label) for kind, label in LESSON_KIND_LABELS.items()],
        "peopled": bool(shown["pupils"]),
        "filled": bool(shown["pupils"] and shown["lessons"]),
    }
    inside = {
        **context,
        "register": handed(shown),
        "held": _held(shown["lessons"], today.isoformat()),
        "handouts": _handouts(shown["lessons"]),
        **sheet(
            shown,
            today=today.isoformat(),
            editable_from="9999" if closed else "" if rules.late_corrections else settled,
            settled_before=settled,
            owed=owed,
        ),
    }
    return Drawn(context, body("teacher/register_parts.html", inside, of="teacher/register.html"))


async def _day(conn: Any, schema: str, lesson: UUID | None) -> date | None:
    place = await directory.lesson_place(conn, schema, str(lesson)) if lesson else None
    return date.fromisoformat(place["date"]) if place else None


def _handouts(lessons: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Lessons with files, the newest first."""
    return [
        {
            "lesson_id": one["lesson_id"],
            "day": wording.day(one["date"]),
            "files": [file_words.told(file) for file in one["files"]],
        }
        for one in reversed(lessons)
        if one["files"]
    ]


def _held(lessons: list[dict[str, Any]], today: str) -> list[tuple[str, str]]:
    """Lessons to which a file may be attached, the newest first: (lesson_id, words)."""
    return [
        (one["lesson_id"], f"{wording.day(one['date'])}, {one['number']}-й урок")
        for one in reversed(lessons)
        if one["date"] <= today and one["status"] != "CANCELLED"
    ]


def _reason(moment: datetime | None, zone: str) -> str:
    if moment:
        return f"Журнал, каким он был {wording.moment(moment, zone)}. Только чтение."
    return "Записи на этой странице делает учитель предмета. Только чтение."


def _announced(one: dict[str, Any]) -> str:
    """«Петров Пётр до 4 сентября»: whose absence a guardian has announced."""
    return f"{wording.called(one['pupil'])} до {wording.day_in_words(one['until'])}"
