"""«Согласия»: the classes with their gaps, the checklist of a class, and the form of a family."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Request
from fastapi.exceptions import RequestValidationError
from starlette.responses import RedirectResponse, Response

from api.answers import Written
from api.caller import Caller
from api.consents import State, checklist, kept_by, record, state_of
from api.deps import Staff, noted
from api.documents.consent import POINTS, blank_pdf
from api.documents.printing import printed
from api.house import fresh_id
from api.landing import landed
from api.pages import wording
from api.pages.consent_form import BLANK, brought, fields_of
from api.pages.rendering import page
from api.pages.routing import SEE_OTHER, Behind, PageRoute, led, page_of, viewer_of
from api.scans import DOWNLOAD_HEADERS
from api.v1.wire import request_of
from domain.people.facts import ConsentPurpose
from domain.permissions import ADMINISTRATION
from domain.refusals import NotFound, Refusal
from domain.values import Role
from projections import consents, directory
from projections.consents.reading import Family
from projections.names import shown

router = APIRouter(route_class=PageRoute, include_in_schema=False)

Purpose = Annotated[ConsentPurpose, Query()]
FAMILY = "/classes/{class_id}/consents/{pupil_id}/{guardian_id}"
#: how a consent stands → (words, words of the filter, look); the order is that of urgency
STATES: dict[State, tuple[str, str, str]] = {
    "none": ("нет", "Нет согласия", "bad"),
    "withdrawn": ("отозвано", "Отозваны", "bad"),
    "expired": ("срок вышел", "Срок вышел", "bad"),
    "ends_soon": ("скоро кончится", "Скоро кончатся", "warn"),
    "given": ("есть", "Есть", "ok"),
}
SAID = {"given": "Согласие записано.", "withdrawn": "Отзыв записан: доступ закрыт."}
PURPOSES = {purpose: points.title for purpose, points in POINTS.items()}


@router.get("/consents")
async def classes(caller: Staff, behind: Behind, purpose: Purpose = "diary") -> Response:
    """Classes with their gaps: all of them for the administration, else one's own."""
    door, today = caller.door, caller.door.rights.today()
    async with caller.reading() as (conn, schema):
        own = await directory.class_teacher_of(conn, schema, caller.person_id, today)
        found = await directory.classes(conn, schema, await door.rights.year(), today)

    async def decide() -> str:
        if caller.administration:
            return min(caller.roles & set(ADMINISTRATION))
        if own:
            return Role.CLASS_TEACHER
        raise NotFound("path.unknown", "Такого адреса нет.")

    await noted(caller, "consents", "", decide)
    if not caller.administration:
        found = [one for one in found if one["class_id"] in own]
    if len(found) == 1:
        return RedirectResponse(f"/classes/{found[0]['class_id']}/consents", SEE_OTHER)
    lines = []
    async with caller.reading() as (conn, schema):
        for one in found:
            families = await consents.checklist(conn, schema, one["class_id"], purpose, today)
            counted = _by_pupil(families, caller)
            lines.append({**one, "counts": [(state, counted.count(state)) for state in STATES]})
    context = {"classes": lines, "states": STATES, "purpose": purpose, "purposes": PURPOSES}
    viewer = await viewer_of(caller, "/consents", behind=behind)
    return page("consents/classes.html", context, viewer=viewer)


@router.get("/classes/{class_id}/consents")
async def of_class(
    class_id: UUID,
    caller: Staff,
    behind: Behind,
    purpose: Purpose = "diary",
    show: State | None = None,
    said: str = "",
) -> Response:
    """Who of the class has given the consent, and who has not."""
    number = str(class_id)
    families = [_line(one, caller) for one in await checklist(caller, number, purpose)]
    async with caller.reading() as (conn, schema):
        card = await directory.class_card(conn, schema, number, caller.door.rights.today())
    context = {
        "class_id": number,
        "class_name": (card or {}).get("name", ""),
        "purpose": purpose,
        "purposes": PURPOSES,
        "filters": [
            (state, words, count)
            for state, (_, words, _) in STATES.items()
            if (count := sum(one["state"] == state for one in families))
        ],
        "show": show,
        "all": len(families),
        "families": [one for one in families if show in (None, one["state"])],
        "said": SAID.get(said, ""),
    }
    viewer = await viewer_of(caller, "/consents", behind=behind)
    return page("consents/class.html", context, viewer=viewer)


@router.get(FAMILY)
async def form(
    class_id: UUID,
    pupil_id: UUID,
    guardian_id: UUID,
    caller: Staff,
    behind: Behind,
    purpose: Purpose = "diary",
) -> Response:
    """The form of a consent: what the school knows is filled in."""
    family = await _family(caller, class_id, pupil_id, guardian_id, purpose)
    fields = fields_of(family, purpose, caller.door.name, caller.door.rights.today())
    return await _form(caller, str(class_id), family, fields, behind=behind)


