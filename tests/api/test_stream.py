"""Live pages: whom a stream tells that something has changed, that it resumes, and when it ends."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any, TypeVar

import pytest

from api import streaming
from api.auth.store import Session
from api.house import Door, House
from tests.api.ground import Desk, project
from tests.api.telephone import refusal
from tests.api.test_changes import School, school  # noqa: F401 - a fixture
from tests.api.test_terms import mark
from tests.cast import CLASS_7A, CLASS_7B, PETYA

T = TypeVar("T")
HERE, CHANGED, BEAT = "here", "changed", ":"


class Listener:
    """A browser that holds a stream open, in the loop of the application."""

    def __init__(self, school: School, desk: Desk, query: str, last: str = "") -> None:  # noqa: F811
        self._app: Any = school.client.app
        self.events: asyncio.Queue[str] = asyncio.Queue()
        self.status = 0
        self.headers: dict[str, str] = {}
        self.gone = asyncio.Event()
        headers = [(b"accept", b"text/event-stream"), (b"host", b"127.0.0.1")]
        headers.append((b"cookie", desk.cookie["cookie"].encode()))
        if last:
            headers.append((b"last-event-id", last.encode()))
        self._scope = {
            "type": "http", "http_version": "1.1", "method": "GET", "scheme": "http",
            "path": "/api/v1/stream", "raw_path": b"/api/v1/stream", "root_path": "",
            "query_string": query.encode(), "headers": headers, "client": ("127.0.0.1", 5),
            "server": ("127.0.0.1", 80), "state": school.client.app_state.copy(),
        }  # fmt: skip

    async def _receive(self) -> Any:
        await self.gone.wait()
        return {"type": "http.disconnect"}

    async def _send(self, message: Any) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            self.headers = {k.decode(): v.decode() for k, v in message["headers"]}
            return
        for block in message.get("body", b"").decode().split("\n\n"):
            if block.startswith((":", "id:")):
                self.events.put_nowait(block)
        if not message.get("more_body"):
            self.events.put_nowait("end")

    @asynccontextmanager
    async def listening(self) -> AsyncIterator[Listener]:
        task = asyncio.create_task(self._app(self._scope, self._receive, self._send))
        try:
            yield self
        finally:
            self.gone.set()
            await task

    async def next(self) -> str:
        """The kind of the next event; `end` when there is none."""
        event = await asyncio.wait_for(self.events.get(), 60)
        if "\nevent: " not in event:
            return event[:1] if event.startswith(":") else event
        self.id = event.splitlines()[0].removeprefix("id: ")
        return event.splitlines()[1].removeprefix("event: ")


def in_the_loop(school: School, what: Coroutine[Any, Any, T]) -> T:  # noqa: F811
    """Run among the application's own tasks."""
    portal = school.client.portal
    assert portal is not None

    async def run() -> T:
        return await what

    return portal.call(run)


def door_of(school: School) -> Door:  # noqa: F811
    house: House = school.client.app.state.house  # type: ignore[attr-defined]
    [door] = house._doors.values()
    return door


def write(school: School) -> None:  # noqa: F811
    mark(school.desk("anna"), "4")
    project(school.url)


@pytest.mark.parametrize(
    ("login", "query", "status"),
    [
        ("zoya", {"class_id": CLASS_7A}, 404),
        ("zoya", {"pupil_id": PETYA}, 404),
        ("olga", {"class_id": CLASS_7A}, 404),
        ("oleg", {"pupil_id": PETYA}, 403),
        ("anna", {"class_id": CLASS_7B}, 404),
        ("anna", {"class_id": CLASS_7A, "pupil_id": PETYA}, 403),
        ("anna", {"class_id": CLASS_7A}, 200),
        ("olga", {"pupil_id": PETYA}, 200),
        ("zoya", {}, 200),
    ],
)
def test_a_stream_is_for_who_reads_what_it_is_about(
    school: School,  # noqa: F811
    login: str,
    query: dict[str, str],
    status: int,
) -> None:
    assert school.desk(login).get("/stream", **query).status_code == status


