"""«Посещаемость и итоги» of a pupil: for the family, the class teacher and who reads the diary."""

from __future__ import annotations

from functools import partial
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request
from starlette.responses import Response

from api.caller import Caller
from api.classroom import year_days
from api.deps import DiaryReader
from api.house import fresh_id
from api.pages import wording
from api.pages.forms import back, or_again, sent
from api.pages.routing import Behind, PageRoute, page_of
from api.pages.trail import sentence
from domain.refusals import Invalid, Refusal
from domain.values import AttendanceCode
from projections import classroom, directory, trail

router = APIRouter(route_class=PageRoute, include_in_schema=False)

PLACE = "/pupils/{pupil_id}/year"
KINDS = (
    (AttendanceCode.ILL, "по болезни"),
    (AttendanceCode.EXCUSED, "по уважительной причине"),
    (AttendanceCode.UNEXCUSED, "без уважительной причины"),
    (AttendanceCode.ABSENT_UNSPECIFIED, "причина ещё не указана"),
)
SAID = {"warned": "Предупреждение записано: его увидят классный руководитель и учителя."}


@router.get(PLACE)
async def year(pupil_id: UUID, caller: DiaryReader, behind: Behind, said: str = "") -> Response:
    """What the pupil missed this year, what teachers say, and the results of the year."""
    return await _page(caller, str(pupil_id), said=said, behind=behind)


@router.post(PLACE)
async def warn(pupil_id: UUID, request: Request, caller: DiaryReader) -> Response:
    """A guardian warns of an absence."""
    number = str(pupil_id)
    form = await sent(request, most=8)

    async def act() -> Response:
        try:
            code = AttendanceCode(form.one("code"))
        except ValueError:
            raise Invalid("absence_notice.form", "Укажите дни и причину.") from None
        answer = caller.door.school.announce_absence(
            await caller.door.rights.class_of(number),
            form.key(),
            number,
            form.day("since"),
            form.day("until"),
            code,
            form.one("text"),
            by=caller.actor,
            request=form.once(caller, request.url.path),
        )
        return await back(answer, f"/pupils/{number}/year?said=warned")

    return await or_again(act, partial(_page, caller, number))


async def _page(
    caller: Caller,
    pupil_id: str,
    *,
    said: str = "",
    behind: bool = False,
    refusal: Refusal | None = None,
) -> Response:
    door, today = caller.door, caller.door.rights.today()
    first, last = await year_days(caller, None, None)
    async with caller.reading() as (conn, schema):
        person = await directory.person(conn, schema, pupil_id)
        missed = await classroom.of_pupil(conn, schema, pupil_id, first, last)
        comments = await classroom.comments_of(conn, schema, pupil_id)
        outcomes = await classroom.outcomes_of(conn, schema, pupil_id)
        children = await directory.children_of(conn, schema, caller.person_id, today)
        annotated = await trail.annotations_of(conn, schema, pupil_id)
        letters = await classroom.letters_to(conn, schema, pupil_id, caller.person_id, first)
    context = {
        "pupil_id": pupil_id,
        "pupil": wording.called(person["name"] if person else ""),
        "diary": f"/pupils/{pupil_id}/diary/{wording.monday_of(today)}",
        "since": wording.day_in_words(first),
        "kinds": [(label, missed["lessons"][code], missed["days"][code]) for code, label in KINDS],
        "missed": missed,
        "absences": list(reversed(missed["absences"])),
        "comments": [_comment(one, door.zone) for one in comments],
        "works": outcomes["works"],
        "levels": outcomes["levels"],
        "defences": outcomes["defences"],
        "may_warn": any(child["pupil_id"] == pupil_id for child in children),
        "reasons": [("ILL", "болезнь"), ("EXCUSED", "другая уважительная причина")],
        "letters": [
            {
                "term": one["name"],
                "at": wording.moment(one["at"], door.zone),
                "href": f"/api/v1/pupils/{pupil_id}/letter/pdf?term={one['term']}&sent=true",
            }
            for one in letters
        ],
        "annotations": [sentence(one, door.zone) for one in annotated],
        "today": today.isoformat(),
        "today_words": wording.day_in_words(today),
        "key": fresh_id(),
        "said": SAID.get(said, ""),
        "error": refusal.message if refusal else "",
    }
    return await page_of(
        caller, "classroom/year.html", context, "/diary", behind=behind, refusal=refusal
    )


def _comment(one: dict[str, Any], zone: str) -> dict[str, Any]:
    return {
        "subject": one["subject"]["name"],
        "text": one["comment"] or "Комментарий стёрт.",
        "by": wording.short_name(one["by"]),
        "day": wording.day(wording.local(one["at"], zone).date()),
        "corrected": one["corrected"],
    }
