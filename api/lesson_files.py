"""Files of lessons for whoever attaches, lists or opens one."""

from __future__ import annotations

import asyncio
from hashlib import sha256
from typing import NamedTuple

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


async def handed_out(caller: Caller, lesson_id: str, file_id: str) -> Handout:
    """A file of a lesson that the caller sees, its hash compared with that of the fact; the look is
    noted before.

    Raises NotFound once it is removed or erased; Conflict when it is not what was attached.
    """
    async with caller.reading() as (conn, schema):
        found = await files.stored(conn, schema, lesson_id, file_id)

    async def decide() -> str:
        if found is None:
            raise UNKNOWN
        return await caller.door.rights.lesson_basis(caller, lesson_id)

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
