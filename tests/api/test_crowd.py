"""Many at once: whoever would be one too many is asked to come back; nobody is left with a 500."""

from __future__ import annotations

import asyncio
from collections import Counter
from types import SimpleNamespace
from typing import Any

import orjson
import pytest
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.auth.browser import Browser
from api.auth.crowd import FEW, Crowd
from api.auth.guard import Guard
from api.errors import refused
from api.switch import Switch

A_PAGE, A_PROGRAM = "text/html,*/*;q=0.8", "application/json"


class Slow:
    """An application that answers when it is told to."""

    def __init__(self) -> None:
        self.go = asyncio.Event()
        self.ends = asyncio.Event()
        self.entered = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.entered += 1
        if scope["path"] == "/slow":
            await receive()
        if scope["path"] != "/healthz":
            await self.go.wait()
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await self.ends.wait()
        await send({"type": "http.response.body", "body": b""})


class Asked:
    """One request on its way."""

    def __init__(
        self, gate: Guard, path: str, accept: str = A_PROGRAM, method: str = "GET"
    ) -> None:
        self.sent: list[Message] = []
        scope: dict[str, Any] = {
            "type": "http",
            "method": method,
            "path": path,
            "scheme": "http",
            "app": SimpleNamespace(state=SimpleNamespace()),
            "headers": [(b"accept", accept.encode())],
        }

        async def send(message: Message) -> None:
            self.sent.append(message)

        self.body_is_there = asyncio.Event()

        async def receive() -> Message:
            await self.body_is_there.wait()
            return {"type": "http.request", "body": b""}

        self.task = asyncio.create_task(gate(scope, receive, send))

    @property
    def status(self) -> int:
        return int(self.sent[0]["status"])

    @property
    def headers(self) -> dict[str, str]:
        return {name.decode(): value.decode() for name, value in self.sent[0]["headers"]}

    @property
    def body(self) -> bytes:
        return bytes(self.sent[1]["body"])


def before(app: ASGIApp, crowd: Crowd, answers: Counter[int] | None = None) -> Guard:
    """The gate before an application."""
    counted = Counter[int]() if answers is None else answers
    return Guard(app, Browser(None), Switch([]), counted, refused, crowd)


async def turns() -> None:
    """Everybody goes as far as they get."""
    for _ in range(5):
        await asyncio.sleep(0)


def test_whoever_is_one_too_many_is_asked_to_come_back_at_once() -> None:
    async def story() -> None:
        app, answers = Slow(), Counter[int]()
        crowd = Crowd(most=2)
        gate = before(app, crowd, answers)
        inside = [Asked(gate, "/api/v1/session") for _ in range(2)]
        await turns()

        program, person = Asked(gate, "/api/v1/classes"), Asked(gate, "/today", A_PAGE)
        watching = Asked(gate, "/healthz")
        await turns()

        assert app.entered == 3  # whoever watches is let in
        assert watching.status == 200
        assert (program.status, orjson.loads(program.body)["code"]) == (503, "server.crowded")
        assert program.headers["retry-after"] == person.headers["retry-after"] == "2"
        assert person.headers["content-type"] == "text/html; charset=utf-8"
        assert 'http-equiv="refresh" content="2"' in person.body.decode()
        assert answers == {200: 1, 503: 2}

        app.go.set()  # both begin to be answered: a stream that goes on for hours is no crowd
        await turns()
        later = [Asked(gate, "/api/v1/stream") for _ in range(3)]
        await turns()
        assert [one.status for one in (*inside, *later)] == [200] * 5
        app.ends.set()
        await asyncio.gather(*(one.task for one in (*inside, *later, watching)))
        assert crowd.waiting == 0

    asyncio.run(story())


def test_on_a_slow_machine_fewer_may_wait() -> None:
    """Nobody has been answered within a second: those who wait are enough."""

    async def story() -> None:
        now = 100.0
        app = Slow()
        crowd = Crowd(clock=lambda: now)
        gate = before(app, crowd)
        now += 3_600  # a long silence is no overload
        first = [Asked(gate, "/api/v1/session") for _ in range(FEW + 20)]
        await turns()
        assert crowd.waiting == FEW + 20  # all of a sudden is no overload either

        now += 1.1
        late = Asked(gate, "/api/v1/session")
        await turns()
        assert late.status == 503

        app.go.set()
        app.ends.set()
        await asyncio.gather(*(one.task for one in first))
        later = Asked(gate, "/api/v1/session")  # few are waiting: it goes on at once
        await turns()
        assert later.status == 200
        assert crowd.waiting == 0

    asyncio.run(story())


