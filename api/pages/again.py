"""Showing the password once more in the form itself: a page without JavaScript has no dialog."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from api.admission import address_of
from api.answers import written
from api.caller import Caller
from api.errors import SignInRequired
from api.pages.forms import Sent, or_again
from api.pages.routing import SEE_OTHER, remember
from domain.refusals import NotFound
from domain.writing import Answer


def asks(caller: Caller) -> dict[str, Any]:
    """What the form has to ask for: `ask_password`, `ask_code`."""
    return {
        "ask_password": not caller.is_fresh,
        "ask_code": not caller.is_fresh and caller.session.factor,
    }


async def changed(
    request: Request,
    caller: Caller,
    form: Sent,
    there: str,
    act: Callable[[], Answer],
    page: Callable[..., Awaitable[Response]],
) -> Response:
    """A change for which the password is shown once more, when that was long ago: to `there`, which
    waits for what was written; refused, the page once more, which says why. Raises NotFound.
    """
    leading = RedirectResponse(there, SEE_OTHER)

    async def done() -> Response:
        if not caller.is_fresh:
            shown = {name: form.one(name) for name in ("password", "code")}
            await again(request, caller, shown, leading)
        try:
            answer = act()
        except ValueError:
            raise NotFound("form.strange", "Такой причины нет.") from None
        remember(leading, (await written(answer)).position)
        return leading

    return await or_again(done, page)


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
