"""To the provider and back: what the page and the API share."""

from __future__ import annotations

from datetime import timedelta

from starlette.requests import Request
from starlette.responses import Response

from api.auth.provider import Provider
from api.auth.sessions import hash_of, new_token
from api.auth.store import Flow
from api.house import Door
from domain.refusals import NotFound

COOKIE = "letopis-provider"
BACK = "/sign-in/provider/return"
UNDER_WAY = timedelta(minutes=10)


async def go(request: Request, door: Door, person_id: str | None, there: str) -> tuple[str, str]:
    """Begin: the provider's address to go to, and what this browser keeps (`keep`).

    person_id: who links an identity; None: somebody signs in. Raises NotFound, Busy.
    """
    provider, now = provider_of(door), door.house.clock()
    state, browser, nonce, verifier = (new_token() for _ in range(4))
    address = await provider.address(back(request, door), state, nonce, verifier)
    flow = Flow(
        hash_of(state), hash_of(browser), nonce, verifier, person_id, there, now + UNDER_WAY
    )
    await door.store.begin_flow(flow, now)
    return address, browser


def keep(request: Request, door: Door, answer: Response, browser: str) -> None:
    """Only the browser that went away may come back."""
    answer.set_cookie(
        COOKIE,
        browser,
        max_age=int(UNDER_WAY.total_seconds()),
        path=BACK,
        secure=door.house.browser.secure(request),
        httponly=True,
        samesite="lax",  # the provider sends the browser back by a link
    )


def provider_of(door: Door) -> Provider:
    """Raises NotFound when there is none."""
    if door.house.provider is None:
        raise NotFound("path.unknown", "Такого адреса нет.")
    return door.house.provider


def back(request: Request, door: Door) -> str:
    """Where the provider sends the browser: must be the same both times."""
    origin = door.house.browser.public_origin
    return f"{origin or str(request.base_url).rstrip('/')}{BACK}"
