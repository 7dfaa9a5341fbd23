"""«Журнал в Excel»: a page of the journal taken away as .xlsx, and what was changed in it."""

from __future__ import annotations

from base64 import b64decode, b64encode
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from fastapi import APIRouter, Request
from starlette.responses import Response

from api.caller import Caller
from api.deps import ClassReader
from api.errors import STATUS, SignInRequired
from api.gradesheet import desk
from api.house import fresh_id
from api.pages import wording
from api.pages.again import again, asks
from api.pages.forms import Sent, sent
from api.pages.opening import Asked, Opened, PageAsked, first_page, open_page
from api.pages.rendering import page
from api.pages.routing import Behind, PageRoute, remember, viewer_of
from api.reports import XLSX
from api.scans import MOST_BYTES, download
from domain.refusals import Invalid, Refusal
from domain.values import REASON_LABELS, ReasonCode
from projections import directory

router = APIRouter(route_class=PageRoute, include_in_schema=False)

HERE = "/classes/{class_id}/sheet"


@router.get(HERE)
async def sheet(class_id: UUID, wanted: PageAsked, caller: ClassReader, behind: Behind) -> Response:
    """How it goes, and the two buttons: take the page away, bring it back."""
    if wanted.subject_id is None:
        async with caller.reading() as (conn, schema):
            return await first_page(conn, schema, str(class_id), caller, "sheet")
    return await _page(caller, str(class_id), wanted, behind=behind)


@router.get("/classes/{class_id}/sheet.xlsx")
async def sheet_file(class_id: UUID, wanted: PageAsked, caller: ClassReader) -> Response:
    """The page as a file of Excel."""
    opened = await _opened(caller, str(class_id), wanted)
    name, body = await desk.exported(caller, *opened.key)
    return download(body, name, XLSX)


@router.post(HERE)
async def bring(
    request: Request, class_id: UUID, wanted: PageAsked, caller: ClassReader
) -> Response:
    """The changes of a sheet; with their hash, they are written."""
    number = str(class_id)
    form = await sent(request, file="file", most=10)
    found: desk.Compared | None = None
    answer = Response()
    try:
        why, data = _why(form), _data(form)
        found = await desk.compared(caller, number, data, why)
        of = found.marker  # the page that the sheet is of is the one to be shown
        wanted = Asked(of.subject_id, of.subgroup_id, of.term)
        if not form.one("plan_hash"):
            return await _page(caller, number, wanted, data=data, found=found)
        if found.corrects and not form.one("reason_code"):
            raise Invalid("sheet.reason", "Выберите причину исправлений.")
        if found.corrects and not caller.is_fresh:
            given = {"password": form.one("password"), "code": form.one("code")}
            await again(request, caller, given, answer)
            now = caller.door.house.clock()
            caller = Caller(caller.door, caller.session._replace(auth_time=now), caller.roles)
        once = form.once(caller, HERE)
        done = await desk.committed(caller, found, form.one("plan_hash"), why, once)
    except (Refusal, SignInRequired) as refusal:
        return await _page(caller, number, wanted, data=_kept(form), found=found, refusal=refusal)
    shown = await _page(caller, number, wanted, done=done)
    for name, value in answer.raw_headers:
        if name == b"set-cookie":
            shown.raw_headers.append((name, value))
    remember(shown, done.position)
    return shown


def _why(form: Sent) -> desk.Why:
    code = form.one("reason_code") or ReasonCode.TYPO  # asked for before anything is written
    if code not in set(ReasonCode):
        raise Invalid("sheet.reason", "Выберите причину исправлений.")
    return desk.Why(ReasonCode(code), form.one("reason"))


def _data(form: Sent) -> bytes:
    """The file, or what this page has shown the changes of. Raises Invalid."""
    if len(form.file) > MOST_BYTES:
        raise Invalid("form.file", "Файл слишком велик: не больше 3 МБ.")
    found = form.file or _kept(form)
    if not found:
        raise Invalid("form.file", "Выберите файл .xlsx.")
    return found


def _kept(form: Sent) -> bytes:
    try:
        return b64decode(form.one("data"), validate=True)
    except ValueError:
        return b""


async def _opened(caller: Caller, class_id: str, wanted: PageAsked) -> Opened:
    async with caller.reading() as (conn, schema):
        return await open_page(conn, schema, class_id, wanted, caller.door.rights.today())


async def _page(
    caller: Caller,
    class_id: str,
    wanted: PageAsked,
    *,
    data: bytes = b"",
    found: desk.Compared | None = None,
    done: desk.Done | None = None,
    refusal: Refusal | None = None,
    behind: bool = False,
) -> Response:
    opened = await _opened(caller, class_id, wanted)
    async with caller.reading() as (conn, schema):
        writes = await directory.teaches(
            conn, schema, caller.person_id, class_id, opened.place["subject_id"]
        )
    good = found.good if found else []
    context: dict[str, Any] = {
        **opened.context(caller.person_id),
        "writes": writes,
        "file_url": f"/classes/{class_id}/sheet.xlsx?{urlencode(opened.place)}",
        "register_url": opened.url("register"),
        "good": [one._asdict() for one in good],
        "refused": [one._asdict() for one in found.changes if one.refused] if found else [],
        "failed": [one._asdict() for one in done.refused] if done else [],
        "shown": found is not None,
        "plan_hash": found.hash if found else "",
        "corrects": bool(found and found.corrects),
        "data": b64encode(data).decode() if found and good else "",
        "reasons": [(str(code), label) for code, label in REASON_LABELS.items()],
        "done": wording.plural(done.marks, "отметка", "отметки", "отметок") if done else "",
        "counts": {
            "good": wording.plural(len(good), "клетка", "клетки", "клеток"),
        },
        "key": fresh_id(),
        "error": refusal.message if refusal else "",
        **asks(caller),
    }
    viewer = await viewer_of(caller, "/", behind=behind)
    return page(
        "journal/excel.html",
        context,
        viewer=viewer,
        status=STATUS[type(refusal)] if refusal else 200,
    )
