"""What is told of a request for whoever runs the server: a line of the log, a span of a trace.

Neither names anybody: the method, the template of the path, the status, how long it took, which
school. Not the path, the query, the body, the address or the program of who asked.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from starlette.requests import HTTPConnection

from api import logs, traces


def watch(request: HTTPConnection) -> Callable[[int], None]:
    """A request begins; to be told its status when its answer begins."""
    number = logs.fresh_request_id()
    logs.REQUEST_ID.set(number)
    end = traces.begin(request.scope)
    if end is None and not logs.told_of_requests():
        return _untold
    started = time.perf_counter()

    def told(status: int) -> None:
        scope = request.scope
        logs.tell_request(scope, _school(request), status, time.perf_counter() - started)
        if end is not None:
            end(logs.route_of(scope), _school(request), status, number)

    return told


def _untold(_: int) -> None:
    """Nobody wants to be told."""


def _school(request: HTTPConnection) -> str:
    """The school of the request, where there are many."""
    house = getattr(request.app.state, "house", None)
    return (house and house.share_of(request.headers.get("host", ""))) or ""
