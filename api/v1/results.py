"""The end of a year: year, examination and final marks, decisions of the teachers' council."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from pydantic import Field
from starlette.responses import Response

from api.answers import read, written
from api.deps import Administration, ClassReader, DiaryReader, Teacher
from api.v1.wire import PREFIX, Body, Id, Once, Written, example
from domain.journal.results import NewDecision, NewResult, ResultKind
from domain.refusals import NotFound
from domain.values import CouncilDecision, ReasonCode
from projections import terms

router = APIRouter(prefix=PREFIX, tags=["Периоды и итоги"])

Value = Annotated[str, Field(max_length=10, examples=["4"])]
Text = Annotated[str, Field(max_length=2_000)]
PUPIL_ID, CLASS_ID, SUBJECT_ID = (
    "9d1b6f52-0c3e-4b52-8f0a-1a2b3c4d5e60",
    "7f1d4c1e-58b6-4d8e-9f0a-3f6f3f1c2b10",
    "0b7d6c3e-8a57-4a39-8f6f-6c0a0c4f9d12",
)
OF_CLASS = {"class_id": CLASS_ID, "name": "7а"}
MARK: dict[str, Any] = {
    "value": "4",
    "average": "4.33",
    "corrected": False,
    "was": None,
    "given_at": "2026-10-23T18:30:00+00:00",
}
SUBJECT = {"subject_id": SUBJECT_ID, "subject": "Алгебра"}
TERMS: dict[str, Any] = {
    "pupil_id": PUPIL_ID,
    "years": [
        {
            "year": 2026,
            "class": OF_CLASS,
            "subjects": [SUBJECT | {"terms": [{"term": 1, "name": "1 четверть"} | MARK]}],
        }
    ],
}
DECISION: dict[str, Any] = {
    "decision": "PROMOTED",
    "was": None,
    "protocol_no": "9",
    "protocol_date": "2027-05-28",
}
FINALS: dict[str, Any] = {
    "pupil_id": PUPIL_ID,
    "years": [
        {
            "year": 2026,
            "class": OF_CLASS,
            "subjects": [SUBJECT | {"year_mark": MARK, "exam_mark": None, "final_mark": MARK}],
            "decision": DECISION,
            "admission": None,
        }
    ],
}
RESULTS: dict[str, Any] = {
    "class": OF_CLASS,
    "grade_level": 7,
    "pupils": [
        {
            "pupil_id": PUPIL_ID,
            "name": "Петров Пётр",
            "here": True,
            "terms": {"1": "4", "2": "5"},
            "year": {"value": "5", "was": None, "suggested": "5"},
            "exam": None,
            "final": None,
        }
    ],
}


class NewMark(Body):
    """One mark; a number that differs from the suggested one needs a `reason_code`."""

    pupil_id: Id
    value: Value
    reason_code: ReasonCode | None = None
    reason: Text = ""


class Column(Body):
    """Marks of a subject: all of them or none."""

    subject_id: Id
    marks: Annotated[list[NewMark], Field(min_length=1, max_length=200)]


class ExamColumn(Column):
    """Marks of an examination and its day."""

    date: Annotated[date, Field(examples=["2027-06-02"])]


class ResultCorrection(Body):
    """Another mark than the one that one `saw`."""

    pupil_id: Id
    subject_id: Id
    saw: Value
    value: Value
    reason_code: ReasonCode
    reason: Text = ""


class OneDecision(Body):
    """What the council has decided of a pupil."""

    pupil_id: Id
    decision: CouncilDecision


class Decisions(Body):
    """Decisions by the same minutes: all of them or none."""

    protocol_no: Annotated[str, Field(max_length=50, examples=["9"])]
    protocol_date: Annotated[date, Field(examples=["2027-05-28"])]
    decisions: Annotated[list[OneDecision], Field(min_length=1, max_length=200)]


@router.get("/pupils/{pupil_id}/terms", responses=example(TERMS))
async def pupil_terms(pupil_id: Id, request: Request, caller: DiaryReader) -> Response:
    """Term marks of a pupil: all subjects, all years kept."""
    as_of = await caller.door.progress.as_of()
    async with caller.reading() as (conn, schema):
        found = await terms.terms_of_pupil(conn, schema, pupil_id)
    return read(request, {"pupil_id": pupil_id, "years": found}, as_of)


@router.get("/pupils/{pupil_id}/finals", responses=example(FINALS))
async def pupil_finals(pupil_id: Id, request: Request, caller: DiaryReader) -> Response:
    """Year, examination and final marks of a pupil, and the council's decisions: all years kept."""
    as_of = await caller.door.progress.as_of()
    async with caller.reading() as (conn, schema):
        found = await terms.finals_of_pupil(conn, schema, pupil_id)
    return read(request, {"pupil_id": pupil_id, "years": found}, as_of)


