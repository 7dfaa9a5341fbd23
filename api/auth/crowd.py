"""How many requests may wait for an answer at once. Beyond that everybody would wait for seconds
behind the others: whoever comes then is asked to come back, which costs next to nothing.

How many that is depends on the machine of that minute: a few may always wait; more than those only
while somebody is answered soon; and `MOST_AT_ONCE` at most.
"""

from __future__ import annotations

from asyncio import CancelledError
from collections import Counter
from collections.abc import Callable
from http import HTTPStatus
from time import monotonic

from starlette.requests import HTTPConnection
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.auth.browser import SECURITY_HEADERS
from api.errors import refused
from domain.refusals import Busy

MOST_AT_ONCE = 256
FEW = 16
SOON_S = 1.0
RETRY_AFTER_S = 2
#: Whoever watches the server must see it most of all when it is crowded.
WATCHING = frozenset({"/healthz", "/readyz", "/metrics"})

#: Who asks here may want to wait until something is written: that is no crowd.
PATIENT = frozenset({"/api/v1/changes"})

CROWDED = "server.crowded", "Слишком много запросов сразу."
#: Whether it was written, only a repeat with the same key can tell.
STOPPING = "server.stopping", "Сервер перезапускается; дважды ничего не запишется."

_PAGE = """<!doctype html><html lang="ru"><meta charset="utf-8">
<meta name="viewport" content="width=device-width"><meta http-equiv="refresh" content="{after}">
<title>Журнал занят</title><h1>Журнал сейчас занят</h1>
<p>{words} Страница откроется сама через несколько секунд.</p></html>
"""


class Crowd:
    """Outermost: keeps a crowd out, and answers who still waits when the process stops waiting.

    Whoever is still sending a request, or takes an answer slowly, waits for nothing of ours and
    keeps nobody out.
    """

    def __init__(
        self,
        app: ASGIApp,
        answers: Counter[int],
        most: int = MOST_AT_ONCE,
        clock: Callable[[], float] = monotonic,
    ) -> None:
        self._app = app
        self._answers = answers
        self._clock = clock
        self._soon = clock()  # when somebody was last answered soon, or few were waiting
        self.most = most
        self.waiting = 0

    def _full(self, now: float) -> bool:
        """One more would be one too many."""
        if self.waiting < FEW:
            self._soon = now
        return self.waiting >= self.most or now - self._soon > SOON_S

    async def __call__(  # noqa: C901 - one request, every way it can come and go
        self, scope: Scope, receive: Receive, send: Send
    ) -> None:
        """One request."""
        if scope["type"] != "http" or scope["path"] in WATCHING:
            await self._app(scope, receive, send)
            return
        came = self._clock()
        if self._full(came):
            await self._busy(scope, *CROWDED)(scope, receive, send)
            return
        counts = scope["path"] not in PATIENT
        begun, counted = False, counts
        self.waiting += counted

        def leave() -> None:
            nonlocal counted
            self.waiting -= counted
            counted = False

        async def noting(message: Message) -> None:
            nonlocal begun
            if not begun:
                begun = True
                leave()
                now = self._clock()
                if now - came <= SOON_S:
                    self._soon = now
            await send(message)

        async def coming() -> Message:
            nonlocal counted
            leave()
            message = await receive()
            if counts and not (begun or counted):
                self.waiting += 1
                counted = True
            return message

        try:
            await self._app(scope, coming, noting)
        except CancelledError:
            if begun:
                raise
            await self._busy(scope, *STOPPING)(scope, receive, send)
        finally:
            leave()

    def _busy(self, scope: Scope, code: str, words: str) -> Response:
        """503; where a person looks at pages, a page that comes back by itself."""
        self._answers[HTTPStatus.SERVICE_UNAVAILABLE] += 1
        answer = refused(Busy(code, words, retry_after=RETRY_AFTER_S))
        accepts = HTTPConnection(scope).headers.get("accept", "")
        if scope["method"] == "GET" and "text/html" in accepts:
            headers = {name: answer.headers[name] for name in ("Retry-After", "Cache-Control")}
            page = _PAGE.format(after=RETRY_AFTER_S, words=words)
            answer = Response(page, answer.status_code, headers, media_type="text/html")
        answer.headers.update(dict(SECURITY_HEADERS))
        return answer
