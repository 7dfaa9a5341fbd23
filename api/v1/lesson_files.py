"""Files of lessons: attached by the teacher, listed, downloaded, removed."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Request
from pydantic import Field
from starlette.responses import Response

from api import lesson_files, scans
from api.answers import read, written
from api.deps import LessonReader, Teacher
from api.outcomes import decoded
from api.v1.outcomes import BYTES
from api.v1.wire import PREFIX, Body, Id, Once, Written, example
from domain.journal.file_facts import FileKind
from projections import files

router = APIRouter(prefix=PREFIX, tags=["Уроки"])


class LessonFile(Body):
    """A file of a lesson: `HOMEWORK` belongs to what is set for home, `LESSON` to the lesson."""

    file_id: Id
    name: Annotated[str, Field(max_length=500, examples=["Карточка 3. Дроби.pdf"])]
    kind: FileKind = FileKind.HOMEWORK
    file: Annotated[
        str,
        Field(
            min_length=1,
            description="base64: PDF, Word (.docx), презентация (.pptx), JPEG или PNG до 3 МБ",
        ),
    ]


FILE = {
    "file_id": "0b7d6c3e-8a57-4a39-8f6f-6c0a0c4f9d10",
    "name": "Карточка 3. Дроби.pdf",
    "kind": "HOMEWORK",
    "media_type": "application/pdf",
    "size": 48_213,
    "url": "/api/v1/lessons/7f1d4c1e-58b6-4d8e-9f0a-3f6f3f1c2b10/files/"
    "0b7d6c3e-8a57-4a39-8f6f-6c0a0c4f9d10",
}


@router.post("/lessons/{lesson_id}/files", status_code=201)
async def attach_lesson_file(
    lesson_id: Id, new: LessonFile, caller: Teacher, once: Once
) -> Written:
    """Attach a file to a lesson; the class (the subgroup) and its families see it in the diary."""
    place = await caller.door.places.lesson(lesson_id)
    answer = caller.door.school.attach_lesson_file(
        place.class_id,
        lesson_id,
        new.file_id,
        new.kind,
        new.name,
        await lesson_files.sealed(caller, decoded(new.file)),
        by=caller.actor,
        request=once,
    )
    return await written(answer)


@router.get("/lessons/{lesson_id}/files", responses=example({"files": [FILE]}))
async def lesson_files_of(lesson_id: Id, request: Request, caller: LessonReader) -> Response:
    """Files of a lesson, for whoever sees the lesson; `url` is null once a file was erased."""
    as_of = await caller.door.progress.as_of()
    async with caller.reading() as (conn, schema):
        found = await files.of_lesson(conn, schema, lesson_id)
    return read(request, {"files": found}, as_of)


@router.get(
    "/lessons/{lesson_id}/files/{file_id}",
    response_class=Response,
    responses={200: {"content": dict.fromkeys(scans.EXTENSIONS, BYTES)}},
)
async def lesson_file(lesson_id: Id, file_id: Id, caller: LessonReader) -> Response:
    """A file of a lesson, to be saved; compared with the hash in the fact before."""
    found = await lesson_files.handed_out(caller, lesson_id, file_id)
    return scans.download(found.content, found.name, found.media)


@router.post("/lessons/{lesson_id}/files/{file_id}/removal")
async def remove_lesson_file(lesson_id: Id, file_id: Id, caller: Teacher, once: Once) -> Written:
    """Take a file away from a lesson: it is offered no more, both records stay in the trail."""
    place = await caller.door.places.lesson(lesson_id)
    answer = caller.door.school.remove_lesson_file(
        place.class_id, lesson_id, file_id, by=caller.actor, request=once
    )
    return await written(answer)
