"""«Периоды» and «Запросы»: term marks beside the suggested ones, closing, late corrections."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from functools import partial
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Path, Query
from starlette.responses import Response

from api.caller import Caller
from api.deps import ClassReader, Staff, Teacher
from api.grants import visible_classes
from api.pages import wording
from api.pages.rendering import page
from api.pages.routing import Behind, PageRoute, viewer_of
from domain.permissions import Act, holders
from domain.refusals import NotFound
from domain.regulation import Regulation
from domain.values import MARKS, REASON_LABELS, ReasonCode, Tier
from projections import directory, terms
from projections.archive import checklist as archives
from projections.terms import Closing, CorrectionRequest

router = APIRouter(route_class=PageRoute, include_in_schema=False)

TERMS, REQUESTS = "/terms", "/correction-requests"
Number = Annotated[int, Path(ge=1, le=12)]
REASONS = [
    (str(code), REASON_LABELS[code])
    for code in (ReasonCode.OTHER, ReasonCode.REWORK, ReasonCode.APPEAL, ReasonCode.RECOUNT)
]
ASKED_FOR = [
    (str(code), label) for code, label in REASON_LABELS.items() if code is not ReasonCode.NOT_MINE
]


def may(caller: Caller, act: Act) -> bool:
    """The caller has a role that may do this in the whole school."""
    return not caller.roles.isdisjoint(holders(act))


@router.get(TERMS)
async def of_year(caller: Staff, behind: Behind) -> Response:
    """Classes and their terms: which are closed, with a way to each checklist."""
    year = await caller.door.rights.year()
    classes = await visible_classes(caller, year)
    async with caller.reading() as (conn, schema):
        calendar = await directory.calendar_of(conn, schema, year)
        closed = await terms.closings(conn, schema, year)
    rows = [
        {
            "name": one["name"],
            "terms": [
                {
                    "name": term.name,
                    "href": f"/classes/{one['class_id']}/terms/{term.number}",
                    "closed": closed.get((one["class_id"], term.number), False),
                }
                for term in (calendar[0].of(one["grade_level"]).terms if calendar else ())
            ],
        }
        for one in classes
    ]
    viewer = await viewer_of(caller, TERMS, behind=behind)
    return page("ends/terms.html", {"rows": rows, "year": year}, viewer=viewer)


@router.get("/classes/{class_id}/terms/{term}")
async def checklist(class_id: UUID, term: Number, caller: ClassReader, behind: Behind) -> Response:
    """What is unfinished before a term of a class is closed; the closing and the reopening."""
    today = caller.door.rights.today()
    async with caller.reading() as (conn, schema):
        found = await terms.closing(conn, schema, str(class_id), term, today)
        if found is None:
            raise NotFound("term.unknown", "Такого учебного периода нет.")
        archived = await archives.archived(conn, schema, found.year)
    context = {
        "found": found,
        "at": found.at and wording.moment(found.at.isoformat(), caller.door.zone),
        "by": found.by and wording.short_name(found.by),
        "running": today <= found.ends,
        "unfinished": sum(
            map(len, (found.missing, found.debts, found.unexplained, found.unrecorded))
        ),
        "may_close": not archived and may(caller, Act.CLOSE_TERM),
        "archived": archived,
        "reads_archive": caller.administration,
        "may_reopen": not archived and may(caller, Act.REOPEN_TERM),
        "missing": _grouped(found.missing, "subject", "pupil", partial(_term_marks, found)),
        "parts": [
            ("Долги", _grouped(found.debts, "subject", "pupil", partial(_lesson, found))),
            (
                "Отсутствия без причины",
                _grouped(found.unexplained, "pupil", "date", partial(_week, found)),
            ),
            (
                "Уроки без темы или посещаемости",
                _grouped(found.unrecorded, "subject", "date", partial(_lesson, found)),
            ),
        ],
    }
    return page("ends/closing.html", context, viewer=await viewer_of(caller, TERMS, behind=behind))


def _grouped(
    lines: list[dict[str, Any]], by: str, what: str, where: Callable[[dict[str, Any]], str]
) -> list[tuple[str, list[tuple[str, str]], int]]:
    """(heading, each value with the page of its fact, how many) by heading."""
    groups: dict[str, list[tuple[str, str]]] = {}
    for line in lines:
        value = wording.day(line[what]) if what == "date" else wording.called(line[what])
        groups.setdefault(line[by] or "", []).append((value, where(line)))
    return [(name, list(dict.fromkeys(of)), len(of)) for name, of in groups.items()]


def _term_marks(found: Closing, line: dict[str, Any]) -> str:
    place = f"/classes/{found.class_id}/term-marks"
    return f"{place}?subject_id={line['subject_id']}&term={found.term}"


def _lesson(found: Closing, line: dict[str, Any]) -> str:
    place = f"/classes/{found.class_id}/register"
    return f"{place}?subject_id={line['subject_id']}&lesson={line['lesson_id']}"


def _week(found: Closing, line: dict[str, Any]) -> str:
    year, week, _ = date.fromisoformat(line["date"]).isocalendar()
    return f"/classes/{found.class_id}/absences/{year}-W{week:02}"


@router.get(REQUESTS)
async def requests(
    caller: Teacher, behind: Behind, mark_id: Annotated[UUID | None, Query()] = None
) -> Response:
    """«Запросы на исправление»: to answer for the deputy, one's own for a teacher, one to write."""
    decides = may(caller, Act.APPROVE_CORRECTION)
    if mark_id is not None:
        await _known_mark(caller, str(mark_id))
    async with caller.reading() as (conn, schema):
        found = await terms.requests(conn, schema, by=None if decides else caller.person_id)
        place = await directory.mark_place(conn, schema, str(mark_id)) if mark_id else None
        if place:
            pupil = await directory.person(conn, schema, place["pupil_id"])
            year = await caller.door.rights.year()
            rules = await directory.regulation_of(conn, schema, year) or Regulation()
            last = date.fromisoformat(place["date"]) + timedelta(days=rules.edit_window_days)
            place |= {
                "day": wording.day(place["date"]),
                "pupil": wording.called(pupil["name"]) if pupil else "",
                "last_day": wording.day(last.isoformat()),
            }
    context = {
        "decides": decides,
        "requests": [_request(one, caller) for one in found],
        "place": place,
        "marks": [mark for mark in MARKS if mark != "1"],
        "reasons": ASKED_FOR,
    }
    return page(
        "ends/requests.html", context, viewer=await viewer_of(caller, REQUESTS, behind=behind)
    )


async def _known_mark(caller: Caller, mark_id: str) -> None:
    """Raises NotFound: a mark of a class that one does not read is as if it were not there."""
    try:
        place = await caller.door.places.mark(mark_id)
        await caller.door.rights.class_basis(caller, place.class_id)
    except NotFound:
        raise NotFound("mark.unknown", "Такой отметки нет.") from None


def _request(one: CorrectionRequest, caller: Caller) -> dict[str, Any]:
    zone = caller.door.zone
    return {
        "one": one,
        "pupil": wording.called(one.pupil),
        "day": wording.day(one.lesson_date.isoformat()),
        "wanted": f"«{one.saw}» → «{one.value}»" if one.value else f"аннулировать «{one.saw}»",
        "why": REASON_LABELS[ReasonCode(one.reason_code)],
        "by": wording.short_name(one.by),
        "own": one.by_id == caller.person_id,
        "how": ", по приказу или акту" if one.tier == Tier.T3 else "",
        "at": wording.moment(one.at.isoformat(), zone),
        "answered": one.answered_at and wording.moment(one.answered_at.isoformat(), zone),
        "answered_by": one.answered_by and wording.short_name(one.answered_by),
    }
