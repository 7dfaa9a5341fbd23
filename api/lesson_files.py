"""Files of lessons for whoever attaches, lists or opens one."""

from __future__ import annotations

import asyncio
from hashlib import sha256
from typing import Any, NamedTuple

from api import scans
from api.caller import Caller
from api.deps import noted
from domain.journal.outcomes import SealedFile
from domain.people.consent import Media
from domain.refusals import Conflict, NotFound
from projections import files, strongbox

UNKNOWN = NotFound("lesson_file.unknown", "Такого файла у урока нет.")
UNKNOWN_LESSON = NotFound("lesson.unknown", "Такого урока нет.")
SPOILT = Conflict(
    "lesson_file.spoilt",
    "Файл не тот, что был приложен: его отпечаток не сходится с записью. Скажите администратору.",
)


class Handout(NamedTuple):
    """A file as it is handed out."""

    name: str
    content: bytes
    media: Media


async def sealed(caller: Caller, content: bytes) -> SealedFile:
    """Checked by what the bytes are, made harmless, hashed, sealed as the caller's own. Raises
    Invalid.
    """
    return await asyncio.to_thread(_sealed, caller.door.secret, caller.person_id, content)


def _sealed(secret: str, person_id: str, content: bytes) -> SealedFile:
    media, kept = scans.attachment(content)
    body = strongbox.seal(secret, person_id, kept)
    return SealedFile(body, media, sha256(kept).hexdigest(), len(kept))


async def listed(caller: Caller, lesson_id: str) -> list[dict[str, Any]]:
    """Files of a lesson, as `files.shown`. Raises NotFound to whoever may not see the lesson."""
    await basis(caller, lesson_id)
    async with caller.reading() as (conn, schema):
        return await files.of_lesson(conn, schema, lesson_id)


async def handed_out(caller: Caller, lesson_id: str, file_id: str) -> Handout:
    """A file of a lesson, its hash compared with that of the fact; the look is noted before.

    Raises NotFound to whoever may not see the lesson, and once it is removed or erased; Conflict
    when it is not what was attached.
    """
    async with caller.reading() as (conn, schema):
        found = await files.stored(conn, schema, lesson_id, file_id)

    async def decide() -> str:
        if found is None:
            raise UNKNOWN
        try:
            return await basis(caller, lesson_id)
        except NotFound:
            raise UNKNOWN from None

    await noted(caller, "lesson-file", file_id, decide)
    if found is None:
        raise UNKNOWN
    if found.body is None or found.subject is None:
        raise NotFound("lesson_file.erased", "Этого файла больше нет: он стёрт.")
    try:
        content = await asyncio.to_thread(
            strongbox.unseal, caller.door.secret, found.subject, found.body
        )
    except strongbox.Spoilt:
        raise SPOILT from None
    if sha256(content).hexdigest() != found.sha256:
        raise SPOILT
    return Handout(named(found.name or "", found.media), content, found.media)


def named(name: str, media: Media) -> str:
    """The name to save a file under: its ending says what the file is, whatever was typed."""
    ending = f".{scans.EXTENSIONS[media]}"
    alike = (".jpeg", ending) if media == "image/jpeg" else (ending,)
    name = name or "файл"
    return name if name.lower().endswith(alike) else f"{name}{ending}"


async def basis(caller: Caller, lesson_id: str) -> str:
    """By what right the caller sees a lesson's files: of the class, or of the diary of a pupil who
    was on the list of that very lesson. Raises NotFound.
    """
    rights = caller.door.rights
    place = await caller.door.places.lesson(lesson_id)
    try:
        return await rights.class_basis(caller, place.class_id)
    except NotFound:
        family = await rights.own_diaries(caller)
    async with caller.reading() as (conn, schema):
        pupil_id = await files.attended(conn, schema, lesson_id, family) if family else None
    if pupil_id is None:
        raise UNKNOWN_LESSON
    return await rights.diary_basis(caller, pupil_id)
