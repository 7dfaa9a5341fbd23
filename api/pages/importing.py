"""«Загрузить таблицу»: a file or a piece of Excel, its plan and errors, then that very plan."""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Mapping, Sequence
from functools import partial
from itertools import islice
from typing import Annotated, Any

from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import Response

from api import importing
from api.caller import Caller
from api.deps import Administration
from api.errors import STATUS
from api.house import fresh_id
from api.imports.describe import counts, sentences
from api.imports.desk import COLUMNS as OF_KINDS
from api.imports.desk import FileKind, Prepared
from api.imports.layout import Sample
from api.pages.forms import Sent, sent
from api.pages.rendering import page
from api.pages.routing import Behind, PageRoute, led, viewer_of
from api.scans import MOST_BYTES
from domain.refusals import Conflict, Invalid, NotFound, Refusal

router = APIRouter(route_class=PageRoute, include_in_schema=False)

YEAR, HERE = "/school-year", "/school-year/import"
OfYear = Annotated[int | None, Query(ge=2000, le=2100)]
#: what a whole file may be about
SAME_IN_ALL = {"class", "subject"}
#: kind → (key, name) of the columns that may be assigned
OURS: dict[str, list[tuple[str, str]]] = {
    kind: [
        (column.key, column.titles[0])
        for column in columns
        if not column.dropped and column.key != "ordinal"
    ]
    for kind, (columns, _) in OF_KINDS.items()
}
_NEEDED: dict[str, Sequence[tuple[str, ...]]] = {
    kind: needed for kind, (_, needed) in OF_KINDS.items()
}
LINES = 60  # of a plan that are shown

#: kind → the columns that are looked for, the first one of each pair is needed
COLUMNS = {
    "classes": "Класс; ФИО; Дата зачисления; Приказ; Родитель; Классный руководитель",
    "staff": "ФИО; Должность; Предмет; Классы; Классное руководство",
    "timetable": "Класс; День недели; Урок; Предмет; Учитель; Подгруппа; Кабинет; Действует с",
    "oneroster": "manifest, orgs, academicSessions, courses, classes, users, roles, enrollments",
    "plan": "Класс; Предмет; Тема; Подгруппа; № урока; Вид урока; Название работы; ДЗ; Часы",
}


@router.get(HERE)
async def bring(
    caller: Administration, behind: Behind, year: OfYear = None, kind: str = "classes"
) -> Response:
    """What may be brought, and how it looks."""
    of_year = year or await caller.door.rights.year()
    return await _shown(caller, of_year, kind, behind=behind)


@router.post(HERE)
async def import_table(request: Request, caller: Administration) -> Response:
    """The plan of what was brought; with its hash, the plan is written."""
    form = await sent(request, file="file")
    told = form.one("year")
    year = int(told) if told.isdecimal() else await caller.door.rights.year()
    try:
        form.key()
        kind, data = importing.kind_of(form.one("kind")), _data(form)
        always = dict(form.under("always-"))
        if chosen := dict(form.under("column-")):
            await importing.assign(caller, kind, await _changed(caller, kind, data, chosen))
        shown = partial(_shown, caller, year, kind, data=data, always=always)
        try:
            plan = await importing.prepared(caller, kind, data, year, always)
        except Invalid as refusal:
            if refusal.code != "import.columns":
                raise
            return await shown(refusal=refusal)
        if not form.one("plan_hash") or plan.errors:
            return await shown(plan=plan)
        done = await importing.committed(caller, plan, form.one("plan_hash"))
    except (Invalid, Conflict, NotFound) as refusal:
        return await _shown(caller, year, form.one("kind"), refusal=refusal)
    position = done.position or (await caller.door.progress.as_of()).position
    return led(f"{YEAR}?year={year}&done=1", position)


def _data(form: Sent) -> bytes:
    """The table: a file, what was pasted, or what this page has shown the plan of."""
    if len(form.file) > MOST_BYTES:
        raise Invalid("form.file", "Файл слишком велик: не больше 3 МБ.")
    pasted = form.one("text")
    try:
        again = b64decode(form.one("data"), validate=True)
    except ValueError:
        raise Invalid("form.strange", "Загрузите таблицу ещё раз.") from None
    found = form.file or (pasted.encode("utf-8-sig") if pasted else b"") or again
    if not found:
        raise Invalid("form.file", "Выберите файл или вставьте таблицу.")
    return found


async def _shown(
    caller: Caller,
    year: int,
    kind: str,
    *,
    data: bytes = b"",
    always: Mapping[str, str] | None = None,
    plan: Prepared | None = None,
    behind: bool = False,
    refusal: Refusal | None = None,
) -> Response:
    samples = await importing.columns_of(caller, importing.kind_of(kind), data) if data else []
    context: dict[str, Any] = {
        "samples": samples,
        "ours": OURS.get(kind, []),
        "lacking": _lacking(kind, samples) if samples else [],
        "always": dict(always or {}),
        "title": "Загрузить таблицу",
        "here": HERE,
        "year": year,
        "name": f"{year}/{year + 1}",
        "kind": kind,
        "kinds": importing.KINDS,
        "columns": COLUMNS,
        "plan": _plan(plan) if plan else None,
        "data": b64encode(data).decode(),
        "done": False,
        "key": fresh_id(),
        "error": refusal.message if refusal else "",
    }
    return page(
        "year/import.html",
        context,
        viewer=await viewer_of(caller, YEAR, behind=behind),
        status=STATUS[type(refusal)] if refusal else 200,
    )


async def _changed(
    caller: Caller, kind: FileKind, data: bytes, chosen: Mapping[str, str]
) -> dict[str, str]:
    """Title key → key of the columns that a person has assigned otherwise than the program."""
    samples = await importing.columns_of(caller, kind, data)
    return {
        one.title_key: chosen[str(place)]
        for place, one in enumerate(samples)
        if chosen.get(str(place), _ours(kind, one)) != _ours(kind, one)
    }


def _ours(kind: str, one: Sample) -> str:
    """What the page shows a column as: what is known and not kept is not read."""
    return one.key if one.key in dict(OURS[kind]) else ""


def _lacking(kind: str, samples: Sequence[Sample]) -> list[tuple[str, str]]:
    """Key and name of columns that must be and are not: the same may be said of every row."""
    found, needed = {one.key for one in samples}, _NEEDED[kind]
    names = dict(OURS[kind])
    return [
        (keys[0], names[keys[0]])
        for keys in needed
        if keys[0] in SAME_IN_ALL and found.isdisjoint(keys)
    ]


def _plan(prepared: Prepared) -> dict[str, Any]:
    plan, known = prepared.plan, prepared.known
    lines = sentences(plan, known) if known and not prepared.errors else iter(())
    return {
        "rows": plan.rows,
        "unchanged": plan.unchanged,
        "errors": [one.text for one in plan.findings if one.level == "error"],
        "notices": [one.text for one in plan.findings if one.level == "notice"],
        "counts": counts(prepared.plans),
        "lines": list(islice(lines, LINES)),
        "more": max(0, len(plan.operations) - LINES),
        "hash": prepared.hash,
        "facts": prepared.facts,
    }
