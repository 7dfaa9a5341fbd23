"""Red flags: what in the journal is worth a look, and what came of looking."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Query, Request
from pydantic import Field
from starlette.responses import Response

from api import signals
from api.answers import read, written
from api.deps import Administration, FlagReader
from api.grants import trail_classes
from api.v1.wire import PREFIX, Body, Id, Once, Written, example
from domain.office.signal_commands import SHORTEST_WORD
from domain.red_flags import Code
from domain.refusals import Invalid
from projections.redflags import Filters

router = APIRouter(prefix=PREFIX, tags=["Сигналы"])

NAME = r"^F([1-9]|1[01])-\d{1,18}$"
FLAG: dict[str, Any] = {
    "flag": "F2-4127",
    "code": "F2",
    "title": "Текущая отметка изменена после отметки за период",
    "severity": "high",
    "sentence": "7а, Алгебра, урок 20.10.2026: Петров Пётр: отметка исправлена, 3 → 4, когда"
    " отметка за 1 четверть уже стояла",
    "at": "2026-10-24T17:02:11+00:00",
    "by": {"person_id": "6f1c7c9e-3c1e-4a52-9f0e-0d4f4a9f6c11", "name": "Антонова Анна Андреевна"},
    "class": {"class_id": "7f1d4c1e-58b6-4d8e-9f0a-3f6f3f1c2b10", "name": "7а"},
    "subject": {"subject_id": "2f1d4c1e-58b6-4d8e-9f0a-3f6f3f1c2b10", "name": "Алгебра"},
    "pupil": {"pupil_id": "9d1b6f52-0c3e-4b52-8f0a-1a2b3c4d5e60", "name": "Петров Пётр"},
    "lesson_id": "0b7d6c3e-8a57-4a39-8f6f-6c0a0c4f9d10",
    "lesson_date": "2026-10-20",
    "mark_id": "5e0c8f77-6a58-4c07-9a86-2f6f1f6b7c55",
    "term": 1,
    "count": 1,
    "positions": [4127],
    "trail_url": "/trail?flag=F2-4127",
    "sign_ins": [],
    "status": "answered",
    "reviews": [
        {
            "at": "2026-10-26T09:00:00+00:00",
            "by": {
                "person_id": "1f1c7c9e-3c1e-4a52-9f0e-0d4f4a9f6c11",
                "name": "Веденеева Вера Викторовна",
            },
            "word": "Работу пересдали в последний день, тетрадь показана.",
        }
    ],
}
FlagName = Annotated[str, Path(pattern=NAME, examples=["F2-4127"])]


class ReviewIn(Body):
    """What was found out, in a word or two."""

    word: Annotated[str, Field(min_length=SHORTEST_WORD, max_length=1_000)]


@router.get(
    "/red-flags", responses=example({"items": [FLAG], "next_cursor": None, "counts": {"F2": 1}})
)
async def red_flags(
    request: Request,
    caller: FlagReader,
    *,
    flag: Annotated[Code | None, Query(examples=["F2"])] = None,
    class_id: Annotated[Id | None, Query()] = None,
    pupil_id: Annotated[Id | None, Query()] = None,
    subject_id: Annotated[Id | None, Query()] = None,
    by: Annotated[Id | None, Query(description="чьи записи")] = None,
    status: Annotated[Literal["open", "answered"] | None, Query()] = None,
    since: Annotated[date | None, Query(alias="from")] = None,
    until: Annotated[date | None, Query(alias="to")] = None,
    cursor: Annotated[str | None, Query(pattern=r"^\d{1,18}\.\d{1,2}\.\d{1,18}$")] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> Response:
    """Signals, those with the newest records first, by pages. A signal is a question, no verdict:
    `positions` are the records behind it, `trail_url` shows them. For the director, a deputy, the
    administrator; for an auditor those of the open journals.
    """
    if since is not None and until is not None and until < since:
        raise Invalid("trail.period", "Конец периода раньше начала.")
    filters = Filters(
        code=flag,
        class_id=class_id,
        classes=await trail_classes(caller),
        pupil_id=pupil_id,
        subject_id=subject_id,
        by=by,
        status=status,
        since=since,
        until=until,
        zone=caller.door.zone,
    )
    as_of = await caller.door.progress.as_of()
    items, following, counts = await signals.found(caller, filters, cursor, limit)
    return read(request, {"items": items, "next_cursor": following, "counts": counts}, as_of)


@router.post("/red-flags/{flag}/review", status_code=201)
async def review_red_flag(
    flag: FlagName, new: ReviewIn, caller: Administration, once: Once
) -> Written:
    """«Разобрано»: what was found out about a signal. By the director or a deputy, never by whom
    the signal is about; what was said before stays.
    """
    found = await signals.the_flag(caller, flag)
    year = await caller.door.rights.year()
    answer = caller.door.school.review_red_flag(
        year, signals.to_review(found), new.word, by=caller.actor, request=once
    )
    return await written(answer)
