"""«Замены дня»: what is otherwise, whose lessons nobody is there for, who could stand in."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Annotated, Any
from urllib.parse import urlencode
from uuid import UUID

from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import Response

from api import substitutions as shared
from api.caller import Caller
from api.deps import Administration
from api.errors import STATUS
from api.house import fresh_id
from api.pages import wording
from api.pages.forms import Sent, back, sent
from api.pages.rendering import page
from api.pages.routing import Behind, PageRoute, viewer_of
from domain.journal.facts import SubstitutionAppointed
from domain.office.ledger_facts import AWAY_LABELS, AwayKind, StaffAway
from domain.permissions import Act, holders
from domain.refusals import Conflict, Invalid, NotFound, Refusal

router = APIRouter(route_class=PageRoute, include_in_schema=False)

HERE = "/substitutions"
#: how a list of candidates is divided
NEAR: tuple[tuple[str, Callable[[dict[str, Any]], bool]], ...] = (
    ("Свободны не на всех этих уроках", lambda who: not who["all"]),
    ("Ведут этот предмет", lambda who: who["subject"]),
    ("Ведут этот класс", lambda who: who["in_class"]),
    ("Свободны", lambda _: True),
)
Absent = Annotated[list[UUID] | None, Query(max_length=50)]


@router.get(HERE)
async def substitutions(
    caller: Administration,
    behind: Behind,
    day: Annotated[date | None, Query(alias="date")] = None,
    absent: Absent = None,
) -> Response:
    """A day; `absent`: who is away and has no substitute yet."""
    on = day or caller.door.rights.today()
    return await _shown(caller, on, [str(one) for one in absent or ()], behind=behind)


@router.post(HERE)
async def appoint_substitute(request: Request, caller: Administration) -> Response:
    """Name a substitute for a teacher of a class."""
    form, door = await sent(request), caller.door
    day = form.day("date")
    absent = [one for one in form.many("absent") if _is_id(one)]
    try:
        class_id, new = _new(form, day)
        answer = door.school.appoint_substitute(
            class_id, new, by=caller.actor, request=form.once(caller, HERE)
        )
        where = urlencode([("date", day.isoformat()), *(("absent", one) for one in absent)])
        return await back(answer, f"{HERE}?{where}")
    except (Invalid, Conflict, NotFound) as refusal:
        return await _shown(caller, day, absent, refusal=refusal)


@router.post(HERE + "/absences")
async def record_staff_away(request: Request, caller: Administration) -> Response:
    """Somebody of the staff is away: from this day until another."""
    form, door = await sent(request), caller.door
    day = form.day("date")
    try:
        new = _absence(form, day)
        answer = door.school.record_staff_away(
            await door.rights.year(),
            new,
            form.one("words"),
            by=caller.actor,
            request=form.once(caller, request.url.path),
        )
        return await back(answer, f"{HERE}?date={day.isoformat()}")
    except (Invalid, Conflict, NotFound) as refusal:
        return await _shown(caller, day, [], refusal=refusal)


@router.post(HERE + "/absences/{absence_id}/return")
async def record_staff_back(absence_id: UUID, request: Request, caller: Administration) -> Response:
    """At work again from the day of the page on."""
    form, number = await sent(request), str(absence_id)
    day = form.day("date")
    year = await shared.year_of_absence(caller, number)
    try:
        answer = caller.door.school.record_staff_back(
            year, number, day, by=caller.actor, request=form.once(caller, request.url.path)
        )
        return await back(answer, f"{HERE}?date={day.isoformat()}")
    except (Invalid, Conflict) as refusal:
        return await _shown(caller, day, [], refusal=refusal)


def _absence(form: Sent, day: date) -> StaffAway:
    """Who is away from a day on, and why. Raises Invalid."""
    person_id, kind = form.number("person_id"), form.one("kind")
    if person_id is None or kind not in set(AwayKind):
        raise Invalid("staff_absence.form", "Выберите, кто отсутствует и почему.")
    until = form.day("until") if form.one("until") else day
    return StaffAway(form.key(), person_id, day, until, AwayKind(kind))


def _new(form: Sent, day: date) -> tuple[str, SubstitutionAppointed]:
    """The class, and who stands in it for whom. Raises Invalid."""
    class_id, teacher = form.number("class_id"), form.number("teacher_id")
    substitute = form.number("substitute_id")
    if class_id is None or teacher is None or substitute is None:
        raise Invalid("substitution.nobody", "Выберите, кто замещает.")
    until = form.day("until") if form.one("until") else day
    order_no = form.one("order_no")
    return class_id, SubstitutionAppointed(form.key(), substitute, teacher, day, until, order_no)


def _is_id(text: str) -> bool:
    try:
        return bool(UUID(text))
    except ValueError:
        return False


async def _shown(
    caller: Caller,
    day: date,
    absent: list[str],
    *,
    behind: bool = False,
    refusal: Refusal | None = None,
) -> Response:
    found = await shared.of_day(caller, day, absent)
    context = {
        "day": day,
        "weekday": wording.WEEKDAYS[day.weekday()],
        "before": (day - timedelta(days=1)).isoformat(),
        "after": (day + timedelta(days=1)).isoformat(),
        "may": shared.may_appoint(caller),
        "changed": [_changed(one, day) for one in found["changed"]],
        "substituted": [_lesson(one) for one in found["substituted"]],
        "uncovered": [_uncovered(one) for one in found["uncovered"]],
        "away": _away(found),
        "recorded": [
            one | {"name": wording.short_name(one["name"]), "until": wording.day(one["to"])}
            for one in found["recorded"]
        ],
        "kinds": [(str(kind), label) for kind, label in AWAY_LABELS.items()],
        "keeps": not caller.roles.isdisjoint(holders(Act.RECORD_STAFF_AWAY)),
        "teaching": found["teaching"],
        "absent": absent,
        "key": fresh_id,
        "error": refusal.message if refusal else "",
    }
    return page(
        "year/substitutions.html",
        context,
        viewer=await viewer_of(caller, HERE, behind=behind),
        status=STATUS[type(refusal)] if refusal else 200,
    )


def _away(found: dict[str, Any]) -> list[str]:
    """Who is away and is in no line of the book: by a substitution, or looked at only."""
    known = {one["person_id"] for one in found["recorded"]}
    return [
        wording.short_name(one["name"]) for one in found["absent"] if one["person_id"] not in known
    ]


def _lesson(one: dict[str, Any]) -> dict[str, Any]:
    subject = one["subject"] or ""
    return {
        **one,
        "what": f"{subject}, {one['subgroup']}" if one["subgroup"] else subject,
        "teacher": wording.short_name(one["teacher"]),
        "substitute": ", ".join(map(wording.short_name, one.get("substitutes", ()))),
        "order": ", ".join(one.get("orders", ())),
        "room": wording.room(one["room"]),
    }


def _uncovered(one: dict[str, Any]) -> dict[str, Any]:
    """The lessons of a class with who is free, by how near they are to it."""
    groups: dict[str, list[dict[str, Any]]] = {}
    for who in one["candidates"]:
        title = next(title for title, fits in NEAR if fits(who))
        groups.setdefault(title, []).append(who)
    return one | {
        "teacher": wording.short_name(one["teacher"]),
        "lessons": [_lesson(lesson) for lesson in one["lessons"]],
        "ended": not all(lesson["assigned"] for lesson in one["lessons"]),
        "groups": list(groups.items()),
    }


def _changed(one: dict[str, Any], day: date) -> dict[str, Any]:
    """What has become of a lesson, in words."""
    told = []
    for change in one["changes"]:
        match change["kind"]:
            case "lesson-added":
                told.append("дополнительный урок")
            case "lesson-cancelled":
                told.append(f"отменён: {change['new']}")
            case "lesson-moved":
                told.append(_moved(change["old"], change["new"], day))
            case _:
                there = wording.room(change["new"]) or "не указан"
                told.append(f"кабинет: {wording.room(change['old']) or '—'} → {there}")
    return _lesson(one) | {"told": "; ".join(told), "cancelled": one["status"] == "CANCELLED"}


def _moved(old: str, new: str, day: date) -> str:
    """«02.09.2026, 3» → words; of the day itself the number alone."""
    here = f"{day:%d.%m.%Y}"
    (old_day, old_number), (new_day, new_number) = old.split(", "), new.split(", ")
    if old_day == new_day:
        return f"перенесён с {old_number} урока на {new_number}"
    if new_day == here:
        return f"перенесён сюда с {old_day}, {old_number} урок"
    return f"перенесён на {new_day}, {new_number} урок"
