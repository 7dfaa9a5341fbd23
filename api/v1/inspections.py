"""Control of journals: inspections at least once a month, remarks, answers, acceptance."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request
from pydantic import Field
from starlette.responses import Response

from api import control
from api.answers import read, written
from api.control import moment
from api.deps import Administration, Staff, Teacher
from api.v1.wire import PREFIX, Body, Id, Once, Written, example
from domain.journal.control import NewRemark
from domain.journal.control_commands import MOST_CHARACTERS
from domain.journal.control_facts import CHECKED_LABELS, Checked
from projections.control import Inspection, Remark, Wanted

router = APIRouter(prefix=PREFIX, tags=["Контроль"])

INSPECTION: dict[str, Any] = {
    "inspection_id": "5e0c8f77-6a58-4c07-9a86-2f6f1f6b7c55",
    "class_id": "7f1d4c1e-58b6-4d8e-9f0a-3f6f3f1c2b10",
    "class_name": "7а",
    "position": 4127,
    "at": "2026-11-27T11:20:00+00:00",
    "by": {"person_id": "6f1c7c9e-3c1e-4a52-9f0e-0d4f4a9f6c11", "name": "Веденеева Вера"},
    "since": "2026-11-01",
    "until": "2026-11-27",
    "checked": ["TIMELINESS", "TOPICS"],
    "subjects": [],
    "checked_position": 4126,
    "hash": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "remarks": 1,
    "open_remarks": 1,
}
REMARK: dict[str, Any] = {
    "remark_id": "0b7d6c3e-8a57-4a39-8f6f-6c0a0c4f9d10",
    "inspection_id": INSPECTION["inspection_id"],
    "class_id": INSPECTION["class_id"],
    "class_name": "7а",
    "kind": "TOPICS",
    "kind_label": "темы и КТП",
    "teacher": {"person_id": "9d1b6f52-0c3e-4b52-8f0a-1a2b3c4d5e60", "name": "Антонова Анна"},
    "subject": {"subject_id": "2b1d4c1e-58b6-4d8e-9f0a-3f6f3f1c2b10", "name": "Алгебра"},
    "lesson_id": "3c1d4c1e-58b6-4d8e-9f0a-3f6f3f1c2b10",
    "lesson_date": "2026-11-25",
    "state": "open",
    "due_date": "2026-12-04",
    "overdue": False,
    "steps": [
        {
            "position": 4128,
            "kind": "opened",
            "at": "2026-11-27T11:24:00+00:00",
            "by": INSPECTION["by"],
            "due_date": "2026-12-04",
            "text": "тема урока не записана",
            "positions": [],
        }
    ],
}
DUTIES: dict[str, Any] = {
    "year": 2026,
    "spans": [{"since": "2026-09-01", "until": "2026-09-30"}],
    "classes": [
        {
            "class_id": INSPECTION["class_id"],
            "name": "7а",
            "duties": [{"since": "2026-09-01", "state": "INSPECTED", "inspections": 1}],
        }
    ],
}
Words = Annotated[str, Field(max_length=MOST_CHARACTERS)]


class InspectionIn(Body):
    """Which journal was looked at: records of which days (both included), of which subjects (none:
    all of them), and what was checked.
    """

    inspection_id: Id
    class_id: Id
    since: date
    until: date
    checked: Annotated[tuple[Checked, ...], Field(min_length=1, max_length=len(Checked))]
    subject_ids: Annotated[tuple[Id, ...], Field(max_length=50)] = ()


class RemarkIn(Body):
    """What is to be put right: about a lesson, else about a subject, else about the class. Without
    a teacher: that of the lesson or subject, or the class teacher.
    """

    remark_id: Id
    kind: Checked
    text: Words
    lesson_id: Id | None = None
    subject_id: Id | None = None
    teacher_id: Id | None = None


class AnswerIn(Body):
    """Records of the log that put it right (own ones, made since), a word, or both."""

    positions: Annotated[tuple[int, ...], Field(max_length=control.MOST_RECORDS)] = ()
    text: Words = ""


class ReturnIn(Body):
    """Why it is not put right."""

    text: Words


@router.get("/inspections", responses=example({"inspections": [INSPECTION]}))
async def inspections(
    request: Request, caller: Staff, class_id: Annotated[Id | None, Query()] = None
) -> Response:
    """Inspections of journals, the newest first: of every class for the administration, of the
    journals that are open to an auditor, of a class teacher's own class.
    """
    as_of = await caller.door.progress.as_of()
    found = await control.inspections(caller, class_id)
    return read(request, {"inspections": [inspection_json(one) for one in found]}, as_of)


@router.get("/inspections/duty", responses=example(DUTIES))
async def duty(
    request: Request, caller: Staff, year: Annotated[int | None, Query(ge=2000, le=2100)] = None
) -> Response:
    """Classes × months: INSPECTED, DUE (the month is not over), MISSING, AHEAD, NOT_REQUIRED (no
    lessons). How many months make one span is in the regulation.
    """
    as_of = await caller.door.progress.as_of()
    wanted = await caller.door.rights.year() if year is None else year
    lines = await control.duties(caller, wanted)
    spans = [span for span, _, _ in lines[0].states] if lines else []
    content = {
        "year": wanted,
        "spans": [{"since": one.first.isoformat(), "until": one.last.isoformat()} for one in spans],
        "classes": [
            {
                "class_id": line.class_id,
                "name": line.name,
                "duties": [
                    {"since": span.first.isoformat(), "state": str(state), "inspections": count}
                    for span, state, count in line.states
                ],
            }
            for line in lines
        ],
    }
    return read(request, content, as_of)


@router.post("/inspections", status_code=201)
async def inspect_journal(new: InspectionIn, caller: Administration, once: Once) -> Written:
    """Note that a journal was looked at; the fact keeps size and root of the log of that moment."""
    answer = await control.inspect(
        caller,
        new.inspection_id,
        new.class_id,
        (new.since, new.until),
        new.checked,
        new.subject_ids,
        once,
    )
    return await written(answer)


@router.post("/inspections/{inspection_id}/remarks", status_code=201)
async def open_remark(
    inspection_id: Id, new: RemarkIn, caller: Administration, once: Once
) -> Written:
    """A remark to a teacher, due so many days later as the regulation says."""
    remark = NewRemark(new.remark_id, new.kind, new.lesson_id, new.subject_id, new.teacher_id)
    return await written(await control.open_remark(caller, inspection_id, remark, new.text, once))


@router.get("/remarks", responses=example({"remarks": [REMARK]}))
async def remarks(
    request: Request,
    caller: Staff,
    class_id: Annotated[Id | None, Query()] = None,
    teacher_id: Annotated[Id | None, Query()] = None,
    inspection_id: Annotated[Id | None, Query()] = None,
    state: Annotated[Literal["open", "answered", "accepted"] | None, Query()] = None,
    overdue: Annotated[bool | None, Query(description="только просроченные")] = None,
) -> Response:
    """Remarks with all that happened to them: those that wait first. Of the classes of
    `GET /inspections`, and those to oneself.
    """
    as_of, today = await caller.door.progress.as_of(), caller.door.rights.today()
    wanted = Wanted(
        class_id=class_id, teacher_id=teacher_id, inspection_id=inspection_id, state=state
    )
    found = [
        one
        for one in await control.remarks(caller, wanted)
        if overdue is None or one.overdue(today) is overdue
    ]
    return read(request, {"remarks": [remark_json(one, today) for one in found]}, as_of)


@router.get(
    "/remarks/{remark_id}",
    responses=example(REMARK | {"records": [{"position": 4131, "kind": "topic-recorded"}]}),
)
async def one_remark(remark_id: Id, request: Request, caller: Staff) -> Response:
    """A remark, and the caller's records made since about its lesson or subject: what an answer
    may refer to.
    """
    as_of = await caller.door.progress.as_of()
    one = await control.remark(caller, remark_id)
    made = await control.deeds(caller, one, caller.person_id)
    content = remark_json(one, caller.door.rights.today()) | {
        "records": [{"position": line["position"], "kind": line["kind"]} for line in made]
    }
    return read(request, content, as_of)


@router.post("/remarks/{remark_id}/resolution", status_code=201)
async def answer_remark(remark_id: Id, new: AnswerIn, caller: Teacher, once: Once) -> Written:
    """The teacher's answer; another person accepts it."""
    answer = await control.answer_remark(caller, remark_id, new.positions, new.text, once)
    return await written(answer)


