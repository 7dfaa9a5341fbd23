"""«Выписка из журнала»: a term of a page on paper, under a seal that covers what it shows."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request
from starlette.responses import Response

from api.deps import ClassReader
from api.pages import wording
from api.pages.failures import failure_page
from api.pages.opening import PageAsked, come, first_page, open_page
from api.pages.register import months_of, sheet
from api.pages.rendering import page
from api.pages.routing import Behind, PageRoute, viewer_of
from api.pages.seals import seal_in_words
from api.sealing import sealed
from domain.refusals import Busy

router = APIRouter(route_class=PageRoute, include_in_schema=False)

BARE = "Без печати выписку не показываем: на бумаге её было бы не отличить от подделки."
AT_MOST = 32  # columns of lessons on a sheet of A4 on its side


@router.get("/classes/{class_id}/statement")
async def statement(
    class_id: UUID,
    wanted: PageAsked,
    request: Request,
    caller: ClassReader,
    behind: Behind,
    as_of: datetime | None = None,
) -> Response:
    """A term of a page to print: now, or as it was at a moment. Sealed first, then shown."""
    door, number = caller.door, str(class_id)
    moment = come(as_of, door.zone, door.house.clock())
    async with caller.reading() as (conn, schema):
        if wanted.subject_id is None:
            return await first_page(conn, schema, number, caller, "statement")
        opened = await open_page(conn, schema, number, wanted, door.rights.today(), moment=moment)
    at = opened.shown["as_of"]
    try:
        covering = await sealed(door, at["position"])
    except Busy as busy:
        return failure_page(
            503,
            title="Выписка ещё не запечатана",
            detail=f"{busy.message} {BARE}",
            headers={"Retry-After": str(busy.extra["retry_after"])},
        )
    address = door.house.browser.public_origin or str(request.base_url)
    context = {
        **opened.context(caller.person_id),
        "school": door.name,
        "position": wording.grouped(at["position"]),
        "moment": wording.moment_to_the_second(at["moment"], door.zone),
        "when": wording.moment(moment or door.house.clock(), door.zone),
        "printed": wording.moment(door.house.clock(), door.zone),
        "back_url": opened.url("register"),
        "seal": seal_in_words(covering, door.zone),
        "check_url": f"{address.rstrip('/')}/log",
        "sheets": sheets(opened.shown),
        "lessons": lessons(opened.shown),
    }
    viewer = await viewer_of(caller, "/", behind=behind)
    return page("audit/statement.html", context, viewer=viewer)


def sheets(shown: dict[str, Any]) -> list[dict[str, Any]]:
    """The register cut into parts as wide as paper: `[{months, columns, rows, last}]`, each as
    `register.sheet` answers it. Averages are of the whole term, on the last part.
    """
    whole = sheet(shown, today="")
    count = len(whole["columns"])
    parts = max(1, -(-count // AT_MOST))
    width = max(1, -(-count // parts))  # parts of about the same width
    return [
        {
            "months": months_of(shown["lessons"][start : start + width]),
            "columns": whole["columns"][start : start + width],
            "rows": [
                {**row, "cells": row["cells"][start : start + width]} for row in whole["rows"]
            ],
            "last": start + width >= count,
        }
        for start in range(0, max(1, count), width)
    ]


def lessons(shown: dict[str, Any]) -> list[dict[str, Any]]:
    """The right-hand page of a paper journal: `[{day, number, topic, homework}]`."""
    return [
        {
            "day": wording.day(one["date"]),
            "number": one["number"],
            "topic": _topic(one),
            "homework": _homework(one),
        }
        for one in shown["lessons"]
    ]


def _topic(lesson: dict[str, Any]) -> str:
    if lesson["status"] == "CANCELLED":
        return "урок отменён"
    return ": ".join(filter(None, (lesson["title"], lesson["topic"])))


def _homework(lesson: dict[str, Any]) -> str:
    if lesson["no_homework"]:
        return "не задано"
    given = [
        f"на {wording.day(one['due_date'])[:5]}: {one['text']}"
        for one in lesson["homework"]
        if not one["individual_for"]
    ]
    return "; ".join(given)
