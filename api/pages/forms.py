"""Forms of pages that run no scripts: what was sent, carried out once, and back to a page that
waits for it.
"""

from __future__ import annotations

from datetime import date
from uuid import UUID

import orjson
from starlette.requests import Request as HttpRequest
from starlette.responses import RedirectResponse

from api.answers import written
from api.caller import Caller
from api.pages.routing import SEE_OTHER
from api.v1.wire import request_of
from domain.commands import Answer
from domain.refusals import Invalid
from domain.writing import Request

MOST_FIELDS = 260


class Sent:
    """The fields of a form; several may have one name."""

    def __init__(self, fields: list[tuple[str, str]]) -> None:
        self._fields = fields

    def one(self, name: str) -> str:
        """The field without spaces around; "" when it is empty or not there."""
        return next((value.strip() for of, value in self._fields if of == name), "")

    def many(self, name: str) -> tuple[str, ...]:
        """Every field of the name that is not empty."""
        return tuple(value for of, value in self._fields if of == name and value)

    def number(self, name: str) -> str | None:
        """An id in its one spelling, or None when it is empty. Raises Invalid."""
        text = self.one(name)
        try:
            return str(UUID(text)) if text else None
        except ValueError:
            raise _strange() from None

    def key(self) -> str:
        """The number of this form: of what it makes, and of its only sending. Raises Invalid."""
        number = self.number("key")
        if number is None:
            raise _strange()
        return number

    def day(self, name: str) -> date:
        """A day. Raises Invalid."""
        try:
            return date.fromisoformat(self.one(name))
        except ValueError:
            raise Invalid("form.day", "Укажите день.") from None

    def once(self, caller: Caller, path: str) -> Request:
        """The idempotency of the form: sent twice, it is carried out once. Raises Invalid."""
        body = orjson.dumps(sorted(self._fields))
        return request_of(caller.person_id, self.key(), "POST", path, body)


async def sent(request: HttpRequest) -> Sent:
    """What a form has brought; no files."""
    async with request.form(max_files=0, max_fields=MOST_FIELDS) as form:
        return Sent([(name, one) for name, one in form.multi_items() if isinstance(one, str)])


async def back(answer: Answer, there: str) -> RedirectResponse:
    """Once it is written: to a page of this site, which waits for what was just written."""
    done = await written(answer)
    leading = RedirectResponse(there, SEE_OTHER)
    leading.set_cookie("letopis_position", str(done.position), max_age=60, samesite="lax")
    return leading


def _strange() -> Invalid:
    return Invalid("form.strange", "Форма открыта слишком давно: откройте страницу ещё раз.")
