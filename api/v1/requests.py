"""Corrections beyond the teacher's own reach: asked for in writing, answered by another person."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request
from pydantic import Field
from starlette.responses import Response

from api.answers import read, written
from api.deps import FreshAdministration, Teacher
from api.v1.wire import PREFIX, Body, Id, Once, Written, example
from domain.journal.requests import TermMarkWord
from domain.permissions import Act, holders
from domain.refusals import NotFound
from domain.values import ReasonCode
from projections import terms
from projections.terms import CorrectionRequest

router = APIRouter(prefix=PREFIX, tags=["Запросы на исправление"])

Value = Annotated[str, Field(max_length=10, examples=["4"])]
Text = Annotated[str, Field(max_length=2_000, examples=["Пропущена верно решённая задача"])]
Order = Annotated[str, Field(max_length=50, examples=["акт № 4"])]

REQUEST: dict[str, Any] = {
    "request_id": "5e0c8f77-6a58-4c07-9a86-2f6f1f6b7c55",
    "class": {"class_id": "7f1d4c1e-58b6-4d8e-9f0a-3f6f3f1c2b10", "name": "7а"},
    "subject": {"subject_id": "0b7d6c3e-8a57-4a39-8f6f-6c0a0c4f9d12", "name": "Алгебра"},
    "lesson_id": "0b7d6c3e-8a57-4a39-8f6f-6c0a0c4f9d10",
    "lesson_date": "2026-09-02",
    "pupil": {"pupil_id": "9d1b6f52-0c3e-4b52-8f0a-1a2b3c4d5e60", "name": "Петров Пётр"},
    "mark_id": "9d1b6f52-0c3e-4b52-8f0a-1a2b3c4d5e61",
    "now": "3",
    "saw": "3",
    "value": "4",
    "reason_code": "APPEAL",
    "reason": "Пропущена верно решённая задача",
    "by": {"person_id": "6f1c7c9e-3c1e-4a52-9f0e-0d4f4a9f6c11", "name": "Антонова Анна Андреевна"},
    "requested_at": "2026-09-21T09:41:07+00:00",
    "term": 1,
    "term_mark": None,
    "needs_order": False,
    "answer": None,
}


class NewRequest(Body):
    """Служебная записка: the mark that one `saw` is to become `value`; null: be annulled."""

    request_id: Id
    mark_id: Id
    saw: Value
    value: Value | None = None
    reason_code: ReasonCode
    text: Text


class Word(Body):
    """What becomes of the term mark that stands."""

    decision: Literal["keep", "change"]
    value: Value = ""


class Approval(Body):
    """`order_no` and `term_mark` are needed once the term mark stands or the term is closed."""

    order_no: Order = ""
    term_mark: Word | None = None


class Rejection(Body):
    """Why the mark stays."""

    text: Text


@router.post("/correction-requests")
async def request_correction(new: NewRequest, caller: Teacher, once: Once) -> Written:
    """Ask for a correction after the edit window; 422 `request.not_needed` inside of it."""
    door = caller.door
    place = await door.places.mark(new.mark_id)
    answer = door.school.request_correction(
        place.class_id,
        new.request_id,
        new.mark_id,
        saw=new.saw,
        value=new.value or "",
        reason_code=new.reason_code,
        reason=new.text,
        by=caller.actor,
        request=once,
    )
    return await written(answer, stranger=NotFound("mark.unknown", "Такой отметки нет."))


@router.get("/correction-requests", responses=example({"requests": [REQUEST]}))
async def correction_requests(
    request: Request, caller: Teacher, status: Annotated[Literal["", "waiting"], Query()] = ""
) -> Response:
    """Requests that wait first: everybody's for who decides them, else one's own."""
    door = caller.door
    as_of = await door.progress.as_of()
    decides = not caller.roles.isdisjoint(holders(Act.APPROVE_CORRECTION))
    async with caller.reading() as (conn, schema):
        found = await terms.requests(
            conn, schema, by=None if decides else caller.person_id, open_only=status == "waiting"
        )
    return read(request, {"requests": [request_json(one) for one in found]}, as_of)


@router.post("/correction-requests/{request_id}/approval")
async def approve_correction(
    request_id: Id, new: Approval, caller: FreshAdministration, once: Once
) -> Written:
    """Make the correction: another person than who asked; with the password shown just now.

    422 `request.order_needed`, `request.term_mark_undecided` (with `suggested` and the standing
    `term_mark`) once the term mark stands or the term is closed.
    """
    door = caller.door
    place = await door.places.request(request_id)
    word = None
    if new.term_mark is not None:
        fate: Literal["kept", "changed"] = "kept" if new.term_mark.decision == "keep" else "changed"
        word = TermMarkWord(fate, new.term_mark.value)
    answer = door.school.approve_correction(
        place.class_id,
        request_id,
        order_no=new.order_no,
        term_mark=word,
        by=caller.actor,
        request=once,
    )
    return await written(answer)


@router.post("/correction-requests/{request_id}/rejection")
async def reject_correction(
    request_id: Id, new: Rejection, caller: FreshAdministration, once: Once
) -> Written:
    """Leave the mark as it is and say why: another person than who asked."""
    door = caller.door
    place = await door.places.request(request_id)
    answer = door.school.reject_correction(
        place.class_id, request_id, new.text, by=caller.actor, request=once
    )
    return await written(answer)


def request_json(one: CorrectionRequest) -> dict[str, Any]:
    """A request for a reader."""
    return {
        "request_id": one.request_id,
        "class": {"class_id": one.class_id, "name": one.class_name},
        "subject": {"subject_id": one.subject_id, "name": one.subject},
        "lesson_id": one.lesson_id,
        "lesson_date": one.lesson_date.isoformat(),
        "pupil": {"pupil_id": one.pupil_id, "name": one.pupil},
        "mark_id": one.mark_id,
        "now": one.now or None,
        "saw": one.saw,
        "value": one.value or None,
        "reason_code": one.reason_code,
        "reason": one.reason,
        "by": {"person_id": one.by_id, "name": one.by},
        "requested_at": one.at.isoformat(),
        "term": one.term,
        "term_mark": one.term_mark,
        "needs_order": one.needs_order,
        "answer": None
        if not one.answer or one.answered_at is None
        else {
            "decision": one.answer,
            "tier": one.tier or None,
            "order_no": one.order_no or None,
            "term_mark": one.fate or None,
            "reason": one.answer_reason or None,
            "by": one.answered_by,
            "at": one.answered_at.isoformat(),
        },
    }
