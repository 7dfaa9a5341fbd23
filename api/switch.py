"""From a path to its few candidate routes at once, instead of trying sixty patterns in turn."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterable, Iterator

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Match, Route
from starlette.types import Receive, Scope, Send

CHOSEN = "letopis.route"
Key = tuple[int, str, str]
Handler = Callable[[Request], Awaitable[Response]]


class Switch(BaseRoute):
    """Stands before the routes of `/api/v1` in the router and finds them by the parts of the path.

    A route is filed under the number of its parts, the third one (`/api/v1/lessons/…`) and the last
    one, unless that is a parameter. What is not found here the router looks for as it always does.
    """

    def __init__(self, routes: Iterable[BaseRoute]) -> None:
        self._routes: dict[Key, list[Route]] = defaultdict(list)
        for route in routes:
            if isinstance(route, Route):
                parts = route.path.split("/")
                last = "" if parts[-1].startswith("{") else parts[-1]
                self._routes[len(parts), parts[3], last].append(route)

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """The first route that matches in full."""
        if scope["type"] == "http":
            for route in self._candidates(scope["path"]):
                match, found = route.matches(scope)
                if match is Match.FULL:
                    found[CHOSEN] = route
                    return match, found
        return Match.NONE, {}

    def swift(self, scope: Scope) -> Handler | None:
        """The handler of a route that needs no middleware (its attribute `swift`), or None.

        Path parameters, all of them texts, and the route are left in the scope.
        """
        for route in self._candidates(scope["path"]):
            handler: Handler | None = getattr(route, "swift", None)
            if handler is not None and scope["method"] in (route.methods or ()):
                found = route.path_regex.match(scope["path"])
                if found is not None:
                    scope["route"], scope["path_params"] = route, found.groupdict()
                    return handler
        return None

    def _candidates(self, path: str) -> Iterator[Route]:
        parts = path.split("/", 12)
        if len(parts) > 3:  # noqa: PLR2004 - "", api, v1 and something
            for last in (parts[-1], ""):
                yield from self._routes.get((len(parts), parts[3], last), ())

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand the request to the route that was found."""
        route: Route = scope[CHOSEN]
        await route.handle(scope, receive, send)
