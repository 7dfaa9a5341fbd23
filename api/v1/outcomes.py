"""Beside the marks: words on a pupil in a subject (clause 4.1.г), defended projects with their
document (4.2.а), comprehensive works and metasubject levels (4.2.г).
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from pydantic import Field
from starlette.responses import Response

from api.answers import read, written
from api.classroom import ward_basis
from api.deps import ClassReader, DiaryReader, SignedIn, Staff, Teacher, noted
from api.outcomes import decoded, document, sealed
from api.scans import DOWNLOAD_HEADERS, EXTENSIONS
from api.v1.wire import PREFIX, Body, Id, Once, Written, example
from domain.journal.outcome_facts import DefenceKind, Level
from domain.journal.outcomes import NewResult
from domain.refusals import NotFound
from domain.values import ReasonCode
from projections import classroom, directory, trail

router = APIRouter(prefix=PREFIX, tags=["Итоги"])

Value = Annotated[str, Field(max_length=10, examples=["5"])]
Title = Annotated[str, Field(max_length=1_000)]
File = Annotated[
    str | None, Field(min_length=1, description="base64: Word (.docx), PDF, JPEG или PNG до 3 МБ")
]
BYTES = {"schema": {"type": "string", "format": "binary"}}


class PupilComment(Body):
    """A word on a pupil; said again under the same `comment_id`, it replaces the words shown."""

    comment_id: Id
    pupil_id: Id
    subject_id: Id
    comment: Annotated[str, Field(max_length=2_000, examples=["Рассуждает вслух, доказывает"])]


class Defence(Body):
    """A defended project or research; `file` is required (clause 4.2.а)."""

    defence_id: Id
    pupil_id: Id
    kind: DefenceKind = DefenceKind.PROJECT
    title: Annotated[Title, Field(examples=["Мосты нашего города"])]
    value: Value
    date: date
    file: File = None


class DefenceCorrection(Body):
    """Another result, day or document."""

    saw: Value
    value: Value
    date: date
    reason_code: ReasonCode
    reason: Annotated[str, Field(max_length=2_000)] = ""
    file: File = None


class DefenceAnnulment(Body):
    """Why it should not have been recorded; `saw` is the result that stood there."""

    saw: Value
    reason_code: ReasonCode
    reason: Annotated[str, Field(max_length=2_000)] = ""


class Result(Body):
    """What a pupil has reached; `saw` is the level that stood there."""

    pupil_id: Id
    level: Level
    points: Annotated[int | None, Field(ge=0)] = None
    saw: Level | None = None


class ComprehensiveWork(Body):
    """A comprehensive work; sent again, it adds pupils and corrects results."""

    work_id: Id
    title: Annotated[Title, Field(examples=["Комплексная работа за год"])]
    date: date
    most_points: Annotated[int, Field(ge=0)] = 0
    results: Annotated[list[Result], Field(max_length=200)]


class PupilLevel(Body):
    """A pupil's metasubject level."""

    pupil_id: Id
    level: Level
    saw: Level | None = None


class Levels(Body):
    """Metasubject levels: all of them or none."""

    levels: Annotated[list[PupilLevel], Field(max_length=200)]


COMMENT: dict[str, Any] = {
    "comment_id": "0b7d6c3e-8a57-4a39-8f6f-6c0a0c4f9d10",
    "class_id": "7f1d4c1e-58b6-4d8e-9f0a-3f6f3f1c2b10",
    "pupil": {"pupil_id": "9d1b6f52-0c3e-4b52-8f0a-1a2b3c4d5e60", "name": "Петров Пётр"},
    "subject": {"subject_id": "2f4f9f0e-7d1c-4f57-9a8e-1f0b6f8f7c20", "name": "Алгебра"},
    "comment": "Рассуждает вслух, доказывает",
    "at": "2026-11-23T09:41:07+00:00",
    "by": "Антонова Анна Андреевна",
    "corrected": False,
    "changed_at": "2026-11-23T09:41:07+00:00",
}
OUTCOMES: dict[str, Any] = {"defences": [], "works": [], "levels": []}


