"""The web process wired together; nothing is decided here."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime

from fastapi import FastAPI

from api import errors, health, pages, v1
from api.auth.browser import Browser
from api.auth.crowd import Crowd
from api.auth.guard import Guard
from api.auth.sessions import system_clock
from api.beat import beat_on
from api.beside import beside
from api.endings import ENDINGS, announce
from api.house import House
from api.openapi import describe
from api.pages.routing import refused
from api.report_work import work_on
from projections.postgres.settings import Settings

TITLE = "Летопись"
DESCRIPTION = (
    "Школьный журнал, который нельзя переписать, только продолжить. Ошибки — "
    "application/problem+json (RFC 9457); каждая запись требует Idempotency-Key (UUID) и отвечает "
    "`position`; каждое чтение отвечает `as_of` и `ETag`; `?min_position=N` ждёт до 2 секунд."
)


def create_app(
    settings: Settings, admin: str, *, clock: Callable[[], datetime] = system_clock
) -> FastAPI:
    """The application on the database at `admin` (a connection string; roles are derived)."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with (
            House(settings, admin, clock=clock) as house,
            beside(beat_on(house)),
            beside(work_on(house)),
        ):
            app.state.house = house
            yield

    app = FastAPI(
        title=TITLE,
        description=DESCRIPTION,
        version="1",
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        openapi_url="/openapi.json",
        redirect_slashes=False,
        telemetry={"tracing": False, "metrics": False, "logs": False},  # nobody is told
    )
    errors.install(app)
    app.state.answers = Counter()
    plain, browser = app.build_middleware_stack, Browser(settings.public_origin)

    def guarded() -> Guard:
        return Guard(plain(), browser, v1.SWITCH, app.state.answers, refused, Crowd())

    app.build_middleware_stack = guarded  # type: ignore[method-assign]
    announce(v1.ROUTES, ENDINGS, clock)
    app.router.routes.extend(v1.ROUTES)
    app.include_router(health.router)
    pages.install(app)
    describe(app)
    return app
