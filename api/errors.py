"""The only place that knows which HTTP status a refusal becomes: problem+json (RFC 9457)."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

import orjson
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response

from api.attempts import CODE
from api.logs import route_of
from domain.refusals import Busy, Conflict, Forbidden, Invalid, NotFound, Refusal

logger = logging.getLogger(__name__)


class SignInRequired(Refusal):
    """Nobody is signed in, or the session has ended."""


class TooMany(Refusal):
    """Too many attempts; `retry_after` says in how many seconds to come back."""


class Gone(Refusal):
    """What is asked for was there; who asks may not read it any more."""


class Elsewhere(Refusal):
    """The school has moved to another server; `moved_to` is its address, `https://…`."""


class TooLarge(Refusal):
    """A write brings more bytes than anybody would type."""


class NotJson(Refusal):
    """A write came as something other than JSON."""


STATUS: dict[type[Refusal], int] = {
    SignInRequired: 401,
    Forbidden: 403,
    NotFound: 404,
    Conflict: 409,
    Gone: 410,
    Elsewhere: 410,
    TooLarge: 413,
    NotJson: 415,
    Invalid: 422,
    TooMany: 429,
    Busy: 503,
}
TITLES = {
    400: "Запрос не разобран",
    401: "Нужно войти",
    403: "Нельзя",
    404: "Не найдено",
    405: "Так нельзя",
    409: "Уже изменено",
    410: "Больше не открыто",
    413: "Слишком большой запрос",
    415: "Нужен JSON",
    422: "Не принято",
    429: "Слишком часто",
    500: "Ошибка программы",
    503: "Сейчас не получается",
}
MEDIA_TYPE = "application/problem+json"

#: pydantic's kind of error → a sentence; the values in braces come from the error's context
SENTENCES = {
    "missing": "поле обязательно",
    "extra_forbidden": "такого поля нет",
    "uuid_parsing": "нужен UUID",
    "uuid_type": "нужен UUID",
    "date_from_datetime_parsing": "нужна дата вида 2026-09-01",
    "date_parsing": "нужна дата вида 2026-09-01",
    "date_type": "нужна дата вида 2026-09-01",
    "datetime_from_date_parsing": "нужен момент вида 2026-09-01T09:00:00+03:00",
    "datetime_parsing": "нужен момент вида 2026-09-01T09:00:00+03:00",
    "timezone_aware": "у момента должен быть часовой пояс",
    "int_parsing": "нужно целое число",
    "int_type": "нужно целое число",
    "bool_parsing": "нужно true или false",
    "bool_type": "нужно true или false",
    "string_type": "нужна строка",
    "string_too_long": "не длиннее {max_length} знаков",
    "string_too_short": "не короче {min_length} знаков",
    "string_pattern_mismatch": "не тот вид записи",
    "list_type": "нужен список",
    "too_long": "не больше {max_length}",
    "too_short": "не меньше {min_length}",
    "greater_than_equal": "не меньше {ge}",
    "less_than_equal": "не больше {le}",
    "enum": "одно из: {expected}",
    "literal_error": "одно из: {expected}",
    "json_invalid": "это не JSON",
    "model_attributes_type": "нужен объект JSON",
    "dict_type": "нужен объект JSON",
}


def problem(
    status: int,
    code: str,
    detail: str = "",
    *,
    headers: Mapping[str, str] | None = None,
    extra: Mapping[str, Any] | None = None,
) -> Response:
    """An answer about a problem: `code` is stable and English, the sentences are Russian."""
    body = {
        "type": f"urn:letopis:problem:{code}",
        "title": TITLES.get(status, "Не получилось"),
        "status": status,
        "detail": detail or TITLES.get(status, "Не получилось"),
        "code": code,
    }
    return Response(
        orjson.dumps(dict(extra or {}) | body, default=str),
        status,
        {"Cache-Control": "no-store"} | dict(headers or {}),
        media_type=MEDIA_TYPE,
    )


def refused(refusal: Refusal) -> Response:
    """A refusal as an answer; details of a refusal become members of the problem."""
    status = STATUS[type(refusal)]
    headers = {}
    if (wait := refusal.extra.get("retry_after")) is not None:
        headers["Retry-After"] = str(wait)
    return problem(
        status, refusal.code, refusal.message, headers=headers, extra=dict(refusal.extra)
    )


def sentence(error: Mapping[str, Any]) -> str:
    """What pydantic found, in words: «marks.0.pupil_id: нужен UUID»."""
    place = ".".join(str(part) for part in error["loc"] if part not in ("body", "query", "path"))
    words = SENTENCES.get(error["type"], "значение не подходит")
    context = {name: str(value) for name, value in (error.get("ctx") or {}).items()}
    words = words.format_map(context) if "{" in words and context else words
    return f"{place}: {words}" if place else words


def answer_to(request: Request, fault: Exception) -> Response:
    """The answer to whatever ended a request: a refusal, a malformed request, a fault of ours."""
    if isinstance(fault, Refusal):
        request.scope[CODE] = fault.code
        return refused(fault)
    if isinstance(fault, RequestValidationError):
        errors = [sentence(error) for error in fault.errors()]
        in_path = any(error["loc"][:1] == ("path",) for error in fault.errors())
        if in_path:  # an id that cannot be one is the id of nothing
            return problem(404, "thing.unknown", "Такой записи нет.")
        return problem(422, "request.malformed", "; ".join(errors) + ".", extra={"errors": errors})
    if isinstance(fault, HTTPException):
        code = {404: "path.unknown", 405: "method.unknown"}.get(
            fault.status_code, f"http.{fault.status_code}"
        )
        detail = {404: "Такого адреса нет.", 405: "Так к этому адресу не обращаются."}
        return problem(
            fault.status_code, code, detail.get(fault.status_code, ""), headers=fault.headers
        )
    logger.error("%s %s failed", request.method, route_of(request.scope), exc_info=fault)
    return problem(500, "program.fault", "Мы уже знаем об этом: запись сделана в журнале работы.")


def install(app: FastAPI) -> None:
    """Answers for refusals, malformed requests, unknown paths and faults."""

    async def on_fault(request: Request, fault: Exception) -> Response:
        return answer_to(request, fault)

    for kind in (*STATUS, RequestValidationError, HTTPException, Exception):
        app.add_exception_handler(kind, on_fault)
