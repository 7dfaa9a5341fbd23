"""«Проверки и замечания»: which journals nobody has looked at, which remarks wait. The forms
need no script.
"""

from __future__ import annotations

from datetime import date
from functools import partial
from typing import Any
from uuid import UUID

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from api import control
from api.caller import Caller, covers
from api.deps import Administration, Staff
from api.errors import STATUS
from api.house import fresh_id
from api.pages import wording
from api.pages.forms import Sent, back, or_again, sent
from api.pages.inspection_words import STATES, inspection_line, month, remark_card
from api.pages.rendering import page
from api.pages.routing import Behind, PageRoute, viewer_of
from domain.journal.control import NewRemark
from domain.journal.control_commands import MOST_CHARACTERS
from domain.journal.control_facts import CHECKED_LABELS, Checked
from domain.journal.inspecting import Duty
from domain.permissions import Act, holders
from domain.refusals import Invalid, NotFound, Refusal
from projections import directory
from projections.control import Wanted

router = APIRouter(route_class=PageRoute, include_in_schema=False)

HOME = "/inspections"
REMARK = "/remarks/{remark_id}"
NEWEST = 20
ONE = "/inspections/{inspection_id}"


def may_inspect(caller: Caller) -> bool:
    """The caller inspects journals."""
    return not caller.roles.isdisjoint(holders(Act.INSPECT_JOURNAL))


@router.get(HOME)
async def all_inspections(caller: Administration, behind: Behind) -> Response:
    """Classes × months, remarks that wait, a form to note an inspection."""
    return await _home(caller, behind=behind)


@router.post(HOME)
async def inspect(request: Request, caller: Administration) -> Response:
    """A journal was looked at; then to the page of the inspection, to write remarks."""
    form = await sent(request)

    async def act() -> Response:
        days = form.day("since"), form.day("until")
        class_id = form.number("class_id")
        if class_id is None:
            raise Invalid("inspection.class", "Выберите класс.")
        answer = await control.inspect(
            caller, form.key(), class_id, days, _checked(form), (), form.once(caller, HOME)
        )
        return await back(answer, f"{HOME}/{form.key()}")

    return await or_again(act, partial(_home, caller, form=form))


@router.get(ONE)
async def one_inspection(
    inspection_id: UUID,
    caller: Administration,
    behind: Behind,
    subject_id: UUID | None = None,
    lesson_id: UUID | None = None,
) -> Response:
    """An inspection with its remarks; lessons of its days, to open a remark from."""
    return await _inspection(
        caller,
        str(inspection_id),
        str(subject_id) if subject_id else None,
        str(lesson_id) if lesson_id else None,
        behind=behind,
    )


@router.post(ONE + "/remarks")
async def remark(inspection_id: UUID, request: Request, caller: Administration) -> Response:
    """A remark of the inspection."""
    number, form = str(inspection_id), await sent(request)
    lesson_id, subject_id = form.number("lesson_id"), form.number("subject_id")

    async def act() -> Response:
        new = NewRemark(form.key(), _kind(form), lesson_id, subject_id, form.number("teacher_id"))
        once = form.once(caller, request.url.path)
        answer = await control.open_remark(caller, number, new, form.one("text"), once)
        return await back(answer, f"{HOME}/{number}")

    return await or_again(
        act, partial(_inspection, caller, number, subject_id, lesson_id, form=form)
    )


@router.get("/classes/{class_id}/inspections")
async def sheet(class_id: UUID, caller: Staff) -> Response:
    """«Лист проверок журнала» (form 9 of school-journal.md §5.5), to be printed."""
    number, zone = str(class_id), caller.door.zone
    classes = await control.seen_classes(caller)
    if not covers(None if classes is None else frozenset(classes), number):
        raise NotFound("class.unknown", "Такого класса нет.")
    looked = await control.inspections(caller, number)
    remarks = await control.remarks(caller, Wanted(class_id=number))
    async with caller.reading() as (conn, schema):
        card = await directory.class_card(conn, schema, number, caller.door.rights.today())
    if card is None:
        raise NotFound("class.unknown", "Такого класса нет.")
    today = caller.door.rights.today()
    cards = [remark_card(one, today, zone) for one in remarks]
    context = {
        "school": caller.door.name,
        "class_name": card["name"],
        "class_teacher": card["class_teacher"],
        "year": f"{card['year']}/{card['year'] + 1}",
        "rows": [
            (inspection_line(one, zone), [c for c in cards if c["inspection"] == one.inspection_id])
            for one in reversed(looked)
        ],
        "printed": wording.moment(caller.door.house.clock(), zone),
    }
    return page("control/sheet.html", context, viewer=await viewer_of(caller, HOME))


@router.post(REMARK + "/acceptance")
async def accept(remark_id: UUID, request: Request, caller: Administration) -> Response:
    """The remark is closed."""
    form, number = await sent(request), str(remark_id)
    place = await caller.door.places.remark(number)
    once = form.once(caller, request.url.path)
    answer = caller.door.school.accept_remark(place.class_id, number, by=caller.actor, request=once)
    return await back(answer, HOME)


@router.post(REMARK + "/return")
async def send_back(remark_id: UUID, request: Request, caller: Administration) -> Response:
    """The remark is open again."""
    form, number = await sent(request), str(remark_id)
    place = await caller.door.places.remark(number)
    try:
        once = form.once(caller, request.url.path)
        answer = caller.door.school.return_remark(
            place.class_id, number, form.one("text"), by=caller.actor, request=once
        )
        return await back(answer, HOME)
    except Invalid as refusal:
        return await _home(caller, refusal=refusal)


