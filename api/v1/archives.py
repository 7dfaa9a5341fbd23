"""The archive of a school year (clause 5.3): checklist, closing, files, annotations by an act."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Request
from pydantic import BaseModel, Field
from starlette.responses import FileResponse, Response

from api.answers import read, written
from api.archives import Files, found
from api.archivist import Work
from api.caller import Caller
from api.deps import Administration, FreshAdministration, noted
from api.scans import DOWNLOAD_HEADERS
from api.v1.swift import SwiftRoute
from api.v1.wire import PREFIX, Body, Id, Once, Written, example
from domain.office.archive_commands import UNWRITTEN
from domain.office.archive_facts import ArchiveAnnotated, YearArchived
from domain.permissions import Act, holders
from domain.refusals import Forbidden, NotFound
from projections.archive import checklist as reading
from projections.archive.checklist import Checklist, YearCard

router = APIRouter(prefix=PREFIX, route_class=SwiftRoute, tags=["Архив"])

SchoolYear = Annotated[int, Path(ge=2000, le=2100, examples=[2025])]
Version = Annotated[int, Path(ge=1, le=1_000, examples=[1])]
BYTES = {"schema": {"type": "string", "format": "binary"}}
Kind = Literal["journal", "people", "act"]
Value = Annotated[str, Field(max_length=10, examples=["4"])]
#: file → who may have it
MAY_HAVE: dict[str, Act] = {
    "journal": Act.READ_ARCHIVE,
    "act": Act.READ_ARCHIVE,
    "people": Act.READ_ARCHIVED_PEOPLE,
}
YEARS: dict[str, Any] = {
    "years": [
        {
            "year": 2025,
            "archived_at": "2026-08-20T06:00:00+00:00",
            "position": 188_412,
            "order_no": "80-У",
            "gaps": [{"kind": "council", "count": 251}],
            "version": 1,
            "annotations": [],
            "checklist": None,
            "files": [{"version": 1, "written_at": "2026-08-20T06:05:00+00:00"}],
            "work": None,
        },
        {
            "year": 2026,
            "archived_at": None,
            "position": None,
            "order_no": None,
            "gaps": [],
            "version": 0,
            "annotations": [],
            "checklist": {
                "ends": "2027-05-26",
                "over": False,
                "open_terms": ["4 четверть: 7а, 7б"],
                "gaps": [{"kind": "debts", "count": 3}],
                "blocked": True,
            },
            "files": [],
            "work": None,
        },
    ]
}


class Closing(Body):
    """The order by which a year is archived. `accept_gaps`: although not everything is done."""

    order_no: Annotated[str, Field(max_length=50, examples=["80-У"])]
    accept_gaps: bool = False


class Annotation(Body):
    """What stands in an archived journal and what should: of a mark (`mark_id`), of a term, or
    without either of the year. Empty: none.
    """

    annotation_id: Id
    class_id: Id
    pupil_id: Id
    subject_id: Id
    was: Value
    should_be: Value
    act_no: Annotated[str, Field(max_length=50, examples=["3"])]
    reason: Annotated[str, Field(max_length=2_000)]
    mark_id: Id | None = None
    term: Annotated[int, Field(ge=1, le=12)] | None = None


class Composing(BaseModel):
    """The files are being written: `GET /archives` tells how far it is."""

    year: int
    running: bool


def may(caller: Caller, act: Act) -> bool:
    """The caller has a role that may do this."""
    return not caller.roles.isdisjoint(holders(act))


def require(caller: Caller, act: Act) -> str:
    """The role that may do this. Raises Forbidden."""
    roles = caller.roles & set(holders(act))
    if not roles:
        raise Forbidden("access.administration_only", "Это делает администрация школы.")
    return min(roles)


Overview = tuple[YearCard, Checklist | None, list[Files], Work | None]


async def overview(caller: Caller) -> list[Overview]:
    """Every year with its checklist (until it is archived), its files, and work on them."""
    require(caller, Act.READ_ARCHIVE)
    door = caller.door
    archivist, today = door.house.archivist, door.rights.today()
    told: list[Overview] = []
    async with caller.reading() as (conn, schema):
        for card in await reading.years(conn, schema):
            if card.archived is None:
                left = await reading.checklist(conn, schema, card.year, today)
                told.append((card, left, [], None))
                continue
            files = found(archivist.settings, door.slug, card.year)
            work = archivist.work(door.slug, card.year, 1 + len(card.annotations))
            told.append((card, None, files, work))
    return told


@router.get("/archives", responses=example(YEARS))
async def archives(request: Request, caller: Administration) -> Response:
    """School years: what is left to do before the archive, or what is in it."""
    as_of = await caller.door.progress.as_of()
    told = await overview(caller)
    return read(request, {"years": [_year(*one) for one in told]}, as_of)


@router.get(
    "/years/{year}/archive/{version}/{file}",
    response_class=Response,
    responses={200: {"content": {"application/zip": BYTES, "application/pdf": BYTES}}},
)
async def archive_file(
    year: SchoolYear, version: Version, file: Kind, caller: Administration
) -> Response:
    """A file of an archive: the journal without names, the people (director, administrator), the
    act. Every download leaves a line in the access log.
    """
    door = caller.door

    async def decide() -> str:
        return require(caller, MAY_HAVE[file])

    await noted(caller, "archive", f"{year}/{version}/{file}", decide)
    archivist = door.house.archivist
    files = {one.version: one for one in found(archivist.settings, door.slug, year)}
    if version not in files:
        raise NotFound("archive.no_version", "Такого файла нет: архив ещё не составлен.")
    path = getattr(files[version], file)
    media = "application/pdf" if file == "act" else "application/zip"
    return FileResponse(path, media_type=media, filename=path.name, headers=DOWNLOAD_HEADERS)


@router.post("/years/{year}/archive")
async def archive_year(
    year: SchoolYear, new: Closing, caller: FreshAdministration, once: Once
) -> Written:
    """Close a year for good, by an order: from here on it is annotated, never written.

    409 `archive.gaps` lists what is not done; with `accept_gaps` the act will say it.
    """
    door = caller.door
    answer = door.school.archive_year(
        year,
        new.order_no,
        accept_gaps=new.accept_gaps,
        in_force=await door.rights.year(),
        by=caller.actor,
        request=once,
    )
    return await written(answer)


@router.post("/years/{year}/archive/annotations")
async def annotate_archive(
    year: SchoolYear, new: Annotation, caller: FreshAdministration, once: Once
) -> Written:
    """A correction beside an archived journal, by an act (T4): the archive gets another version."""
    fact = ArchiveAnnotated(
        new.annotation_id,
        new.class_id,
        new.pupil_id,
        new.subject_id,
        new.was,
        new.should_be,
        new.act_no,
        UNWRITTEN,
        new.mark_id,
        new.term,
    )
    door = caller.door
    answer = door.school.annotate_archive(
        year,
        fact,
        new.reason,
        in_force=await door.rights.year(),
        by=caller.actor,
        request=once,
    )
    return await written(answer)


@router.post("/years/{year}/archive/files", status_code=202)
async def compose_files(year: SchoolYear, caller: FreshAdministration, once: Once) -> Composing:
    """Write the files of an archived year, or go on where it was interrupted: in the background."""
    del once  # twice is once: what is being written is not begun again
    require(caller, Act.NOTE_ARCHIVE_WRITTEN)
    caller.door.house.archivist.start(caller.door, year, caller.actor)
    return Composing(year=year, running=True)


def _year(
    card: YearCard, left: Checklist | None, files: list[Files], work: Work | None
) -> dict[str, Any]:
    archived = card.archived
    fact = archived.fact if archived else None
    closed = fact if isinstance(fact, YearArchived) else None
    return {
        "year": card.year,
        "archived_at": archived.at.isoformat() if archived else None,
        "position": archived.position if archived else None,
        "order_no": closed.order_no if closed else None,
        "gaps": [{"kind": one.kind, "count": one.count} for one in closed.gaps] if closed else [],
        "version": 1 + len(card.annotations) if archived else 0,
        "annotations": [
            {
                "position": one.position,
                "at": one.at.isoformat(),
                "annotation_id": one.fact.annotation_id,
                "class_id": one.fact.class_id,
                "pupil_id": one.fact.pupil_id,
                "subject_id": one.fact.subject_id,
                "mark_id": one.fact.mark_id,
                "term": one.fact.term,
                "was": one.fact.was,
                "should_be": one.fact.should_be,
                "act_no": one.fact.act_no,
            }
            for one in card.annotations
            if isinstance(one.fact, ArchiveAnnotated)
        ],
        "checklist": left
        and {
            "ends": left.ends and left.ends.isoformat(),
            "over": left.over,
            "open_terms": left.open_terms,
            "gaps": [{"kind": one.kind, "count": one.count} for one in left.gaps],
            "blocked": left.blocked,
        },
        "files": [
            {"version": one.version, "written_at": one.written_at.isoformat()} for one in files
        ],
        "work": work
        and {
            "running": work.running,
            "what": work.what,
            "done": work.done,
            "total": work.total,
            "error": work.error,
        },
    }
