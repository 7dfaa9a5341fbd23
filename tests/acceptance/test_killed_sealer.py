"""kill -9 of the sealer under load, two of them at a time: no size is ever signed twice."""

from __future__ import annotations

import asyncio
import os
import random
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from threading import Event, Thread
from uuid import uuid4

import psycopg
import pytest

from domain.people.facts import Name
from projections import tree
from projections.folding import Folder
from projections.postgres.database import PROJECTOR, conninfo
from projections.postgres.settings import Settings, without_settings
from projections.projection import Place
from projections.seals.book import CHANNEL
from projections.seals.checkpoint import Checkpoint
from projections.seals.note import Note
from projections.seals.signer import LAST
from tests.conftest import SECRET
from tests.ground import YEAR, engine_on, ground_of, lay, register, request, school_on
from tests.scheduler.sealing_room import SCHEMA, SLUG, SealingRoom, fold

KILLS = 10  # at least; more, up to so many, until a note was on the disk and not in the table
MOST_KILLS = 60


@contextmanager
def a_busy_school(url: str) -> Iterator[None]:
    """Facts are written and folded all the time, and a seal is asked for after each."""
    stop = Event()

    def work() -> None:
        with (
            engine_on(url) as engine,
            psycopg.connect(conninfo(url, PROJECTOR, SECRET), autocommit=True) as conn,
        ):
            school, folder = school_on(engine, SLUG), Folder(Place(SCHEMA, SCHEMA))
            while not stop.is_set():
                school.register_person(
                    YEAR,
                    str(uuid4()),
                    "staff",
                    Name("Новый", "Н"),
                    by=ground_of(SLUG).operator,
                    request=request(),
                ).result(30)
                while folder.step(conn):
                    pass
                conn.execute("SELECT pg_notify(%s, %s)", (CHANNEL, SLUG))

    writing = Thread(target=work)
    writing.start()
    try:
        yield
    finally:
        stop.set()
        writing.join()


def start(room: SealingRoom) -> subprocess.Popen[bytes]:
    """The process as `letopis seal` runs it."""
    environ = without_settings(os.environ) | room.settings.environment()
    return subprocess.Popen([sys.executable, "-m", "scheduler.sealing"], env=environ)


def wait_for_another_note(room: SealingRoom, pair: list[subprocess.Popen[bytes]]) -> None:
    """Until the last note on the disk is another one than now."""
    path = room.signer.room / LAST
    before = path.read_bytes()
    while path.read_bytes() == before:
        assert [one.poll() for one in pair] == [None, None]


def roots_of(room: SealingRoom, sizes: list[int]) -> list[bytes]:
    """What the tree says now about those sizes."""

    async def read() -> list[bytes]:
        async with await psycopg.AsyncConnection.connect(room.url, autocommit=True) as conn:
            return [await tree.root(conn, SCHEMA, size) for size in sizes]

    return asyncio.run(read())


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_killed_sealers_never_sign_two_roots_for_one_size(settings: Settings) -> None:
    url = str(settings.database_url)
    register(url, SLUG)
    with engine_on(url) as engine:
        lay(school_on(engine, SLUG))
    fold(url)
    room = SealingRoom(settings)
    room.begin()
    chance = random.Random(20261124)
    on_disk, unstored = [], 0

    with a_busy_school(url):
        for kill in range(MOST_KILLS):
            if kill >= KILLS and unstored:
                break
            pair = [start(room), start(room)]
            for _note in range(1 + chance.randrange(8)):
                wait_for_another_note(room, pair)
            for process in pair:
                process.kill()  # a moment after a note came to the disk, mostly before its row
            for process in pair:
                process.wait()
            on_disk.append(Note.parse(room.on_disk()))
            unstored += Checkpoint.of(on_disk[-1]).size not in room.sizes()
    room.start()
    room.look(datetime.now(UTC), {SLUG})  # whatever the last kill left is taken up

    assert unstored > 0  # some did die between the disk and the table
    stored = room.sealed()
    sizes = [one.size for one in stored]
    assert [one.root for one in stored] == roots_of(room, sizes)
    for one in stored:
        Note.parse(one.note).verify(room.verifiers())
        assert Checkpoint.of(Note.parse(one.note)) == Checkpoint(
            room.signer.origin, one.size, one.root
        )
    assert len(sizes) > 2 * KILLS
    moments = [one.at for one in stored[1:]]  # the first is of the tests' clock
    assert moments == sorted(moments)
    heads = [Checkpoint.of(note) for note in on_disk]
    assert [head.size for head in heads] == sorted(head.size for head in heads)
    by_size = {one.size: one for one in stored}
    for note, head in zip(on_disk, heads, strict=True):  # signed once, and not forgotten
        assert by_size[head.size].note == str(note)
    assert room.alarms() == {}
