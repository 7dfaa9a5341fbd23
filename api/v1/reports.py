"""Reports (clauses 2.2.7, 4.1.в): the printed forms as JSON, .xlsx and PDF."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Path, Request
from fastapi import Query as QueryField
from pydantic import BaseModel, Field
from starlette.responses import Response

from api import report_work
from api import reports as shown
from api.answers import PRIVATE, read
from api.deps import DiaryReader, Staff, noted
from api.reports import XLSX, Wanted
from api.v1.log import moment
from api.v1.wire import PREFIX, Body, Id, Once, example
from projections import report_runs as diary
from projections.report_runs import Run
from projections.reports import Form

router = APIRouter(prefix=PREFIX, tags=["Отчёты"])

Name = Annotated[str, Path(pattern="^[a-z_]{1,40}$", examples=["summary_sheet"])]
Query = Annotated[Wanted, Depends()]

FORM: dict[str, Any] = {
    "form": "summary_sheet",
    "number": 1,
    "title": "Сводная ведомость учёта успеваемости",
    "about": "Отметки класса за период или за год, с решением педсовета",
    "fields": ["term", "class"],
    "long": False,
}
REPORT: dict[str, Any] = {
    "form": "school_results",
    "title": "Итоги успеваемости и качества знаний",
    "heads": [{"label": "Период", "value": "I четверть"}],
    "parts": [
        {
            "title": "",
            "words": [],
            "columns": [
                {"key": "class", "title": "Класс", "group": None, "kind": "text"},
                {"key": "pupils", "title": "Учеников", "group": None, "kind": "count"},
                {"key": "quality", "title": "Качество, %", "group": None, "kind": "percent"},
            ],
            "lines": [
                {"kind": "line", "cells": ["7а", 26, "38.46"]},
                {"kind": "total", "cells": ["Школа", 266, "50.00"]},
            ],
            "notes": [],
        }
    ],
    "notes": ["Классы безотметочного обучения в показатели не входят."],
    "source": {"position": 235428, "moment": "2026-11-23T07:30:00+00:00"},
}
RUN: dict[str, Any] = {
    "run_id": "5e0c8f77-6a58-4c07-9a86-2f6f1f6b7c55",
    "form": "letter",
    "title": "Информационное письмо для родителей",
    "format": "pdf",
    "asked_at": "2026-11-23T07:30:00+00:00",
    "asked_by": "Веденеева Вера Викторовна",
    "state": "running",
    "done": 45,
    "finished": None,
    "position": None,
    "size": None,
    "error": None,
    "file_url": None,
}
_FILE: dict[str, Any] = {"schema": {"type": "string", "format": "binary"}}


@router.get("/reports", responses=example({"reports": [FORM]}))
async def reports(request: Request, caller: Staff) -> Response:
    """Forms that are there for the caller's roles. A field with «?» may be left out."""
    found = [form_json(one) for one in shown.forms_for(caller)]
    return read(request, {"reports": found}, await caller.door.progress.as_of())


@router.get("/reports/{form}", responses=example(REPORT))
async def report(form: Name, wanted: Query, request: Request, caller: Staff) -> Response:
    """A form filled: now, or as of a moment. Cells stand in the order of the columns; `source`
    says of which log they were counted, so that they can be counted again.
    """
    order = await shown.order(caller, form, wanted)
    as_of = await caller.door.progress.as_of()
    return read(request, (await shown.filled(caller, order)).json(), as_of)


@router.get(
    "/reports/{form}/xlsx",
    response_class=Response,
    responses={200: {"content": {XLSX: _FILE}}},
)
async def report_table(form: Name, wanted: Query, caller: Staff) -> Response:
    """The form as a workbook: numbers are numbers."""
    order = await shown.order(caller, form, wanted)
    body = await shown.as_xlsx(caller, await shown.filled(caller, order))
    return attachment(body, f"{order.form.name}.xlsx", XLSX)


@router.get(
    "/reports/{form}/pdf",
    response_class=Response,
    responses={200: {"content": {"application/pdf": _FILE}}},
)
async def report_paper(form: Name, wanted: Query, caller: Staff) -> Response:
    """The form to print: A4, tagged."""
    order = await shown.order(caller, form, wanted)
    body = await shown.as_pdf(caller, await shown.filled(caller, order))
    return attachment(body, f"{order.form.name}.pdf", "application/pdf")


class RunIn(Body):
    """A report to be made in the background. Without `class_id` the administration gets a form of a
    class for all of them.
    """

    format: Literal["pdf", "xlsx"]
    year: Annotated[int | None, Field(ge=2000, le=2100)] = None
    term: Annotated[int | None, Field(ge=0, le=12)] = None
    class_id: Id | None = None
    subject_id: Id | None = None
    teacher_id: Id | None = None
    pupil_id: Id | None = None
    since: date | None = None
    until: date | None = None
    as_of: datetime | None = None

    def wanted(self) -> Wanted:
        """As a query says it."""
        found = Wanted(year=self.year, term=self.term, since=self.since, until=self.until)
        found.as_of = self.as_of
        found.class_id, found.subject_id = self.class_id, self.subject_id
        found.teacher_id, found.pupil_id = self.teacher_id, self.pupil_id
        return found


