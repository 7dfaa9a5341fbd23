"""Pages for people: HTML from the same dicts that the API answers."""

from __future__ import annotations

from fastapi import APIRouter, FastAPI

from api.pages import control, entrance, family, journal
from api.pages.assets import ASSETS

router = APIRouter()
for room in (entrance, journal, family, control):
    router.include_router(room.router)


def install(app: FastAPI) -> None:
    """Pages at `/`, static files at `/static/<hash>/`."""
    app.include_router(router)
    app.mount("/static", ASSETS)
