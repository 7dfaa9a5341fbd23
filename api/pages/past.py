"""A page of the journal at any moment, and what changed on it between two of them."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query
from starlette.responses import Response

from api.deps import ClassReader
from api.pages.changes import difference_page
from api.pages.opening import Opened, PageAsked, come, first_page, open_page
from api.pages.rendering import page
from api.pages.routing import Behind, PageRoute, viewer_of
from api.pages.slider import moments_of, past_page, reached
from projections import register, trail
from projections.postgres.pool import Connection

router = APIRouter(route_class=PageRoute, include_in_schema=False)

MOST_MOMENTS = 3_000  # of a term's page; beyond that its first days are reached by the date alone
A_WEEK = timedelta(days=7)


@router.get("/classes/{class_id}/past")
async def past(
    class_id: UUID,
    wanted: PageAsked,
    caller: ClassReader,
    behind: Behind,
    as_of: datetime | None = None,
) -> Response:
    """The page at a moment, with the strip of all its moments."""
    door, number = caller.door, str(class_id)
    now = door.house.clock()
    moment = come(as_of, door.zone, now)
    async with caller.reading() as (conn, schema):
        if wanted.subject_id is None:
            return await first_page(conn, schema, number, caller, "past")
        opened = await open_page(conn, schema, number, wanted, door.rights.today(), moment=moment)
        traced = await _traced(conn, schema, opened)
        moments = moments_of(await trail.moments(conn, schema, traced, MOST_MOMENTS), door.zone)
        step = reached(moments, moment)
        since = moments[step - 2].position if step > 1 else 0
        until = moments[step - 1].position if step else 0
        entries = await trail.of_page(conn, schema, traced, since, until) if step else []
    context = {
        **opened.context(caller.person_id),
        **past_page(opened, moments, entries, moment, now=now, zone=door.zone),
    }
    viewer = await viewer_of(caller, "/audit", behind=behind)
    return page("audit/past.html", context, viewer=viewer)


@router.get("/classes/{class_id}/difference")
async def difference(
    class_id: UUID,
    wanted: PageAsked,
    caller: ClassReader,
    behind: Behind,
    since: Annotated[datetime | None, Query(alias="from")] = None,
    until: Annotated[datetime | None, Query(alias="to")] = None,
    columns: str | None = None,
) -> Response:
    """What changed on the page between two moments; by default in the last week."""
    door, number = caller.door, str(class_id)
    now = door.house.clock()
    end = come(until, door.zone, now)
    start = (come(since, door.zone, now) or now) if since else (end or now) - A_WEEK
    if end is not None and start > end:
        start, end = end, come(start, door.zone, now)
    async with caller.reading() as (conn, schema):
        if wanted.subject_id is None:
            return await first_page(conn, schema, number, caller, "difference")
        opened = await open_page(conn, schema, number, wanted, door.rights.today(), moment=end)
        after = await register.position_at(conn, schema, start)
        before = await register.page(conn, schema, *opened.key, after)
        traced = await _traced(conn, schema, opened)
        entries = await trail.of_page(
            conn, schema, traced, after, opened.shown["as_of"]["position"]
        )
    found = register.difference(before, opened.shown, entries)
    context = {
        **opened.context(caller.person_id),
        **difference_page(
            opened,
            before,
            found,
            entries,
            start,
            end,
            everything=columns is not None,
            now=now,
            zone=door.zone,
        ),
    }
    viewer = await viewer_of(caller, "/audit", behind=behind)
    return page("audit/difference.html", context, viewer=viewer)


async def _traced(conn: Connection, schema: str, opened: Opened) -> trail.Page:
    """The page as the trail knows it."""
    class_id, subject_id, _, term = opened.key
    lessons: Any = await register.page_lessons(conn, schema, *opened.key)
    return trail.Page(class_id, subject_id, term, lessons)
