"""The log proves itself: checkpoints, proofs, receipts, and what a paper from outside is worth."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request
from pydantic import Field
from starlette.responses import PlainTextResponse, Response

from api.admission import DoorOf, caught_up
from api.answers import etag_of, read, unchanged
from api.deps import Anyone, Inspector, MarkReader
from api.sealing import unsealed
from api.v1.wire import PREFIX, Body, Id, example
from domain.refusals import Invalid, NotFound
from projections import audit, trail
from projections.seals import reading
from projections.seals.checkpoint import MOST_CHARACTERS
from projections.seals.judgement import Word, judge
from projections.seals.note import to_base64

router = APIRouter(prefix=PREFIX, tags=["Журнал о себе"])

Size = Annotated[int, Field(ge=1, lt=2**63, examples=[4127])]

ORIGIN = "3f0c9f5e-2f0b-4f5e-8f43-6a1c3e7d9b20"
NOTE = f"{ORIGIN}\n4127\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n— {ORIGIN} Gy2c3kX1…\n"
CHECKPOINT = {
    "size": 4127,
    "root": "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=",
    "why": "day-close",
    "at": "2026-11-23T15:00:00+00:00",
    "witnesses": 1,
}


def moment(at: datetime | None) -> str | None:
    """ISO 8601 in UTC."""
    return None if at is None else at.astimezone(UTC).isoformat()


def text_example(text: str) -> dict[int | str, dict[str, Any]]:
    """`responses=` of a read that is plain text."""
    return {200: {"content": {"text/plain": {"example": text}}}}


def plain(request: Request, text: str, headers: Mapping[str, str] | None = None) -> Response:
    """A text with its tag."""
    etag = etag_of(text.encode())
    shown = {"ETag": etag, "Cache-Control": "no-cache"} | dict(headers or {})
    if unchanged(request, etag):
        return Response(status_code=304, headers=shown)
    return PlainTextResponse(text, headers=shown)


@router.get("/log/checkpoint", response_class=PlainTextResponse, responses=text_example(NOTE))
async def newest_checkpoint(request: Request, door: DoorOf, _: Anyone) -> Response:
    """The newest checkpoint: a signed note (C2SP tlog-checkpoint) with cosignatures."""
    await caught_up(request, door)
    async with door.reading() as (conn, schema):
        found = await reading.newest(conn, schema)
    if found is None:
        raise NotFound(
            "log.not_sealed",
            "Журнал ещё не опечатан: первая печать ставится через минуту после первых записей.",
        )
    return plain(request, found.note)


@router.get(
    "/log/checkpoints/{size}", response_class=PlainTextResponse, responses=text_example(NOTE)
)
async def one_checkpoint(
    size: Annotated[Size, Path()], request: Request, door: DoorOf, _: Anyone
) -> Response:
    """The checkpoint over so many facts."""
    await caught_up(request, door)
    async with door.reading() as (conn, schema):
        found = await reading.checkpoint(conn, schema, size)
    if found is None:
        raise NotFound("log.no_such_checkpoint", "Печати над таким числом записей нет.")
    return plain(request, found.note)


@router.get("/log/checkpoints", responses=example({"items": [CHECKPOINT], "next_cursor": "4127"}))
async def checkpoints(
    request: Request,
    caller: Inspector,
    cursor: Annotated[str | None, Query(pattern=r"^\d{1,18}$")] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> Response:
    """Checkpoints, the newest first, by pages."""
    as_of = await caller.door.progress.as_of()
    below = None if cursor is None else int(cursor)
    async with caller.reading() as (conn, schema):
        found = await reading.checkpoints(conn, schema, below, limit + 1)
    items = [
        one._asdict() | {"root": to_base64(one.root), "at": moment(one.at)} for one in found[:limit]
    ]
    following = str(items[-1]["size"]) if len(found) > limit else None
    return read(request, {"items": items, "next_cursor": following}, as_of)


@router.get(
    "/log/consistency",
    response_class=PlainTextResponse,
    responses=text_example(f"HVUZ9qzEd0NbUz+TbKZHYRh2MEb4K9sn0XcM+Cx1UVQ=\n\n{NOTE}"),
)
async def consistency(
    request: Request,
    door: DoorOf,
    _: Anyone,
    first: Annotated[Size, Query(alias="from")],
    second: Annotated[Size, Query(alias="to")],
) -> Response:
    """That the log under one checkpoint continues the one under another (RFC 9162, 2.1.4): hashes
    from the leaf up, an empty line, the checkpoint of `to`.
    """
    if first > second:
        raise Invalid("log.sizes", "Сначала меньшая печать, потом большая.")
    await caught_up(request, door)
    async with door.reading() as (conn, schema):
        found = await reading.consistency(conn, schema, first, second)
    if found is None:
        raise NotFound("log.no_such_checkpoint", "Печати над таким числом записей нет.")
    return plain(request, found)


@router.get(
    "/log/keys",
    response_class=PlainTextResponse,
    responses=text_example(f"{ORIGIN}+1b2d9cde+AQ… 2026-09-01T06:00:00+00:00 - first\n"),
)
async def keys(request: Request, door: DoorOf, _: Anyone) -> Response:
    """Keys of the seals: `key since until reason` a line, in the order of their introduction.

    A key (C2SP vkey), the moment of its announcement, that of its retirement or `-`, and why it
    was introduced or, once retired, why it was retired.
    """
    await caught_up(request, door)
    async with door.reading() as (conn, schema):
        found = await audit.keys(conn, schema)
    lines = (
        f"{key.verifier_key} {moment(key.introduced_at)} {moment(key.retired_at) or '-'}"
        f" {key.retired_reason or key.reason}\n"
        for key in found
    )
    return plain(request, "".join(lines))


@router.get(
    "/marks/{mark_id}/receipt",
    response_class=PlainTextResponse,
    responses=text_example(f"c2sp.org/tlog-proof@v1\nextra AR9N…\nindex 4125\nHVUZ…\n\n{NOTE}"),
)
async def receipt(
    mark_id: Id,
    request: Request,
    caller: MarkReader,
    position: Annotated[int | None, Query(ge=1, lt=2**63)] = None,
) -> Response:
    """That a fact about a mark is in the log (C2SP tlog-proof): the newest one, or that of a
    `position` of its history. Its `extra` is the fact itself, as it is stored.
    """
    async with caller.reading() as (conn, schema):
        history = [one["position"] for one in await trail.history(conn, schema, mark_id)]
        wanted = history[-1] if position is None and history else position
        if wanted not in history or wanted is None:
            raise NotFound("mark.no_such_position", "У этой отметки нет записи с таким номером.")
        found = await reading.receipt(conn, schema, wanted)
    if found is None:
        raise unsealed()
    name = f'attachment; filename="otmetka-{wanted}.tlog-proof"'
    headers = {"Content-Disposition": name, "Cache-Control": "private, no-cache"}
    return plain(request, str(found), headers)


class Paper(Body):
    """A receipt or a checkpoint, as it was kept."""

    text: Annotated[str, Field(min_length=1, max_length=MOST_CHARACTERS, examples=[NOTE])]


class AboutOut(Body):
    """What the paper itself says, never a name."""

    size: Annotated[int, Field(description="записей под печатью", examples=[4127])]
    position: int | None = None
    kind: Annotated[str | None, Field(examples=["mark-corrected"])] = None
    recorded_at: datetime | None = None
    value: Annotated[str | None, Field(examples=["4"])] = None
    old_value: Annotated[str | None, Field(examples=["5"])] = None


class VerdictOut(Body):
    """`in_log`: есть в журнале; `not_ours`: не наше; `rewritten`: история переписана."""

    verdict: Word
    title: Annotated[str, Field(examples=["Есть в журнале"])]
    detail: Annotated[str, Field(examples=["Запись № 4126 стоит в журнале…"])]
    about: AboutOut | None


@router.post("/log/verification")
async def verification(paper: Paper, door: DoorOf, _: Anyone) -> VerdictOut:
    """What a receipt or a checkpoint is worth against the log of today. Writes nothing."""
    async with door.reading() as (conn, schema):
        known = await audit.keys(conn, schema)
        found = await judge(conn, schema, door.school_id, known, paper.text)
    about = None
    if found.about is not None:
        about = AboutOut.model_validate(found.about, from_attributes=True)
    return VerdictOut(verdict=found.verdict, title=found.title, detail=found.detail, about=about)
