"""«Личные данные»: who somebody is, and of a pupil the day of birth and the address. The vault has
the words; the log only that they were changed, by whom and when. A form without a script.
"""

from __future__ import annotations

from datetime import date
from functools import partial
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request
from starlette.responses import Response

from api.caller import Caller
from api.deps import OK, Administration
from api.house import fresh_id
from api.pages.forms import Sent, back, or_again, sent
from api.pages.routing import Behind, PageRoute, page_of
from domain.people.facts import LONGEST_ADDRESS, LONGEST_PART, Name
from domain.permissions import Act, holders
from domain.refusals import Invalid, NotFound, Refusal
from projections import directory, erasure

router = APIRouter(route_class=PageRoute, include_in_schema=False)

HERE = "/people/{person_id}/particulars"
PUPIL = "pupil"
KINDS = {PUPIL: "ученик", "guardian": "законный представитель", "staff": "сотрудник"}
FIELDS = ("family", "given", "patronymic", "born", "address")


@router.get(HERE)
async def particulars(
    person_id: UUID, caller: Administration, behind: Behind, done: str = ""
) -> Response:
    """The form as the vault has it."""
    return await _shown(caller, str(person_id), done=bool(done), behind=behind)


@router.post(HERE)
async def corrected(person_id: UUID, request: Request, caller: Administration) -> Response:
    """The whole name anew: an empty field is no longer known."""
    number, form = str(person_id), await sent(request, most=10)
    there = HERE.format(person_id=number)

    async def act() -> Response:
        once = form.once(caller, there)
        year = await caller.door.rights.year()
        answer = caller.door.school.rename_person(
            year, number, _name(form), by=caller.actor, request=once
        )
        return await back(answer, f"{there}?done=1")

    return await or_again(act, partial(_shown, caller, number, form=form))


def _name(form: Sent) -> Name:
    family, given, patronymic, born, address = (form.one(name) for name in FIELDS)
    return Name(family, given, patronymic, _day(born), address)


def _day(text: str) -> date | None:
    """Raises Invalid."""
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise Invalid("form.day", "Укажите день рождения: число, месяц и год.") from None


async def _shown(
    caller: Caller,
    person_id: str,
    *,
    form: Sent | None = None,
    done: bool = False,
    behind: bool = False,
    refusal: Refusal | None = None,
) -> Response:
    today = caller.door.rights.today()
    async with caller.reading() as (conn, schema):
        person = await directory.person(conn, schema, person_id)
        if person is None:
            raise NotFound("person.unknown", "Такого человека в школе нет.")
        kept = await erasure.name_of(conn, schema, person_id)
        guardians = [
            {"href": HERE.format(person_id=one["person_id"]), "name": one["name"]}
            for one in await directory.guardians_of(conn, schema, person_id, today)
        ]
    right = min(caller.roles & set(holders(Act.READ_PEOPLE)))
    await caller.door.looks.add(caller.look("person", person_id, OK, right))
    context: dict[str, Any] = {
        "here": HERE.format(person_id=person_id),
        "name": person["name"],
        "kind": KINDS[person["kind"]],
        "pupil": person["kind"] == PUPIL,
        "erased": kept is None,
        "fields": {name: form.one(name) for name in FIELDS} if form else _fields(kept),
        "guardians": guardians,
        "longest": {"part": LONGEST_PART, "address": LONGEST_ADDRESS},
        "today": today.isoformat(),
        "key": fresh_id(),
        "done": done,
        "error": refusal.message if refusal else "",
    }
    return await page_of(
        caller, "people/particulars.html", context, HERE, behind=behind, refusal=refusal
    )


def _fields(kept: Name | None) -> dict[str, str]:
    name = kept or Name("", "")
    born = name.born.isoformat() if name.born else ""
    return dict(
        zip(FIELDS, (name.family, name.given, name.patronymic, born, name.address), strict=True)
    )
