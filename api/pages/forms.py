"""Forms of pages that run no scripts: what was sent, carried out once, and back to a page that
waits for it.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import date
from hashlib import sha256
from uuid import UUID

import orjson
from starlette.datastructures import UploadFile
from starlette.requests import Request as HttpRequest
from starlette.responses import RedirectResponse, Response

from api.answers import written
from api.caller import Caller
from api.pages.routing import led
from api.scans import MOST_BYTES
from api.v1.wire import request_of
from domain.refusals import Invalid, NotFound, Refusal
from domain.writing import Answer, Request

MOST_FIELDS = 600


class Sent:
    """The fields of a form, of which several may have one name, and its file if it has one."""

    def __init__(
        self, fields: list[tuple[str, str]], file: bytes = b"", file_name: str = ""
    ) -> None:
        self._fields = fields
        self.file = file
        self.file_name = file_name  # as the browser calls it

    def one(self, name: str) -> str:
        """The field without spaces around; "" when it is empty or not there."""
        return next((value.strip() for of, value in self._fields if of == name), "")

    def many(self, name: str) -> tuple[str, ...]:
        """Every field of the name that is not empty."""
        return tuple(value for of, value in self._fields if of == name and value)

    def under(self, prefix: str) -> list[tuple[str, str]]:
        """(rest of the name, field) of every field whose name begins like this; none empty."""
        found = [(name, value.strip()) for name, value in self._fields if name.startswith(prefix)]
        return [(name.removeprefix(prefix), value) for name, value in found if value]

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
        said = [*sorted(self._fields), sha256(self.file).hexdigest()]
        body = orjson.dumps(said)
        return request_of(caller.person_id, self.key(), "POST", path, body)


async def sent(request: HttpRequest, *, file: str = "", most: int = MOST_FIELDS) -> Sent:
    """What a form has brought: `most` fields, and of the file of this name a byte more than is
    taken, so that too much shows.
    """
    files = 1 if file else 0
    async with request.form(max_files=files, max_fields=most, max_part_size=2 * MOST_BYTES) as form:
        fields = [(name, one) for name, one in form.multi_items() if isinstance(one, str)]
        chosen = form.get(file)
        if not isinstance(chosen, UploadFile):
            return Sent(fields)
        return Sent(fields, await chosen.read(MOST_BYTES + 1), chosen.filename or "")


async def back(answer: Answer, there: str) -> RedirectResponse:
    """Once it is written: to a page of this site, which waits for what was just written."""
    return led(there, (await written(answer)).position)


async def or_again(
    act: Callable[[], Awaitable[Response]], page: Callable[..., Awaitable[Response]]
) -> Response:
    """What a form leads to; when it is refused, its page once more, which says why. What is not
    there at all has no page to come back to. Raises NotFound.
    """
    try:
        return await act()
    except NotFound:
        raise
    except Refusal as refusal:
        return await page(refusal=refusal)


def _strange() -> Invalid:
    return Invalid("form.strange", "Форма открыта слишком давно: откройте страницу ещё раз.")
