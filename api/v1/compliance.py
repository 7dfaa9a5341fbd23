"""How journals are filled: weeks, what one has still to write, a teacher's sheet, the term's end,
and when the journal answered.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from api.answers import read
from api.compliance import (
    ask,
    debts_json,
    own_debts,
    period_of_caller,
    week_answer,
    week_of_caller,
)
from api.deps import ClassReader, Staff
from api.documents.teacher_sheet import as_csv, sheet
from api.term_end import lacks_of_class
from api.v1.wire import PREFIX, Id, example
from domain.duties import Duty
from domain.refusals import Invalid, NotFound
from projections.uptime import Uptime, uptime

router = APIRouter(prefix=PREFIX, tags=["Заполнение журналов"])

WEEK = Query(pattern=r"^\d{4}-W\d{2}$", examples=["2026-W47"])
MONTH = Query(pattern=r"^\d{4}-(0[1-9]|1[0-2])$", examples=["2026-11"])

_COUNTS = {"on_time": 20, "late": 1, "missing": 0, "pending": 2, "not_required": 1}
_FIGURES: dict[str, Any] = {
    "lessons": 24,
    "status": "LATE",
    "duties": {str(duty): _COUNTS for duty in Duty},
    "greatest_delay_minutes": 540,
}
_VERDICT = {
    "status": "LATE",
    "due_at": "2026-11-17T20:59:59+00:00",
    "recorded_at": "2026-11-18T05:59:30+00:00",
    "position": 4127,
    "minutes_late": 540,
    "reason": None,
}
_LESSON: dict[str, Any] = {
    "lesson_id": "7f1d4c1e-58b6-4d8e-9f0a-3f6f3f1c2b10",
    "class_id": "7f1d4c1e-58b6-4d8e-9f0a-3f6f3f1c2b11",
    "class_name": "7а",
    "subject_id": "7f1d4c1e-58b6-4d8e-9f0a-3f6f3f1c2b12",
    "subject": "Алгебра",
    "subgroup_id": None,
    "subgroup": None,
    "teacher_id": "6f1c7c9e-3c1e-4a52-9f0e-0d4f4a9f6c11",
    "teacher": "Антонова Анна Андреевна",
    "planned_teacher_id": "6f1c7c9e-3c1e-4a52-9f0e-0d4f4a9f6c11",
    "date": "2026-11-17",
    "number": 2,
    "control": False,
    "ends_at": "2026-11-17T07:10:00+00:00",
    "duties": {str(duty): _VERDICT for duty in Duty},
}
_OF_TEACHER = {name: _LESSON[name] for name in ("teacher_id", "teacher")}
_GROUP = {
    name: _LESSON[name]
    for name in (
        "teacher_id",
        "teacher",
        "class_id",
        "class_name",
        "subject_id",
        "subject",
        "subgroup_id",
        "subgroup",
    )
} | {"lessons": 3, "with_marks": 2, "filled": _VERDICT}
_WEEK = {
    "week": "2026-W47",
    "starts": "2026-11-16",
    "ends": "2026-11-22",
    "visible": True,
    "opens_at": "2026-11-22T21:00:00+00:00",
    "closed": {
        "closed_at": "2026-11-22T21:05:02+00:00",
        "position": 5120,
        "checked_position": 5119,
        "lessons": 24,
        "groups": 8,
        "unfilled_groups": 0,
        "greatest_delay_minutes": 540,
        "duties": {str(duty): _COUNTS for duty in Duty},
    },
    "total": _FIGURES,
    "teachers": [{**_OF_TEACHER, **_FIGURES, "unfilled_groups": 0, "unscheduled": 0}],
    "classes": [{"class_id": _LESSON["class_id"], "class_name": "7а", **_FIGURES}],
    "subjects": [{"subject_id": _LESSON["subject_id"], "subject": "Алгебра", **_FIGURES}],
    "groups": [_GROUP],
    "lessons": [_LESSON],
}

_SHEET: dict[str, Any] = {
    **_OF_TEACHER,
    "from": "2026-09-01",
    "to": "2026-10-25",
    "weeks_left_out": 0,
    "figures": _FIGURES,
    "delay": {"records": 96, "median_minutes": 35, "p90_minutes": 410, "greatest_minutes": 1_540},
    "lessons": [_LESSON],
}
_DELAYS = {
    "from": "2026-09-01",
    "to": "2026-10-25",
    "weeks_left_out": 0,
    "teachers": [{**_OF_TEACHER, **_SHEET["delay"]}],
}
_LACKS: dict[str, Any] = {
    "class_id": _LESSON["class_id"],
    "term": {"term": 1, "name": "1 четверть", "starts": "2026-09-01", "ends": "2026-10-25"},
    "subjects": [
        {
            **{name: _GROUP[name] for name in ("subject_id", "subject", "subgroup_id", "subgroup")},
            **_OF_TEACHER,
            "lessons_held": 14,
            "hours_a_week": 2,
            "marks_needed": 5,
            "pupils": 24,
            "in_order": False,
            "too_few_marks": [
                {
                    "pupil_id": "9d1b6f52-0c3e-4b52-8f0a-1a2b3c4d5e60",
                    "name": "Петров Пётр",
                    "marks": 3,
                }
            ],
            "open_debts": [],
            "without_topic": 0,
            "without_attendance": 1,
        }
    ],
}
_DEBTS = {
    "debts": [
        {
            "duty": "homework",
            **_VERDICT,
            "status": "PENDING",
            "recorded_at": None,
            "position": None,
            "minutes_late": 0,
            "lesson": {
                name: value
                for name, value in _LESSON.items()
                if name not in ("duties", "teacher", "teacher_id", "planned_teacher_id")
            },
        }
    ]
}
_AVAILABILITY = {
    "measured_from": "2026-10-31T21:00:00+00:00",
    "measured_to": "2026-11-23T09:00:00+00:00",
    "seconds": 1_944_000,
    "answered_seconds": 1_943_400,
    "per_cent": "99.96",
    "longest_break_seconds": 600,
    "breaks": [
        {"from": "2026-11-03T01:10:00+00:00", "to": "2026-11-03T01:20:00+00:00", "seconds": 600}
    ],
}


@router.get("/compliance", responses=example(_WEEK))
async def week_of_journals(
    request: Request,
    caller: Staff,
    week: Annotated[str | None, WEEK] = None,
    teacher_id: Annotated[Id | None, Query()] = None,
    class_id: Annotated[Id | None, Query()] = None,
) -> Response:
    """Уроки недели и записи о них: вовремя, с опозданием, нет, ещё не срок, не требуется.

    Без недели — последняя прошедшая. Учитель видит свои уроки всегда, завуч и директор — все,
    когда проверка недели закрыта (`closed`). Уроки перечислены, когда выбран учитель или класс.
    """
    asked = ask(caller, teacher_id, class_id)
    as_of = await caller.door.progress.as_of()
    found = await week_of_caller(asked, week)
    return read(request, week_answer(asked, found), as_of)


@router.get("/compliance/debts", responses=example(_DEBTS))
async def what_is_still_to_fill(request: Request, caller: Staff) -> Response:
    """Что вам ещё записать: чем ближе срок, тем выше; просроченное — первым."""
    ask(caller)
    as_of = await caller.door.progress.as_of()
    found, subgroups = await own_debts(caller)
    return read(request, {"debts": debts_json(found, subgroups)}, as_of)


@router.get(
    "/compliance/teachers/{teacher_id}/sheet",
    responses={
        200: {
            "content": {
                "application/json": {"example": _SHEET},
                "text/csv": {"schema": {"type": "string"}},
            }
        }
    },
)
async def sheet_of_teacher(
    request: Request,
    teacher_id: Id,
    caller: Staff,
    *,
    since: Annotated[date, Query(alias="from", examples=["2026-09-01"])],
    until: Annotated[date, Query(alias="to", examples=["2026-10-25"])],
    form: Annotated[Literal["json", "csv"], Query(alias="format")] = "json",
) -> Response:
    """Ведомость учителя за период (п. 4.1.д): каждая запись с номером в журнале, чтобы любой мог
    пересчитать. Недели, проверка которых не закрыта, видит только сам учитель.
    """
    asked = ask(caller, teacher_id)
    as_of = await caller.door.progress.as_of()
    found = await period_of_caller(asked, since, until)
    told = sheet(found, teacher_id, since, until, caller.door.house.clock())
    if form == "json":
        return read(request, told, as_of)
    name = f"vedomost-{since}-{until}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    body = as_csv(told, caller.door.zone, as_of.position)
    return Response(body, headers=headers, media_type="text/csv; charset=utf-8")


@router.get("/compliance/delays", responses=example(_DELAYS))
async def delays_of_teachers(
    request: Request,
    caller: Staff,
    *,
    since: Annotated[date, Query(alias="from", examples=["2026-09-01"])],
    until: Annotated[date, Query(alias="to", examples=["2026-10-25"])],
) -> Response:
    """Сколько проходит от конца урока до записи в дневнике (п. 2.1), по учителям: половина
    записей быстрее медианы, девять из десяти — быстрее `p90_minutes`.
    """
    asked = ask(caller)
    as_of = await caller.door.progress.as_of()
    found = await period_of_caller(asked, since, until)
    content = {
        "from": since.isoformat(),
        "to": until.isoformat(),
        "weeks_left_out": found.weeks_left_out,
        "teachers": found.delays_json(caller.door.house.clock()),
    }
    return read(request, content, as_of)


@router.get("/classes/{class_id}/lacks", responses=example(_LACKS))
async def what_a_term_lacks(
    request: Request,
    class_id: Id,
    caller: ClassReader,
    term: Annotated[int | None, Query(ge=1, le=12, examples=[2])] = None,
) -> Response:
    """Чего классу не хватает до отметок за период: накопляемость, открытые долги, уроки без темы
    и посещаемости, по предметам. Без периода — нынешний или последний.
    """
    as_of = await caller.door.progress.as_of()
    found = await lacks_of_class(caller, class_id, term)
    if found is None:
        raise NotFound("term.unknown", "Такого учебного периода нет.")
    return read(request, found, as_of)


@router.get("/availability", responses=example(_AVAILABILITY))
async def when_the_journal_answered(
    request: Request, caller: Staff, month: Annotated[str | None, MONTH] = None
) -> Response:
    """Доступность за месяц (пп. 1.3, 4.1.а): раз в минуту журнал проверяет, что программа
    работает, база отвечает, а страницы не отстают. Сеть школы отсюда не видна.
    """
    as_of = await caller.door.progress.as_of()
    now, zone = caller.door.house.clock(), caller.door.zone
    since, until = month_of(month or f"{now.astimezone(ZoneInfo(zone)):%Y-%m}", zone)
    async with caller.reading() as (conn, schema):
        found = await uptime(conn, schema, since, until, now)
    return read(request, uptime_json(found), as_of)


def month_of(name: str, zone: str) -> tuple[datetime, datetime]:
    """The first moments of a month and of the next one, by the school's clock. Raises Invalid."""
    try:
        first = datetime.fromisoformat(f"{name}-01").replace(tzinfo=ZoneInfo(zone))
        following = (first + timedelta(days=32)).replace(day=1)
    except (ValueError, OverflowError):
        raise Invalid("month.unknown", "Такого месяца нет.") from None
    return first, following


def uptime_json(found: Uptime) -> dict[str, Any]:
    """What was measured, for a reader."""
    longest = found.longest
    return {
        "measured_from": found.since and found.since.astimezone(UTC).isoformat(),
        "measured_to": found.until.astimezone(UTC).isoformat(),
        "seconds": found.seconds,
        "answered_seconds": found.answered,
        "per_cent": found.share,
        "longest_break_seconds": longest.seconds if longest else 0,
        "breaks": [
            {
                "from": one.since.astimezone(UTC).isoformat(),
                "to": one.until.astimezone(UTC).isoformat(),
                "seconds": one.seconds,
            }
            for one in found.breaks
        ],
    }
