"""Jobs of the scheduler: when each is due, how its runs went, and one carried out now."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Path, Query, Request
from pydantic import BaseModel
from starlette.responses import Response

from api.answers import read
from api.deps import JobReader, JobRunner, noted
from api.v1.log import moment
from api.v1.wire import PREFIX, Once, example
from domain.refusals import Invalid, NotFound
from projections import jobs as diary
from projections.jobs import Job, Run

router = APIRouter(prefix=PREFIX, tags=["Задания по расписанию"])

Name = Annotated[str, Path(pattern="^[a-z_]{1,60}$", examples=["take_snapshots"])]

RUN: dict[str, Any] = {
    "run_id": "5e0c8f77-6a58-4c07-9a86-2f6f1f6b7c55",
    "period": "2026-11-23",
    "scheduled_for": "2026-11-22T22:15:00+00:00",
    "asked_at": None,
    "asked_by": None,
    "started": "2026-11-22T22:15:04+00:00",
    "finished": "2026-11-22T22:15:05+00:00",
    "duration_s": 0.912,
    "outcome": "done",
    "figures": {"снимков сделано": 12},
    "error": None,
}
JOB: dict[str, Any] = {
    "name": "take_snapshots",
    "title": "Подготовить журналы к утру",
    "schedule": "каждый день в 01:15",
    "if_missed": "выполняется один раз, за последний срок",
    "by_hand": True,
    "next_at": "2026-11-23T22:15:00+00:00",
    "late": False,
    "missed_lately": 0,
    "last": RUN,
}


class Wanted(BaseModel):
    """A run that was asked for: it begins within seconds."""

    run_id: str
    job: str
    outcome: str
    asked_at: datetime | None


@router.get("/jobs", responses=example({"jobs": [JOB]}))
async def jobs(request: Request, caller: JobReader) -> Response:
    """The table of jobs, with the last run of each; empty while no scheduler has worked here."""
    as_of = await caller.door.progress.as_of()
    now = caller.door.house.clock()
    async with caller.reading() as (conn, schema):
        found = await diary.jobs(conn, schema, now)
    return read(request, {"jobs": [_job(one, now) for one in found]}, as_of)


@router.get("/jobs/{job}/runs", responses=example({"runs": [RUN]}))
async def runs(
    job: Name,
    request: Request,
    caller: JobReader,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> Response:
    """The last runs of a job, newest first, and the terms that were missed."""
    as_of = await caller.door.progress.as_of()
    async with caller.reading() as (conn, schema):
        if await diary.known(conn, schema, job) is None:
            raise UNKNOWN
        found = await diary.runs(conn, schema, job, limit)
    return read(request, {"runs": [_run(one) for one in found]}, as_of)


@router.post("/jobs/{job}/runs", status_code=202)
async def run_job(job: Name, caller: JobRunner, once: Once) -> Wanted:
    """Have a job carried out now: what is owed of it, else its last term once more."""
    door = caller.door

    async def decide() -> str:
        async with caller.door.reading() as (conn, schema):
            found = await diary.known(conn, schema, job)
        if found is None:
            raise UNKNOWN
        if not found.by_hand:
            raise Invalid(
                "job.not_by_hand", "Это задание программа выполняет сама: запускать его незачем."
            )
        return "asked"

    await noted(caller, "job", job, decide)
    async with caller.door.reading() as (conn, schema):
        run = await diary.ask(
            conn, schema, job, UUID(bytes=once.key), caller.person_id, door.house.clock()
        )
    if run is None or run.job != job:
        raise Invalid(
            "request.key_reused", "Ключ Idempotency-Key уже был у другого запроса: возьмите новый."
        )
    return Wanted(run_id=run.run_id, job=run.job, outcome=run.outcome, asked_at=run.asked_at)


UNKNOWN = NotFound("job.unknown", "Такого задания в расписании нет.")


def _job(one: Job, now: datetime) -> dict[str, Any]:
    return {
        "name": one.name,
        "title": one.title,
        "schedule": one.schedule,
        "if_missed": one.missed,
        "by_hand": one.by_hand,
        "next_at": moment(one.next_at),
        "late": one.late_s(now) > 0,
        "missed_lately": one.missed_lately,
        "last": one.last and _run(one.last),
    }


def _run(one: Run) -> dict[str, Any]:
    return {
        "run_id": one.run_id,
        "period": one.period,
        "scheduled_for": moment(one.scheduled_for),
        "asked_at": moment(one.asked_at),
        "asked_by": one.asked_by or None,
        "started": moment(one.started),
        "finished": moment(one.finished),
        "duration_s": one.duration_s,
        "outcome": one.outcome,
        "figures": one.figures,
        "error": one.error or None,
    }
