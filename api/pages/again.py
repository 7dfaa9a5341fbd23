"""Showing the password once more in the form itself: a page without JavaScript has no dialog."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from api.admission import address_of
from api.caller import Caller
from api.errors import SignInRequired


def asks(caller: Caller) -> dict[str, Any]:
    """What the form has to ask for: `ask_password`, `ask_code`."""
    return {
        "ask_password": not caller.is_fresh,
        "ask_code": not caller.is_fresh and caller.session.factor,
    }


async def again(
    request: Request, caller: Caller, form: Mapping[str, Any], answer: Response
) -> None:
    """Who acts shows the password in the same form. Raises SignInRequired, TooMany."""
    door = caller.door
    await door.sign_in.account(
        caller.session.login,
        str(form.get("password", "")),
        str(form.get("code", "")),
        address_of(request),
        within=caller.session,
    )
    token = await door.sessions.renew(caller.session)
    if token is None:
        raise SignInRequired("session.required", "Войдите, чтобы продолжить.")
    door.house.browser.remember(request, answer, token)
