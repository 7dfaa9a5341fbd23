"""Writing the archive of a year: two bags in two ZIP files, the same for the same log.

Everything goes to files of a working folder first, so that memory does not grow with the year and
an interrupted work goes on at the last whole file. What was written is verified as anybody would,
before it gets its name.
"""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path
from typing import Any, Literal, NamedTuple
from zoneinfo import ZoneInfo

import msgspec
import orjson
import psycopg

from domain.office.archive_facts import ArchiveAnnotated
from domain.people.facts import Name
from domain.refusals import Busy, Conflict
from projections.archive import verify
from projections.archive.bag import info, names_in, pack, put
from projections.archive.facts import REF, Span, facts, line_of, span_of
from projections.archive.people import People
from projections.archive.reading import About, annotated, placed, signed
from projections.archive.seals import Proof, proof_of
from projections.archive.sheets import sheets, subjects_of
from projections.archive.texts import JOURNAL, PEOPLE, readme, schemas
from projections.archive.year import Year
from projections.asking import answer
from projections.postgres.database import schema_of
from projections.projection import Placed

FORMAT = "letopis-archive-1"
PART = 50_000  # facts in a file
PAGE_OF_PROGRESS = 5_000

#: draws named sheets: (name in the bag, PDF)
Draw = Callable[[Year, Mapping[str, Name]], Iterator[tuple[str, bytes]]]
#: what is being done, how much of it is done, of how much
Progress = Callable[[str, int, int], None]


class Whose(msgspec.Struct, frozen=True):
    """The school of an archive."""

    slug: str
    school_id: str
    name: str
    zone: str

    @property
    def schema(self) -> str:
        """The school's schema."""
        return schema_of(self.slug)


class Written(NamedTuple):
    """The two files and their SHA-256 (hex), and what the act tells. `root`: of the last fact;
    `cover`: the note over it; `archived`: that very fact; `later`: annotations.
    """

    span: Span
    journal: Path
    people: Path
    journal_sha256: str
    people_sha256: str
    root: str
    cover: str
    cover_size: int
    keys: tuple[str, ...]
    archived: Placed
    later: tuple[Placed, ...]
    names: Mapping[str, Name]


class _Book(NamedTuple):
    """A year, the texts it refers to, the fact that archived it, what was added later."""

    year: Year
    refs: set[str]
    archived: Placed
    later: tuple[Placed, ...]


def silent(_what: str, _done: int, _total: int) -> None:
    """No progress."""


def undrawn(_year: Year, _names: Mapping[str, Name]) -> Iterator[tuple[str, bytes]]:
    """No named sheets."""
    return iter(())


def base(slug: str, year: int, of_version: int) -> str:
    """The beginning of the names of an archive's files."""
    return f"letopis-{slug}-{year}-v{of_version}"


def write(
    conninfo: str,
    whose: Whose,
    year: int,
    folder: Path,
    *,
    of_version: int | None = None,
    draw: Draw = undrawn,
    progress: Progress = silent,
) -> Written:
    """Write both bags of an archived year into a folder. conninfo: as letopis_projector.

    of_version: the newest unless told. Raises NotFound, Conflict (the year is not archived, or the
    log is not what was sealed), Busy (not sealed yet; somebody is writing it just now), OSError.
    """
    found = answer(conninfo, whose.schema, lambda c, s: span_of(c, s, whose.school_id, year))
    span = found.at_version(of_version)
    proof = answer(conninfo, whose.schema, lambda c, s: proof_of(c, s, span, whose.zone))
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    room = folder / f".{base(whose.slug, year, span.version)}"
    with _alone(room):
        resumed = any(room.rglob("*.jsonl"))
        try:
            return _written(conninfo, whose, span, proof, folder, room, draw, progress)
        except verify.Wrong as fault:
            _forget(room)
            if not resumed:
                raise Conflict(
                    "archive.altered", f"Журнал — не то, что под печатью: {fault}. letopis verify."
                ) from fault
            # What a power cut has left of the last attempt was not whole: from the beginning.
            return _written(conninfo, whose, span, proof, folder, room, draw, progress)


def _written(
    conninfo: str,
    whose: Whose,
    span: Span,
    proof: Proof,
    folder: Path,
    room: Path,
    draw: Draw,
    progress: Progress,
) -> Written:
    """Raises Wrong."""
    stem = base(whose.slug, span.year, span.version)
    journal, people = (room / f"{stem}-{kind}.zip" for kind in ("journal", "people"))
    day = proof.at.astimezone(ZoneInfo(whose.zone)).date()
    agent = f"Letopis {version('letopis')}"

    def packed(kind: str, target: Path) -> str:
        total = sum((room / kind / one).stat().st_size for one in names_in(room / kind))
        done = 0

        def advance(size: int) -> None:
            nonlocal done
            done += size
            progress(f"запись файла «{kind}»", done, total)

        root = target.stem
        return pack(
            room / kind,
            target,
            root,
            lambda size: info(whose.name, root, day, agent, size),
            advance,
        )

    with psycopg.connect(conninfo, autocommit=True) as conn:
        conn.execute("SET default_transaction_read_only = on")
        _facts(conn, whose.schema, span, room / "journal", progress)
        book = _journal(whose, span, proof, room / "journal", progress)
        of_journal = packed("journal", journal)
        progress("проверка", 0, span.facts)
        report = verify.check(str(journal), signed=signed)
        names = _people(conn, whose, span, room / "people", book, draw, progress)
        of_people = packed("people", people)
    journal = journal.replace(folder / journal.name)
    people = people.replace(folder / people.name)
    _forget(room)
    return Written(
        span,
        journal,
        people,
        of_journal,
        of_people,
        report.root,
        proof.notes[proof.cover],
        int(proof.cover[-17:-5]),
        tuple(report.keys),
        book.archived,
        book.later,
        names,
    )


