"""Live pages: a stream (Server-Sent Events) that says that something has changed, never what.

A page that hears of it asks again for what it shows, by its usual way with its usual rights. One
question to the database twice a second serves every stream of a school (`Pulse`); a stream holds a
socket and some kilobytes. It never prolongs a session, and ends with it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from time import monotonic

import orjson
from starlette.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

from api.caller import Caller
from api.errors import TooMany
from projections.changes import Place

MEDIA_TYPE = "text/event-stream"
HEADERS = {
    "Cache-Control": "no-store",
    "X-Accel-Buffering": "no",  # a proxy is not to gather what is to arrive now
}
#: a browser holds six connections to a server: pages must have some left
AT_MOST = 4  # streams of a session in this process
HEARTBEAT_S = 15.0  # proxies hang up on who is silent for 30 or 60
RETRY_MS = 3_000
RETRY_AFTER_S = 30


@dataclass(frozen=True)
class Wanted:
    """What a stream is about: `touched` as in `changes.touched`. may: whether the caller may still
    be told; it raises nothing. last: the `Last-Event-ID`; once: what there is, and then it ends.
    """

    touched: frozenset[str]
    may: Callable[[], Awaitable[bool]]
    last: Place | None
    once: bool


class Streams:
    """How many streams each session has open in this process."""

    def __init__(self) -> None:
        self._open: Counter[str] = Counter()

    def enter(self, caller: Caller) -> None:
        """Raises TooMany."""
        number = caller.session.session_id
        if self._open[number] >= AT_MOST:
            raise TooMany(
                "stream.too_many",
                "Открыто слишком много живых страниц: эта обновляется раз в несколько секунд.",
                retry_after=RETRY_AFTER_S,
            )
        self._open[number] += 1

    def leave(self, caller: Caller) -> None:
        """One fewer."""
        number = caller.session.session_id
        self._open[number] -= 1
        if not self._open[number]:
            del self._open[number]

    @property
    def open(self) -> int:
        """How many there are."""
        return self._open.total()


class Live(StreamingResponse):
    """A stream that gives its place back, however it ends."""

    def __init__(self, caller: Caller, wanted: Wanted) -> None:
        super().__init__(stream(caller, wanted), headers=HEADERS, media_type=MEDIA_TYPE)
        self._caller = caller

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Until it ends."""
        try:
            await super().__call__(scope, receive, send)
        finally:
            self._caller.door.streams.leave(self._caller)


async def stream(caller: Caller, wanted: Wanted) -> AsyncIterator[bytes]:
    """Events until the caller leaves, may not be told any more, or the process stops."""
    pulse = caller.door.pulse
    async with pulse.felt():
        place = pulse.known or await pulse.place()
        behind = wanted.last is not None and wanted.last[1:] != place[1:]
        first = message("changed" if behind else "here", place)
        yield f"retry: {RETRY_MS}\n\n".encode() + first
        said = monotonic()
        while not wanted.once:
            await pulse.next(max(0.0, said + HEARTBEAT_S - monotonic()))
            touched = pulse.touched(place)
            place = pulse.known or place
            changed = touched is None or not touched.isdisjoint(wanted.touched)
            if not changed and not pulse.ended and monotonic() - said < HEARTBEAT_S:
                continue
            if pulse.ended or not await wanted.may():
                return
            said = monotonic()
            yield message("changed", place) if changed else b": \n\n"


def message(kind: str, place: Place) -> bytes:
    """One event; its id is the place to resume from."""
    data = orjson.dumps({"position": place.folded}).decode()
    return f"id: {place.folded}.{place.told}\nevent: {kind}\ndata: {data}\n\n".encode()


def place_of(last: str) -> Place | None:
    """The place of a `Last-Event-ID`; None for what is none of ours."""
    folded, _, told = last.partition(".")
    if not (folded.isascii() and folded.isdecimal() and told.isascii() and told.isdecimal()):
        return None
    if len(folded) > 18 or len(told) > 18:  # noqa: PLR2004 - a bigint
        return None
    return Place(0, int(folded), int(told))
