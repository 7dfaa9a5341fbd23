"""The witness's own small site (C2SP tlog-witness): no school, no database server, no sign-in.

It runs on the machine of whoever audits the school; `letopis witness` starts it.
"""

from __future__ import annotations

import logging
import sqlite3
import time
from asyncio import timeout
from collections.abc import Callable
from datetime import UTC, datetime
from html import escape
from http import HTTPStatus

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import Route

from projections.seals.note import to_base64
from projections.seals.witness_memory import Seen
from projections.seals.witnessing import ADD_CHECKPOINT, Witness

MOST_BYTES = 128 * 1024  # 63 lines of proof and a note with 16 post-quantum signatures fit twice
BODY_WITHIN_S = 20.0

_AWAY = PlainTextResponse("Память свидетеля недоступна; повторите позже.\n", 503)
_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
}
_PAGE = """<!doctype html>
<html lang="ru"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Свидетель Летописи</title>
<h1>Свидетель Летописи</h1>
<p>Эта программа помнит, каким был школьный журнал, и подписывает только его продолжение.
Имён и отметок здесь нет и не бывает.
<p>Ключ свидетеля: <code>{key}</code>
<h2>За какими журналами наблюдает</h2>
<dl>{logs}</dl>
</html>
"""
_LOG = "<dt><code>{origin}</code><dd>{seen}\n"

logger = logging.getLogger(__name__)


def create_app(witness: Witness, clock: Callable[[], float] = time.time) -> Starlette:
    """The application; `clock` answers seconds of POSIX."""

    async def add_checkpoint(request: Request) -> Response:
        try:
            async with timeout(BODY_WITHIN_S):
                body = await _body(request)
        except (TimeoutError, ClientDisconnect):
            return PlainTextResponse("Запрос не дошёл целиком.\n", HTTPStatus.REQUEST_TIMEOUT)
        if body is None:
            return PlainTextResponse(
                "Запрос слишком большой.\n", HTTPStatus.REQUEST_ENTITY_TOO_LARGE
            )
        try:
            answer = await run_in_threadpool(witness.add_checkpoint, body, int(clock()))
        except sqlite3.Error:
            logger.exception("nothing was signed: the memory does not answer")
            return _AWAY
        # `Response` would add a charset to a type that has none
        return Response(answer.text, answer.status, {"Content-Type": answer.media_type})

    async def page(_: Request) -> Response:
        try:
            heads = await run_in_threadpool(witness.heads)
        except sqlite3.Error:
            logger.exception("the memory does not answer")
            return _AWAY
        logs = "".join(
            _LOG.format(origin=escape(origin), seen=_told(seen)) for origin, seen in heads.items()
        )
        text = _PAGE.format(key=escape(str(witness.verifier)), logs=logs)
        return HTMLResponse(text, headers=_HEADERS)

    return Starlette(
        routes=[Route(ADD_CHECKPOINT, add_checkpoint, methods=["POST"]), Route("/", page)]
    )


async def _body(request: Request) -> bytes | None:
    """The body, or None as soon as it is too long. Raises ClientDisconnect."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MOST_BYTES:
            return None
    return bytes(body)


def _told(seen: Seen) -> str:
    """What was seen last, in words."""
    if not seen.note:
        return "ещё ничего не присылал"
    at = datetime.fromtimestamp(seen.at, UTC)
    return (
        f"записей: {seen.size}, последняя подпись {at:%d.%m.%Y %H:%M} UTC,"
        f" отпечаток <code>{escape(to_base64(seen.root))}</code>"
    )
