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
    acknowledgements,
    agenda,
    archive,
    attempts,
    audit,
    authenticity,
    class_year,
    compliance,
    consents,
    control,
    copies,
    credentials,
    desk,
    ends,
    entrance,
    family,
    forecast,
    forecast_family,
    gradesheet,
    guidance,
    health,
    importing,
    inspections,
    jobs,
    journal,
    ledgers,
    lesson_files,
    lesson_now,
    lesson_plans,
    looks,
    notices,
    oneroster,
    outcomes,
    parent_reports,
    particulars,
    past,
    provider,
    pupil_debts,
    pupil_marks,
    pupil_year,
    questions,
    regulation,
    remarks,
    reports,
    rollover,
    school_year,
    search,
    seats,
    signals,
    standing,
    statement,
    substitutions,
    term_marks,
    ticks,
    unmarked,
    webhooks,
    year_marks,
)
from api.pages.assets import ASSETS
from api.pages.failures import failure_page
from api.pages.setup import door as setup

router = APIRouter()
for room in (
    entrance,
    provider,
    account,
    journal,
    gradesheet,
    lesson_files,
    lesson_now,
    seats,
    absences,
    acknowledgements,
    parent_reports,
    outcomes,
    ends,
    term_marks,
    class_year,
    year_marks,
    archive,
    pupil_year,
    pupil_debts,
    pupil_marks,
    past,
    statement,
    family,
    ticks,
    looks,
    notices,
    agenda,
    consents,
    copies,
    particulars,
    desk,
    control,
    inspections,
    remarks,
    questions,
    ledgers,
    lesson_plans,
    rollover,
    importing,
    oneroster,
    school_year,
    search,
    guidance,
    setup,
    substitutions,
    credentials,
    signals,
    attempts,
    standing,
    regulation,
    audit,
    authenticity,
    jobs,
    health,
    webhooks,
    unmarked,
    compliance,
    reports,
    forecast,
    forecast_family,
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
