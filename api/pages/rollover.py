"""«Переход на новый учебный год»: decide, look at the plan, have that very plan carried out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import Response

from api import rollover as shared
from api.caller import Caller
from api.deps import Administration
from api.errors import STATUS
from api.house import fresh_id
from api.pages import wording
from api.pages.calendar_form import corrected, lines
from api.pages.forms import Sent, sent
from api.pages.rendering import page
from api.pages.routing import Behind, PageRoute, led, viewer_of
from domain.office.next_calendar import next_calendar
from domain.office.rollover_plan import Draft, Wishes
from domain.office.years import check_calendar
from domain.refusals import Conflict, Invalid, NotFound, Refusal
from projections import directory

router = APIRouter(route_class=PageRoute, include_in_schema=False)

PEOPLE = ("человек", "человека", "человек")
FEW = 3  # names that stand in the line itself
HERE, YEAR = "/school-year/rollover", "/school-year"
OfYear = Annotated[int | None, Query(ge=2000, le=2100)]


@router.get(HERE)
async def rollover(
    request: Request, caller: Administration, behind: Behind, year: OfYear = None
) -> Response:
    """The plan from a year to the next; the query is what people decide."""
    of_year = year or await caller.door.rights.year()
    form = Sent(list(request.query_params.multi_items()))
    return await _shown(caller, of_year, form, behind=behind)


@router.post(HERE)
async def roll_over(request: Request, caller: Administration) -> Response:
    """Carry out the plan that was shown."""
    shared.may_roll_over(caller)
    form, door = await sent(request), caller.door
    if not form.one("year").isdecimal():
        raise Invalid("form.strange", "Форма открыта слишком давно: откройте страницу ещё раз.")
    year = int(form.one("year"))
    try:
        once = form.once(caller, HERE)
        async with caller.reading() as (conn, _):
            wishes = await _wishes(caller, year, form)
            plan = await shared.planned(conn, door, year, wishes)
            shared.require(plan, wishes, form.one("plan_hash"))
            lessons = await shared.lessons_of(conn, door, plan)
        done = await shared.carry_out(door, plan, lessons, by=caller.actor, request=once)
    except (Invalid, Conflict) as refusal:
        return await _shown(caller, year, form, refusal=refusal)
    if done.refused:
        partly = Conflict("rollover.refused", "Записано не всё. " + " ".join(done.refused))
        return await _shown(caller, year, form, refusal=partly)
    return led(f"{YEAR}?year={year + 1}", done.position)


async def _wishes(caller: Caller, year: int, form: Sent) -> Wishes:
    """What the fields say. Raises Invalid, NotFound."""
    async with caller.reading() as (conn, schema):
        calendar = await directory.calendar_of(conn, schema, year)
        known = await directory.classes(conn, schema, year, caller.door.rights.today())
    if calendar is None:
        raise NotFound("year.unknown", f"Учебный год {year} не открыт.")
    letters: dict[str, str] = {}
    for one in known:
        number = one["class_id"]
        if (go := form.one(f"go-{number}")) in {"yes", "no"}:
            letter = form.one(f"letter-{number}") or one["letter"]
            letters[number] = letter if go == "yes" else ""
    wished = corrected(next_calendar(calendar[0]), form)
    check_calendar(wished)
    order_date = form.day("order_date") if form.one("order_date") else None
    return Wishes(wished, letters, bool(form.one("undecided")), form.one("order_no"), order_date)


async def _shown(
    caller: Caller,
    year: int,
    form: Sent,
    *,
    behind: bool = False,
    refusal: Refusal | None = None,
) -> Response:
    door = caller.door
    try:
        wishes = await _wishes(caller, year, form)
    except Invalid as wrong:
        refusal, wishes = wrong, Wishes()
    async with caller.reading() as (conn, schema):
        plan = await shared.planned(conn, door, year, wishes)
        told = await shared.as_json(conn, door, plan)
        known = await directory.classes(conn, schema, year, door.rights.today())
    context = {
        "year": year,
        "next": f"{year + 1}/{year + 2}",
        "this": f"{year}/{year + 1}",
        "opened": plan.opened,
        "may": shared.may(caller),
        "classes": _classes(plan, {one["class_id"]: one["letter"] for one in known}, wishes),
        "issues": _issues(told["issues"]),
        "counts": told["counts"],
        "lines": lines(plan.calendar),
        "hash": plan.hash,
        "done": not plan.steps,
        "fields": _again(wishes, year),
        "undecided": wishes.undecided,
        "order_no": wishes.order_no,
        "order_date": wishes.order_date.isoformat() if wishes.order_date else "",
        "ordered": bool(wishes.order_no and wishes.order_date),
        "key": fresh_id(),
        "error": refusal.message if refusal else "",
    }
    return page(
        "year/rollover.html",
        context,
        viewer=await viewer_of(caller, YEAR, behind=behind),
        status=STATUS[type(refusal)] if refusal else 200,
    )


def _classes(plan: Draft, letters: Mapping[str, str], wishes: Wishes) -> list[dict[str, Any]]:
    found = []
    for one in plan.classes:
        letter = wishes.letters.get(one.class_id)
        goes = bool(one.into) if letter is None else bool(letter)
        found.append(
            {
                "class_id": one.class_id,
                "name": one.name,
                "into": one.into,
                "goes": goes,
                "letter": letter or letters.get(one.class_id, ""),
                "going": one.going,
                "conditional": one.conditional,
                "retained": one.retained,
                "leaving": one.leaving,
                "waiting": one.waiting,
                "there": one.there,
                "last": one.name.startswith("11"),
            }
        )
    return found


def _issues(told: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """What is not carried, with the people that each sentence is about."""
    found: dict[str, list[str]] = {}
    for one in told:
        names = found.setdefault(one["text"], [])
        if one["name"]:
            names.append(wording.called(one["name"]))
    return [
        {
            "text": text,
            "people": ", ".join(names),
            "many": wording.plural(len(names), *PEOPLE) if len(names) > FEW else "",
        }
        for text, names in found.items()
    ]


def _again(wishes: Wishes, year: int) -> list[tuple[str, str]]:
    """What the button sends once more: the decisions of this plan."""
    said = [
        ("year", str(year)),
        ("order_no", wishes.order_no),
        ("order_date", wishes.order_date.isoformat() if wishes.order_date else ""),
        ("undecided", "1" if wishes.undecided else ""),
    ]
    for number, letter in wishes.letters.items():
        said += [(f"go-{number}", "yes" if letter else "no"), (f"letter-{number}", letter)]
    if wishes.calendar is not None:
        for line in lines(wishes.calendar):
            said += [
                (line.field + "s", line.starts.isoformat()),
                (line.field + "e", line.ends.isoformat()),
            ]
    return [(name, value) for name, value in said if value]