@router.post("/remarks/{remark_id}/acceptance", status_code=201)
async def accept_remark(remark_id: Id, caller: Administration, once: Once) -> Written:
    """It is put right: the remark is closed, by another person than whose it is."""
    place = await caller.door.places.remark(remark_id)
    answer = caller.door.school.accept_remark(
        place.class_id, remark_id, by=caller.actor, request=once
    )
    return await written(answer)


@router.post("/remarks/{remark_id}/return", status_code=201)
async def return_remark(
    remark_id: Id, new: ReturnIn, caller: Administration, once: Once
) -> Written:
    """It is not put right: open again for as many days."""
    place = await caller.door.places.remark(remark_id)
    answer = caller.door.school.return_remark(
        place.class_id, remark_id, new.text, by=caller.actor, request=once
    )
    return await written(answer)


def inspection_json(one: Inspection) -> dict[str, Any]:
    """An inspection for a reader."""
    return {
        "inspection_id": one.inspection_id,
        "class_id": one.class_id,
        "class_name": one.class_name,
        "position": one.position,
        "at": moment(one.at),
        "by": {"person_id": one.by_id, "name": one.by},
        "since": one.since.isoformat(),
        "until": one.until.isoformat(),
        "checked": list(one.checked),
        "subjects": list(one.subjects),
        "checked_position": one.checked_position,
        "hash": one.hash,
        "remarks": one.remarks,
        "open_remarks": one.open_remarks,
    }


def remark_json(one: Remark, today: date) -> dict[str, Any]:
    """A remark for a reader."""
    return {
        "remark_id": one.remark_id,
        "inspection_id": one.inspection_id,
        "class_id": one.class_id,
        "class_name": one.class_name,
        "kind": one.kind,
        "kind_label": CHECKED_LABELS[Checked(one.kind)],
        "teacher": {"person_id": one.teacher_id, "name": one.teacher},
        "subject": one.subject_id and {"subject_id": one.subject_id, "name": one.subject},
        "lesson_id": one.lesson_id,
        "lesson_date": one.lesson_date and one.lesson_date.isoformat(),
        "state": one.state,
        "due_date": one.due_date.isoformat(),
        "overdue": one.overdue(today),
        "steps": [
            {
                "position": step.position,
                "kind": step.kind,
                "at": moment(step.at),
                "by": {"person_id": step.by_id, "name": step.by},
                "due_date": step.due_date.isoformat(),
                "text": step.text,
                "positions": list(step.positions),
            }
            for step in one.steps
        ],
    }
