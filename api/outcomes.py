"""Documents of defended projects for whoever attaches or opens one."""

from __future__ import annotations

import asyncio
from base64 import b64decode
from hashlib import sha256
from typing import NamedTuple

from api import scans
from api.caller import Caller
from api.deps import noted
from domain.journal.outcomes import SealedFile
from domain.people.consent import Media
from domain.refusals import Conflict, Forbidden, Invalid, NotFound
from projections import classroom, strongbox

UNKNOWN = NotFound("defence.unknown", "Такой защиты нет.")
SPOILT = Conflict(
    "defence.spoilt",
    "Документ не тот, что был приложен: его отпечаток не сходится с записью. "
    "Скажите администратору.",
)


class Document(NamedTuple):
    """A document as it is handed out."""

    content: bytes
    media: Media


def decoded(text: str) -> bytes:
    """A file out of a request. Raises Invalid."""
    try:
        return b64decode(text, validate=True)
    except ValueError:
        raise Invalid("scan.not_base64", "file — файл в base64.") from None


async def sealed(caller: Caller, pupil_id: str, content: bytes) -> SealedFile:
    """Checked by what the bytes are, made harmless, hashed, sealed. Raises Invalid."""
    return await asyncio.to_thread(_sealed, caller.door.secret, pupil_id, content)


def _sealed(secret: str, pupil_id: str, content: bytes) -> SealedFile:
    media, kept = scans.document(content)
    body = strongbox.seal(secret, pupil_id, kept)
    return SealedFile(body, media, sha256(kept).hexdigest(), len(kept))


async def document(caller: Caller, defence_id: str) -> Document:
    """The document of a defence, its hash compared with that of the fact: for the teachers of the
    class, the administration, and the family of the pupil. Raises NotFound, Forbidden, Conflict.
    """
    async with caller.reading() as (conn, schema):
        found = await classroom.file_of(conn, schema, defence_id)
    if found is None:
        raise UNKNOWN
    class_id, pupil_id, media, body, digest = found
    try:
        await noted(caller, "defence", defence_id, lambda: _basis(caller, class_id, pupil_id))
    except Forbidden as refusal:
        raise (UNKNOWN if refusal.code == "diary.not_yours" else refusal) from None
    except NotFound:
        raise UNKNOWN from None
    if body is None:
        raise NotFound("defence.no_file", "Документа этой защиты больше нет: он стёрт.")
    secret = caller.door.secret
    try:
        content = await asyncio.to_thread(strongbox.unseal, secret, pupil_id, body)
    except strongbox.Spoilt:
        raise SPOILT from None
    if sha256(content).hexdigest() != digest:
        raise SPOILT
    return Document(content, media)


async def _basis(caller: Caller, class_id: str, pupil_id: str) -> str:
    """By what right: of the class, or of the diary (a teacher may be a parent as well)."""
    try:
        return await caller.door.rights.class_basis(caller, class_id)
    except NotFound:
        return await caller.door.rights.diary_basis(caller, pupil_id)
