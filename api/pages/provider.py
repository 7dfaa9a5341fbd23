"""«Войти через …»: to the provider and back. Who the person is here, a link of one's own says."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import RedirectResponse, Response

from api.admission import DoorOf, address_of
from api.auth.provider import Word
from api.auth.sessions import hash_of
from api.auth.store import Look
from api.caller import STAFF
from api.deps import Anyone
from api.house import Door
from api.pages.failures import failure_page
from api.pages.routing import SEE_OTHER, PageRoute, local_path
from api.provider import BACK, COOKIE, back, go, keep, provider_of
from domain.refusals import Conflict, Forbidden

router = APIRouter(route_class=PageRoute, include_in_schema=False)


@router.get("/sign-in/provider")
async def begin(
    request: Request, door: DoorOf, _: Anyone, there: Annotated[str, Query(alias="next")] = "/"
) -> Response:
    """To the provider, to sign in."""
    address, browser = await go(request, door, None, local_path(there))
    answer = RedirectResponse(address, SEE_OTHER)
    keep(request, door, answer, browser)
    return answer


@router.get(BACK)
async def come_back(
    request: Request,
    door: DoorOf,
    _: Anyone,
    state: Annotated[str, Query(max_length=200)] = "",
    code: Annotated[str, Query(max_length=2000)] = "",
) -> Response:
    """From the provider: once, in the browser that went there."""
    provider, now = provider_of(door), door.house.clock()
    flow = await door.store.take_flow(hash_of(state))
    browser = request.cookies.get(COOKIE, "")
    if flow is None or flow.until < now or hash_of(browser) != flow.browser_hash or not code:
        raise Forbidden(
            "provider.not_begun_here", "Вход начат не здесь или слишком давно: начните его сначала."
        )
    word = await provider.word(code, back(request, door), flow.nonce, flow.verifier)
    if flow.person_id is not None:
        if not await door.store.link(provider.issuer, word.subject, flow.person_id, now):
            raise Conflict("provider.linked_elsewhere", "Этот вход уже связан с другим человеком.")
        await _note(door, flow.person_id, "link", "ok", "linked")
        return RedirectResponse(flow.there, SEE_OTHER)
    return await _signed_in(request, door, word, flow.there)


async def _signed_in(request: Request, door: Door, word: Word, there: str) -> Response:
    house, issuer = door.house, provider_of(door).issuer
    person_id = await door.store.identity(issuer, word.subject)
    account = await door.store.account(person_id=person_id) if person_id else None
    if account is None or account.disabled_at is not None or account.must_change:
        await _note(door, person_id, "sign_in", "refused", "provider")
        return failure_page(
            403,
            detail="Этот вход ещё не связан с журналом. Войдите с логином и паролем и свяжите его"
            " на странице «Вход и сеансы».",
        )
    roles = await door.rights.roles(account.person_id)
    factor = await door.store.factor(account.person_id)
    needed = (factor and factor.secret) or not roles.isdisjoint(house.second_factor)
    if needed and not word.factor:
        await _note(door, account.person_id, "sign_in", "refused", "no factor")
        return failure_page(
            403, detail="Вам нужен второй фактор: войдите с логином, паролем и кодом из приложения."
        )
    token, _session = await door.sessions.begin(
        account,
        idle=house.family_idle if roles.isdisjoint(STAFF) else house.staff_idle,
        ip=address_of(request),
        user_agent=request.headers.get("user-agent", ""),
        replaced=house.browser.token(request),
        at_most=house.sessions_max,
        factor=bool(needed),
        how="provider",
        tried=False,
    )
    answer = RedirectResponse(local_path(there), SEE_OTHER)
    house.browser.remember(request, answer, token)
    answer.delete_cookie(COOKIE, path=BACK)
    return answer


async def _note(door: Door, person_id: str | None, act: str, outcome: str, basis: str) -> None:
    look = Look(door.house.clock(), person_id, None, act, person_id or "?", outcome, basis)
    await door.store.record([look])
