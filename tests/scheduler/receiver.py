"""A program outside that takes events: a real server of thirty lines, which can misbehave."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from typing import Any, NamedTuple

import orjson


class Received(NamedTuple):
    """An event as it came."""

    headers: dict[str, str]
    body: bytes
    path: str = "/"

    @property
    def event(self) -> dict[str, Any]:
        event: dict[str, Any] = orjson.loads(self.body)
        return event


class Receiver:
    """`answers`: a status, or headers beside it, `hang` or `nonsense`, one a request; then 204."""

    def __init__(self) -> None:
        self.received: list[Received] = []
        self.answers: list[int | str | tuple[int, dict[str, str]]] = []
        self.free = Event()
        self.url = ""

    @property
    def ids(self) -> list[str]:
        return [one.event["id"] for one in self.received]

    def asked(self, handler: BaseHTTPRequestHandler) -> None:
        """One request."""
        length = int(handler.headers.get("content-length", "0"))
        headers = {name.lower(): value for name, value in handler.headers.items()}
        self.received.append(Received(headers, handler.rfile.read(length), handler.path))
        said = self.answers.pop(0) if self.answers else 204
        if said == "hang":
            self.free.wait(20)
            return
        if said == "nonsense":
            handler.wfile.write(b"it is raining\r\n\r\n")
            return
        status, more = said if isinstance(said, tuple) else (said, {})
        assert isinstance(status, int)
        handler.send_response(status)
        for name, value in more.items():
            handler.send_header(name, value)
        handler.send_header("Content-Length", "0")
        handler.end_headers()


@contextmanager
def receiving() -> Iterator[Receiver]:
    """A receiver on a port of its own."""
    receiver = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            receiver.asked(self)

        def log_message(self, *_: Any) -> None:
            pass

    class Server(ThreadingHTTPServer):
        daemon_threads = False

    server = Server(("127.0.0.1", 0), Handler)
    receiver.url = f"http://127.0.0.1:{server.server_port}/hook"
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield receiver
    finally:
        receiver.free.set()
        server.shutdown()
        thread.join()
        server.server_close()


def nobody() -> str:
    """An address at which nobody answers."""
    return "http://127.0.0.1:1/"  # a port that was free a moment ago may be somebody's by now
