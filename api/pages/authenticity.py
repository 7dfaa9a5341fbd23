"""«Проверка подлинности»: for anybody who holds a receipt or a seal. No sign-in, no script."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.datastructures import FormData, UploadFile
from starlette.responses import Response

from api.admission import DoorOf
from api.deps import Anyone
from api.house import Door
from api.pages.rendering import page
from api.pages.routing import PageRoute
from api.pages.seals import keys_in_words, seal_in_words, verdict_page
from projections import audit
from projections.seals import judgement, reading
from projections.seals.note import MOST_CHARACTERS
from projections.seals.paper import from_file

router = APIRouter(route_class=PageRoute, include_in_schema=False)

UNPROCESSABLE = 422


@router.get("/log")
async def log(door: DoorOf, _: Anyone) -> Response:
    """What a seal is, the newest one, the keys, and a form that checks."""
    return await _log(door)


@router.post("/log")
async def check(request: Request, door: DoorOf, _: Anyone) -> Response:
    """The verdict on what was pasted or chosen; nothing is written."""
    async with request.form(max_files=1, max_fields=2) as form:
        text = await _brought(form)
    if not text.strip():
        return await _log(door, error="Вставьте текст квитанции или выберите файл.")
    async with door.reading() as (conn, schema):
        keys = await audit.keys(conn, schema)
        verdict = await judgement.judge(conn, schema, door.school_id, keys, text)
    return page("log/verdict.html", verdict_page(verdict, text, door.zone), viewer=None)


async def _log(door: Door, error: str = "") -> Response:
    async with door.reading() as (conn, schema):
        sealed = await reading.newest(conn, schema)
        keys = await audit.keys(conn, schema)
    context = {
        "school": door.name,
        "seal": sealed and seal_in_words(sealed, door.zone),
        "keys": keys_in_words(keys, door.zone),
        "error": error,
    }
    return page("log/log.html", context, viewer=None, status=UNPROCESSABLE if error else 200)


async def _brought(form: FormData) -> str:
    """The file if one was chosen, else the text; one character more than a note may have."""
    chosen, text = form.get("file"), form.get("text")
    if isinstance(chosen, UploadFile) and chosen.size:
        text = from_file(await chosen.read(4 * MOST_CHARACTERS))
    return text[: MOST_CHARACTERS + 1] if isinstance(text, str) else ""
