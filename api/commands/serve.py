"""`letopis serve`: the web process."""

from __future__ import annotations

import argparse
import gc
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import uvicorn

from api import traces
from api.app import create_app
from api.commands import leash
from api.commands.answers import GOOD, REFUSED
from api.commands.ground import database, settings_of, with_data
from api.commands.listening import listen
from projections.postgres.settings import Settings

GRACE_S = 15  # how long requests may take to end after SIGTERM
#: The engine and the event loop share one interpreter: neither waits 5 ms for the other.
SWITCH_S = 0.0005
GC_THRESHOLDS = (20_000, 20, 50)  # a full collection stops everybody for tens of ms


def register(commands: Any) -> None:
    """Arguments of the command."""
    parser = commands.add_parser("serve", help="веб-сервер (один процесс)")
    with_data(parser)
    parser.add_argument("--host", help="на каком адресе отвечать")
    parser.add_argument("--port", type=int, help="на каком порту отвечать")
    parser.add_argument("--socket", type=int, help=argparse.SUPPRESS)
    leash.register(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Serve until SIGTERM or SIGINT."""
    leash.hold(arguments)
    settings = settings_of(arguments)
    if arguments.socket is not None:
        listening = socket.socket(fileno=arguments.socket)
    else:
        listening = listen(settings.host, settings.port)
    sys.setswitchinterval(SWITCH_S)
    with database(settings) as admin, traced(settings):
        server = Server(configuration(settings, admin))
        # What is loaded by now stays for ever: it need not be looked through again and again.
        gc.collect()
        gc.freeze()
        gc.set_threshold(*GC_THRESHOLDS)
        server.run(sockets=[listening])
    return GOOD if server.started else REFUSED


@contextmanager
def traced(settings: Settings) -> Iterator[None]:
    """Requests have spans, where somebody wants them. Raises SettingsError."""
    if settings.traces is None:
        yield
        return
    provider = traces.exporting(settings.traces)
    traces.trace_to(provider)
    try:
        yield
    finally:
        traces.stop()
        provider.shutdown()


class Server(uvicorn.Server):
    """Live pages are let go first: the others need not wait for them."""

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """As uvicorn."""
        self.config.app.state.house.leave()  # type: ignore[union-attr]
        await super().shutdown(sockets)


def configuration(settings: Settings, admin: str) -> uvicorn.Config:
    """How uvicorn serves us. Forwarded addresses are believed only behind a declared proxy."""
    return uvicorn.Config(
        create_app(settings, admin),
        loop="uvloop",
        http="httptools",
        access_log=False,
        server_header=False,
        date_header=False,
        proxy_headers=settings.public_origin is not None,
        timeout_graceful_shutdown=GRACE_S,
        timeout_keep_alive=30,
        log_level=settings.log_level,
        log_config=None,
    )
