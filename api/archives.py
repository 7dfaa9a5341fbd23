"""Archives of school years as files: written with their act, found again, named for people."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from uuid import uuid4

import msgspec

from api.answers import written
from api.documents.archive import act, summaries
from domain.access import Actor
from domain.office.archive_facts import ArchiveFile, ArchiveWritten
from domain.school import School
from domain.writing import Request
from projections.archive.write import Progress, Whose, Written, base, silent, write
from projections.asking import answer
from projections.postgres.database import PROJECTOR, conninfo
from projections.postgres.migrations import RegisteredSchool
from projections.postgres.settings import Settings
from projections.seals.book import cosignatures
from projections.seals.files import write_whole_bytes

KINDS = ("journal.zip", "people.zip", "act.pdf")


class Files(msgspec.Struct, frozen=True):
    """What there is of one version of an archive. `written_at`: of the newest of them, UTC."""

    version: int
    journal: Path
    people: Path
    act: Path
    written_at: datetime


def folder_of(settings: Settings, slug: str) -> Path:
    """Where the archives of a school are."""
    return settings.archives / slug


def compose(
    settings: Settings,
    admin: str,
    school: RegisteredSchool,
    year: int,
    version: int | None = None,
    progress: Progress = silent,
) -> Written:
    """Write both files of an archived year and the act about them. See `write` for refusals."""
    folder = folder_of(settings, school.slug)
    whose = Whose(school.slug, school.school_id, school.name, school.zone)
    known = conninfo(admin, PROJECTOR, settings.secret)
    done = write(
        known,
        whose,
        year,
        folder,
        of_version=version,
        draw=summaries(school.name),
        progress=progress,
    )
    lines = answer(known, whose.schema, lambda c, s: cosignatures(c, s, [done.cover_size]))
    paper = act(done, school.name, school.zone, lines[done.cover_size])
    name = base(school.slug, year, done.span.version)
    write_whole_bytes(folder / f"{name}-act.pdf", paper)
    return done


async def noted(school: School, done: Written, by: Actor, in_force: int | None = None) -> int:
    """Keep the hashes of the files in the log; answers the position. in_force: see the command."""
    new = ArchiveWritten(
        done.span.version,
        ArchiveFile(done.journal_sha256, done.journal.stat().st_size),
        ArchiveFile(done.people_sha256, done.people.stat().st_size),
    )
    once = Request(uuid4().bytes, uuid4().bytes)
    answer = school.note_archive_written(
        done.span.year, new, in_force=in_force, by=by, request=once
    )
    return (await written(answer)).position


def found(settings: Settings, slug: str, year: int) -> list[Files]:
    """The versions of an archive whose files are all there, the newest first."""
    versions: list[Files] = []
    for version in count(1):
        paths = [
            folder_of(settings, slug) / f"{base(slug, year, version)}-{kind}" for kind in KINDS
        ]
        if not any(path.exists() for path in paths):
            break
        if all(path.exists() for path in paths):
            at = max(path.stat().st_mtime for path in paths)
            journal, people, paper = paths
            moment = datetime.fromtimestamp(at, UTC)
            versions.append(Files(version, journal, people, paper, moment))
    return versions[::-1]
