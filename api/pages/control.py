"""The trail: for the deputy, who traces who changed which mark and when."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Query
from starlette.responses import Response

from api import signals
from api.caller import Caller
from api.deps import TrailReader
from api.grants import trail_classes, visible_classes
from api.pages.rendering import page
from api.pages.routing import Behind, PageRoute, viewer_of
from api.pages.trail import trail_page
from api.pages.trail_table import MOST, as_csv
from domain.refusals import NotFound
from projections import directory, trail

router = APIRouter(route_class=PageRoute, include_in_schema=False)


@router.get("/trail")
async def changes(
    caller: TrailReader,
    behind: Behind,
    *,
    class_id: UUID | None = None,
    pupil_id: UUID | None = None,
    subject_id: UUID | None = None,
    by: UUID | None = None,
    kind: Annotated[str | None, Query(pattern=r"^[a-z-]*$")] = None,
    since: Annotated[date | None, Query(alias="from")] = None,
    until: Annotated[date | None, Query(alias="to")] = None,
    flag: str | None = None,
    session: UUID | None = None,
    cursor: str | None = None,
    form: Annotated[Literal["csv"] | None, Query(alias="format")] = None,
) -> Response:
    """One page of sentences, the newest first; or the table of all of them."""
    asked = {
        "class_id": class_id,
        "pupil_id": pupil_id,
        "subject_id": subject_id,
        "by": by,
        "kind": kind,
        "from": since,
        "to": until,
        "flag": flag,
        "session": session,
        "cursor": cursor,
    }
    signals.of_flags(caller, flag)
    filters = {name: str(value) if value else "" for name, value in asked.items()}
    wanted = trail.Filters(
        class_id=filters["class_id"] or None,
        pupil_id=filters["pupil_id"] or None,
        subject_id=filters["subject_id"] or None,
        by=filters["by"] or None,
        kind=kind,
        since=since,
        until=until,
        flag=flag,
        session=filters["session"] or None,
        classes=await trail_classes(caller),
        zone=caller.door.zone,
    )
    async with caller.reading() as (conn, schema):
        try:
            answer = await trail.trail(conn, schema, wanted, cursor, MOST if form else trail.PAGE)
        except ValueError:
            raise NotFound("trail.unknown", "Такой страницы в списке изменений нет.") from None
    if form:
        headers = {"Content-Disposition": 'attachment; filename="izmeneniya.csv"'}
        body = as_csv(answer, caller.door.zone)
        return Response(body, headers=headers, media_type="text/csv; charset=utf-8")
    choices = await _choices(caller, filters["class_id"])
    context = trail_page(answer, filters, choices, zone=caller.door.zone)
    return page(
        "deputy/trail.html", context, viewer=await viewer_of(caller, "/trail", behind=behind)
    )


async def _choices(caller: Caller, class_id: str) -> dict[str, Any]:
    """What the select boxes offer; pupils only once a class is chosen."""
    today = caller.door.rights.today()
    async with caller.reading() as (conn, schema):
        year = await directory.school_year_of(conn, schema, today)
        if year is None:
            return {"classes": [], "subjects": [], "teachers": [], "pupils": []}
        card = await directory.class_card(conn, schema, class_id, today) if class_id else None
        subjects = await directory.subjects(conn, schema, year)
        teachers = await directory.people(conn, schema, kind="staff")
    return {
        "classes": await visible_classes(caller, year),
        "subjects": subjects,
        "teachers": teachers,
        "pupils": card["roster"] if card else [],
    }
