"""A school's log as the engine needs it: the library's Application over the head-row recorder."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from datetime import UTC
from functools import cache
from hashlib import sha256
from typing import Any
from uuid import UUID

import msgspec
from eventsourcing.application import Application
from eventsourcing.persistence import Mapper, Transcoder
from eventsourcing.postgres import PostgresFactory
from eventsourcing.utils import Environment
from psycopg.rows import tuple_row
from psycopg.sql import SQL, Identifier
from psycopg_pool import ConnectionPool

from domain.codec import FactMapper, Recorded, recorded
from domain.world import FOLDS, S, State
from domain.writing import Answered, Batch, Head
from projections.postgres.database import schema_of
from projections.postgres.recorder import HeadRowRecorder, SharedDatastore

PAGE = 5_000


class _Factory(PostgresFactory):
    """The library's factory around datastores that exist already."""

    def __init__(self, env: Environment, reader: SharedDatastore, writer: SharedDatastore) -> None:
        self.env = env
        self.datastore = reader
        self._writer = writer

    def application_recorder(self) -> HeadRowRecorder:
        return HeadRowRecorder(self.datastore, writer=self._writer)

    def mapper(
        self, transcoder: Transcoder | None = None, mapper_class: type[Mapper[Any]] | None = None
    ) -> Mapper[Any]:
        del mapper_class
        assert transcoder is not None  # noqa: S101 - the application makes one
        return FactMapper(transcoder)


class SchoolLog(Application[UUID]):
    """Streams, head, append and answered requests of one school.

    reader, writer: pools connected as letopis_reader and letopis_writer, shared by all schools.
    """

    name = "letopis"

    def __init__(
        self, slug: str, *, reader: ConnectionPool[Any], writer: ConnectionPool[Any]
    ) -> None:
        self._reader = SharedDatastore(reader, schema_of(slug))
        self._writer = SharedDatastore(writer, schema_of(slug))
        super().__init__()
        schema = Identifier(schema_of(slug))

        def statement(text: str) -> Any:
            return SQL(text).format(s=schema)

        self._sql_head = statement("SELECT last, at FROM {s}.head")
        self._sql_stream = statement(
            "SELECT originator_version, topic, state FROM {s}.facts"
            " WHERE originator_id = %s AND originator_version > %s ORDER BY originator_version"
        )
        self._sql_since = statement(
            "SELECT notification_id, originator_id, originator_version, topic, state FROM {s}.facts"
            " WHERE notification_id > %s ORDER BY notification_id LIMIT %s"
        )
        self._sql_answered = statement(
            "SELECT key, fingerprint, last, count FROM {s}.request WHERE key = ANY(%s)"
        )
        self._sql_snapshot = statement(
            "SELECT originator_version, state FROM {s}.snapshot"
            " WHERE originator_id = %s AND shape = %s"
        )
        self._sql_take = statement("SELECT {s}.take_snapshot(%s, %s, %s, %s)")
        self._sql_prune = statement("SELECT {s}.prune_requests(%s)")

    def construct_factory(self, env: Environment) -> Any:
        """The library asks for its infrastructure: ours, on shared pools."""
        return _Factory(env, self._reader, self._writer)

    @property
    def head_recorder(self) -> HeadRowRecorder:
        """The recorder under its own type."""
        recorder = self.recorder
        assert isinstance(recorder, HeadRowRecorder)  # noqa: S101 - made in _Factory
        return recorder

    def head(self) -> Head:
        """The last position and moment."""
        [(last, at)] = self._read(self._sql_head)
        return Head(last, at.astimezone(UTC))

    def facts(self, stream: UUID, after: int) -> Iterator[Recorded]:
        """Facts of a stream with a version above `after`, in order."""
        for version, topic, state in self._read(self._sql_stream, stream, after):
            yield recorded(stream, version, topic, state)

    def since(self, position: int) -> Iterator[Recorded]:
        """Facts after a position, in order."""
        page = self._read(self._sql_since, position, PAGE)
        while page:
            for _, stream, version, topic, state in page:
                yield recorded(stream, version, topic, state)
            page = self._read(self._sql_since, page[-1][0], PAGE) if len(page) == PAGE else []

    def append(self, batch: Batch) -> int:
        """See `HeadRowRecorder.append`."""
        return self.head_recorder.append(batch)

    def locked(self) -> AbstractContextManager[None]:
        """See `HeadRowRecorder.locked`."""
        return self.head_recorder.locked()

    def answered(self, keys: Sequence[bytes]) -> dict[bytes, Answered]:
        """The requests among `keys` that the log holds."""
        rows = self._read(self._sql_answered, [UUID(bytes=key) for key in keys])
        return {key.bytes: Answered(finger.bytes, last, n) for key, finger, last, n in rows}

    def snapshot(self, stream: UUID, kind: type[S]) -> S | None:
        """The newest stored state of this very shape, or None."""
        for version, state in self._read(self._sql_snapshot, stream, shape_of(kind)):
            found = msgspec.msgpack.decode(state, type=kind)
            found.version = version
            return found
        return None

    def keep_snapshot(self, state: State, stream: str) -> None:
        """Store a state; one per stream, the newest."""
        arguments = (UUID(stream), state.version, shape_of(type(state)))
        with self._writer.get_connection() as conn:
            conn.execute(self._sql_take, (*arguments, msgspec.msgpack.encode(state)))

    def prune_requests(self, before: Any) -> int:
        """Forget requests older than a moment; answers how many."""
        with self._writer.get_connection() as conn, conn.cursor(row_factory=tuple_row) as curs:
            row = curs.execute(self._sql_prune, (before,)).fetchone()
        return int(row[0]) if row else 0

    def _read(self, statement: Any, *arguments: Any) -> list[tuple[Any, ...]]:
        with (
            self._reader.get_connection() as conn,
            conn.cursor(row_factory=tuple_row, binary=True) as curs,
        ):
            return curs.execute(statement, arguments, prepare=True).fetchall()


@cache
def shape_of(kind: type) -> str:
    """A fingerprint of a state's shape and fold: a snapshot of another one is ignored.

    The source of the state's module is part of it: arrays have no member names in a schema, and a
    fold that has changed would have come to another state.
    """
    schema = msgspec.json.encode(msgspec.json.schema(kind))
    _, evolve = FOLDS[kind]
    modules = sorted({kind.__module__, evolve.__module__})
    source = "".join(inspect.getsource(sys.modules[name]) for name in modules).encode()
    return f"{kind.__name__}:{sha256(schema + source).hexdigest()[:16]}"
