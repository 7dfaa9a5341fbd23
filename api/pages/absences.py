"""«Пропуски»: what waits for class teachers, and the week of a class with its reasons."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request
from starlette.datastructures import FormData
from starlette.responses import RedirectResponse, Response

from api.answers import Written, written
from api.caller import Caller
from api.classroom import waiting, ward_basis, week_name, week_named, week_of
from api.deps import Staff
from api.house import fresh_id
from api.pages import wording
from api.pages.rendering import page
from api.pages.routing import SEE_OTHER, Behind, PageRoute, led, page_of, viewer_of
from api.v1.wire import request_of
from domain.calendar import monday as monday_of
from domain.journal.absences import UNEXPLAINED
from domain.permissions import Act, holders
from domain.refusals import Invalid, NotFound, Refusal
from domain.regulation import Regulation
from domain.school import ReasonInput
from domain.values import ABSENCES, ATTENDANCE_LABELS, AttendanceCode
from projections import classroom, directory

router = APIRouter(route_class=PageRoute, include_in_schema=False)

HOME = "/absences"
WEEK = "/classes/{class_id}/absences/{week}"
A_WEEK = timedelta(days=7)
#: reason → (words of the button, sign, look)
REASONS: dict[AttendanceCode, tuple[str, str, str]] = {
    AttendanceCode.ILL: ("Болезнь", "б", "mb"),
    AttendanceCode.EXCUSED: ("Уважительная", "у", "mb"),
    AttendanceCode.UNEXCUSED: ("Неуважительная", "нп", "mn"),
    AttendanceCode.EXEMPT_LESSON: ("Освобождён", "осв", "mb"),
}
SAID = {
    "explained": "Причина записана.",
    "signed": "Неделя подтверждена: это запись с вашим именем.",
}
MOST_FIELDS = 300


@router.get(HOME)
async def home(caller: Staff, behind: Behind) -> Response:
    """What waits: absences without a reason, weeks that nobody signed, class by class."""
    door = caller.door
    own = await door.rights.wards(caller)
    if not caller.administration and not own:
        raise NotFound("path.unknown", "Такого адреса нет.")
    today = door.rights.today()
    async with caller.reading() as (conn, schema):
        classes = await directory.classes(conn, schema, await door.rights.year(), today)
    if not caller.administration:
        classes = [one for one in classes if one["class_id"] in own]
    this_week = week_name(monday_of(today))
    if len(classes) == 1:
        there = f"/classes/{classes[0]['class_id']}/absences/{this_week}"
        return RedirectResponse(there, SEE_OTHER)
    found = await waiting(caller)
    async with caller.reading() as (conn, schema):
        often = await classroom.often_away(conn, schema, await door.rights.year(), today)
    context = {
        "week": this_week,
        "classes": [
            {
                **one,
                **_waiting(found, one["class_id"]),
                "often": sum(who.class_id == one["class_id"] for who in often),
            }
            for one in classes
        ],
    }
    viewer = await viewer_of(caller, HOME, behind=behind)
    return page("classroom/absences.html", context, viewer=viewer)


@router.get(WEEK)
async def week(
    class_id: UUID, week: str, caller: Staff, behind: Behind, said: str = ""
) -> Response:
    """Who was away in a week, and why; the class teacher says so and signs."""
    return await _week(caller, str(class_id), week_named(week), said=said, behind=behind)


@router.post(WEEK)
async def explain(class_id: UUID, week: str, request: Request, caller: Staff) -> Response:
    """One pupil's absences of the week get their reason: those chosen, or all unexplained."""
    number, monday = str(class_id), week_named(week)
    await ward_basis(caller, number)
    async with request.form(max_files=0, max_fields=MOST_FIELDS) as sent:
        try:
            once, reason = _asked(request, caller, sent, monday)
            answer = caller.door.school.set_absence_reasons(
                number, [reason], by=caller.actor, request=once
            )
            return _back(await written(answer), number, week, "explained")
        except NotFound:
            raise
        except Refusal as refusal:
            return await _week(caller, number, monday, refusal=refusal)