@router.post(FAMILY)
async def record_consent(
    class_id: UUID, pupil_id: UUID, guardian_id: UUID, request: Request, caller: Staff
) -> Response:
    """What the form has brought is recorded; what is refused comes back with the form."""
    await kept_by(caller, str(pupil_id))
    async with request.form(max_files=1, max_fields=30) as sent:
        fields = {name: value for name, value in sent.items() if isinstance(value, str)}
        try:
            new, fingerprint = await brought(sent, str(guardian_id))
            once = request_of(
                caller.person_id, fields["key"], "POST", request.url.path, fingerprint
            )
            done = await record(caller, str(pupil_id), new, once)
        except NotFound:
            raise
        except Refusal as refusal:
            purpose: Any = fields.get("purpose") if fields.get("purpose") in POINTS else "diary"
            family = await _family(caller, class_id, pupil_id, guardian_id, purpose)
            shown_again = BLANK | {"key": fresh_id()} | fields
            return await _form(caller, str(class_id), family, shown_again, refusal=refusal)
    return _back(done, class_id, new.purpose, "given")


@router.post(FAMILY + "/withdrawal")
async def withdraw_consent(
    class_id: UUID, pupil_id: UUID, guardian_id: UUID, request: Request, caller: Staff
) -> Response:
    """The consent was taken back: the diary closes at once."""
    own_class = await kept_by(caller, str(pupil_id))
    async with request.form(max_files=0, max_fields=3) as sent:
        purpose, key = str(sent.get("purpose")), str(sent.get("key"))
    if purpose not in POINTS:
        raise RequestValidationError([])
    path = request.url.path
    once = request_of(caller.person_id, key, "POST", f"{path}/{purpose}", b"")
    answer = caller.door.school.withdraw_consent(
        own_class, str(pupil_id), str(guardian_id), purpose, by=caller.actor, request=once
    )
    receipt = await landed(answer)
    return _back(Written(position=receipt.position), class_id, purpose, "withdrawn")


@router.get(FAMILY + "/blank")
async def blank(
    class_id: UUID,
    pupil_id: UUID,
    guardian_id: UUID,
    caller: Staff,
    purpose: Purpose = "diary",
) -> Response:
    """The blank of the consent for this family, to be signed by hand."""
    family = await _family(caller, class_id, pupil_id, guardian_id, purpose)
    async with caller.reading() as (conn, schema):
        card = await directory.class_card(conn, schema, str(class_id), caller.door.rights.today())
    drawn = await printed(
        blank_pdf,
        purpose,
        school=caller.door.name,
        child=family.pupil,
        class_name=(card or {}).get("name", ""),
        signer=family.guardian or "",
    )
    name = f"blank-soglasiya-{purpose}.pdf"
    headers = DOWNLOAD_HEADERS | {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(drawn, headers=headers, media_type="application/pdf")


async def _form(
    caller: Caller,
    class_id: str,
    family: Family,
    fields: dict[str, str],
    *,
    behind: bool = False,
    refusal: Refusal | None = None,
) -> Response:
    context = {
        "class_id": class_id,
        "pupil": shown(family.pupil),
        "guardian": shown(family.guardian),
        "purposes": PURPOSES,
        "fields": fields,
        "state": STATES[state_of(family.consent, caller.door.rights.today())][0],
        "error": refusal.message if refusal else "",
    }
    return await page_of(
        caller, "consents/form.html", context, "/consents", behind=behind, refusal=refusal
    )


async def _family(
    caller: Caller, class_id: UUID, pupil_id: UUID, guardian_id: UUID, purpose: str
) -> Family:
    """A guardian of a pupil of the class. Raises NotFound, Forbidden."""
    for one in await checklist(caller, str(class_id), purpose):
        if (one.pupil_id, one.guardian_id) == (str(pupil_id), str(guardian_id)):
            return one
    raise NotFound("family.unknown", "Такой семьи в классе нет.")


def _back(done: Written, class_id: UUID, purpose: str, said: str) -> Response:
    """To the checklist, which waits for what was just written."""
    return led(f"/classes/{class_id}/consents?purpose={purpose}&said={said}", done.position)


def _line(one: Family, caller: Caller) -> dict[str, Any]:
    state = state_of(one.consent, caller.door.rights.today())
    words, _, look = STATES[state]
    given = one.consent
    given_now = state in ("given", "ends_soon")
    until = given.until if given else None
    return {
        "pupil_id": one.pupil_id,
        "pupil": wording.called(shown(one.pupil)),
        "guardian_id": one.guardian_id,
        "guardian": shown(one.guardian) if one.guardian_id else "",
        "state": state,
        "words": words,
        "look": look,
        "since": wording.day(given.since) if given else "",
        "until": wording.day(until),
        "withdrawn": wording.moment(given.withdrawn_at, caller.door.zone)
        if given and given.withdrawn_at
        else "",
        "paper": bool(given and given.paper),
        "scan_url": f"/api/v1/pupils/{one.pupil_id}/consents/{given.position}/scan"
        if given and given.scan
        else "",
        "key": fresh_id(),
        "open": given_now,
        "record": "Записать"
        if not given_now
        else "Заменить бумагу"
        if given and given.paper
        else "Внести бумагу",
    }


def _by_pupil(families: list[Family], caller: Caller) -> list[State]:
    """How each pupil stands: by the best of the parents' consents."""
    today, order = caller.door.rights.today(), list(STATES)
    best: dict[str, State] = {}
    for one in families:
        state = state_of(one.consent, today)
        best[one.pupil_id] = max(best.get(one.pupil_id, "none"), state, key=order.index)
    return list(best.values())
