"""Terms: the suggested mark with its trace, the given one with its reason, the closing."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from pydantic import Field
from starlette.responses import Response

from api.answers import read, written
from api.deps import Administration, ClassReader, FreshAdministration, Teacher
from api.v1.classes import Number, term_on
from api.v1.swift import SwiftRoute
from api.v1.wire import PREFIX, Body, Id, Once, Written, example
from domain.formulas import Suggestion
from domain.journal.term_marks import NewTermMark
from domain.refusals import Invalid, NotFound
from domain.values import ReasonCode
from projections import terms
from projections.terms import Closing

router = APIRouter(prefix=PREFIX, route_class=SwiftRoute, tags=["Периоды и итоги"])

Value = Annotated[str, Field(max_length=10, examples=["4"])]

SUGGESTION: dict[str, Any] = {
    "value": "4",
    "why": "average",
    "average": "4.33",
    "total": "13.00",
    "weights": "3.00",
    "lines": [
        {
            "mark_id": "9d1b6f52-0c3e-4b52-8f0a-1a2b3c4d5e60",
            "date": "2026-11-23",
            "value": "5",
            "weight": "2.00",
            "left_out": None,
        }
    ],
    "held": 20,
    "missed": 2,
    "missed_share": "0.10",
    "may_be_not_attested": False,
}
CLOSING: dict[str, Any] = {
    "class": {"class_id": "7f1d4c1e-58b6-4d8e-9f0a-3f6f3f1c2b10", "name": "7а"},
    "term": {"number": 1, "name": "1 четверть", "starts": "2026-09-01", "ends": "2026-10-25"},
    "closed": False,
    "changed_at": None,
    "changed_by": None,
    "order_no": None,
    "blocked": True,
    "term_marks_missing": [],
    "debts": [
        {
            "debt_id": "0b7d6c3e-8a57-4a39-8f6f-6c0a0c4f9d11",
            "lesson_id": "0b7d6c3e-8a57-4a39-8f6f-6c0a0c4f9d10",
            "date": "2026-09-23",
            "subject_id": "0b7d6c3e-8a57-4a39-8f6f-6c0a0c4f9d12",
            "subject": "Алгебра",
            "pupil_id": "9d1b6f52-0c3e-4b52-8f0a-1a2b3c4d5e60",
            "pupil": "Петров Пётр",
            "due_date": "2026-10-07",
        }
    ],
    "absences_unexplained": [],
    "lessons_unrecorded": [],
}
TERM_MARKS: dict[str, Any] = {
    "class": {"class_id": "7f1d4c1e-58b6-4d8e-9f0a-3f6f3f1c2b10", "name": "7а"},
    "subject": {"subject_id": "0b7d6c3e-8a57-4a39-8f6f-6c0a0c4f9d10", "name": "Алгебра"},
    "term": {"number": 2, "name": "2 четверть", "starts": "2026-11-02", "ends": "2026-12-27"},
    "rules": {
        "version": "kukarino-2026",
        "weighted": True,
        "thresholds": {"3": "2.50", "4": "3.50", "5": "4.50"},
        "min_marks": 3,
        "not_attested_share": "0.75",
    },
    "pupils": [
        {
            "pupil_id": "9d1b6f52-0c3e-4b52-8f0a-1a2b3c4d5e60",
            "name": "Петров Пётр",
            "departed": None,
            "term_mark": None,
            "suggestion": SUGGESTION,
        }
    ],
}


class TermMark(Body):
    """One term mark; `average` is the mean that was in sight.

    A number that differs from the suggested one needs a `reason_code`.
    """

    pupil_id: Id
    value: Value
    average: Annotated[str, Field(pattern=r"^(\d\.\d\d)?$", examples=["4.33"])] = ""
    reason_code: ReasonCode | None = None
    reason: Annotated[str, Field(max_length=2_000)] = ""


class TermMarks(Body):
    """Term marks of a subject: all of them or none."""

    subject_id: Id
    term: Number
    marks: Annotated[list[TermMark], Field(max_length=200)]


class TermMarkAnnulment(Body):
    """A term mark that should not have been issued."""

    pupil_id: Id
    subject_id: Id
    term: Number
    saw: Value
    reason_code: ReasonCode
    reason: Annotated[str, Field(max_length=2_000)] = ""


class TermMarkCorrection(Body):
    """Another term mark while the term is open."""

    pupil_id: Id
    subject_id: Id
    term: Number
    saw: Value
    value: Value
    reason_code: ReasonCode
    reason: Annotated[str, Field(max_length=2_000)] = ""


@router.get("/classes/{class_id}/term-marks", responses=example(TERM_MARKS))
async def term_marks(
    class_id: Id,
    request: Request,
    caller: ClassReader,
    subject_id: Annotated[Id, Query()],
    term: Annotated[Number | None, Query()] = None,
) -> Response:
    """What the marks suggest for a term, line by line, beside the term marks that are issued."""
    door = caller.door
    as_of = await door.progress.as_of()
    async with caller.reading() as (conn, schema):
        number = term or await term_on(conn, schema, class_id, door.rights.today())
        found = await terms.suggestions(conn, schema, class_id, subject_id, number)
    if found is None:
        raise NotFound("register.unknown", "Такой страницы в журнале нет.")
    return read(request, term_marks_json(found), as_of)


def term_marks_json(found: dict[str, Any]) -> dict[str, Any]:
    """Term marks of a subject for a reader, of `terms.suggestions`."""
    page, rules = found["page"], found["regulation"]
    return {
        **{name: page[name] for name in ("class", "subject", "term")},
        "rules": {
            "version": rules.version,
            "weighted": rules.weighted,
            "thresholds": dict(zip("345", rules.term_thresholds, strict=True)),
            "min_marks": rules.min_marks,
            "not_attested_share": rules.not_attested_share,
        },
        "pupils": [
            {
                **{name: one[name] for name in ("pupil_id", "name", "departed", "term_mark")},
                "suggestion": suggestion_json(found["suggested"][one["pupil_id"]]),
            }
            for one in page["pupils"]
        ],
    }


def suggestion_json(one: Suggestion) -> dict[str, Any]:
    """A suggestion with its trace; `value` and `average` are None where there is none."""
    return {
        "value": one.value or None,
        "why": one.why,
        "average": one.mean.value or None,
        "total": one.mean.total,
        "weights": one.mean.weights,
        "lines": [
            {
                "mark_id": line.mark_id,
                "date": line.day and line.day.isoformat(),
                "value": line.value,
                "weight": line.weight,
                "left_out": line.left_out or None,
            }
            for line in one.mean.lines
        ],
        "held": one.presence.held,
        "missed": one.presence.missed,
        "missed_share": one.presence.share or None,
        "may_be_not_attested": one.may_be_not_attested,
    }


@router.post("/classes/{class_id}/term-marks")
async def issue_term_marks(class_id: Id, new: TermMarks, caller: Teacher, once: Once) -> Written:
    """Term marks of a subject: the teacher's, all or nothing.

    422 `term_mark.reason_needed` when a number differs from the suggested one without a reason,
    `term_mark.not_attested` for an «н/а» of who has marks and was there.
    """
    await caller.door.rights.class_basis(caller, class_id)
    if not new.marks:
        raise Invalid("term_mark.empty", "Нет ни одной отметки.")
    column = [
        NewTermMark(one.pupil_id, one.value, one.average, one.reason_code) for one in new.marks
    ]
    answer = caller.door.school.issue_term_marks(
        class_id,
        new.subject_id,
        new.term,
        column,
        reasons={one.pupil_id: one.reason for one in new.marks},
        by=caller.actor,
        request=once,
    )
    return await written(answer)


@router.post("/classes/{class_id}/term-marks/corrections")
async def correct_term_mark(
    class_id: Id, new: TermMarkCorrection, caller: Teacher, once: Once
) -> Written:
    """Correct a term mark while the term is open; with the password shown within minutes."""
    await caller.door.rights.class_basis(caller, class_id)
    caller.fresh()
    answer = caller.door.school.correct_term_mark(
        class_id,
        new.pupil_id,
        new.subject_id,
        new.term,
        saw=new.saw,
        value=new.value,
        reason_code=new.reason_code,
        reason=new.reason,
        by=caller.actor,
        request=once,
    )
    return await written(answer)


@router.post("/classes/{class_id}/term-marks/annulment")
async def annul_term_mark(
    class_id: Id, new: TermMarkAnnulment, caller: Teacher, once: Once
) -> Written:
    """Take a term mark back while the term is open: who issued it on that day, later a deputy or
    the director in writing; with the password shown within minutes.

    403 `term_mark.annulled_by_another` for one's own of an earlier day, 409
    `term_mark.year_mark_stands` once a mark of the year stands on it.
    """
    await caller.door.rights.class_basis(caller, class_id)
    caller.fresh()
    answer = caller.door.school.annul_term_mark(
        class_id,
        new.pupil_id,
        new.subject_id,
        new.term,
        saw=new.saw,
        reason_code=new.reason_code,
        reason=new.reason,
        by=caller.actor,
        request=once,
    )
    return await written(answer)


@router.get("/classes/{class_id}/terms/{term}/closing", responses=example(CLOSING))
async def checklist(class_id: Id, term: Number, request: Request, caller: ClassReader) -> Response:
    """What is unfinished before a term of a class is closed, and whether it is closed."""
    door = caller.door
    as_of = await door.progress.as_of()
    async with caller.reading() as (conn, schema):
        found = await terms.closing(conn, schema, class_id, term, door.rights.today())
    if found is None:
        raise NotFound("term.unknown", "Такого учебного периода нет.")
    return read(request, closing_json(found), as_of)


def closing_json(found: Closing) -> dict[str, Any]:
    """The checklist for a reader."""
    return {
        "class": {"class_id": found.class_id, "name": found.class_name},
        "term": {
            "number": found.term,
            "name": found.term_name,
            "starts": found.starts.isoformat(),
            "ends": found.ends.isoformat(),
        },
        "closed": found.closed,
        "changed_at": found.at and found.at.isoformat(),
        "changed_by": found.by,
        "order_no": found.order_no or None,
        "blocked": found.blocked,
        "term_marks_missing": found.missing,
        "debts": found.debts,
        "absences_unexplained": found.unexplained,
        "lessons_unrecorded": found.unrecorded,
    }


@router.post("/classes/{class_id}/terms/{term}/closing")
async def close_term(class_id: Id, term: Number, caller: Administration, once: Once) -> Written:
    """Close a term of a class; what is in it is settled. 409 `term.open_debts` while there are."""
    answer = caller.door.school.close_term(class_id, term, by=caller.actor, request=once)
    return await written(answer)


class Reopening(Body):
    """Why a closed term is opened again: the order."""

    order_no: Annotated[str, Field(max_length=50, examples=["77-у"])]


@router.post("/classes/{class_id}/terms/{term}/reopening")
async def reopen_term(
    class_id: Id, term: Number, new: Reopening, caller: FreshAdministration, once: Once
) -> Written:
    """Open a closed term again, by an order; with the password shown within minutes."""
    answer = caller.door.school.reopen_term(
        class_id, term, new.order_no, by=caller.actor, request=once
    )
    return await written(answer)