def test_class_diary_and_inbox_hear_of_a_mark_and_nothing_of_what(school: School) -> None:  # noqa: F811
    anna, olga = school.desk("anna"), school.desk("olga")

    async def story() -> None:
        of_class = Listener(school, anna, f"class_id={CLASS_7A}")
        diary = Listener(school, olga, f"pupil_id={PETYA}")
        inbox = Listener(school, olga, "")
        async with of_class.listening(), diary.listening(), inbox.listening():
            for one in (of_class, diary, inbox):
                assert await one.next() == HERE
                assert one.headers["content-type"].startswith("text/event-stream")
                assert one.headers["x-accel-buffering"] == "no"
            await asyncio.to_thread(write, school)
            assert await of_class.next() == CHANGED
            assert await diary.next() == CHANGED
            assert inbox.events.empty()  # nobody was told yet
            await asyncio.to_thread(school.tell)
            assert await inbox.next() == CHANGED
            assert door_of(school).streams.open == 3

    in_the_loop(school, story())
    assert door_of(school).streams.open == 0
    assert door_of(school).pulse._task is None  # nobody listens, nothing is asked


def test_a_stream_resumes_with_what_was_missed(school: School) -> None:  # noqa: F811
    anna = school.desk("anna")

    async def last_of(last: str = "") -> tuple[str, str]:
        async with Listener(school, anna, f"class_id={CLASS_7A}", last).listening() as one:
            return await one.next(), one.id

    _, place = in_the_loop(school, last_of())
    assert in_the_loop(school, last_of(place))[0] == HERE
    write(school)
    assert in_the_loop(school, last_of(place))[0] == CHANGED
    assert in_the_loop(school, last_of("вздор"))[0] == HERE


def test_a_silent_stream_beats_and_does_not_prolong_the_session(
    school: School,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(streaming, "HEARTBEAT_S", 0.01)
    olga = school.desk("olga")
    session = olga.session

    async def story() -> Session | None:
        async with Listener(school, olga, "").listening() as one:
            assert await one.next() == HERE
            assert await one.next() == BEAT
            school.clock.forward(timedelta(minutes=31))
            while (said := await one.next()) == BEAT:
                pass
            assert said == "end"
        return None

    in_the_loop(school, story())
    assert session
    assert refusal(olga.get("/session")) == (401, "session.required")


@pytest.mark.parametrize("how", ["signed out", "the process stops"])
def test_a_stream_ends_with_its_session_and_with_the_process(
    school: School,  # noqa: F811
    how: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(streaming, "HEARTBEAT_S", 0.01)
    olga = school.desk("olga")
    pulse = door_of(school).pulse
    monkeypatch.setattr(pulse, "ended", False)  # for the others it beats on
    monkeypatch.setattr(pulse, "_moved", asyncio.Event())

    async def story() -> None:
        async with Listener(school, olga, f"pupil_id={PETYA}").listening() as one:
            assert await one.next() == HERE
            if how == "signed out":
                await asyncio.to_thread(olga.send, "DELETE", "/session")
            else:
                pulse.end()
            while (said := await one.next()) == BEAT:
                pass
            assert said == "end"

    in_the_loop(school, story())


def test_the_fifth_page_of_a_session_asks_now_and_then(school: School) -> None:  # noqa: F811
    anna = school.desk("anna")

    async def story() -> None:
        pages = [Listener(school, anna, f"class_id={CLASS_7A}") for _ in range(5)]
        async with pages[0].listening(), pages[1].listening(), pages[2].listening():
            async with pages[3].listening():
                for one in pages[:4]:
                    assert await one.next() == HERE
                async with pages[4].listening() as fifth:
                    assert await fifth.next() == "end"
                assert fifth.status == 429
            async with Listener(school, anna, "").listening() as again:
                assert await again.next() == HERE

    in_the_loop(school, story())


def test_whoever_was_away_for_long_is_told_that_something_changed() -> None:
    assert streaming.place_of("12.7") == (0, 12, 7)
    assert streaming.place_of("12") is None
    assert streaming.place_of("-1.7") is None
    assert streaming.place_of(f"{10**19}.7") is None