class RunAsked(BaseModel):
    """Where to look for it."""

    run_id: str


@router.post("/reports/{form}/runs", status_code=202)
async def ask_report(form: Name, new: RunIn, caller: Staff, once: Once) -> RunAsked:
    """Have a report made in the background; it is kept for a week."""
    order = await shown.order(caller, form, new.wanted(), every=True)
    return RunAsked(run_id=await report_work.ask(caller, order, new.format, once))


@router.get("/report-runs", responses=example({"runs": [RUN]}))
async def report_runs(request: Request, caller: Staff) -> Response:
    """Reports that I have asked for, the newest first."""
    as_of = await caller.door.progress.as_of()
    async with caller.reading() as (conn, schema):
        found = await diary.runs(conn, schema, caller.person_id)
    return read(request, {"runs": [run_json(one) for one in found]}, as_of)


@router.get("/report-runs/{run_id}", responses=example(RUN))
async def report_run(run_id: Id, request: Request, caller: Staff) -> Response:
    """How far a report is."""
    as_of = await caller.door.progress.as_of()
    return read(request, run_json(await report_work.mine(caller, run_id)), as_of)


@router.get(
    "/report-runs/{run_id}/file",
    response_class=Response,
    responses={200: {"content": {"application/pdf": _FILE, XLSX: _FILE}}},
)
async def report_file(run_id: Id, caller: Staff) -> Response:
    """The report that is ready."""
    run, body = await report_work.file_of(caller, run_id)
    await noted(caller, "report", run.asked.class_id or "", _taken)
    media = XLSX if run.format == "xlsx" else "application/pdf"
    return attachment(body, f"{run.form}.{run.format}", media)


async def _taken() -> str:
    return "kept"


def run_json(one: Run) -> dict[str, Any]:
    """A run for a reader."""
    return {
        "run_id": one.run_id,
        "form": one.form,
        "title": one.title,
        "format": one.format,
        "asked_at": moment(one.asked_at),
        "asked_by": one.by,
        "state": one.state,
        "done": one.done,
        "finished": moment(one.finished),
        "position": one.position,
        "size": one.size,
        "error": one.error or None,
        "file_url": f"{PREFIX}/report-runs/{one.run_id}/file"
        if one.state == "ready" and not one.gone
        else None,
    }


Term = Annotated[int | None, QueryField(ge=1, le=12)]
LetterTerm = Annotated[
    int | None, QueryField(ge=0, le=12, description="номер периода; 0 — учебный год")
]
Sent = Annotated[
    bool,
    QueryField(description="как было отправлено вам: числа того дня, а не сегодняшние"),
]


@router.get("/pupils/{pupil_id}/letter", responses=example(REPORT))
async def letter(
    pupil_id: Id,
    request: Request,
    caller: DiaryReader,
    term: LetterTerm = None,
    sent: Sent = False,  # noqa: FBT002 - a member of the query
) -> Response:
    """The information letter of a child (4.1.в): of a term, else of the last that is over."""
    as_of = await caller.door.progress.as_of()
    await shown.opened(caller, pupil_id)
    found = await shown.letter_of(caller, pupil_id, term, sent=sent)
    return read(request, found.json(), as_of)


@router.get(
    "/pupils/{pupil_id}/letter/pdf",
    response_class=Response,
    responses={200: {"content": {"application/pdf": _FILE}}},
)
async def letter_paper(
    pupil_id: Id,
    caller: DiaryReader,
    term: LetterTerm = None,
    sent: Sent = False,  # noqa: FBT002 - a member of the query
) -> Response:
    """The same to print."""
    await shown.opened(caller, pupil_id)
    found = await shown.letter_of(caller, pupil_id, term, sent=sent)
    body = await shown.as_pdf(caller, found)
    return attachment(body, "letter.pdf", "application/pdf")


@router.get("/pupils/{pupil_id}/progress", responses=example(REPORT))
async def progress(
    pupil_id: Id,
    request: Request,
    caller: DiaryReader,
    term: Term = None,
    subject_id: Annotated[Id | None, QueryField()] = None,
) -> Response:
    """Every mark of a child by subjects, and the average after each day beside that of the class,
    which a family is not shown where few have marks (1.12).
    """
    as_of = await caller.door.progress.as_of()
    found = await shown.progress_of(caller, pupil_id, term, subject_id)
    return read(request, found.json(), as_of)


def form_json(one: Form) -> dict[str, Any]:
    """A form of the list."""
    return {
        "form": one.name,
        "number": one.number,
        "title": one.title,
        "about": one.about,
        "fields": one.fields,
        "long": one.long,
    }


def attachment(body: bytes, name: str, media: str) -> Response:
    """A file that stays in no shared cache."""
    headers = {
        "Content-Disposition": f'attachment; filename="{name}"',
        "Cache-Control": PRIVATE,
        "X-Content-Type-Options": "nosniff",
    }
    return Response(body, headers=headers, media_type=media)
