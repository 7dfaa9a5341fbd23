"""How many requests may wait for an answer at once. Beyond that everybody would wait for seconds
behind the others: whoever comes then is asked to come back, which costs next to nothing.

How many that is depends on the machine of that minute: a few may always wait; more than those only
while somebody is answered soon; and `MOST_AT_ONCE` at most.
"""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic

from starlette.requests import HTTPConnection
from starlette.responses import Response
from starlette.types import Message, Receive, Scope

from api.errors import TooLarge, refused
from domain.refusals import Busy

MOST_BYTES = 4 * 1024 * 1024  # of a body: 200 marks with the longest comments need half of it
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
    """Who waits for an answer of this process, and whether one more may.

    Whoever is still sending a request, or takes an answer slowly, waits for nothing of ours and
    keeps nobody out.
    """

    def __init__(self, most: int = MOST_AT_ONCE, clock: Callable[[], float] = monotonic) -> None:
        self.clock = clock
        self.soon = clock()  # when somebody was last answered soon, or few were waiting
        self.most = most
        self.waiting = 0

    def full(self, now: float) -> bool:
        """One more would be one too many. now: seconds of the clock."""
        if self.waiting < FEW:
            self.soon = now
        return self.waiting >= self.most or now - self.soon > SOON_S

    def enter(self, path: str, receive: Receive) -> Waiting | None:
        """One more, who sends by `receive`; None when there is no place."""
        watching = path in WATCHING
        now = self.clock()
        if not watching and self.full(now):
            return None
        waiting = Waiting(self, receive, now, counts=not (watching or path in PATIENT))
        waiting.begun = watching  # that it is answered says nothing of the others
        return waiting


class Waiting:
    """One request among the crowd: from when it has come until its answer begins.

    counts: it keeps others out while it waits.
    """

    __slots__ = ("_bytes", "_came", "_counted", "_counts", "_crowd", "_receive", "begun")

    def __init__(self, crowd: Crowd, receive: Receive, came: float, *, counts: bool) -> None:
        self._crowd, self._receive, self._came = crowd, receive, came
        self._counts = self._counted = counts
        self._bytes = MOST_BYTES  # that may still come
        self.begun = False
        crowd.waiting += counts

    async def receive(self) -> Message:
        """What the caller sends next; meanwhile it is the caller we wait for. Raises TooLarge in
        the middle of a body whose length was not told beforehand.
        """
        self.leave()
        message = await self._receive()
        self._bytes -= len(message.get("body", b""))
        if self._bytes < 0:
            raise too_large()
        if self._counts and not (self.begun or self._counted):
            self._crowd.waiting += 1
            self._counted = True
        return message

    def begin(self) -> None:
        """The answer begins."""
        if not self.begun:
            self.begun = True
            self.leave()
            now = self._crowd.clock()
            if now - self._came <= SOON_S:
                self._crowd.soon = now

    def leave(self) -> None:
        """It waits no longer, at least not for us."""
        self._crowd.waiting -= self._counted
        self._counted = False


def too_large() -> TooLarge:
    """More bytes than a write may bring."""
    return TooLarge("request.too_large", "Запрос больше 4 МБ: разделите его на части.")


def busy(scope: Scope, code: str, words: str) -> Response:
    """503; where a person looks at pages, a page that comes back by itself."""
    answer = refused(Busy(code, words, retry_after=RETRY_AFTER_S))
    accepts = HTTPConnection(scope).headers.get("accept", "")
    if scope["method"] == "GET" and "text/html" in accepts:
        headers = {name: answer.headers[name] for name in ("Retry-After", "Cache-Control")}
        page = _PAGE.format(after=RETRY_AFTER_S, words=words)
        answer = Response(page, answer.status_code, headers, media_type="text/html")
    return answer
