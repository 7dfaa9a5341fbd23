"""OneRoster 1.2, CSV binding: a school year for other systems."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query
from starlette.responses import Response

from api.deps import FreshAdministration
from api.oneroster.exporting import exported
from api.scans import ZIP, download
from api.v1.wire import PREFIX

router = APIRouter(prefix=PREFIX, tags=["OneRoster"])


@router.get("/years/{year}/oneroster", response_class=Response)
async def export_oneroster(
    year: Annotated[int, Path(ge=2000, le=2100)],
    caller: FreshAdministration,
    *,
    marks: Annotated[bool, Query(description="с работами и отметками")] = False,
) -> Response:
    """The year as a bundle of OneRoster 1.2 (zip): classes, people, who teaches whom."""
    body = await exported(caller, year, marks=marks)
    return download(body, f"oneroster-{year}.zip", ZIP)
