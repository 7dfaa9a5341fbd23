"""JSON under /api/v1: one module per room of the contract."""

from __future__ import annotations

from fastapi import APIRouter

from api.v1 import classes, diary, lessons, marks, people, roster, session, trail, years

router = APIRouter(prefix="/api/v1")
for room in (session, lessons, marks, classes, roster, diary, trail, years, people):
    router.include_router(room.router)
