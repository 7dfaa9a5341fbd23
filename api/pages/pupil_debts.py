"""«Долги учеников»: what is owed in a subject, with plain forms to raise and close. No script."""

from __future__ import annotations

from datetime import date, timedelta
from functools import partial
from typing import Literal
from uuid import UUID

from fastapi import APIRouter
from fastapi import Request as HttpRequest
from starlette.responses import Response

from api.caller import Caller
from api.deps import ClassReader
from api.house import fresh_id
from api.pages import wording
from api.pages.forms import Sent, back, or_again, sent
from api.pages.opening import Asked, open_page
from api.pages.routing import Behind, PageRoute, page_of
from domain.journal.marks import NewDebt
from domain.refusals import Invalid, NotFound, Refusal
from domain.writing import Answer
from projections import directory, terms

router = APIRouter(route_class=PageRoute, include_in_schema=False)

PLACE = "/classes/{class_id}/debts"
What = Literal["raised", "closed"]
SAID = {"raised": "Долг записан.", "closed": "Долг снят."}
USUAL = timedelta(days=14)  # the same as debts.js offers; no regulation rules it
UNKNOWN = NotFound("lesson.unknown", "Такого урока нет.")


@router.get(PLACE)
async def debts_of_subject(
    class_id: UUID, lesson: UUID, caller: ClassReader, behind: Behind, said: str = ""
) -> Response:
    """Who owes work in the subject of a lesson; who did not hand it in there is put down."""
    return await _page(caller, str(class_id), str(lesson), said=said, behind=behind)


@router.post(PLACE + "/{what}")
async def change(class_id: UUID, what: What, request: HttpRequest, caller: ClassReader) -> Response:
    """One of the forms of the page."""
    number = str(class_id)
    form = await sent(request)
    lesson_id = form.number("lesson_id")
    if lesson_id is None:
        raise UNKNOWN

    async def act() -> Response:
        do = _raise if what == "raised" else _close
        answer = do(form, caller, request.url.path, number, lesson_id)
        return await back(answer, f"/classes/{number}/debts?lesson={lesson_id}&said={what}")

    return await or_again(act, partial(_page, caller, number, lesson_id))


def _raise(form: Sent, caller: Caller, path: str, class_id: str, lesson_id: str) -> Answer:
    pupil, work = form.number("pupil_id"), form.number("work_type_id")
    if pupil is None or work is None:
        raise Invalid("debt.whose", "Выберите ученика и вид работы.")
    new = NewDebt(form.key(), pupil, work, form.day("due"))
    once = form.once(caller, path)
    return caller.door.school.raise_debts(class_id, lesson_id, [new], by=caller.actor, request=once)


def _close(form: Sent, caller: Caller, path: str, class_id: str, _: str) -> Answer:
    debt, once = form.number("debt_id") or "", form.once(caller, path)
    return caller.door.school.resolve_debt(class_id, debt, by=caller.actor, request=once)


async def _page(
    caller: Caller,
    class_id: str,
    lesson_id: str,
    *,
    said: str = "",
    behind: bool = False,
    refusal: Refusal | None = None,
) -> Response:
    today = caller.door.rights.today()
    async with caller.reading() as (conn, schema):
        place = await directory.lesson_place(conn, schema, lesson_id)
        if place is None or place["class_id"] != class_id:
            raise UNKNOWN
        subject, day = place["subject_id"], date.fromisoformat(place["date"])
        wanted = Asked(subject, place["subgroup_id"], None)
        opened = await open_page(conn, schema, class_id, wanted, today, day=day)
        work_types = await directory.work_types(conn, schema, opened.card["year"])
        of_class = (class_id, int(opened.place["term"]))
        closed = (await terms.closings(conn, schema, opened.card["year"])).get(of_class, False)
        writes = await directory.teaches(conn, schema, caller.person_id, class_id, subject)
        owed = await terms.owed(conn, schema, class_id, subject)
    pupils = opened.shown["pupils"]
    usual = day + USUAL
    context = {
        "class_id": class_id,
        "class_name": place["class_name"],
        "subject": place["subject"],
        "lesson": f"{wording.day_in_words(place['date'])}, {place['number']}-й урок",
        "lesson_id": lesson_id,
        "day": place["date"],
        "due": (usual if usual >= today else today + USUAL).isoformat(),
        "debts": [
            {
                "debt_id": one.debt_id,
                "name": pupil["name"],
                "when": f"урок {wording.day(one.day)}, сдать до {wording.day(one.due)}",
                "over": one.due < today,
                "key": fresh_id(),
            }
            for pupil in pupils
            for one in owed.get(pupil["pupil_id"], ())
        ],
        "pupils": [one for one in pupils if not one.get("departed")],
        "work_types": work_types,
        "writes": writes,
        "may_raise": writes and not closed and day <= today and place["status"] != "CANCELLED",
        "key": fresh_id(),
        "said": SAID.get(said, ""),
        "error": refusal.message if refusal else "",
        "register_url": opened.url("register", lesson=lesson_id),
    }
    return await page_of(caller, "teacher/debts.html", context, "/", behind=behind, refusal=refusal)
