"""The connection goes at the COMMIT: whether it was carried out is found out, never guessed."""

from __future__ import annotations

import socket
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from pathlib import Path
from threading import Event, Thread
from urllib.parse import quote

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict

from domain.engine import Engine
from domain.school import MarkInput
from projections.postgres.database import READER, WRITER, conninfo, open_pool
from projections.postgres.log import SchoolLog
from tests.conftest import SECRET
from tests.ground import TODAY, engine_on, lay, number, register, request, school_on

SLUG = "one"


class Cutter:
    """Stands before PostgreSQL. Armed with a word, it cuts the connection once: when a client has
    sent the word, before the server hears of it, or after it has answered and before the client
    hears of that.
    """

    def __init__(self, server: str) -> None:
        self._server = server
        self.directory = Path(tempfile.mkdtemp(prefix="letopis-cut-"))
        self._listening = socket.socket(socket.AF_UNIX)
        self._listening.bind(str(self.directory / ".s.PGSQL.5432"))
        self._listening.listen()
        self._word, self._heard = b"", True
        self.cut = Event()
        Thread(target=self._accept, daemon=True).start()

    def arm(self, word: bytes, *, heard: bool) -> None:
        """heard: the server carries it out, and its answer is lost."""
        self._word, self._heard = word, heard
        self.cut.clear()

    def close(self) -> None:
        self._listening.close()
        (self.directory / ".s.PGSQL.5432").unlink()
        self.directory.rmdir()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listening.accept()
                server = socket.socket(socket.AF_UNIX)
                server.connect(self._server)
                doomed = Event()
                for pump in (self._to_the_server, self._to_the_client):
                    Thread(target=pump, args=(client, server, doomed), daemon=True).start()

    def _to_the_server(self, client: socket.socket, server: socket.socket, doomed: Event) -> None:
        with suppress(OSError), client, server:
            while data := client.recv(65_536):
                if self._word and self._word in data and not self.cut.is_set():
                    self.cut.set()
                    doomed.set()
                    if not self._heard:
                        _hang_up(client, server)
                        return
                server.sendall(data)

    def _to_the_client(self, client: socket.socket, server: socket.socket, doomed: Event) -> None:
        with suppress(OSError):
            while data := server.recv(65_536):
                if doomed.is_set():
                    _hang_up(client, server)
                    return
                client.sendall(data)
            _hang_up(client, server)


def _hang_up(*ends: socket.socket) -> None:
    for end in ends:
        with suppress(OSError):
            end.shutdown(socket.SHUT_RDWR)


@pytest.fixture
def cutter(database: str) -> Iterator[Cutter]:
    directory = conninfo_to_dict(database)["host"]
    made = Cutter(f"{directory}/.s.PGSQL.5432")
    yield made
    made.close()


@pytest.mark.parametrize("heard", [True, False], ids=["answer lost", "never heard"])
@pytest.mark.parametrize("overtaken", [False, True], ids=["one statement", "held head"])
def test_what_became_of_a_commit_without_an_answer_is_found_out(
    database: str,
    cutter: Cutter,
    overtaken: bool,  # noqa: FBT001
    heard: bool,  # noqa: FBT001
) -> None:
    register(database, SLUG)
    with engine_on(database) as engine:
        school = school_on(engine, SLUG)
        ground = lay(school)
        lesson = next(iter(engine.world(SLUG).journal(ground.class_id).lessons))

        def column(name: str) -> list[MarkInput]:
            marks = (number(f"{name} {n}") for n in range(3))
            return [
                MarkInput(mark, pupil, "5", ground.work_type_id, comment=f"Молодец, {name}")
                for mark, pupil in zip(marks, ground.pupils, strict=False)
            ]

        with ExitStack() as stack:
            through = database.replace(
                quote(str(conninfo_to_dict(database)["host"]), safe=""),
                quote(str(cutter.directory), safe=""),
            )
            writer = open_pool(conninfo(through, WRITER, SECRET), max_size=1)
            reader = open_pool(conninfo(database, READER, SECRET), max_size=1)
            stack.callback(reader.close)
            stack.callback(writer.close)
            cut_off = Engine(
                lambda slug: SchoolLog(slug, reader=reader, writer=writer),
                clock=lambda: TODAY,
                salts=lambda: "c2FsdHNhbHRzYWx0c2FsdA",
            )
            stack.callback(cut_off.close)
            mine = school_on(cut_off, SLUG)

            def give(name: str) -> int:
                return (
                    mine.give_marks(
                        ground.class_id,
                        lesson,
                        column(name),
                        by=ground.teacher,
                        request=request(f"request {name}"),
                    )
                    .result(30)
                    .position
                )

            before = give("before")
            word = b"_pg3_"  # the append, prepared by now
            if overtaken:  # another process was first: the next append is made holding the head
                school.comment_mark(
                    ground.class_id,
                    number("before 0"),
                    "ещё",
                    by=ground.teacher,
                    request=request(),
                ).result(10)
                before, word = before + 1, b"COMMIT"
            cutter.arm(word, heard=heard)
            position = give("cut")
            again = give("cut")

        assert cutter.cut.is_set()
        assert position == again == before + 3
        with psycopg.connect(database) as conn:
            conn.execute(f"SET search_path = school_{SLUG}")
            [(facts, head)] = conn.execute(
                "SELECT (SELECT count(*) FROM facts), (SELECT last FROM head)"
            ).fetchall()
            [(texts,)] = conn.execute(
                "SELECT count(*) FROM payload WHERE body = 'Молодец, cut'"
            ).fetchall()
        assert (facts, head, texts) == (position, position, 3)
