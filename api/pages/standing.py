"""«Особый доступ»: journals for an auditor, diaries opened in an emergency, suspicions; and the
review of what was written under a name (clause 3.3.6).
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query
from starlette.responses import Response

from api.caller import Caller
from api.deps import Administration, SignedIn
from api.pages import wording
from api.pages.opening import aware
from api.pages.rendering import page
from api.pages.routing import Behind, PageRoute, viewer_of
from api.pages.trail import sentence
from api.suspicion import may_review, review
from domain.calendar import monday
from domain.people.standing import SHORTEST_REASON
from domain.permissions import Act, holders
from domain.values import Role
from projections import directory, grants, suspicion
from projections.grants import Glass, JournalGrant

router = APIRouter(route_class=PageRoute, include_in_schema=False)

HOME = "/grants"
A_FORTNIGHT = timedelta(days=14)
#: what has become of a record → its tag and words
STATES = {
    "untouched": ("warn", "не разобрано"),
    "confirmed": ("ok", "это я"),
    "denied": ("bad", "это не я, ждёт исправления"),
    "answered": ("", "исправлено"),
}
#: records of which the trail has no sentence
BARE = {
    "person.account-received": "Пароль сменён на свой",
    "person.account-issued": "Выдан доступ",
    "person.account-revoked": "Закрыт вход",
    "person.consent-given": "Записано согласие",
    "person.consent-withdrawn": "Отозвано согласие",
    "person.facts-reviewed": "Разобраны записи под своим именем",
}


@router.get(HOME)
async def special(caller: Administration, behind: Behind, class_id: UUID | None = None) -> Response:
    """What is open beyond roles, and who opened it; forms to open and to close."""
    door, today = caller.door, caller.door.rights.today()
    year = await door.rights.year()
    async with caller.reading() as (conn, schema):
        classes = await directory.classes(conn, schema, year, today)
        card = await directory.class_card(conn, schema, str(class_id), today) if class_id else None
        staff = await directory.people(conn, schema, kind="staff")
        auditors = [
            one
            for one in staff
            if Role.AUDITOR in await directory.roles_of(conn, schema, one["person_id"], today)
        ]
        opened = await grants.journal_grants(conn, schema)
        broken = await grants.glasses(conn, schema)
        doubted = await suspicion.suspected(conn, schema)
    names = {one["person_id"]: one["name"] for one in staff}
    context = {
        "may": not caller.roles.isdisjoint(holders(Act.OPEN_JOURNALS)),
        "grants": [_grant(one, door.rights.today()) for one in opened],
        "glasses": [_glass(one, caller) for one in broken],
        "auditors": auditors,
        "classes": classes,
        "class_id": str(class_id or ""),
        "pupils": card["roster"] if card else [],
        "staff": staff,
        "doubted": [(one, names[one]) for one in doubted if one in names],
        "today": today.isoformat(),
        "fortnight": (today + A_FORTNIGHT).isoformat(),
        "shortest": SHORTEST_REASON,
    }
    return page("deputy/grants.html", context, viewer=await viewer_of(caller, HOME, behind=behind))


@router.get("/people/{person_id}/suspicion")
async def under_suspicion(
    person_id: UUID,
    caller: SignedIn,
    behind: Behind,
    since: Annotated[datetime | None, Query()] = None,
) -> Response:
    """«Подозрение»: the button, then every record of the time, by sign-ins."""
    number = str(person_id)
    await may_review(caller, number)
    zone = caller.door.zone
    found = await review(caller, number, aware(since, zone))
    raised = found["raised"]
    context = {
        "person": found["person"],
        "own": caller.person_id == number,
        "raised": raised and raised | {"at": wording.moment(raised["at"], zone)},
        "since": found["since"] and wording.moment(found["since"], zone),
        "complete": found["complete"],
        "counts": [(*STATES[state], count) for state, count in found["counts"].items() if count],
        "sign_ins": [one | {"words": wording.moment(one["at"], zone)} for one in found["sign_ins"]],
        "sessions": [
            one
            | {
                "words": one["at"] and wording.moment(one["at"], zone),
                "lines": [_line(line, zone) for line in one["lines"]],
            }
            for one in found["sessions"]
        ],
    }
    return page(
        "deputy/suspicion.html", context, viewer=await viewer_of(caller, HOME, behind=behind)
    )


def _line(one: dict[str, Any], zone: str) -> dict[str, Any]:
    tag, words = STATES[one["state"]]
    told = one["class"] is not None
    bare = f"{wording.moment(one['recorded_at'], zone)} {BARE.get(one['kind'], one['kind'])}"
    reversible = one["kind"] in {"mark-given", "mark-corrected"}
    return {
        "position": one["position"],
        "ordinal": one["ordinal"],
        "text": sentence(one, zone) if told else bare,
        "state": one["state"],
        "tag": tag,
        "words": words,
        "answer": one["answer"] and wording.grouped(one["answer"]["position"]),
        "mark_id": one["mark_id"] if reversible else "",
        "old_value": one["old_value"] or "",
        "value": one["value"] or "",
    }


def _grant(one: JournalGrant, today: Any) -> dict[str, Any]:
    last = one.until - timedelta(days=1)
    return {
        "grant_id": one.grant_id,
        "person": wording.short_name(one.person),
        "classes": ", ".join(name for _, name in one.classes) or "все журналы",
        "days": f"{wording.day(one.since)} — {wording.day(last)}",
        "order_no": one.order_no,
        "by": wording.short_name(one.opened_by),
        "open": one.in_force(today),
        "closed": one.closed_on and wording.day(one.closed_on),
        "over": min(one.until, one.closed_on or one.until) <= today,
    }


def _glass(one: Glass, caller: Caller) -> dict[str, Any]:
    zone, now = caller.door.zone, caller.door.house.clock()
    own = one.by_id == caller.person_id
    today = monday(caller.door.rights.today())
    return {
        "glass_id": one.glass_id,
        "pupil_id": one.pupil_id,
        "pupil": one.pupil,
        "by": wording.short_name(one.by),
        "at": wording.moment(one.at, zone),
        "until": f"{wording.local(one.until, zone):%H:%M}",
        "reason": one.reason,
        "diary": f"/pupils/{one.pupil_id}/diary/{today}" if own and now < one.until else "",
        "own": own,
        "seen": one.reviewed_at and wording.moment(one.reviewed_at, zone),
        "seen_by": wording.short_name(one.reviewed_by or ""),
    }
