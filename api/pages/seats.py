"""«Рассадка»: a teacher says where pupils sit, for the lesson on a telephone. Works without a
script: a row, a desk and a place beside each name. One's own: docs/decisions/0035.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from fastapi import APIRouter
from fastapi import Request as HttpRequest
from starlette.responses import RedirectResponse, Response

from api.caller import Caller
from api.deps import ClassReader
from api.errors import STATUS
from api.pages.forms import Sent, sent
from api.pages.opening import Asked, open_page
from api.pages.register import sheet
from api.pages.rendering import page
from api.pages.routing import SEE_OTHER, Behind, PageRoute, viewer_of
from domain.refusals import Forbidden, Invalid, NotFound, Refusal
from projections import directory
from projections.seats import DESKS, LANES, SIDES, Seat, arrange, seats_of

router = APIRouter(route_class=PageRoute, include_in_schema=False)

PLACE = "/classes/{class_id}/lessons/{lesson_id}/seats"
PARTS = ("lane", "desk", "side")
TOO_LONG = 10  # digits: of thousands `int` makes no number
USUAL_LANES, USUAL_DESKS = 3, 6  # of a classroom, until somebody sits farther away
Pupil = Mapping[str, Any]


@router.get(PLACE)
async def seats(
    class_id: UUID, lesson_id: UUID, caller: ClassReader, behind: Behind, said: str = ""
) -> Response:
    """Where the pupils of this lesson sit, to look at and to change; who does not write about it is
    led to the register.
    """
    number, lesson = str(class_id), str(lesson_id)
    try:
        return await _page(caller, number, lesson, behind=behind, said=bool(said))
    except Forbidden:
        return RedirectResponse(f"/classes/{number}/register", SEE_OTHER)


@router.post(PLACE)
async def rearrange(
    class_id: UUID, lesson_id: UUID, request: HttpRequest, caller: ClassReader
) -> Response:
    """The whole arrangement anew: who is not named in it has no seat."""
    number, lesson = str(class_id), str(lesson_id)
    place, pupils = await _lesson(caller, number, lesson)
    form = await sent(request)
    names = {one["pupil_id"]: one["called"] for one in pupils}
    try:
        seats = arranged(form, names)
    except Invalid as refusal:
        typed = {pupil: [form.one(f"{part}.{pupil}") for part in PARTS] for pupil in names}
        return await _page(caller, number, lesson, refusal=refusal, typed=typed)
    async with caller.door.reading() as (conn, schema):
        now = caller.door.house.clock()
        await arrange(conn, schema, caller.person_id, group_of(place), seats, now)
    there = PLACE.format(class_id=number, lesson_id=lesson)
    return RedirectResponse(f"{there}?said=1", SEE_OTHER)


def group_of(place: Mapping[str, Any]) -> str:
    """What an arrangement is of: the subgroup of a lesson, or its class."""
    return str(place["subgroup_id"] or place["class_id"])


def arranged(form: Sent, names: Mapping[str, str]) -> dict[str, Seat]:
    """pupil → seat of a form; names: whom it may seat. Raises Invalid."""
    found: dict[str, Seat] = {}
    taken: dict[Seat, str] = {}
    for pupil, name in names.items():
        numbers = [form.one(f"{part}.{pupil}") for part in PARTS]
        if not any(numbers):
            continue
        seat = _seat(numbers)
        if seat is None:
            raise Invalid(
                "seat.unknown",
                f"{name}: ряд от 1 до {LANES}, парта от 1 до {DESKS}, место 1 или 2.",
            )
        if seat in taken:
            raise Invalid("seat.taken", f"На одном месте двое: {taken[seat]} и {name}.")
        found[pupil], taken[seat] = seat, name
    return found


def _seat(numbers: Sequence[str]) -> Seat | None:
    if not all(one.isdecimal() and one.isascii() and len(one) < TOO_LONG for one in numbers):
        return None
    seat = Seat(*map(int, numbers))
    within = all(1 <= one <= most for one, most in zip(seat, (LANES, DESKS, SIDES), strict=True))
    return seat if within else None


def drawn(seats: Mapping[str, Seat], names: Mapping[str, str]) -> dict[str, Any]:
    """The classroom: `{lanes, desks[{number, places[{seat, name}]}]}`; a free place has no name."""
    sitting = {seat: names[pupil] for pupil, seat in seats.items() if pupil in names}
    lanes = max([USUAL_LANES, *(one.lane for one in sitting)])
    needed = -(-len(names) // (lanes * SIDES))
    desks = min(DESKS, max([USUAL_DESKS, needed, *(one.desk for one in sitting)]))
    return {
        "lanes": range(1, lanes + 1),
        "desks": [
            {
                "number": desk,
                "places": [
                    {"seat": written(seat), "name": sitting.get(seat, "")}
                    for lane in range(1, lanes + 1)
                    for side in range(1, SIDES + 1)
                    for seat in [Seat(lane, desk, side)]
                ],
            }
            for desk in range(1, desks + 1)
        ],
    }


def written(seat: Seat | None) -> str:
    """«1-3-2», as scripts know a seat; "" of none."""
    return "-".join(map(str, seat)) if seat else ""


async def _lesson(
    caller: Caller, class_id: str, lesson_id: str
) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """The place of the lesson, and rows of who is at it. Raises NotFound, or Forbidden to others
    than who writes about it.
    """
    async with caller.reading() as (conn, schema):
        place = await directory.lesson_place(conn, schema, lesson_id)
        if place is None or place["class_id"] != class_id:
            raise NotFound("lesson.unknown", "Такого урока нет.")
        subject = place["subject_id"]
        if not await directory.teaches(conn, schema, caller.person_id, class_id, subject):
            raise Forbidden("lesson.not_yours", "Рассаживает учитель предмета.")
        today = caller.door.rights.today()
        wanted = Asked(subject, place["subgroup_id"], None)
        day = date.fromisoformat(place["date"])
        opened = await open_page(conn, schema, class_id, wanted, today, day=day)
    lessons = [one for one in opened.shown["lessons"] if one["lesson_id"] == lesson_id]
    rows = sheet({**opened.shown, "lessons": lessons}, today=today.isoformat())["rows"]
    return place, [one for one in rows if one["cells"] and not one["gone"]]


async def _page(
    caller: Caller,
    class_id: str,
    lesson_id: str,
    *,
    behind: bool = False,
    said: bool = False,
    refusal: Refusal | None = None,
    typed: Mapping[str, Sequence[str]] | None = None,
) -> Response:
    place, pupils = await _lesson(caller, class_id, lesson_id)
    names = {one["pupil_id"]: one["called"] for one in pupils}
    async with caller.reading() as (conn, schema):
        seats = await seats_of(conn, schema, caller.person_id, group_of(place))
    fields = typed or {pupil: [str(part) for part in seat] for pupil, seat in seats.items()}
    empty = ["", "", ""]
    context = {
        "class_id": class_id,
        "class_name": place["class_name"],
        "subject": place["subject"],
        "lesson_url": f"/classes/{class_id}/lessons/{lesson_id}",
        "room": drawn(seats, names),
        "most": (LANES, DESKS, SIDES),
        "pupils": [
            {"pupil_id": pupil, "called": name, "seat": fields.get(pupil, empty)}
            for pupil, name in names.items()
        ],
        "seated": sum(pupil in names for pupil in seats),
        "said": said,
        "error": refusal.message if refusal else "",
    }
    status = STATUS[type(refusal)] if refusal else 200
    viewer = await viewer_of(caller, "/", behind=behind)
    return page("teacher/seats.html", context, viewer=viewer, status=status)