@router.post(WEEK + "/confirmation")
async def sign(class_id: UUID, week: str, request: Request, caller: Staff) -> Response:
    """The week is signed."""
    number, monday = str(class_id), week_named(week)
    await ward_basis(caller, number)
    async with request.form(max_files=0, max_fields=2) as sent:
        once = request_of(caller.person_id, str(sent.get("key")), "POST", request.url.path, b"")
    try:
        answer = caller.door.school.confirm_attendance_week(
            number, monday, by=caller.actor, request=once
        )
        return _back(await written(answer), number, week, "signed")
    except NotFound:
        raise
    except Refusal as refusal:
        return await _week(caller, number, monday, refusal=refusal)


def _asked(
    request: Request, caller: Caller, sent: FormData, monday: date
) -> tuple[Any, ReasonInput]:
    """The request and the reason of a form. Raises Invalid."""
    try:
        pupil_id = str(UUID(str(sent.get("pupil_id"))))
        lessons = tuple(str(UUID(str(one))) for one in sent.getlist("lesson_id"))
        code = AttendanceCode(str(sent.get("code")))
    except ValueError:
        raise Invalid("absence.form", "Выберите причину пропуска.") from None
    document = str(sent.get("document") or "")
    said = "|".join((pupil_id, *lessons, code, document))
    path = f"{request.url.path}/{said}"
    once = request_of(caller.person_id, str(sent.get("key")), "POST", path, b"")
    sunday = monday + timedelta(days=6)
    return once, ReasonInput(pupil_id, code, lessons, monday, sunday, document)


async def _week(
    caller: Caller,
    class_id: str,
    monday: date,
    *,
    said: str = "",
    behind: bool = False,
    refusal: Refusal | None = None,
) -> Response:
    found = await week_of(caller, class_id, monday)
    door, today = caller.door, caller.door.rights.today()
    waits = await waiting(caller)
    async with caller.reading() as (conn, schema):
        card = await directory.class_card(conn, schema, class_id, today)
        year = (card or {}).get("year") or await door.rights.year()
        rules = await directory.regulation_of(conn, schema, year) or Regulation()
        often = await classroom.often_away(conn, schema, year, today, class_id)
    may = await door.rights.answers_for(caller, class_id)
    days = sorted({lesson["date"] for lesson in found["lessons"]})
    pupils = [_pupil(one, found, days) for one in found["pupils"]]
    context = {
        "class_id": class_id,
        "class_name": (card or {}).get("name", ""),
        "week": week_name(monday),
        "words": wording.week_in_words(monday),
        "previous": week_name(monday - A_WEEK),
        "following": week_name(monday + A_WEEK),
        "this_week": monday_of(today) == monday,
        "days": [(day, _weekday(day)) for day in days],
        "pupils": [one for one in pupils if one["shown"]],
        "others": sum(not one["shown"] for one in pupils),
        "untaken": [
            f"{wording.day_in_words(one['date'])}, {one['number']}-й урок, {one['subject']}"
            for one in found["lessons"]
            if not one["taken"] and one["date"] <= today.isoformat()
        ],
        "often": [
            (f"/pupils/{one.pupil_id}/year", wording.called(one.name), one.missed, one.held)
            for one in often
        ],
        "missed": found["missed"],
        "unexplained": found["unexplained"],
        "signed": _signed(found["signed"], door.zone),
        "stale": _stale(found),
        "gaps": found["signed"]["unexplained"] if found["signed"] else 0,
        "flags_gaps": rules.unexplained_weeks,
        "may": may,
        "keeps": may or not caller.roles.isdisjoint(holders(Act.ISSUE_ACCOUNTS)),
        "over": bool(days) and days[-1] <= today.isoformat(),
        "reasons": [(str(code), words) for code, (words, _, _) in REASONS.items()],
        "key": fresh_id(),
        "said": SAID.get(said, ""),
        "error": refusal.message if refusal else "",
        **_waiting(waits, class_id),
    }
    return await page_of(
        caller, "classroom/week.html", context, HOME, behind=behind, refusal=refusal
    )