async def _home(
    caller: Caller,
    *,
    behind: bool = False,
    form: Sent | None = None,
    refusal: Refusal | None = None,
) -> Response:
    today, zone = caller.door.rights.today(), caller.door.zone
    lines = await control.duties(caller, await caller.door.rights.year())
    looked = await control.inspections(caller)
    cards = [
        remark_card(one, today, zone)
        for one in await control.remarks(caller, Wanted())
        if one.state != "accepted"
    ]
    for card in cards:
        card["own"] = caller.person_id in (card["teacher_id"], card["answered_by"])
    states = [state for line in lines for _, state, _ in line.states]
    context = {
        "may": may_inspect(caller),
        "answered": [one for one in cards if one["state"] == "answered"],
        "overdue": [one for one in cards if one["overdue"]],
        "open": [one for one in cards if one["state"] == "open" and not one["overdue"]],
        "months": [month(span) for span, _, _ in lines[0].states] if lines else [],
        "lines": [
            (line, [(*STATES[state], count) for _, state, count in line.states]) for line in lines
        ],
        "missing": states.count(Duty.MISSING),
        "due": states.count(Duty.DUE),
        "newest": [inspection_line(one, zone) for one in looked[:NEWEST]],
        "checks": CHECKED_LABELS,
        "chosen": form.many("checked") if form else (),
        "class_id": form.one("class_id") if form else "",
        "since": form.one("since") if form else today.replace(day=1).isoformat(),
        "until": form.one("until") if form else today.isoformat(),
        "today": today.isoformat(),
        "longest": MOST_CHARACTERS,
        "key": fresh_id(),
        "keys": fresh_id,
        "error": refusal.message if refusal else "",
    }
    return page(
        "control/inspections.html",
        context,
        viewer=await viewer_of(caller, HOME, behind=behind),
        status=STATUS[type(refusal)] if refusal else 200,
    )


async def _inspection(
    caller: Caller,
    inspection_id: str,
    subject_id: str | None,
    lesson_id: str | None,
    *,
    behind: bool = False,
    form: Sent | None = None,
    refusal: Refusal | None = None,
) -> Response:
    today, zone = caller.door.rights.today(), caller.door.zone
    one = await control.inspection(caller, inspection_id)
    remarks = await control.remarks(caller, Wanted(inspection_id=inspection_id))
    async with caller.reading() as (conn, schema):
        year = await directory.class_card(conn, schema, one.class_id, one.until)
        lessons = (
            await directory.lessons_of_class(
                conn, schema, one.class_id, subject_id, one.since, one.until
            )
            if subject_id
            else []
        )
    taught = _in_force(year["assignments"] if year else [], one.until)
    subjects = dict(
        sorted({t["subject_id"]: t["subject"] for t in taught}.items(), key=lambda item: item[1])
    )
    chosen = next((lesson for lesson in lessons if lesson["lesson_id"] == lesson_id), None)
    context = {
        "may": may_inspect(caller),
        "one": inspection_line(one, zone),
        "remarks": [remark_card(r, today, zone) for r in remarks],
        "subjects": subjects,
        "subject_id": subject_id or "",
        "teachers": {
            t["teacher_id"]: t["teacher"] for t in taught if t["subject_id"] == subject_id
        },
        "lessons": [_lesson_line(lesson) for lesson in lessons],
        "lesson": chosen and _lesson_line(chosen),
        "kinds": [(kind, CHECKED_LABELS[Checked(kind)]) for kind in one.checked],
        "kind": form.one("kind") if form else _first_guess(chosen, one.checked),
        "text": form.one("text") if form else "",
        "longest": MOST_CHARACTERS,
        "key": fresh_id(),
        "error": refusal.message if refusal else "",
    }
    return page(
        "control/inspection.html",
        context,
        viewer=await viewer_of(caller, HOME, behind=behind),
        status=STATUS[type(refusal)] if refusal else 200,
    )


def _lesson_line(lesson: dict[str, Any]) -> dict[str, Any]:
    lacks = {"topic": "нет темы", "homework": "нет ДЗ", "attendance": "нет посещаемости"}
    return {
        "lesson_id": lesson["lesson_id"],
        "day": wording.day(lesson["date"]),
        "number": lesson["number"],
        "subject": lesson["subject"],
        "lacks": [words for part, words in lacks.items() if part in lesson["missing"]],
        "off": lesson["status"] == "CANCELLED",
    }


def _first_guess(lesson: dict[str, Any] | None, checked: Any) -> str:
    """What a remark about the lesson is most likely about."""
    guesses = (("topic", "TOPICS"), ("homework", "HOMEWORK"), ("attendance", "ATTENDANCE"))
    for part, kind in guesses:
        if lesson and part in lesson["missing"] and kind in checked:
            return kind
    return str(checked[0])


def _in_force(assignments: list[dict[str, Any]], day: date) -> list[dict[str, Any]]:
    until = day.isoformat()
    return [one for one in assignments if one["until"] is None or until < one["until"]]


def _checked(form: Sent) -> tuple[Checked, ...]:
    return tuple(Checked(one) for one in form.many("checked") if one in Checked.__members__)


def _kind(form: Sent) -> Checked:
    kind = form.one("kind")
    if kind not in Checked.__members__:
        raise Invalid("remark.kind", "Выберите, о чём замечание.")
    return Checked(kind)
