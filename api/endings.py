"""Operations of the API that end (docs/api-policy.md): announced, twelve months more, then gone."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from email.utils import format_datetime

from fastapi.routing import APIRoute
from starlette.datastructures import MutableHeaders
from starlette.routing import BaseRoute
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.errors import Gone

HOLIDAYS = (7, 8)  # months in which something may end: no school year is interrupted


@dataclass(frozen=True)
class Ending:
    """announced: in CHANGELOG.md, under Deprecated; sunset: the first day without it; instead: what
    takes its place, «GET /api/v1/…».

    Raises ValueError for an end that the policy does not allow.
    """

    announced: date
    sunset: date
    instead: str

    def __post_init__(self) -> None:
        year, month, day = self.announced.year + 1, self.announced.month, self.announced.day
        if (self.sunset.year, self.sunset.month, self.sunset.day) < (year, month, day):
            raise ValueError("an operation works for twelve months after it was announced to end")
        if self.sunset.month not in HOLIDAYS:
            raise ValueError("an operation ends in July or August, never within a school year")


#: «GET /api/v1/…» → how it ends. Nothing ends now.
ENDINGS: dict[str, Ending] = {}


def announce(
    routes: Iterable[BaseRoute], endings: Mapping[str, Ending], clock: Callable[[], datetime]
) -> None:
    """Mark the routes that end: in the OpenAPI, by headers of every answer, and as gone once their
    day has come. Raises KeyError for an operation that there is not.
    """
    left = dict(endings)
    for route in routes:
        if not isinstance(route, APIRoute):
            continue
        for method in sorted(route.methods or ()):
            ending = left.pop(f"{method} {route.path_format}", None)
            if ending is not None:
                if not route.deprecated:
                    route.description = f"{route.description}\n\n{_words(ending)}".strip()
                route.deprecated = True
                inner = route.app.inner if isinstance(route.app, _Ended) else route.app
                route.app = _Ended(inner, ending, clock)
                vars(route).pop("swift", None)  # the headers are no shortcut's
    if left:
        raise KeyError(", ".join(left))


def _words(ending: Ending) -> str:
    return (
        f"Устарело с {ending.announced:%d.%m.%Y}, отвечает до {ending.sunset:%d.%m.%Y}. "
        f"Вместо этого: {ending.instead}."
    )


class _Ended:
    """A route whose answers say that it ends; from its last day on, that it has ended."""

    def __init__(self, app: ASGIApp, ending: Ending, clock: Callable[[], datetime]) -> None:
        self.inner, self._ending, self._clock = app, ending, clock
        since = datetime.combine(ending.announced, time(), UTC)
        until = datetime.combine(ending.sunset, time(), UTC)
        _, _, path = ending.instead.partition(" ")
        self._until = until
        self._headers = {
            "Deprecation": f"@{int(since.timestamp())}",  # RFC 9745
            "Sunset": format_datetime(until, usegmt=True),  # RFC 8594
            "Link": f'</openapi.json>; rel="deprecation", <{path}>; rel="successor-version"',
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Raises Gone."""
        if self._clock() >= self._until:
            words = "Этой операции больше нет. Что вместо неё, сказано в ответе."
            raise Gone("api.gone", words, instead=self._ending.instead)

        async def marked(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in self._headers.items():
                    headers.append(name, value)
            await send(message)

        await self.inner(scope, receive, marked)