def _pupil(one: dict[str, Any], week: dict[str, Any], days: list[str]) -> dict[str, Any]:
    """A row: days with what happened in their lessons."""
    chips: dict[str, list[dict[str, Any]]] = {day: [] for day in days}
    for lesson in week["lessons"]:
        cell = one["cells"].get(lesson["lesson_id"])
        if cell is not None:
            chips[lesson["date"]].append(_chip(cell, lesson))
    warned = [notice for notice in week["notices"] if notice["pupil_id"] == one["pupil_id"]]
    documents = dict.fromkeys(
        cell["document"] for cell in one["cells"].values() if cell["document"]
    )
    return {
        "pupil_id": one["pupil_id"],
        "name": wording.called(one["name"]),
        "days": [(day, chips[day]) for day in days],
        "missed": one["missed"],
        "unexplained": one["unexplained"],
        "warned": [_warned(notice) for notice in warned],
        "documents": list(documents),
        "absent": any(chip["absent"] for row in chips.values() for chip in row),
        "shown": bool(one["cells"] or warned),
        "key": fresh_id(),
    }


def _chip(cell: dict[str, Any], lesson: dict[str, Any]) -> dict[str, Any]:
    code = AttendanceCode(cell["code"])
    sign = ATTENDANCE_LABELS[code][0]
    _, _, look = REASONS.get(code, ("", "", "mn" if code is UNEXPLAINED else "mw"))
    return {
        "lesson_id": lesson["lesson_id"],
        "number": lesson["number"],
        "sign": sign,
        "look": look,
        "absent": code in ABSENCES or code in REASONS,
        "words": f"{lesson['number']}-й урок, {lesson['subject']}: {cell['label']}",
    }


def _warned(notice: dict[str, Any]) -> dict[str, Any]:
    days = wording.day_in_words(notice["since"])
    if notice["until"] != notice["since"]:
        days = f"{days} – {wording.day_in_words(notice['until'])}"
    words = REASONS[AttendanceCode(notice["code"])][0].lower()
    return {
        "text": f"{days}: {words}" + (f", «{notice['text']}»" if notice["text"] else ""),
        "by": wording.short_name(notice["by"]),
    }


def _weekday(day: str) -> str:
    when = wording.as_date(day)
    return f"{wording.SHORT_WEEKDAYS[when.weekday()]}, {when.day}"


def _signed(signed: dict[str, Any] | None, zone: str) -> str:
    if signed is None:
        return ""
    return f"{wording.moment(signed['at'], zone)}, {wording.short_name(signed['by'])}"


def _stale(found: dict[str, Any]) -> bool:
    """Something came after the signature."""
    signed = found["signed"]
    counted = ("absences", "missed"), ("untaken", "untaken"), ("unexplained", "unexplained")
    return bool(signed) and any(signed[one] != found[other] for one, other in counted)


def _waiting(found: dict[str, Any], class_id: str) -> dict[str, Any]:
    """What waits in a class: `late[{pupil, lessons, since, week}]`, `unsigned[{week, words}]`."""
    return {
        "late": [
            {
                "pupil": wording.called(one["pupil"]),
                "lessons": wording.plural(one["lessons"], "урок", "урока", "уроков"),
                "since": wording.day_in_words(one["since"]),
                "week": week_name(monday_of(date.fromisoformat(one["since"]))),
            }
            for one in found["unexplained"]
            if one["class_id"] == class_id
        ],
        "open_weeks": [
            {
                "week": one["week"],
                "words": wording.week_in_words(date.fromisoformat(one["monday"])),
            }
            for one in found["unsigned"]
            if one["class_id"] == class_id
        ],
    }


def _back(done: Written, class_id: str, week: str, said: str) -> Response:
    """To the week, which waits for what was just written."""
    return led(f"/classes/{class_id}/absences/{week}?said={said}", done.position)
