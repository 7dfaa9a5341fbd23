"""«Положение»: every clause with its rule and figure; its history; another version by a form."""

from __future__ import annotations

from typing import Annotated, Any, Literal, NamedTuple
from uuid import UUID, uuid4

import msgspec
from fastapi import APIRouter, Query, Request
from starlette.datastructures import FormData
from starlette.responses import RedirectResponse, Response

from api.caller import Caller
from api.deps import Administration, SignedIn, Staff
from api.errors import STATUS, SignInRequired
from api.landing import landed
from api.pages import wording
from api.pages.again import again, asks
from api.pages.regulation_form import brought, fields_of, parts_of, seal
from api.pages.rendering import page
from api.pages.routing import SEE_OTHER, Behind, PageRoute, remember, viewer_of
from api.regulation import adoptions, described, history_of, previewed
from api.v1.wire import request_of
from domain import rules
from domain.permissions import Act, holders
from domain.refusals import Conflict, Forbidden, Invalid, Refusal
from domain.rule_table import PRESET_NAMES

router = APIRouter(route_class=PageRoute, include_in_schema=False)

HOME = "/regulation"
EDIT = "/regulation/edit"
#: the parts of the text: how their numbers begin, their titles
CHAPTERS = (
    ("1", "Общие положения"),
    ("2", "Цели и задачи"),
    ("3", "Правила и порядок работы"),
    ("4.1", "Права"),
    ("4.2", "Обязанности"),
    ("4.3", "Ответственность"),
    ("5", "Контроль и хранение данных"),
    ("6", "Запрещено"),
)
Show = Literal["gaps", "whole", "idle"]
FILTERS: tuple[tuple[Show | None, str], ...] = (
    (None, "Все пункты"),
    ("gaps", "Где не всё"),
    ("whole", "Где всё"),
    ("idle", "Пока нечего считать"),
)
MOST_FIELDS = 120


class Preview(NamedTuple):
    """What another version would change, and the seal of exactly that (`regulation_form.seal`)."""

    effect: dict[str, Any]
    seal: str


@router.get(HOME)
async def rules_of_the_school(
    caller: SignedIn, behind: Behind, show: Show | None = None, said: str = ""
) -> Response:
    """The clauses: for everybody; how they are kept, for the staff."""
    door = caller.door
    found = await described(caller, await door.rights.year())
    clauses = [_clause(one) for one in found["clauses"]]
    chosen = [one for one in clauses if _shown(one, show)]
    context = {
        "adopted": _adopted(found, door.zone),
        "chapters": [
            (title, of)
            for number, title in CHAPTERS
            if (of := [one for one in chosen if one["clause"].startswith(number)])
        ],
        "measured": caller.staff,
        "filters": [
            (name, words, sum(_shown(one, name) for one in clauses)) for name, words in FILTERS
        ],
        "show": show,
        "may": _may(caller),
        "said": "Новая редакция принята." if said == "adopted" else "",
    }
    return page(
        "regulation/page.html", context, viewer=await viewer_of(caller, HOME, behind=behind)
    )


@router.get("/regulation/history")
async def history(
    caller: Staff, behind: Behind, year: Annotated[int | None, Query(ge=2000, le=2100)] = None
) -> Response:
    """Every version of a year, and what each has changed."""
    door = caller.door
    of_year = year or await door.rights.year()
    found = await history_of(door, of_year)
    context = {"year": of_year, "versions": [_version(one, door.zone) for one in found]}
    viewer = await viewer_of(caller, HOME, behind=behind)
    return page("regulation/history.html", context, viewer=viewer)


@router.get(EDIT)
async def form(caller: Administration, behind: Behind, preset: str | None = None) -> Response:
    """The form with the numbers in force, or with those of a preset."""
    _require(caller)
    now = (await adoptions(caller.door, await caller.door.rights.year()))[-1]
    values = fields_of(now.regulation if preset is None else rules.preset_of(preset))
    return await _form(caller, values, preset=preset, behind=behind)