@router.get("/classes/{class_id}/results", responses=example(RESULTS))
async def results(
    class_id: Id, request: Request, caller: ClassReader, subject_id: Annotated[Id, Query()]
) -> Response:
    """Term, year, examination and final marks of a class in a subject."""
    as_of = await caller.door.progress.as_of()
    async with caller.reading() as (conn, schema):
        found = await terms.results_of_class(conn, schema, class_id, subject_id)
    if found is None:
        raise NotFound("class.unknown", "Такого класса нет.")
    return read(request, found, as_of)


@router.get(
    "/classes/{class_id}/council-decisions",
    responses=example(
        {
            "pupils": [
                {
                    "pupil_id": PUPIL_ID,
                    "name": "Петров Пётр",
                    "here": True,
                    "decision": DECISION,
                    "admission": None,
                }
            ]
        }
    ),
)
async def council_decisions(class_id: Id, request: Request, caller: ClassReader) -> Response:
    """What the teachers' council has decided of the pupils of a class."""
    as_of = await caller.door.progress.as_of()
    async with caller.reading() as (conn, schema):
        found = await terms.decisions_of_class(conn, schema, class_id)
    return read(request, {"pupils": found}, as_of)


@router.post("/classes/{class_id}/year-marks")
async def issue_year_marks(class_id: Id, new: Column, caller: Teacher, once: Once) -> Written:
    """Marks of the year of a subject: the teacher's, once the last term has its mark."""
    await caller.door.rights.class_basis(caller, class_id)
    answer = caller.door.school.issue_year_marks(
        class_id,
        new.subject_id,
        _column(new),
        reasons=_reasons(new),
        by=caller.actor,
        request=once,
    )
    return await written(answer)


@router.post("/classes/{class_id}/exam-marks")
async def record_exam_marks(class_id: Id, new: ExamColumn, caller: Teacher, once: Once) -> Written:
    """Marks of an examination that was held: the teacher's, all or nothing."""
    await caller.door.rights.class_basis(caller, class_id)
    answer = caller.door.school.record_exam_marks(
        class_id, new.subject_id, new.date, _column(new), by=caller.actor, request=once
    )
    return await written(answer)


@router.post("/classes/{class_id}/final-marks")
async def issue_final_marks(class_id: Id, new: Column, caller: Teacher, once: Once) -> Written:
    """Marks of the certificate: the teacher's, once there is the mark of the year."""
    await caller.door.rights.class_basis(caller, class_id)
    answer = caller.door.school.issue_final_marks(
        class_id,
        new.subject_id,
        _column(new),
        reasons=_reasons(new),
        by=caller.actor,
        request=once,
    )
    return await written(answer)


@router.post("/classes/{class_id}/year-marks/corrections")
async def correct_year_mark(
    class_id: Id, new: ResultCorrection, caller: Teacher, once: Once
) -> Written:
    """Correct a mark of the year; the old one is kept. With the password shown just now."""
    return await _correct("year", class_id, new, caller, once)


@router.post("/classes/{class_id}/exam-marks/corrections")
async def correct_exam_mark(
    class_id: Id, new: ResultCorrection, caller: Teacher, once: Once
) -> Written:
    """Correct a mark of an examination; the old one is kept. With the password shown just now."""
    return await _correct("exam", class_id, new, caller, once)


@router.post("/classes/{class_id}/final-marks/corrections")
async def correct_final_mark(
    class_id: Id, new: ResultCorrection, caller: Teacher, once: Once
) -> Written:
    """Correct a mark of the certificate; the old one is kept. With the password shown just now."""
    return await _correct("final", class_id, new, caller, once)


@router.post("/classes/{class_id}/council-decisions")
async def record_council_decisions(
    class_id: Id, new: Decisions, caller: Administration, once: Once
) -> Written:
    """Who is promoted, and who is admitted to the state examination, by the minutes of the council;
    another decision on the same matter keeps the old one.
    """
    answer = caller.door.school.record_council_decisions(
        class_id,
        [NewDecision(one.pupil_id, one.decision) for one in new.decisions],
        new.protocol_no,
        new.protocol_date,
        by=caller.actor,
        request=once,
    )
    return await written(answer)


async def _correct(
    kind: ResultKind, class_id: str, new: ResultCorrection, caller: Teacher, once: Once
) -> Written:
    await caller.door.rights.class_basis(caller, class_id)
    caller.fresh()
    answer = caller.door.school.correct_result(
        class_id,
        kind,
        new.pupil_id,
        new.subject_id,
        saw=new.saw,
        value=new.value,
        reason_code=new.reason_code,
        reason=new.reason,
        by=caller.actor,
        request=once,
    )
    return await written(answer)


def _column(new: Column) -> list[NewResult]:
    return [NewResult(one.pupil_id, one.value, one.reason_code) for one in new.marks]


def _reasons(new: Column) -> dict[str, str]:
    return {one.pupil_id: one.reason for one in new.marks}
