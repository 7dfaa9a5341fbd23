"""Alive, ready, measured: for whoever runs the server. No names, no marks."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, get_args

from fastapi import APIRouter, Request
from starlette.responses import JSONResponse, PlainTextResponse, Response

from api.admission import house_of
from api.deps import Anyone
from api.house import Door
from domain.refusals import Busy
from projections import backups
from projections.audit import last_done
from projections.jobs import Job, jobs
from projections.seals import book
from projections.seals.book import Sealed
from projections.trouble import About, troubles
from projections.waiting import lag

router = APIRouter(tags=["Здоровье"])

DATABASE_WITHIN_S = 2.0
LAG_READY_S = 60.0


READY = {
    "ready": True,
    "database": True,
    "schools": {"kukarino": {"ready": True, "lag_facts": 0, "lag_s": 0.0, "troubles": []}},
}


def _example(content: Any, media: str = "application/json") -> dict[int | str, dict[str, Any]]:
    return {200: {"content": {media: {"example": content}}}}


LINES = 'letopis_log_position{school="kukarino"} 4127\n'


@router.get("/healthz", responses=_example({"status": "alive"}))
async def alive(_: Anyone) -> dict[str, str]:
    """The process answers."""
    return {"status": "alive"}


@router.get("/readyz", responses=_example(READY))
async def ready(request: Request, _: Anyone) -> Response:
    """The database answers, and a school at least is as it should be.

    A school is not ready while its projections are a minute behind or stand before a fact that they
    cannot fold, and while its database is not the one that was sealed: an old copy of it. One of
    several schools that is not ready takes nothing from the others; `letopis_trouble` tells.
    """
    house = house_of(request)
    if not await house.database.alive(DATABASE_WITHIN_S):
        return JSONResponse({"ready": False, "database": False, "schools": {}}, 503)
    schools = {door.slug: await _school(door) for door in await house.doors()}
    good = not schools or any(one["ready"] for one in schools.values())
    answer = {"ready": good, "database": True, "schools": schools}
    return JSONResponse(answer, 200 if good else 503)


async def _school(door: Door) -> dict[str, Any]:
    async with door.reading() as (conn, schema):
        behind = await lag(conn, schema)
        stopped = await troubles(conn, schema)
    return {
        "ready": behind["seconds"] <= LAG_READY_S and not any(one.grave for one in stopped),
        "lag_facts": behind["facts"],
        "lag_s": behind["seconds"],
        "troubles": [
            {"about": one.about, "code": one.code, "position": one.position, "words": one.words}
            for one in stopped
        ],
    }


@router.get("/metrics", response_class=PlainTextResponse, responses=_example(LINES, "text/plain"))
async def metrics(request: Request, _: Anyone) -> Response:
    """Prometheus text: the end of each log and how far behind the projections are."""
    house = house_of(request)
    lines = [
        "# HELP letopis_log_position Last position in the log of a school.",
        "# TYPE letopis_log_position gauge",
        "# HELP letopis_projection_lag_facts Facts that the slowest projection has to fold.",
        "# TYPE letopis_projection_lag_facts gauge",
        "# HELP letopis_projection_lag_seconds Seconds between its last fact and the log's.",
        "# TYPE letopis_projection_lag_seconds gauge",
        "# HELP letopis_check_findings What the last check of a kind has found in the log.",
        "# TYPE letopis_check_findings gauge",
        "# HELP letopis_checkpoint_size Facts under the last seal.",
        "# TYPE letopis_checkpoint_size gauge",
        "# HELP letopis_checkpoint_age_seconds Seconds since the last seal.",
        "# TYPE letopis_checkpoint_age_seconds gauge",
        "# HELP letopis_job_late_seconds By how much the first term of a job that is owed is late.",
        "# TYPE letopis_job_late_seconds gauge",
        "# HELP letopis_job_failed Whether the last run of a job did not do what it was for.",
        "# TYPE letopis_job_failed gauge",
        "# HELP letopis_backup_age_seconds Seconds since the newest copy that was tried.",
        "# TYPE letopis_backup_age_seconds gauge",
        "# HELP letopis_backup_position Last position of a school in that copy.",
        "# TYPE letopis_backup_position gauge",
        "# HELP letopis_restore_drill_findings What did not agree when it was brought back.",
        "# TYPE letopis_restore_drill_findings gauge",
        "# HELP letopis_trouble Whether projections (fold) or seals (seal) stand still.",
        "# TYPE letopis_trouble gauge",
        "# HELP letopis_requests_total Answers by status.",
        "# TYPE letopis_requests_total counter",
        "# HELP letopis_database_up Whether the database answers.",
        "# TYPE letopis_database_up gauge",
    ]
    lines += [
        f'letopis_requests_total{{status="{status}"}} {count}'
        for status, count in sorted(request.app.state.answers.items())
    ]
    try:
        for door in await house.doors():
            async with door.reading() as (conn, schema):
                behind = await lag(conn, schema)
                checked = await last_done(conn, schema)
                sealed = await book.newest(conn, schema)
                scheduled = await jobs(conn, schema, house.clock())
                copied = await backups.newest(conn, schema)
                stopped = {one.about for one in await troubles(conn, schema)}
            label = f'{{school="{door.slug}"}}'
            lines += [
                f"letopis_log_position{label} {behind['head']}",
                f"letopis_projection_lag_facts{label} {behind['facts']}",
                f"letopis_projection_lag_seconds{label} {behind['seconds']:.3f}",
                *_seal_gauges(label, sealed, house.clock()),
                *_copy_gauges(label, copied, house.clock()),
                *(
                    f'letopis_trouble{{school="{door.slug}",about="{about}"}} {about in stopped:d}'
                    for about in get_args(About)
                ),
                *_job_gauges(door.slug, scheduled, house.clock()),
                *(
                    f'letopis_check_findings{{school="{door.slug}",kind="{one.kind}"}} {one.found}'
                    for one in checked
                ),
            ]
        lines.append("letopis_database_up 1")
    except Busy:
        lines.append("letopis_database_up 0")
    return PlainTextResponse(
        "\n".join(lines) + "\n", media_type="text/plain; version=0.0.4; charset=utf-8"
    )


def _job_gauges(slug: str, scheduled: Sequence[Job], now: datetime) -> list[str]:
    """How late each job is, and whether it has failed; nothing while no scheduler has worked."""
    lines = []
    for one in scheduled:
        label = f'{{school="{slug}",job="{one.name}"}}'
        lines.append(f"letopis_job_late_seconds{label} {one.late_s(now):.0f}")
        lines.append(f"letopis_job_failed{label} {one.failed:d}")
    return lines


def _copy_gauges(label: str, copied: backups.Noted | None, now: datetime) -> list[str]:
    """How old the newest copy is and how it came back; nothing where the program takes none."""
    if copied is None:
        return []
    return [
        f"letopis_backup_age_seconds{label} {(now - copied.taken).total_seconds():.0f}",
        f"letopis_backup_position{label} {copied.position}",
        f"letopis_restore_drill_findings{label} {copied.found}",
    ]


def _seal_gauges(label: str, sealed: Sealed | None, now: datetime) -> list[str]:
    """How much is under the last seal, and how old that is; nothing before the first."""
    if sealed is None:
        return []
    return [
        f"letopis_checkpoint_size{label} {sealed.size}",
        f"letopis_checkpoint_age_seconds{label} {(now - sealed.at).total_seconds():.0f}",
    ]
