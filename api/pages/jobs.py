"""«Задания по расписанию»: what the scheduler does, when, and how it went."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Path
from starlette.responses import Response

from api.deps import JobReader
from api.pages import wording
from api.pages.rendering import page
from api.pages.routing import Behind, PageRoute, viewer_of
from domain.permissions import Act, holders
from domain.refusals import NotFound
from projections import jobs as diary
from projections.jobs import Job, Run

router = APIRouter(route_class=PageRoute, include_in_schema=False)

HOME = "/jobs"
RUNS_SHOWN = 60
#: outcome → its tag and words
OUTCOMES = {
    "asked": ("warn", "ждёт запуска"),
    "running": ("warn", "выполняется"),
    "done": ("ok", "выполнено"),
    "failed": ("bad", "не получилось"),
    "interrupted": ("bad", "прервано"),
    "missed": ("warn", "пропущено"),
}
A_SECOND, A_MINUTE = 1.0, 60


@router.get(HOME)
async def timetable(caller: JobReader, behind: Behind) -> Response:
    """Every job: when next, how the last run went, a button."""
    now, zone = caller.door.house.clock(), caller.door.zone
    async with caller.reading() as (conn, schema):
        found = await diary.jobs(conn, schema, now)
    shown = [_job(one, now, zone) for one in found]
    context = {
        "jobs": shown,
        "troubles": [one for one in shown if one["trouble"]],
        "may": not caller.roles.isdisjoint(holders(Act.RUN_JOB)),
        "open": any(one["last"] and one["last"]["open"] for one in shown),
        "clock": wording.clock_of(zone, now),
    }
    return page("deputy/jobs.html", context, viewer=await viewer_of(caller, HOME, behind=behind))


@router.get("/jobs/{job}")
async def history(
    job: Annotated[str, Path(pattern="^[a-z_]{1,60}$")], caller: JobReader, behind: Behind
) -> Response:
    """The last runs of a job."""
    zone = caller.door.zone
    async with caller.reading() as (conn, schema):
        known = await diary.known(conn, schema, job)
        if known is None:
            raise NotFound("job.unknown", "Такого задания в расписании нет.")
        found = await diary.runs(conn, schema, job, RUNS_SHOWN)
    context = {
        "name": job,
        "title": known.title,
        "schedule": known.schedule,
        "missed": known.missed,
        "by_hand": known.by_hand,
        "may": not caller.roles.isdisjoint(holders(Act.RUN_JOB)),
        "runs": [_run(one, zone) for one in found],
        "open": any(one.outcome in {"asked", "running"} for one in found),
    }
    return page("deputy/runs.html", context, viewer=await viewer_of(caller, HOME, behind=behind))


def duration(seconds: float | None) -> str:
    """«меньше секунды», «12 с», «3 мин 5 с»; empty for None."""
    if seconds is None:
        return ""
    if seconds < A_SECOND:
        return "меньше секунды"
    minutes, rest = divmod(round(seconds), A_MINUTE)
    return f"{minutes} мин {rest} с" if minutes else f"{rest} с"


def lateness(seconds: float) -> str:
    """«опаздывает на 2 ч», in the largest whole unit."""
    for size, forms in ((86_400, ("день", "дня", "дней")), (3_600, ("час", "часа", "часов"))):
        if seconds >= size:
            return f"опаздывает на {wording.plural(int(seconds // size), *forms)}"
    return f"опаздывает на {int(seconds // A_MINUTE)} мин"


def _job(one: Job, now: datetime, zone: str) -> dict[str, Any]:
    late = one.late_s(now)
    return {
        "name": one.name,
        "title": one.title,
        "schedule": one.schedule,
        "by_hand": one.by_hand,
        "next": one.next_at and wording.moment(one.next_at, zone),
        "late": lateness(late) if late else "",
        "missed": one.missed_lately
        and wording.plural(one.missed_lately, "срок", "срока", "сроков"),
        "last": one.last and _run(one.last, zone),
        "trouble": bool(late) or one.failed,
    }


def _run(one: Run, zone: str) -> dict[str, Any]:
    tag, words = OUTCOMES[one.outcome]
    figures = [
        f"{what}: {wording.grouped(number)}" for what, number in one.figures.items() if number
    ]
    return {
        "outcome": one.outcome,
        "tag": tag,
        "words": words,
        "at": wording.moment(one.started or one.asked_at or one.scheduled_for, zone),
        "period": period_words(one.period),
        "duration": duration(one.duration_s),
        "figures": ", ".join(figures) or ("делать было нечего" if one.outcome == "done" else ""),
        "error": one.error,
        "asked": one.asked_at is not None,
        "asked_by": wording.short_name(one.asked_by),
        "open": one.outcome in {"asked", "running"},
    }


def period_words(key: str) -> str:
    """«за 23.11.2026», «за неделю 16–21 ноября», «за ноябрь 2026»; empty for a moment."""
    if "W" in key:
        monday = datetime.strptime(f"{key}-1", "%G-W%V-%u").date()  # noqa: DTZ007 - a date
        return f"за неделю {wording.week_in_words(monday)}"
    parts = key.split("-")
    if "T" in key or len(parts) < 2:  # noqa: PLR2004 - year and month
        return ""
    if len(parts) == 2:  # noqa: PLR2004
        return f"за {wording.MONTHS[int(parts[1]) - 1]} {parts[0]}"
    return f"за {wording.day(key)}"