def test_programs_that_wait_for_changes_are_no_crowd() -> None:
    async def story() -> None:
        now = 100.0
        app = Slow()
        crowd = Crowd(clock=lambda: now)
        gate = before(app, crowd)
        programs = [Asked(gate, "/api/v1/changes") for _ in range(2 * FEW)]
        await turns()
        now += 20

        assert crowd.waiting == 0
        assert not crowd.full(now)
        app.go.set()
        app.ends.set()
        await asyncio.gather(*(one.task for one in programs))
        assert {one.status for one in programs} == {200}

    asyncio.run(story())


def test_on_a_quick_machine_many_may_wait() -> None:
    async def story() -> None:
        now = 100.0
        app = Slow()
        crowd = Crowd(clock=lambda: now)
        gate = before(app, crowd)
        patient = [Asked(gate, "/api/v1/session") for _ in range(FEW)]  # who ask for a long wait
        await turns()
        app.go.set()
        now += 5
        quick = Asked(gate, "/slow")  # few are left to wait
        await turns()
        app.go.clear()
        more = [Asked(gate, "/api/v1/session") for _ in range(2 * FEW)]
        await turns()
        now += 0.9
        assert not crowd.full(now)
        app.go.set()  # answered within a second, all of them
        await turns()
        more += [Asked(gate, "/api/v1/session") for _ in range(2 * FEW)]
        await turns()
        now += 0.9
        assert not crowd.full(now)

        app.ends.set()
        quick.body_is_there.set()
        every = [*patient, quick, *more]
        await asyncio.gather(*(one.task for one in every))
        assert {one.status for one in every} == {200}

    asyncio.run(story())


def test_whoever_sends_a_request_slowly_keeps_nobody_out() -> None:
    async def story() -> None:
        app = Slow()
        crowd = Crowd(most=1)
        gate = before(app, crowd)
        slow = [Asked(gate, "/slow") for _ in range(3)]
        await turns()
        assert (app.entered, crowd.waiting) == (3, 0)

        slow[0].body_is_there.set()  # now it is our turn, and only one has a place
        await turns()
        assert crowd.waiting == 1
        late = Asked(gate, "/api/v1/session")
        await turns()
        assert late.status == 503

        app.go.set()
        app.ends.set()
        for one in slow:
            one.body_is_there.set()
        await asyncio.gather(*(one.task for one in slow))
        assert (crowd.waiting, [one.status for one in slow]) == (0, [200] * 3)

    asyncio.run(story())


def test_whoever_still_waits_when_the_process_stops_is_told_to_repeat() -> None:
    async def story() -> None:
        app = Slow()
        crowd = Crowd()
        gate = before(app, crowd)
        waiting = Asked(gate, "/api/v1/lessons/1/marks")
        await turns()
        waiting.task.cancel("timeout graceful shutdown exceeded")
        await turns()

        assert (waiting.status, orjson.loads(waiting.body)["code"]) == (503, "server.stopping")
        assert waiting.headers["retry-after"]
        assert crowd.waiting == 0

        app.go.set()
        begun = Asked(gate, "/api/v1/stream")
        await turns()
        begun.task.cancel()  # half an answer cannot be made another
        with pytest.raises(asyncio.CancelledError):
            await begun.task
        assert [one["type"] for one in begun.sent] == ["http.response.start"]

    asyncio.run(story())


def test_whoever_is_stopped_while_a_refusal_is_noted_is_told_to_repeat(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def refusing(_scope: Scope, _receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 404, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    async def story() -> None:
        async def noting(_scope: Scope, _status: int) -> None:
            await asyncio.Event().wait()

        monkeypatch.setattr("api.attempts.note", noting)
        crowd = Crowd()
        waiting = Asked(before(refusing, crowd), "/api/v1/lessons/1/marks", method="POST")
        await turns()
        assert crowd.waiting == 1
        waiting.task.cancel("timeout graceful shutdown exceeded")
        await turns()

        assert (waiting.status, orjson.loads(waiting.body)["code"]) == (503, "server.stopping")
        assert crowd.waiting == 0

    asyncio.run(story())