def _facts(
    conn: psycopg.Connection[Any], schema: str, span: Span, bag: Path, progress: Progress
) -> None:
    """Files of facts; those that are there already are whole."""
    for first in range(span.start + 1, span.last + 1, PART):
        name = f"data/facts/facts-{first:012d}.jsonl"
        last = min(first + PART - 1, span.last)
        if not (bag / name).exists():
            pages = facts(conn, schema, first - 1, last)
            put(bag, name, ("".join(map(line_of, page)).encode() for page in pages))
        progress("записи", last - span.start, span.facts)


def _journal(whose: Whose, span: Span, proof: Proof, bag: Path, progress: Progress) -> _Book:
    """Everything of the journal's bag but the facts. Raises Wrong for an empty file."""
    year, refs = Year(whose.school_id, span.year), set[str]()
    one = None
    for done, one in enumerate(placed(verify.Folder(str(bag))), 1):
        year.fold(one)
        if found := REF.findall(one.stored):
            refs.update(number.decode() for number, _ in found)
        if done % PAGE_OF_PROGRESS == 0:
            progress("ведомости", done, span.facts)
    told = (whose.name, span.year, span.version, span.start + 1, span.last)
    for name, text in (proof.notes | proof.annotations).items():
        put(bag, name, text.encode())
    put(bag, "data/keys.txt", proof.keys.encode())
    put(bag, "data/README.txt", readme(JOURNAL, *told))
    source = files("projections.archive") / "verify.py"
    put(bag, "data/verify.py", source.read_bytes())
    for name, schema in schemas().items():
        put(bag, name, schema)
    later = tuple(annotated(verify.Folder(str(bag))))
    year.annotations = [one.fact for one in later if isinstance(one.fact, ArchiveAnnotated)]
    for name, sheet in sheets(year, later):
        put(bag, name, sheet)
    about = msgspec.structs.replace(
        _about(whose, span, "journal"),
        frontier=proof.frontier,
        cover=proof.cover,
        cover_proof=proof.cover_proof,
    )
    put(bag, "data/archive.json", _described(about))
    for added in later:
        refs.update(number.decode() for number, _ in REF.findall(added.stored))
    if one is None:
        raise verify.Wrong("в рабочей папке нет записей")
    return _Book(year, refs, one, later)


def _people(
    conn: psycopg.Connection[Any],
    whose: Whose,
    span: Span,
    bag: Path,
    book: _Book,
    draw: Draw,
    progress: Progress,
) -> Mapping[str, Name]:
    """The people's bag: always from the beginning, the vault may have changed. Answers names."""
    shutil.rmtree(bag, ignore_errors=True)
    year = book.year
    people = People(conn, whose.schema, year)
    told = (whose.name, span.year, span.version, span.start + 1, span.last)
    put(bag, "data/README.txt", readme(PEOPLE, *told))
    put(bag, "data/archive.json", _described(_about(whose, span, "people")))
    for name, content in people.files(year, book.refs):
        put(bag, name, content)
    total = len(year.classes) + sum(len(subjects_of(year, one)) for one in year.in_order())
    for done, (name, sheet) in enumerate(draw(year, people.names), 1):
        put(bag, name, sheet)
        progress("именные ведомости и страницы", done, total)
    return people.names


def _about(whose: Whose, span: Span, kind: Literal["journal", "people"]) -> About:
    """What a bag says of itself."""
    return About(
        format=FORMAT,
        kind=kind,
        school=whose.school_id,
        name=whose.name,
        zone=whose.zone,
        year=span.year,
        version=span.version,
        start=span.start,
        last=span.last,
    )


def _described(about: About) -> bytes:
    return orjson.dumps(msgspec.to_builtins(about), option=orjson.OPT_INDENT_2) + b"\n"


@contextmanager
def _alone(room: Path) -> Iterator[None]:
    """Nobody else writes this archive here meanwhile. Raises Busy."""
    room.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor = os.open(room.with_name(f"{room.name}.lock"), os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Busy("archive.being_written", "Этот архив уже составляется.") from None
        room.mkdir(mode=0o700, parents=True, exist_ok=True)
        yield
    finally:
        os.close(descriptor)


def _forget(room: Path) -> None:
    shutil.rmtree(room, ignore_errors=True)
