"""Restoring a school from its archives into an installation that does not know it.

The facts go through the write door of the log at their old positions, so that every hash is the
same; names and texts come from the people's bags, as far as there are any.
"""

from __future__ import annotations

from base64 import urlsafe_b64encode
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from hashlib import sha256
from itertools import islice
from pathlib import Path
from typing import NamedTuple
from uuid import UUID

import msgspec
import orjson
import psycopg
from eventsourcing.persistence import StoredEvent

from domain.codec import decode
from domain.minting import minted
from domain.refusals import Conflict, Invalid
from domain.writing import Batch, Payload
from projections import tree
from projections.archive import verify
from projections.archive.facts import REF, Stored
from projections.archive.reading import About, about, opened, stored
from projections.archive.replay import checked
from projections.archive.verify import Bag
from projections.archive.write import Progress, silent
from projections.asking import answer
from projections.folding import catch_up
from projections.postgres import migrations
from projections.postgres.database import PROJECTOR, READER, SEALER, WRITER, conninfo, open_pool
from projections.postgres.log import SchoolLog
from projections.seals.checkpoint import Checkpoint
from projections.seals.note import Note
from projections.sql import bound

PAGE = 1_000


class Restored(msgspec.Struct, frozen=True):
    """`root` (hex) is that of the restored log: the same as in the archive. `nameless`: texts of
    the facts that no people's bag has.
    """

    school: str
    slug: str
    facts: int
    texts: int
    nameless: int
    checkpoints: int
    root: str


class _Source(NamedTuple):
    bag: Bag
    about: About
    root: str


def restore(
    admin: str,
    secret: str,
    slug: str,
    paths: Sequence[Path],
    keys: tuple[str, ...] = (),
    progress: Progress = silent,
) -> Restored:
    """Lay a school out of its archives: every year from the first, journals and people's bags.

    admin: connection string of whoever may create roles. Everything is verified before anything is
    written. Raises Invalid, Conflict, migrations.SchoolExists.
    """
    journals, people = _sorted(paths, keys)
    last = journals[-1].about
    migrations.migrate(admin, secret)  # nothing was ever here, as on the machine that comes after
    if any(one.school_id == last.school for one in migrations.schools(admin)):
        raise Conflict("archive.school_known", "Эта школа здесь уже есть: её не восстанавливают.")
    school = migrations.add_school(admin, secret, slug, last.name, last.zone, last.school)
    writer = open_pool(conninfo(admin, WRITER, secret), max_size=1)
    reader = open_pool(conninfo(admin, READER, secret), max_size=1)
    try:
        log = SchoolLog(slug, reader=reader, writer=writer)
        hashes, moments = _facts(log, journals, progress)
        texts = _texts(log, people, hashes)
    finally:
        writer.close()
        reader.close()
    checkpoints = _checkpoints(conninfo(admin, SEALER, secret), school.schema, journals, moments)
    progress("проекции", 0, last.last)
    with psycopg.connect(conninfo(admin, PROJECTOR, secret), autocommit=True) as conn:
        catch_up(conn, school.schema)
    root = answer(
        conninfo(admin, PROJECTOR, secret), school.schema, lambda c, s: tree.root(c, s, last.last)
    ).hex()
    if root != journals[-1].root:
        raise Conflict("archive.other_root", "Отпечаток вышел не тот, что в архиве.")
    nameless = len(hashes) - texts
    return Restored(last.school, slug, last.last, texts, nameless, checkpoints, root)


def _sorted(paths: Sequence[Path], keys: tuple[str, ...]) -> tuple[list[_Source], list[_Source]]:
    """Journals in order and people's bags, checked. Raises Invalid."""
    found = []
    for path in paths:
        root = checked(path, keys).root
        bag = opened(path)
        found.append(_Source(bag, about(bag), root))
    found.sort(key=lambda one: one.about.year)
    journals = [one for one in found if one.about.kind == "journal"]
    people = [one for one in found if one.about.kind == "people"]
    if len({one.about.school for one in found}) != 1 or not journals:
        raise Invalid("archive.mixed", "Нужны архивы журнала одной школы.")
    end = 0
    for one in journals:
        if one.about.start > end or (one.about.last <= end and end):
            raise Invalid(
                "archive.hole",
                f"Перед архивом {one.about.year} года не хватает записей № {end + 1} …"
                f" {one.about.start}: дайте архивы всех лет, с первого.",
            )
        end = one.about.last
    return journals, people


