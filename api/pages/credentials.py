"""Who has access: the class teacher's page of the own class, the administrator's of the staff.

Forms without a script: slips come as a PDF in answer to one, for nobody keeps the passwords.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

import orjson
from fastapi import APIRouter, Request
from starlette.datastructures import FormData
from starlette.responses import RedirectResponse, Response

from api.auth.accounts import issue_accounts
from api.auth.handed_out import of_class, of_staff, printed
from api.caller import Caller
from api.deps import Administration, ClassKeeper, Staff
from api.errors import SignInRequired
from api.pages.again import again, asks
from api.pages.rendering import page
from api.pages.routing import SEE_OTHER, Behind, PageRoute, viewer_of
from api.pages.wording import moment, short_name
from api.v1.credentials import PDF, signed
from api.v1.wire import request_of
from domain.permissions import Act, holders
from domain.refusals import Invalid
from domain.school import Handing
from projections import directory

router = APIRouter(route_class=PageRoute, include_in_schema=False)

HOME = "/credentials"
STAFF = "/staff/credentials"
MOST_FIELDS = 500
WORDS = {
    "none": "не выдан",
    "issued": "листок напечатан",
    "signed": "выдан под подпись",
    "entered": "есть доступ",
    "expired": "листок просрочен",
    "closed": "вход закрыт",
}
#: Who is chosen beforehand: those who cannot sign in yet.
CHOSEN = {"none", "expired"}


@router.get(HOME)
async def access(caller: Staff, behind: Behind) -> Response:
    """To the own class; who issues in the whole school chooses a class or the staff."""
    today = caller.door.rights.today()
    whole = not caller.roles.isdisjoint(holders(Act.ISSUE_ACCOUNTS))
    async with caller.reading() as (conn, schema):
        own = await directory.class_teacher_of(conn, schema, caller.person_id, today)
        year = await directory.school_year_of(conn, schema, today)
        found = await directory.classes(conn, schema, year, today) if year else []
    classes = [one for one in found if whole or one["class_id"] in own]
    if len(classes) == 1 and not whole:
        return RedirectResponse(f"/classes/{classes[0]['class_id']}/credentials", SEE_OTHER)
    context = {"classes": classes, "staff": STAFF if whole else None}
    return page("credentials/classes.html", context, viewer=await _viewer(caller, behind=behind))


@router.get("/classes/{class_id}/credentials")
async def of_a_class(class_id: UUID, caller: ClassKeeper, behind: Behind) -> Response:
    """«Доступ к дневнику»: pupils of the class and their guardians."""
    return await _table(caller, str(class_id), behind=behind)


@router.post("/classes/{class_id}/credentials")
async def to_a_class(class_id: UUID, request: Request, caller: ClassKeeper) -> Response:
    """Slips for those who were chosen, or a signature."""
    return await _done(request, caller, str(class_id))


@router.get(STAFF)
async def of_the_staff(caller: Administration, behind: Behind) -> Response:
    """«Сотрудники: доступ»."""
    return await _table(caller, None, behind=behind)


@router.post(STAFF)
async def to_the_staff(request: Request, caller: Administration) -> Response:
    """The same for the staff."""
    return await _done(request, caller, None)


async def _viewer(caller: Caller, *, behind: bool = False) -> dict[str, Any]:
    return await viewer_of(caller, HOME, behind=behind)


async def _table(
    caller: Caller, class_id: str | None, *, error: str = "", behind: bool = False
) -> Response:
    door = caller.door
    shown = await of_staff(door) if class_id is None else await of_class(door, class_id)
    context = {
        "title": "Сотрудники: доступ" if class_id is None else "Доступ к дневнику",
        "class_name": shown.get("name", ""),
        "people": _rows(shown["people"], door.zone),
        "count": sum(one["status"] == "entered" for one in shown["people"]),
        "key": str(uuid4()),
        **asks(caller),
        "error": error,
    }
    viewer = await _viewer(caller, behind=behind)
    return page("credentials/table.html", context, viewer=viewer, status=422 if error else 200)


def _rows(people: list[dict[str, Any]], zone: str) -> list[dict[str, Any]]:
    guardians: dict[str, list[dict[str, str]]] = {}
    for one in people:
        if one["pupil_id"] is not None:
            taker = {"person_id": one["person_id"], "name": one["name"]}
            guardians.setdefault(one["pupil_id"], []).append(taker)
    moments = ("issued_at", "good_until", "signed_at", "entered_at")
    return [
        {
            **one,
            **{name: moment(one[name], zone) if one[name] else "" for name in moments},
            **{name: short_name(one[name] or "") for name in ("issued_by", "signed_to")},
            "word": WORDS[one["status"]],
            "chosen": one["status"] in CHOSEN,
            "takers": guardians.get(one["person_id"], []) if one["kind"] == "pupil" else [],
        }
        for one in people
    ]


async def _done(request: Request, caller: Caller, class_id: str | None) -> Response:
    """What the pressed button says: `signed` is «person to», otherwise slips for `person`s."""
    async with request.form(max_fields=MOST_FIELDS, max_files=0) as form:
        try:
            if "signed" in form:
                return await _signed(request, caller, class_id, form)
            return await _slips(request, caller, class_id, form)
        except SignInRequired as refusal:  # the password of the form, not the session
            return await _table(caller, class_id, error=refusal.message)
        except Invalid as refusal:
            return await _table(caller, class_id, error=refusal.message)


async def _signed(
    request: Request, caller: Caller, class_id: str | None, form: FormData
) -> Response:
    person, _, to = str(form["signed"]).partition(" ")
    handed = [Handing(_id(person), _id(to or person))]
    body = orjson.dumps([list(one) for one in handed])
    once = request_of(caller.person_id, _key(form), "POST", request.url.path, body)
    await signed(caller, handed, class_id, once)
    return RedirectResponse(f"{request.url.path}#{person}", SEE_OTHER)


async def _slips(
    request: Request, caller: Caller, class_id: str | None, form: FormData
) -> Response:
    chosen = [_id(str(one)) for one in form.getlist("person")]
    if not chosen:
        raise Invalid("credentials.nobody", "Отметьте, кому выдать листки.")
    answer = Response(media_type=PDF, headers={"Cache-Control": "no-store"})
    if not caller.is_fresh:
        await again(request, caller, form, answer)
    once = request_of(
        caller.person_id, _key(form), "POST", request.url.path, orjson.dumps(sorted(chosen))
    )
    issue = await issue_accounts(
        caller.door,
        [Handing(one, one) for one in chosen],
        class_id=class_id,
        by=caller.actor,
        request=once,
    )
    name = (await of_class(caller.door, class_id))["name"] if class_id else ""
    answer.body = await printed(request, caller.door, issue, name)
    answer.headers["Content-Length"] = str(len(answer.body))
    answer.headers["Content-Disposition"] = 'inline; filename="dostup.pdf"'
    return answer


def _key(form: FormData) -> str:
    return _id(str(form.get("key", "")))


def _id(text: str) -> str:
    """An id in its one spelling. Raises Invalid."""
    try:
        return str(UUID(text))
    except ValueError:
        raise Invalid("request.malformed", "Страница устарела: обновите её.") from None
