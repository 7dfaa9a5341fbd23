"""Missed lessons (clause 4.2.г): the class teacher says why and signs each week; a family reads
its child's totals and warns beforehand.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from pydantic import Field
from starlette.responses import Response

from api.answers import read, written
from api.classroom import waiting, week_named, week_of, year_days
from api.deps import DiaryReader, Staff, Teacher
from api.v1.wire import PREFIX, Body, Id, Once, Written, example
from domain.school import ReasonInput
from domain.values import AttendanceCode
from projections import classroom

router = APIRouter(prefix=PREFIX, tags=["Пропуски"])

Words = Annotated[str, Field(max_length=2_000)]


class Reason(Body):
    """Why a pupil was away: in `lesson_ids`, or in every unexplained lesson of the days, both
    included.
    """

    pupil_id: Id
    code: AttendanceCode
    lesson_ids: Annotated[tuple[Id, ...], Field(max_length=200)] = ()
    since: date | None = None
    until: date | None = None
    document: Annotated[Words, Field(examples=["справка № 12 от 03.09"])] = ""


class Reasons(Body):
    """Reasons: all of them or none."""

    reasons: Annotated[list[Reason], Field(max_length=200)]


class Notice(Body):
    """A warning; `notice_id` is made by the caller, so that a retry is the same warning."""

    notice_id: Id
    since: date
    until: date
    code: AttendanceCode
    text: Words = ""


WEEK: dict[str, Any] = {
    "monday": "2026-11-16",
    "lessons": [],
    "pupils": [],
    "notices": [],
    "signed": None,
    "missed": 4,
    "unexplained": 1,
    "untaken": 0,
}
NOTHING = {"missed": 0, "ABSENT_UNSPECIFIED": 0, "EXCUSED": 0, "ILL": 0, "UNEXCUSED": 0}


@router.post("/classes/{class_id}/attendance-reasons")
async def set_absence_reasons(class_id: Id, new: Reasons, caller: Teacher, once: Once) -> Written:
    """Say why pupils were away: the class teacher's, for lessons or for days; the old reason
    stays in the trail.
    """
    await caller.door.rights.class_basis(caller, class_id)
    reasons = [ReasonInput(**one.model_dump()) for one in new.reasons]
    answer = caller.door.school.set_absence_reasons(
        class_id, reasons, by=caller.actor, request=once
    )
    return await written(answer)


@router.post("/classes/{class_id}/attendance-weeks/{week}/confirmation")
async def confirm_attendance_week(class_id: Id, week: str, caller: Teacher, once: Once) -> Written:
    """Sign a week (2026-W47). While an absence has no reason it is refused, or signed with the
    number of those without, as `unexplained_weeks` of the regulation says.
    """
    await caller.door.rights.class_basis(caller, class_id)
    answer = caller.door.school.confirm_attendance_week(
        class_id, week_named(week), by=caller.actor, request=once
    )
    return await written(answer)


@router.get("/classes/{class_id}/attendance-weeks/{week}", responses=example(WEEK))
async def attendance_week(class_id: Id, week: str, request: Request, caller: Staff) -> Response:
    """A week of a class: who was away from which lesson and why, what was announced, who signed."""
    as_of = await caller.door.progress.as_of()
    return read(request, await week_of(caller, class_id, week_named(week)), as_of)


@router.get("/absences", responses=example({"unexplained": [], "unsigned": []}))
async def absences(request: Request, caller: Staff) -> Response:
    """What waits for class teachers: absences unexplained for too long, weeks that nobody signed;
    of the own classes, or of all.
    """
    as_of = await caller.door.progress.as_of()
    return read(request, await waiting(caller), as_of)


@router.get(
    "/pupils/{pupil_id}/attendance",
    responses=example(
        {
            "from": "2026-09-01",
            "to": "2026-11-23",
            "lessons": {"held": 312, **NOTHING},
            "days": {"held": 58, **NOTHING},
            "late": 1,
            "minutes_late": 5,
            "exempt": 0,
            "absences": [],
        }
    ),
)
async def pupil_attendance(
    pupil_id: Id,
    request: Request,
    caller: DiaryReader,
    since: Annotated[date | None, Query(alias="from")] = None,
    until: Annotated[date | None, Query(alias="to")] = None,
) -> Response:
    """Lessons and days that a pupil missed, by kind, and each absence; this year's up to today."""
    as_of = await caller.door.progress.as_of()
    first, last = await year_days(caller, since, until)
    async with caller.reading() as (conn, schema):
        found = await classroom.of_pupil(conn, schema, pupil_id, first, last)
    return read(request, {"pupil_id": pupil_id, **found}, as_of)


@router.post("/pupils/{pupil_id}/absence-notices", status_code=201)
async def warn_of_absence(pupil_id: Id, new: Notice, caller: DiaryReader, once: Once) -> Written:
    """A guardian with consent warns that the child will be away; the class teacher decides."""
    door = caller.door
    answer = door.school.announce_absence(
        await door.rights.class_of(pupil_id),
        new.notice_id,
        pupil_id,
        new.since,
        new.until,
        new.code,
        new.text,
        by=caller.actor,
        request=once,
    )
    return await written(answer)
