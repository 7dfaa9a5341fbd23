"""The «Положение»: clauses with their numbers and figures; another version by an order."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, Field
from starlette.responses import Response

from api.answers import read, written
from api.deps import Administration, FreshAdministration, Informed, Staff
from api.regulation import described, history_of, previewed
from api.v1.wire import PREFIX, Body, Once, Written, example
from domain import rules

router = APIRouter(prefix=PREFIX, tags=["Положение"])

Year = Annotated[int, Field(ge=2000, le=2100, examples=[2026])]
OfYear = Annotated[int | None, Query(ge=2000, le=2100)]
LevelsIn = Annotated[tuple[int, ...] | None, Field(max_length=11)]
Decimals = Annotated[str | None, Field(max_length=10, examples=["0.75"])]

ADOPTED: dict[str, Any] = {
    "version": "kukarino-2026-2",
    "preset": "seed",
    "since": "2026-11-23T09:00:00+00:00",
    "position": 4127,
    "order_no": "8-о",
    "by": "Дмитриева Дина Денисовна",
}
CHANGE: dict[str, Any] = {
    "field": "fill_days",
    "clause": "4.2.а-3",
    "label": "Посещаемость и отметки: не позднее чем через",
    "old": 7,
    "new": 3,
    "old_text": "7 дней",
    "new_text": "3 дня",
}
CLAUSE: dict[str, Any] = {
    "clause": "4.2.а-4",
    "about": "домашнее задание — не позднее дня урока",
    "rule": "срок — в положении школы; момент записи ставит сервер",
    "parameters": [
        {
            "field": "homework_due",
            "label": "Домашнее задание и тема",
            "value": "lesson_day",
            "text": "до конца дня урока",
        }
    ],
    "readings": [
        {"oddity": "«день проведения урока» кончается по-разному", "adopted": "выбирает школа"}
    ],
    "figures": [
        {
            "text": "ДЗ не позднее дня урока",
            "good": 973,
            "total": 1000,
            "share": "97.3",
            "missing": 27,
            "href": "/compliance",
            "why": None,
            "places": [],
        }
    ],
}


class RedFlagsIn(Body):
    """When a change is worth a look; hours of the school's zone."""

    burst_changes: int | None = None
    burst_minutes: int | None = None
    day_from: int | None = None
    day_until: int | None = None
    upward_changes: int | None = None
    suggestion_gap: int | None = None


class RetentionIn(Body):
    """How long each kind of document is kept, in years."""

    journals: int | None = None
    summary_sheets: int | None = None
    access_log: int | None = None
    consents: int | None = None


class AmendmentIn(Body):
    """What is to be different. What is not named stays as in `preset`, without one as it is now."""

    preset: Annotated[
        Literal["seed", "ap147", "fop704"] | None,
        Field(description="готовая редакция, от которой отсчитываются изменения"),
    ] = None
    version: Annotated[str | None, Field(max_length=200, examples=["kukarino-2026-2"])] = None
    fill_days: int | None = None
    written_work_days: int | None = None
    homework_due: Annotated[str | None, Field(max_length=20, examples=["lesson_day"])] = None
    no_homework_levels: LevelsIn = None
    edit_window_days: int | None = None
    late_corrections: bool | None = None
    ungraded_levels: LevelsIn = None
    term_thresholds: Annotated[
        tuple[str, str, str] | None, Field(examples=[["2.50", "3.50", "4.50"]])
    ] = None
    weighted: bool | None = None
    min_marks: int | None = None
    marks_needed: Annotated[
        tuple[tuple[int, int], ...] | None, Field(max_length=40, examples=[[[1, 3], [2, 5]]])
    ] = None
    not_attested_share: Decimals = None
    debts_block_closing: bool | None = None
    absence_reason_days: int | None = None
    unexplained_weeks: bool | None = None
    day_missed_lessons: int | None = None
    remark_days: int | None = None
    inspection_months: int | None = None
    answer_days: int | None = None
    service_days: int | None = None
    project_levels: LevelsIn = None
    small_class: int | None = None
    rates_of: Annotated[str | None, Field(max_length=20, examples=["marked"])] = None
    ratings: bool | None = None
    marks_alert_share: Decimals = None
    missed_alert_share: Decimals = None
    red_flags: RedFlagsIn | None = None
    retention: RetentionIn | None = None

    def amendment(self) -> rules.Amendment:
        """The amendment as the domain knows it."""
        fields = self.model_dump(exclude={"order_no", "preset"}, exclude_none=True)
        return rules.Amendment(dict(_flat(fields)), self.preset)


class RegulationIn(AmendmentIn):
    """Another version of the rules, by an order."""

    version: Annotated[str, Field(min_length=1, max_length=200, examples=["kukarino-2026-2"])]
    order_no: Annotated[str, Field(max_length=100, examples=["8-о"])]


class ChangeOut(BaseModel):
    """A number that would be another one; old and new as they are kept, and in words."""

    field: str
    clause: str
    label: str
    old: Any
    new: Any
    old_text: str
    new_text: str


class EffectOut(BaseModel):
    """`count` of `total` would be otherwise."""

    effect: Annotated[str, Field(examples=["marks_settled"])]
    clause: str
    text: Annotated[str, Field(examples=["отметок учитель уже не исправит сам"])]
    count: int
    total: int


class PreviewOut(BaseModel):
    """What would change and what that does to the year; nothing is written."""

    year: int
    version: str
    changes: list[ChangeOut]
    effects: list[EffectOut]


@router.get("/regulation", responses=example({"year": 2026, **ADOPTED, "clauses": [CLAUSE]}))
async def regulation(request: Request, caller: Informed, year: OfYear = None) -> Response:
    """Every clause: its rule, its numbers, how it is read, its live figure (for the staff).

    A figure of nothing says `why` there is nothing to count yet. `href` and `places` are pages that
    open for the caller.
    """
    as_of = await caller.door.progress.as_of()
    of_year = year or await caller.door.rights.year()
    return read(request, await described(caller, of_year), as_of)


@router.get(
    "/years/{year}/regulation/history",
    responses=example({"year": 2026, "versions": [{**ADOPTED, "changes": [CHANGE]}]}),
)
async def regulation_history(year: Year, request: Request, caller: Staff) -> Response:
    """Every version of the rules of a year, the newest first, and what it changed."""
    as_of = await caller.door.progress.as_of()
    found = await history_of(caller.door, year)
    return read(request, {"year": year, "versions": found}, as_of)


@router.post("/years/{year}/regulation/preview")
async def preview_regulation(year: Year, new: AmendmentIn, caller: Administration) -> PreviewOut:
    """What another version would change, and what that does to the year. Writes nothing."""
    return PreviewOut(**await previewed(caller.door, year, new.amendment()))


@router.post("/years/{year}/regulation")
async def adopt_regulation(
    year: Year, new: RegulationIn, caller: FreshAdministration, once: Once
) -> Written:
    """Adopt another version of the rules by an order: in force from now on, never backwards."""
    answer = caller.door.school.adopt_regulation(
        year, new.amendment(), new.order_no, by=caller.actor, request=once
    )
    return await written(answer)


def _flat(fields: Mapping[str, Any], part: str = "") -> list[tuple[str, Any]]:
    """Field and value, those of a part with a dot."""
    found: list[tuple[str, Any]] = []
    for name, value in fields.items():
        if isinstance(value, dict):
            found += _flat(value, f"{part}{name}.")
        else:
            found.append((f"{part}{name}", value))
    return found
