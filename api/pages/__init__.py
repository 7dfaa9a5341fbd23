"""Pages for people: HTML from the same dicts that the API answers."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from http import HTTPStatus
from typing import Any

from fastapi import APIRouter, FastAPI
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from api.pages import (
    absences,
    account,
    audit,
    authenticity,
    compliance,
    consents,
    control,
    credentials,
    ends,
    entrance,
    family,
    inspections,
    jobs,
    journal,
    ledgers,
    looks,
    outcomes,
    past,
    provider,
    pupil_year,
    questions,
    regulation,
    remarks,
    signals,
    standing,
    statement,
)
from api.pages.assets import ASSETS
from api.pages.failures import failure_page

router = APIRouter()
for room in (
    entrance,
    provider,
    account,
    journal,
    absences,
    outcomes,
    ends,
    pupil_year,
    past,
    statement,
    family,
    looks,
    consents,
    control,
    inspections,
    remarks,
    questions,
    ledgers,
    credentials,
    signals,
    standing,
    regulation,
    audit,
    authenticity,
    jobs,
    compliance,
):
    router.include_router(room.router)

Handler = Callable[[Request, Any], Awaitable[Response]]


def install(app: FastAPI) -> None:
    """Pages at `/`, static files at `/static/<hash>/`, failures as pages to who wants a page.

    To be called after the handlers of problem+json are installed: they answer everybody else.
    """
    app.include_router(router)
    app.mount("/static", ASSETS)
    for kind in (HTTPException, Exception):
        app.add_exception_handler(kind, _for_people(app.exception_handlers[kind]))


def _for_people(usual: Any) -> Handler:
    async def handler(request: Request, fault: Any) -> Response:
        answer: Response = await usual(request, fault)  # which also writes it down
        page = "text/html" in request.headers.get("accept", "")
        if not page or request.url.path.startswith("/api/"):
            return answer
        status = getattr(fault, "status_code", HTTPStatus.INTERNAL_SERVER_ERROR)
        return failure_page(status)

    return handler