@router.post(EDIT)
async def adopt_regulation(request: Request, caller: Administration) -> Response:
    """First what it would change, then, if it is the same that was shown, the adoption."""
    _require(caller)
    async with request.form(max_files=0, max_fields=MOST_FIELDS) as sent:
        values = brought(sent)
        year = await caller.door.rights.year()
        try:
            known = await adoptions(caller.door, year)
            effect = await previewed(caller.door, year, rules.Amendment(values))
            rules.require_free_version(
                {one.regulation.version: one.regulation for one in known}, rules.made(values)
            )
        except (Invalid, Conflict) as refusal:
            return await _form(caller, values, refusal=refusal)
        shown = Preview(effect, seal(known[-1].position, values))
        if sent.get("do") != "adopt":
            return await _form(caller, values, shown=shown)
        if sent.get("seal") != shown.seal:
            why = "С тех пор что-то изменилось: посмотрите ещё раз и примите."
            return await _form(
                caller, values, shown=shown, refusal=Invalid("regulation.unseen", why)
            )
        return await _adopt(request, caller, year, values, sent, shown)


async def _adopt(
    request: Request,
    caller: Caller,
    year: int,
    values: dict[str, Any],
    sent: FormData,
    shown: Preview,
) -> Response:
    answer = RedirectResponse(f"{HOME}?said=adopted", SEE_OTHER)
    order_no = str(sent.get("order_no", ""))[:100]
    try:
        if not caller.is_fresh:
            await again(request, caller, sent, answer)
        body = msgspec.json.encode({**values, "order_no": order_no})
        once = request_of(caller.person_id, _key(sent), "POST", request.url.path, body)
        done = caller.door.school.adopt_regulation(
            year, rules.Amendment(values), order_no, by=caller.actor, request=once
        )
        receipt = await landed(done)
    except (Refusal, SignInRequired) as refusal:
        return await _form(caller, values, shown=shown, refusal=refusal, order_no=order_no)
    remember(answer, receipt.position)
    return answer


async def _form(
    caller: Caller,
    values: dict[str, Any],
    *,
    preset: str | None = None,
    behind: bool = False,
    refusal: Refusal | None = None,
    shown: Preview | None = None,
    order_no: str = "",
) -> Response:
    wrong = refusal.extra.get("field", "") if refusal else ""
    context = {
        "parts": parts_of(values),
        "presets": PRESET_NAMES,
        "preset": preset,
        "preview": shown and shown.effect,
        "seal": shown and shown.seal,
        "order_no": order_no,
        "key": str(uuid4()),
        "error": refusal.message if refusal else "",
        "wrong": wrong,
        **asks(caller),
    }
    status = STATUS.get(type(refusal), 422) if refusal else 200
    viewer = await viewer_of(caller, HOME, behind=behind)
    return page("regulation/edit.html", context, viewer=viewer, status=status)


def _may(caller: Caller) -> bool:
    return not caller.roles.isdisjoint(holders(Act.ADOPT_REGULATION))


def _require(caller: Caller) -> None:
    if not _may(caller):
        raise Forbidden(
            "access.planners_only", "Положение меняет директор, завуч или администратор."
        )


def _key(form: FormData) -> str:
    try:
        return str(UUID(str(form.get("key", ""))))
    except ValueError:
        raise Invalid("request.malformed", "Страница устарела: обновите её.") from None


def _shown(one: dict[str, Any], show: Show | None) -> bool:
    """`idle`: nothing to count in any figure; `gaps`: something is missing; `whole`: the rest."""
    counted = [figure for figure in one["figures"] if figure["share"]]
    gaps = any(figure["missing"] for figure in counted)
    return show is None or show == (("gaps" if gaps else "whole") if counted else "idle")


def _adopted(one: dict[str, Any], zone: str) -> dict[str, Any]:
    return {
        "version": one["version"],
        "since": wording.moment(one["since"], zone),
        "order_no": one["order_no"],
        "by": wording.short_name(one["by"]),
    }


def _version(one: dict[str, Any], zone: str) -> dict[str, Any]:
    words = _adopted(one, zone)
    return one | {"since_words": words["since"], "by_short": words["by"]}


def _clause(one: dict[str, Any]) -> dict[str, Any]:
    return one | {
        "figures": [
            figure
            | {
                "share": figure["share"] and wording.comma(figure["share"]),
                "good": wording.grouped(figure["good"]),
                "total": wording.grouped(figure["total"]),
                "lacking": wording.grouped(figure["missing"]),
            }
            for figure in one["figures"]
        ]
    }
