"""Marks: given in columns, corrected and annulled with a reason, never rewritten."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Request
from pydantic import Field
from starlette.responses import Response

from api.answers import read, written
from api.auth.sure import sure_of_lesson, sure_of_mark
from api.deps import MarkReader, Teacher
from api.v1.swift import SwiftRoute
from api.v1.trail import HISTORY_ITEM, history_item
from api.v1.wire import PREFIX, Body, Id, Once, Written, example
from domain.journal.marks import NewDebt
from domain.refusals import NotFound
from domain.school import MarkInput
from domain.values import ReasonCode
from projections import trail

router = APIRouter(prefix=PREFIX, route_class=SwiftRoute, tags=["Отметки"])

Value = Annotated[str, Field(max_length=10, examples=["5"])]
Text = Annotated[str, Field(max_length=2_000)]


class NewMark(Body):
    """One mark; `mark_id` is made by the caller, so that a retry is the same mark."""

    mark_id: Id
    pupil_id: Id
    value: Value
    work_type_id: Id
    weight: Annotated[str | None, Field(max_length=10, examples=["1.00"])] = None
    comment: Text = ""


class Column(Body):
    """Marks of one lesson: all of them or none."""

    marks: Annotated[list[NewMark], Field(min_length=1, max_length=200)]


class Correction(Body):
    """Another value for the mark that one `saw`."""

    saw: Value
    value: Annotated[str, Field(max_length=10, examples=["4"])]
    reason_code: ReasonCode
    reason: Text = ""


class Annulment(Body):
    """The mark that one `saw` is no more; it stays in the history."""

    saw: Value
    reason_code: ReasonCode
    reason: Text = ""


class SeenMark(Body):
    """A mark, and the value that one `saw`."""

    mark_id: Id
    saw: Value


class Annulments(Body):
    """Marks of one lesson that are no more: all of them or none, for one reason."""

    marks: Annotated[list[SeenMark], Field(min_length=1, max_length=200)]
    reason_code: ReasonCode
    reason: Text = ""


class Comment(Body):
    """A word on the quality of learning (clause 4.1.г)."""

    comment: Annotated[Text, Field(examples=["Хорошо рассуждает вслух"])]


class OneDebt(Body):
    """A «точка»: work is expected by a day."""

    debt_id: Id
    pupil_id: Id
    work_type_id: Id
    due_date: date


class Debts(Body):
    """Debts of one lesson: all of them or none."""

    debts: Annotated[list[OneDebt], Field(min_length=1, max_length=200)]


class Resolution(Body):
    """How a debt was closed: by a mark, or without one."""

    mark_id: Id | None = None


@router.post("/lessons/{lesson_id}/marks")
async def give_marks(lesson_id: Id, column: Column, caller: Teacher, once: Once) -> Written:
    """Give a column of marks: all or nothing, one append."""
    door = caller.door
    place = await door.places.lesson(lesson_id)
    marks = [
        MarkInput(m.mark_id, m.pupil_id, m.value, m.work_type_id, m.weight, m.comment)
        for m in column.marks
    ]
    answer = door.school.give_marks(place.class_id, lesson_id, marks, by=caller.actor, request=once)
    return await written(answer)


@router.post("/lessons/{lesson_id}/annulments")
async def annul_marks(lesson_id: Id, new: Annulments, caller: Teacher, once: Once) -> Written:
    """Clear a column of marks: all or nothing, one append; 409 when one is not what was seen.

    On another day than the lesson's the password must have been shown within the last minutes.
    """
    door = caller.door
    place = await door.places.lesson(lesson_id)
    await sure_of_lesson(caller, lesson_id)
    answer = door.school.annul_marks(
        place.class_id,
        lesson_id,
        {one.mark_id: one.saw for one in new.marks},
        reason_code=new.reason_code,
        reason=new.reason,
        by=caller.actor,
        request=once,
    )
    return await written(answer)


@router.post("/marks/{mark_id}/corrections")
async def correct_mark(mark_id: Id, new: Correction, caller: Teacher, once: Once) -> Written:
    """Correct a mark; 409 with the present value when it is not the one that was seen.

    On another day than the lesson's the password must have been shown within the last minutes.
    """
    door = caller.door
    place = await door.places.mark(mark_id)
    await sure_of_mark(caller, mark_id)
    answer = door.school.correct_mark(
        place.class_id,
        mark_id,
        saw=new.saw,
        value=new.value,
        reason_code=new.reason_code,
        reason=new.reason,
        by=caller.actor,
        request=once,
    )
    return await written(answer, stranger=_no_mark())


@router.post("/marks/{mark_id}/annulment")
async def annul_mark(mark_id: Id, new: Annulment, caller: Teacher, once: Once) -> Written:
    """Annul a mark; 409 with the present value when it is not the one that was seen.

    On another day than the lesson's the password must have been shown within the last minutes.
    """
    door = caller.door
    place = await door.places.mark(mark_id)
    await sure_of_mark(caller, mark_id)
    answer = door.school.annul_mark(
        place.class_id,
        mark_id,
        saw=new.saw,
        reason_code=new.reason_code,
        reason=new.reason,
        by=caller.actor,
        request=once,
    )
    return await written(answer, stranger=_no_mark())


@router.post("/marks/{mark_id}/comments")
async def comment_mark(mark_id: Id, new: Comment, caller: Teacher, once: Once) -> Written:
    """Say a word about the work; the newest one is shown."""
    door = caller.door
    place = await door.places.mark(mark_id)
    answer = door.school.comment_mark(
        place.class_id, mark_id, new.comment, by=caller.actor, request=once
    )
    return await written(answer, stranger=_no_mark())


@router.get("/marks/{mark_id}/history", responses=example([HISTORY_ITEM]))
async def history(mark_id: Id, request: Request, caller: MarkReader) -> Response:
    """Everything that happened to a mark, in order."""
    as_of = await caller.door.progress.as_of()
    async with caller.reading() as (conn, schema):
        found = await trail.history(conn, schema, mark_id)
    shown = [history_item(one, full=caller.staff) for one in found]
    return read(request, shown, as_of)


@router.post("/lessons/{lesson_id}/debts")
async def raise_debts(lesson_id: Id, new: Debts, caller: Teacher, once: Once) -> Written:
    """Expect work from pupils: «точки», not marks."""
    door = caller.door
    place = await door.places.lesson(lesson_id)
    debts = [NewDebt(d.debt_id, d.pupil_id, d.work_type_id, d.due_date) for d in new.debts]
    answer = door.school.raise_debts(
        place.class_id, lesson_id, debts, by=caller.actor, request=once
    )
    return await written(answer)


@router.post("/lessons/{lesson_id}/debts/{debt_id}/resolution")
async def resolve_debt(
    lesson_id: Id, debt_id: Id, how: Resolution, caller: Teacher, once: Once
) -> Written:
    """Close a debt, by a mark or without one."""
    door = caller.door
    place = await door.places.lesson(lesson_id)
    answer = door.school.resolve_debt(
        place.class_id, debt_id, how.mark_id, by=caller.actor, request=once
    )
    return await written(answer)


def _no_mark() -> NotFound:
    return NotFound("mark.unknown", "Такой отметки нет.")
