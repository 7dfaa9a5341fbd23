"""The class register: now, or as it was at any moment."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode
from uuid import UUID
from zoneinfo import ZoneInfo

from fastapi import APIRouter
from starlette.responses import RedirectResponse, Response

from api.caller import Caller
from api.deps import ClassReader
from api.pages import wording
from api.pages.register import sheet
from api.pages.rendering import page
from api.pages.routing import SEE_OTHER, Behind, PageRoute, viewer_of
from domain.refusals import NotFound
from domain.values import LESSON_KIND_LABELS
from projections import directory, register

router = APIRouter(route_class=PageRoute, include_in_schema=False)

Address = dict[str, str]


@router.get("/classes/{class_id}/register")
async def class_register(
    class_id: UUID,
    caller: ClassReader,
    behind: Behind,
    subject_id: UUID | None = None,
    subgroup_id: UUID | None = None,
    term: int | None = None,
    as_of: datetime | None = None,
    lesson: UUID | None = None,
    panel: str | None = None,
) -> Response:
    """One page of the journal; without a subject, the first one of the class."""
    door, today, number = caller.door, caller.door.rights.today(), str(class_id)
    moment = as_of and as_of.replace(tzinfo=as_of.tzinfo or ZoneInfo(door.zone))
    async with door.reading() as (conn, schema):
        card = await directory.class_card(conn, schema, number, today)
        if card is None:
            raise NotFound("class.unknown", "Такого класса нет.")
        places = await register.register_places(conn, schema, number)
        if subject_id is None:
            return _first_place(number, places, card, caller)
        place = _place(str(subject_id), subgroup_id, term)
        terms = await directory.terms(conn, schema, card["year"])
        place["term"] = str(term or _term_of(terms, await _day(conn, schema, lesson) or today))
        position = None if moment is None else await register.position_at(conn, schema, moment)
        shown = await register.page(
            conn,
            schema,
            number,
            str(subject_id),
            place.get("subgroup_id"),
            int(place["term"]),
            position,
        )
        work_types = await directory.work_types(conn, schema, card["year"])
        writes = await directory.teaches(conn, schema, caller.person_id, number, str(subject_id))
    if shown is None or shown["subject"]["name"] is None:
        raise NotFound("register.unknown", "Такой страницы в журнале нет.")
    context = {
        "class_name": shown["class"]["name"],
        "subject": shown["subject"]["name"],
        "term": shown["term"]["name"],
        "counts": _counts(shown),
        "teacher": _teacher(card, place),
        "locked": moment is not None or not writes,
        "reason": _reason(moment, door.zone),
        "as_of_local": f"{wording.local(moment or door.house.clock(), door.zone):%Y-%m-%dT%H:%M}",
        "page_query": place,
        "now_url": f"?{urlencode(place)}" if moment else "",
        "pages": _pages(places, card, place, caller.person_id),
        "terms": _terms(terms, place),
        "page_key": f"{number}/{'/'.join(place.values())}",
        "api_url": f"/api/v1/classes/{number}/register?{urlencode(place)}",
        "today": today.isoformat(),
        "open_lesson": str(lesson) if lesson else "",
        "open_panel": bool(panel),
        "register": shown,
        "work_types": work_types,
        "lesson_kinds": [(str(kind), label) for kind, label in LESSON_KIND_LABELS.items()],
        **sheet(shown, today=today.isoformat()),
    }
    return page(
        "teacher/register.html", context, viewer=await viewer_of(caller, "/", behind=behind)
    )


def _place(subject_id: str, subgroup_id: UUID | None, term: int | None) -> Address:
    place = {"subject_id": subject_id}
    if subgroup_id:
        place["subgroup_id"] = str(subgroup_id)
    if term:
        place["term"] = str(term)
    return place


def _first_place(
    class_id: str, places: list[dict[str, Any]], card: dict[str, Any], caller: Caller
) -> Response:
    """To the page of the caller's own subject, else to the first page of the journal."""
    own = {
        (one["subject_id"], one["subgroup_id"])
        for one in card["assignments"]
        if one["teacher_id"] == caller.person_id
    }
    places = sorted(places, key=lambda one: (one["subject_id"], one["subgroup_id"]) not in own)
    if not places:
        raise NotFound("register.empty", "В журнале этого класса ещё нет уроков.")
    query = {key: places[0][key] for key in ("subject_id", "subgroup_id") if places[0][key]}
    return RedirectResponse(f"/classes/{class_id}/register?{urlencode(query)}", SEE_OTHER)


async def _day(conn: Any, schema: str, lesson: UUID | None) -> date | None:
    place = await directory.lesson_place(conn, schema, str(lesson)) if lesson else None
    return date.fromisoformat(place["date"]) if place else None


def _term_of(terms: list[dict[str, Any]], day: date) -> int:
    """The term of a day; in a vacation the one before it."""
    begun = [one["term"] for one in terms if one["starts"] <= day.isoformat()]
    return int(max(begun, default=1))


def _counts(shown: dict[str, Any]) -> str:
    pupils = wording.plural(len(shown["pupils"]), "ученик", "ученика", "учеников")
    lessons = wording.plural(len(shown["lessons"]), "урок", "урока", "уроков")
    return f"{pupils}, {lessons}"


def _teacher(card: dict[str, Any], place: Address) -> str:
    """Who leads this page: the last assignment of the subject (and the subgroup)."""
    names = [
        one["teacher"]
        for one in card["assignments"]
        if one["subject_id"] == place["subject_id"]
        and one["subgroup_id"] in {None, place.get("subgroup_id")}
    ]
    return str(names[-1]) if names else ""


def _reason(moment: datetime | None, zone: str) -> str:
    if moment:
        return f"Журнал, каким он был {wording.moment(moment, zone)}. Только чтение."
    return "Записи на этой странице делает учитель предмета. Только чтение."


def _pages(
    places: list[dict[str, Any]], card: dict[str, Any], place: Address, person_id: str
) -> list[dict[str, Any]]:
    """Links to the pages of the journal: one's own and the open one stand `near`."""
    groups = {one["subgroup_id"]: one["name"] for one in card["subgroups"]}
    own = {
        (one["subject_id"], one["subgroup_id"])
        for one in card["assignments"]
        if one["teacher_id"] == person_id
    }
    pages = []
    for one in places:
        query = {key: one[key] for key in ("subject_id", "subgroup_id") if one[key]}
        group = groups.get(one["subgroup_id"], "")
        current = all(place.get(key) == one[key] for key in ("subject_id", "subgroup_id"))
        pages.append(
            {
                "href": f"?{urlencode({**query, 'term': place['term']})}",
                "text": f"{one['subject']}, {group}" if group else one["subject"],
                "current": current,
                "near": current or (one["subject_id"], one["subgroup_id"]) in own,
            }
        )
    return pages


def _terms(terms: list[dict[str, Any]], place: Address) -> list[dict[str, Any]]:
    return [
        {
            "href": f"?{urlencode({**place, 'term': one['term']})}",
            "text": wording.ROMAN[one["term"]],
            "name": one["name"],
            "current": str(one["term"]) == place["term"],
        }
        for one in terms
    ]
