"""«Кто прочитал дневник»: which weeks the guardians of a class have signed."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from fastapi import APIRouter
from starlette.responses import Response

from api.classroom import week_name
from api.deps import ClassKeeper
from api.pages import wording
from api.pages.rendering import page
from api.pages.routing import Behind, PageRoute, viewer_of
from api.v1.acknowledgements import signed_weeks
from projections import directory

router = APIRouter(route_class=PageRoute, include_in_schema=False)

WEEKS_SHOWN = 6


@router.get("/classes/{class_id}/acknowledgements")
async def read_weeks(class_id: UUID, caller: ClassKeeper, behind: Behind) -> Response:
    """The last weeks of a class, whose guardians have signed which."""
    number, zone = str(class_id), caller.door.zone
    found = await signed_weeks(caller, number, WEEKS_SHOWN)
    async with caller.reading() as (conn, schema):
        today = caller.door.rights.today()
        card = await directory.class_card(conn, schema, number, today)
        open_to = {
            one["pupil_id"]
            for one in found["pupils"]
            if await directory.consented(conn, schema, one["pupil_id"], "diary", today)
        }
    weeks = [date.fromisoformat(one) for one in found["weeks"]]
    context = {
        "class_name": card["name"] if card else "",
        "weeks": [f"{one:%d.%m}" for one in weeks],
        "pupils": [
            {
                "name": one["name"],
                "diary": f"/pupils/{one['pupil_id']}/diary/{weeks[-1]}"
                if one["pupil_id"] in open_to
                else "",
                "cells": [
                    [
                        f"{wording.short_name(who['by'])}, {wording.moment(who['at'], zone)}"
                        for who in one["weeks"].get(week, ())
                    ]
                    for week in found["weeks"]
                ],
            }
            for one in found["pupils"]
        ],
        "consents": f"/classes/{number}/consents",
        "back": f"/classes/{number}/absences/{week_name(weeks[-1])}",
    }
    viewer = await viewer_of(caller, "/absences", behind=behind)
    return page("classroom/acknowledgements.html", context, viewer=viewer)
