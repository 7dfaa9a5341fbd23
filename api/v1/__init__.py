"""JSON under /api/v1: one module per room of the contract."""

from __future__ import annotations

from fastapi import APIRouter

from api.v1 import session

router = APIRouter(prefix="/api/v1")
for room in (session,):
    router.include_router(room.router)