@router.post("/classes/{class_id}/pupil-comments", status_code=201)
async def comment_pupil(class_id: Id, new: PupilComment, caller: Teacher, once: Once) -> Written:
    """Say a word on how a pupil learns the subject, without a mark; the family sees it."""
    await caller.door.rights.class_basis(caller, class_id)
    answer = caller.door.school.comment_pupil(
        class_id,
        new.comment_id,
        new.pupil_id,
        new.subject_id,
        new.comment,
        by=caller.actor,
        request=once,
    )
    return await written(answer)


@router.get("/classes/{class_id}/pupil-comments", responses=example({"comments": [COMMENT]}))
async def class_comments(
    class_id: Id, request: Request, caller: Staff, subject_id: Annotated[Id, Query()]
) -> Response:
    """Words on the pupils of a class in a subject: for its teacher, the class teacher, and who
    reads all.
    """
    door = caller.door

    async def decide() -> str:
        basis = await door.rights.class_basis(caller, class_id)
        async with caller.reading() as (conn, schema):
            own = await directory.teaches(conn, schema, caller.person_id, class_id, subject_id)
        return basis if own else await ward_basis(caller, class_id)

    as_of = await door.progress.as_of()
    await noted(caller, "class", class_id, decide)
    async with caller.reading() as (conn, schema):
        found = await classroom.comments_in(conn, schema, class_id, subject_id)
    return read(request, {"comments": found}, as_of)


@router.get("/pupils/{pupil_id}/comments", responses=example({"comments": [COMMENT]}))
async def pupil_comments(
    pupil_id: Id,
    request: Request,
    caller: DiaryReader,
    subject_id: Annotated[Id | None, Query()] = None,
) -> Response:
    """What teachers have said of a pupil beside marks, the newest first."""
    as_of = await caller.door.progress.as_of()
    async with caller.reading() as (conn, schema):
        found = await classroom.comments_of(conn, schema, pupil_id, subject_id)
    return read(request, {"comments": found}, as_of)


@router.get("/pupils/{pupil_id}/comments/{comment_id}/history", responses=example({"history": []}))
async def comment_history(
    pupil_id: Id, comment_id: Id, request: Request, caller: DiaryReader
) -> Response:
    """How a comment was said and said anew: every wording that has not been erased."""
    as_of = await caller.door.progress.as_of()
    async with caller.reading() as (conn, schema):
        found = await trail.history(conn, schema, comment_id)
    mine = [
        {
            "position": one["position"],
            "recorded_at": one["recorded_at"],
            "by": one["by"],
            "comment": one["comment"],
        }
        for one in found
        if one["pupil"] and one["pupil"]["pupil_id"] == pupil_id
    ]
    if not mine:
        raise NotFound("pupil_comment.unknown", "Такого комментария нет.")
    return read(request, {"history": mine}, as_of)


@router.post("/classes/{class_id}/defences", status_code=201)
async def record_defence(class_id: Id, new: Defence, caller: Teacher, once: Once) -> Written:
    """Record a defended project or research with its document, in the grades of the regulation."""
    await caller.door.rights.class_basis(caller, class_id)
    file = await sealed(caller, new.pupil_id, decoded(new.file)) if new.file else None
    answer = caller.door.school.record_defence(
        class_id,
        new.defence_id,
        new.pupil_id,
        new.kind,
        new.title,
        new.value,
        new.date,
        file,
        by=caller.actor,
        request=once,
    )
    return await written(answer)


