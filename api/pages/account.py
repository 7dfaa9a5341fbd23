"""«Вход и сеансы»: one's sessions, password, second factor and tokens. The same for every role."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from fastapi import APIRouter
from starlette.responses import Response

from api.admission import with_own_password
from api.auth import factors
from api.auth.scopes import WORDS, Scope, grantable
from api.caller import Caller
from api.deps import SignedInAtAll
from api.pages import qr
from api.pages.rendering import page
from api.pages.routing import PageRoute, viewer_of
from api.pages.wording import day, local, moment
from api.v1.session import living

router = APIRouter(route_class=PageRoute, include_in_schema=False)

#: Days a token is offered for; its owner may choose others, a year at most.
OFFERED = timedelta(days=90)


@router.get("/account")
async def account(caller: SignedInAtAll) -> Response:
    """What a person sees and ends of one's own access, also before the second factor is there."""
    with_own_password(caller)
    zone, today = caller.door.zone, caller.door.rights.today()
    sessions = [
        one | {"since": moment(one["since"], zone), "seen": moment(one["seen"], zone)}
        for one in await living(caller)
    ]
    context = {
        "login": caller.session.login,
        "suspected": await caller.door.store.suspicion_of(caller.person_id) is not None,
        "locked": caller.lacks_factor,
        "sessions": sessions,
        "factor": await _factor(caller),
        "provider": await _provider(caller),
        "tokens": await _tokens(caller),
        "scopes": [(scope, WORDS[scope]) for scope in grantable(caller.roles)],
        "offset": local(caller.door.house.clock(), zone).isoformat()[-6:],
        "tomorrow": (today + timedelta(days=1)).isoformat(),
        "offered": (today + OFFERED).isoformat(),
    }
    return page("account.html", context, viewer=await viewer_of(caller, "/account"))


async def _provider(caller: Caller) -> dict[str, Any] | None:
    """The provider that one may link, and since when one has; None: there is none."""
    known = caller.door.house.provider
    if known is None:
        return None
    linked = await caller.door.store.linked_at(caller.person_id)
    return {"name": known.name, "since": linked and moment(linked, caller.door.zone)}


async def _factor(caller: Caller) -> dict[str, Any]:
    """The second factor in words; a secret that was just shown, to who showed the password."""
    state = await factors.state(caller)
    found = await caller.door.store.factor(caller.person_id)
    shown = None
    if found is not None and found.pending is not None and caller.is_fresh:
        told = factors.shown(found.pending, caller.session.login)
        shown = {"secret": told["secret"], "qr": qr.svg(told["uri"], "Код QR для приложения")}
    since = state["since"] and moment(state["since"], caller.door.zone)
    return state | {"since": since, "shown": shown}


async def _tokens(caller: Caller) -> list[dict[str, Any]]:
    zone, now = caller.door.zone, caller.door.house.clock()
    return [
        {
            "token_id": one.token_id,
            "name": one.name,
            "scopes": ", ".join(WORDS[Scope(scope)] for scope in one.scopes),
            "until": day(local(one.until, zone).date()),
            "over": one.until <= now,
            "last_used": one.last_used and moment(one.last_used, zone),
        }
        for one in await caller.door.store.tokens_of(caller.person_id)
    ]
