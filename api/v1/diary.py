"""What a family reads: the diary by weeks, and every mark."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Request
from starlette.requests import Request as HttpRequest
from starlette.responses import Response
from starlette.routing import Route

from api.admission import admitted, caller_of, house_of
from api.answers import JSON, PRIVATE, etag_of, read, unchanged
from api.auth.scopes import Scope
from api.deps import OK, REFUSED, DiaryReader, diary_reader
from api.house import Door
from api.v1.wire import PREFIX, Id, example
from domain.calendar import Calendar
from domain.refusals import NotFound, Refusal
from domain.world import EPOCH
from projections import directory, marks
from projections.diary.render import document
from projections.diary.state import Touch

router = APIRouter(prefix=PREFIX, tags=["Дневник"])

WEEK = PREFIX + "/pupils/{pupil_id}/diary/weeks/{monday}"
WEEK_EXAMPLE: dict[str, Any] = {
    "pupil": {"pupil_id": "9d1b6f52-0c3e-4b52-8f0a-1a2b3c4d5e60", "name": "Петров Пётр"},
    "class": {"class_id": "7f1d4c1e-58b6-4d8e-9f0a-3f6f3f1c2b10", "name": "7а"},
    "week": "2026-W48",
    "term": {"number": 2, "name": "2 четверть"},
    "as_of": {"position": 4127, "moment": "2026-11-23T09:41:07+00:00"},
    "days": [
        {
            "date": "2026-11-23",
            "kind": "SCHOOL",
            "lessons": [
                {
                    "lesson_id": "0b7d6c3e-8a57-4a39-8f6f-6c0a0c4f9d10",
                    "number": 1,
                    "starts_at": "08:30",
                    "ends_at": "09:15",
                    "subject": "Алгебра",
                    "teacher": "Антонова А. А.",
                    "substituted_by": None,
                    "room": "214",
                    "status": "HELD",
                    "topic": "Квадратные уравнения",
                    "homework": [],
                    "no_homework": True,
                    "attendance": None,
                    "marks": [],
                }
            ],
        }
    ],
}


async def diary_week(request: HttpRequest) -> Response:
    """A week of a pupil's diary, as one ready document.

    A plain route, for this is what a whole school reads in one evening: session, access and
    document are looked up together with everybody else's, and so is the line of the access log,
    which is durable before anything is shown.
    """
    door = await house_of(request).door(request)
    caller = admitted(await caller_of(request, door))
    caller.within(Scope.READ_DIARY)
    pupil_id, monday = _place(request)
    try:
        basis = await door.rights.diary_basis(caller, pupil_id)
    except Refusal as refusal:
        await door.looks.add(caller.look("diary", pupil_id, REFUSED, refusal.code))
        raise
    noted = door.looks.begin(caller.look("diary", pupil_id, OK, basis))
    place = await door.tags.place()
    known = door.tags.of(pupil_id, monday)
    if known is not None and unchanged(request, known):
        await noted
        return _unchanged(known)
    found = await door.documents.get((pupil_id, monday))
    await noted
    if found is None:
        etag, body = await empty_week(door, pupil_id, monday)
        return _unchanged(etag) if unchanged(request, etag) else _shown(etag, body)
    etag = f'"{found.etag}"'
    door.tags.keep(pupil_id, monday, etag, place)
    return _unchanged(etag) if unchanged(request, etag) else _shown(etag, found.body)


def _unchanged(etag: str) -> Response:
    return Response(status_code=304, headers={"ETag": etag, "Cache-Control": PRIVATE})


def _shown(etag: str, body: bytes) -> Response:
    return Response(body, headers={"ETag": etag, "Cache-Control": PRIVATE}, media_type=JSON)


class _WeekRoute(Route):
    """Served by the guard itself, without middleware; the house test reads whose it is."""

    swift = staticmethod(diary_week)
    caller = staticmethod(diary_reader)


router.routes.append(_WeekRoute(WEEK, diary_week, methods=["GET"]))


def _place(request: HttpRequest) -> tuple[str, date]:
    """Pupil and Monday of the path. Raises NotFound."""
    try:
        pupil_id = str(UUID(request.path_params["pupil_id"]))
        monday = date.fromisoformat(request.path_params["monday"])
        _ = monday + timedelta(days=6)  # the last days of year 9999 make no week
    except (ValueError, OverflowError):
        raise NotFound("thing.unknown", "Такой записи нет.") from None
    if monday.isoweekday() != 1:
        raise NotFound("diary.not_a_monday", "Неделя дневника начинается с понедельника.")
    return pupil_id, monday


async def empty_week(door: Door, pupil_id: str, monday: date) -> tuple[str, bytes]:
    """ETag and document of a week without lessons: its days, and why they are empty."""
    async with door.reading() as (conn, schema):
        person = await directory.person(conn, schema, pupil_id)
        classes = await directory.pupil_classes(conn, schema, pupil_id)
        year = await directory.school_year_of(conn, schema, monday)
        known = await directory.calendar_of(conn, schema, year) if year else None
    sunday = (monday + timedelta(days=6)).isoformat()
    of_week = next((one for one in classes if one["since"] <= sunday), {})
    calendar = known[0].of(of_week.get("grade_level", 0)) if known else Calendar(0, ())
    pupil = {"pupil_id": pupil_id, "name": person["name"] if person else ""}
    klass = {"class_id": of_week.get("class_id"), "name": of_week.get("name")}
    as_of = await door.progress.as_of()
    timeless = document(pupil, klass, monday, calendar, (), Touch(0, EPOCH))
    shown = document(pupil, klass, monday, calendar, (), Touch(as_of.position, as_of.at))
    return etag_of(timeless), shown


@router.get(
    "/pupils/{pupil_id}/marks",
    responses=example({"pupil_id": WEEK_EXAMPLE["pupil"]["pupil_id"], "marks": []}),
)
async def pupil_marks(
    pupil_id: Id,
    request: Request,
    caller: DiaryReader,
    since: Annotated[date | None, Query(alias="from")] = None,
    until: Annotated[date | None, Query(alias="to")] = None,
    subject_id: Annotated[Id | None, Query()] = None,
) -> Response:
    """Every mark of a pupil: all subjects, all years kept."""
    as_of = await caller.door.progress.as_of()
    async with caller.reading() as (conn, schema):
        found = await marks.of_pupil(
            conn, schema, pupil_id, since=since, until=until, subject_id=subject_id
        )
    return read(request, {"pupil_id": pupil_id, "marks": found}, as_of)
