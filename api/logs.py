"""The program's own log: lines for people, or JSON lines for programs; about nobody.

What an exception says may repeat what somebody typed or a row of the database, so that of an
exception only its kind and its place in the code are written, and of psycopg's the SQLSTATE and the
names of table and constraint. A request is written with the template of its path, never with the
path, the query or the body.
"""

from __future__ import annotations

import logging
import secrets
import sys
import traceback
from contextvars import ContextVar
from copy import copy
from datetime import UTC, datetime
from itertools import count
from types import TracebackType

import orjson
from starlette.types import Scope

TEXT, JSON = "text", "json"
FORMATS = (TEXT, JSON)
#: of the request that is being answered; empty outside of one
REQUEST_ID: ContextVar[str] = ContextVar("request_id", default="")
requests = logging.getLogger("letopis.request")
_PROCESS, _REQUESTS = secrets.token_hex(4), count(1)

_Fault = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]


def set_up(level: str, kind: str) -> None:
    """The root logger to stderr. level, kind: as the settings name them; what they do not know is
    refused there, in words.
    """
    name = level.upper()
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines() if kind == JSON else Lines())
    known = name if name in logging.getLevelNamesMapping() else logging.INFO
    logging.basicConfig(level=known, handlers=[handler])
    logging.getLogger("apscheduler").setLevel(logging.WARNING)  # it tells of every job it adds
    requests.setLevel(known if kind == JSON else logging.WARNING)  # a line for each is for programs


class _AboutNobody(logging.Formatter):
    """Exceptions without their words."""

    def format(self, record: logging.LogRecord) -> str:
        """The line; what another formatter has left of the exception in the record is not used."""
        own = copy(record)
        own.exc_text = None
        return super().format(own)

    def formatException(self, ei: _Fault) -> str:  # noqa: N802 - the library's name
        """Kinds and places, from the first cause on."""
        return "\n".join(_places(ei[1])) if ei[1] is not None else ""


class Lines(_AboutNobody):
    """A line for people."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s: %(message)s")


class JsonLines(_AboutNobody):
    """One JSON object a line: `at`, `level`, `logger`, `message`; `request`, `error`, `where` and
    what the record brings along where there is such a thing.
    """

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        line: dict[str, object] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        if request := REQUEST_ID.get():
            line["request"] = request
        if record.exc_info and record.exc_info[1] is not None:
            line["error"] = _kind(record.exc_info[1])
            line["where"] = self.formatException(record.exc_info).splitlines()
        line |= getattr(record, "fields", {})
        return orjson.dumps(line, default=str).decode()


def fresh_request_id() -> str:
    """By which lines of one request are found: 16 hex digits, the first eight of this process."""
    return f"{_PROCESS}{next(_REQUESTS):08x}"


def route_of(scope: Scope) -> str:
    """The template of the path, `/api/v1/lessons/{lesson_id}/marks`; a dash where no route fits:
    a path may hold a secret address.
    """
    found: str = getattr(scope.get("route"), "path_format", "-")
    return found


def told_of_requests() -> bool:
    """Requests have lines of their own."""
    return requests.isEnabledFor(logging.INFO)


def tell_request(scope: Scope, school: str, status: int, seconds: float) -> None:
    """A line for a request that was answered."""
    if not told_of_requests():
        return
    fields = {
        "method": scope["method"],
        "route": route_of(scope),
        "status": status,
        "ms": round(1_000 * seconds, 1),
    }
    if school:
        fields["school"] = school
    requests.info("request", extra={"fields": fields})


def _places(fault: BaseException) -> list[str]:
    cause = fault.__cause__ or (None if fault.__suppress_context__ else fault.__context__)
    lines = _places(cause) if cause is not None else []
    frames = traceback.extract_tb(fault.__traceback__)
    lines += [f"  {one.filename}:{one.lineno} {one.name}" for one in frames]
    return [*lines, _kind(fault)]


def _kind(fault: BaseException) -> str:
    name = f"{type(fault).__module__}.{type(fault).__qualname__}".removeprefix("builtins.")
    diag = getattr(fault, "diag", None)
    if diag is not None and hasattr(fault, "sqlstate"):  # PostgreSQL's
        told = (fault.sqlstate, diag.table_name, diag.constraint_name)
        return f"{name} ({', '.join(one for one in told if one)})"
    return name
