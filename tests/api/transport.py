"""Requests of tests to an application in this process, with as little between as there can be."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Any
from urllib.parse import unquote

import httpx2
from fastapi.testclient import TestClient
from starlette.types import ASGIApp, Message


class QuickClient(TestClient):
    """Starlette's client, which crosses to the loop's thread eight times a request, to be able to
    stop in the middle of an answer; this one crosses once and takes the answer as a whole. A fault
    of the application is the answer that it gives.
    """

    def __init__(self, app: ASGIApp, base_url: str, client: tuple[str, int]) -> None:
        super().__init__(app, base_url=base_url, client=client, raise_server_exceptions=False)
        self._transport = WholeAnswers(self, client)


class WholeAnswers(httpx2.BaseTransport):
    """The application's answers; its lifespan is that of `of`."""

    def __init__(self, of: TestClient, client: tuple[str, int]) -> None:
        self._of, self._client = of, client
        self._loop: asyncio.AbstractEventLoop | None = None

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        """Ask; waits for the end of the application."""
        assert self._of.portal is not None, "the application is not running"
        if self._loop is None:
            self._loop = self._of.portal.call(asyncio.get_running_loop)
        answer = asyncio.run_coroutine_threadsafe(self._asked(request), self._loop).result()
        answer.request = request
        return answer

    async def _asked(self, request: httpx2.Request) -> httpx2.Response:
        messages: list[Message] = [{"type": "http.request", "body": request.read()}]
        answered = asyncio.Event()
        status, headers, body = 500, [], b""

        async def receive() -> Message:
            if messages:
                return messages.pop()
            await answered.wait()
            return {"type": "http.disconnect"}

        async def send(message: Message) -> None:
            nonlocal status, headers, body
            if message["type"] == "http.response.start":
                status, headers = message["status"], message["headers"]
                return
            body += message.get("body", b"")
            if not message.get("more_body", False):
                answered.set()

        with suppress(Exception):  # it has answered 500, and a test looks at the answer
            await self._of.app(self._scope(request), receive, send)
        content = b"" if request.method == "HEAD" else body
        return httpx2.Response(status, headers=headers, content=content)

    def _scope(self, request: httpx2.Request) -> dict[str, Any]:
        url = request.url
        path, _, query = url.raw_path.partition(b"?")
        return {
            "type": "http",
            "http_version": "1.1",
            "method": request.method,
            "scheme": url.scheme,
            "path": unquote(path.decode()),
            "raw_path": path,
            "root_path": "",
            "query_string": query,
            "headers": [(name.lower(), value) for name, value in request.headers.raw],
            "client": self._client,
            "server": (url.host, url.port or {"http": 80, "https": 443}[url.scheme]),
            "state": self._of.app_state.copy(),
        }