def _facts(
    log: SchoolLog, journals: Sequence[_Source], progress: Progress
) -> tuple[dict[str, str], dict[int, datetime]]:
    """Append every fact once. Answers text → its hash, and the moment of each sealed position."""
    hashes: dict[str, str] = {}
    sealed = {size for one in journals for size in _sizes(one.bag)}
    moments: dict[int, datetime] = {}
    end, total = 0, journals[-1].about.last
    for source in journals:
        rows = (one for one in stored(source.bag) if one[0] > end)
        while page := list(islice(rows, PAGE)):
            batch = _batch(page, end)
            for position, _, _, _, state in page:
                hashes.update((a.decode(), b.decode()) for a, b in REF.findall(state))
                if position in sealed:
                    moments[position] = batch.at
            end = log.append(batch)
            progress("записи", end, total)
    return hashes, moments


def _batch(page: Sequence[Stored], expected: int) -> Batch:
    bodies = [decode(topic, state) for _, _, _, topic, state in page]
    events = [
        StoredEvent(UUID(stream), version, topic, state)
        for _, stream, version, topic, state in page
    ]
    new = [number for body in bodies for number in minted(body.fact)]
    return Batch(events, bodies[-1].at, expected, (), (), (), new)


def _texts(log: SchoolLog, people: Sequence[_Source], hashes: dict[str, str]) -> int:
    """Names and texts into the vault; answers how many. Raises Invalid for one that is not what
    its fact says.
    """
    seen: set[str] = set()
    rows = (row for source in people for row in _payloads(source.bag))
    while page := list(islice(_known(rows, hashes, seen), PAGE)):
        head = log.head()
        log.append(Batch((), head.at, head.position, (), page, ()))
    return len(seen)


def _known(rows: Iterable[Payload], hashes: dict[str, str], seen: set[str]) -> Iterator[Payload]:
    for row in rows:
        if row.id in seen or row.id not in hashes:
            continue
        found = sha256(row.salt + row.body.encode()).digest()
        if urlsafe_b64encode(found).rstrip(b"=").decode() != hashes[row.id]:
            raise Invalid("archive.text_altered", f"Текст {row.id} — не тот, что в записи журнала.")
        seen.add(row.id)
        yield row


def _payloads(bag: Bag) -> Iterator[Payload]:
    for line in verify.lines_of(bag, "data/texts.jsonl"):
        row = orjson.loads(line)
        salt = bytes.fromhex(row["salt"])
        yield Payload(row["id"], row["subject"], row["kind"], row["body"], salt)


def _sizes(bag: Bag) -> Iterator[int]:
    return (int(name[-17:-5]) for name in bag.names if name.startswith("data/checkpoints/"))


def _checkpoints(
    sealer: str, schema: str, journals: Sequence[_Source], moments: dict[int, datetime]
) -> int:
    """The signed checkpoints within the log, as of the moment of their last fact."""
    notes = {}
    for source in journals:
        for name in source.bag.names:
            if name.startswith("data/checkpoints/"):
                note = Note.parse(verify.whole(source.bag, name).decode())
                notes[Checkpoint.of(note).size] = note
    rows = [
        (size, Checkpoint.of(note).root, str(note), "asked", moments[size])
        for size, note in sorted(notes.items())
        if size in moments
    ]
    with psycopg.connect(sealer) as conn, conn.cursor() as cursor:
        cursor.executemany(
            bound(
                "INSERT INTO {s}.checkpoint (size, root, note, why, at)"
                " VALUES (%s, %s, %s, %s, %s)",
                schema,
            ),
            rows,
        )
    return len(rows)