@router.post("/classes/{class_id}/defences/{defence_id}/corrections")
async def correct_defence(
    class_id: Id, defence_id: Id, new: DefenceCorrection, caller: Teacher, once: Once
) -> Written:
    """Correct a result, its day or its document; what stood there stays in the trail."""
    await caller.door.rights.class_basis(caller, class_id)
    file = None
    if new.file:
        async with caller.reading() as (conn, schema):
            found = await classroom.file_of(conn, schema, defence_id)
        if found is None or found[0] != class_id:
            raise NotFound("defence.unknown", "Такой защиты нет.")
        file = await sealed(caller, found[1], decoded(new.file))
    answer = caller.door.school.correct_defence(
        class_id,
        defence_id,
        saw=new.saw,
        value=new.value,
        on_day=new.date,
        reason_code=new.reason_code,
        reason=new.reason,
        file=file,
        by=caller.actor,
        request=once,
    )
    return await written(answer)


@router.post("/classes/{class_id}/defences/{defence_id}/annulment")
async def annul_defence(
    class_id: Id, defence_id: Id, new: DefenceAnnulment, caller: Teacher, once: Once
) -> Written:
    """Annul a defence that should not have been recorded; it stays in the trail."""
    await caller.door.rights.class_basis(caller, class_id)
    answer = caller.door.school.annul_defence(
        class_id,
        defence_id,
        saw=new.saw,
        reason_code=new.reason_code,
        reason=new.reason,
        by=caller.actor,
        request=once,
    )
    return await written(answer)


@router.get(
    "/defences/{defence_id}/file",
    response_class=Response,
    responses={200: {"content": dict.fromkeys(EXTENSIONS, BYTES)}},
)
async def defence_file(defence_id: Id, caller: SignedIn) -> Response:
    """The document of a defence, to be saved; compared with the hash in the fact before."""
    found = await document(caller, defence_id)
    name = f"zashchita-{defence_id[:8]}.{EXTENSIONS[found.media]}"
    headers = DOWNLOAD_HEADERS | {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(found.content, headers=headers, media_type=found.media)


@router.post("/classes/{class_id}/comprehensive-works", status_code=201)
async def record_comprehensive_work(
    class_id: Id, new: ComprehensiveWork, caller: Teacher, once: Once
) -> Written:
    """Record results of a comprehensive work, or add to them: the class teacher's."""
    await caller.door.rights.class_basis(caller, class_id)
    answer = caller.door.school.record_comprehensive_work(
        class_id,
        new.work_id,
        new.title,
        new.date,
        new.most_points,
        [NewResult(**one.model_dump()) for one in new.results],
        by=caller.actor,
        request=once,
    )
    return await written(answer)


@router.post("/classes/{class_id}/metasubject-levels", status_code=201)
async def record_metasubject_levels(
    class_id: Id, new: Levels, caller: Teacher, once: Once
) -> Written:
    """Record metasubject levels of the year: the class teacher's."""
    await caller.door.rights.class_basis(caller, class_id)
    levels = [NewResult(one.pupil_id, one.level, saw=one.saw) for one in new.levels]
    answer = caller.door.school.record_metasubject_levels(
        class_id, levels, by=caller.actor, request=once
    )
    return await written(answer)


@router.get("/classes/{class_id}/outcomes", responses=example({**OUTCOMES, "pupils": []}))
async def class_outcomes(class_id: Id, request: Request, caller: ClassReader) -> Response:
    """Defences, comprehensive works and levels of a class, and who has none yet."""
    as_of = await caller.door.progress.as_of()
    async with caller.reading() as (conn, schema):
        today = caller.door.rights.today()
        found = await classroom.of_class(conn, schema, class_id, today)
    return read(request, found, as_of)


@router.get("/pupils/{pupil_id}/outcomes", responses=example(OUTCOMES))
async def pupil_outcomes(pupil_id: Id, request: Request, caller: DiaryReader) -> Response:
    """Defences, comprehensive works and levels of a pupil, all years kept."""
    as_of = await caller.door.progress.as_of()
    async with caller.reading() as (conn, schema):
        found = await classroom.outcomes_of(conn, schema, pupil_id)
    return read(request, found, as_of)
