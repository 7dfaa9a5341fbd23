"""The library's application recorder on a locked head row.

One PL/pgSQL call per append; positions are gapless and in commit order, so that a tailing reader
misses nothing; no table lock, no NOTIFY inside the transaction. There is no blind retry: the
engine's request keys tell whether a lost COMMIT happened.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.resources import files
from typing import Any, LiteralString
from uuid import UUID

import psycopg
from eventsourcing.persistence import InternalError, StoredEvent
from eventsourcing.postgres import PostgresApplicationRecorder, PostgresDatastore
from psycopg.rows import tuple_row
from psycopg.sql import SQL, Identifier
from psycopg_pool import ConnectionPool

from domain.writing import Batch, Moved, Repeated
from projections.postgres import arrays
from projections.postgres.closed import moving

TABLE = "facts"
MOVED = -1
REPEATED = -2


class SharedDatastore(PostgresDatastore):
    """A schema of one school on a pool that all schools share. The pool is closed by its owner."""

    def __init__(self, pool: ConnectionPool[Any], schema: str) -> None:
        self.pool = pool  # type: ignore[assignment]  # the library's adds only a password hook
        self.schema = schema
        self.lock_timeout = 0
        self.originator_id_type = "uuid"
        self.enable_db_functions = False
        self.single_row_tracking = True
        self.pool_open_timeout = None
        self.db_type_names = set()
        self.psycopg_type_adapters = {}
        self.psycopg_python_types = {}

    def register_type_adapters(self) -> None:
        """No composite types travel: arrays of plain types do."""

    def close(self) -> None:
        """The pool is not ours."""


class HeadRowRecorder(PostgresApplicationRecorder):
    """Appends through the school's SECURITY DEFINER functions.

    `datastore` connects as the reader; `writer` (another datastore of the same schema) as the
    writer. Without `writer` the one datastore does both (the library's contract tests).
    """

    def __init__(
        self,
        datastore: PostgresDatastore,
        *,
        events_table_name: str = TABLE,
        writer: PostgresDatastore | None = None,
    ) -> None:
        super().__init__(datastore, events_table_name=events_table_name)
        self.writer = writer or datastore
        self._held: psycopg.Connection[Any] | None = None
        schema = Identifier(datastore.schema)

        def statement(text: LiteralString) -> bytes:
            return SQL(text).format(schema).as_bytes()  # once, not at every append

        self._append_any = statement("SELECT {}.append_any(%b, %b, %b, %b)")
        self._append = statement(
            "SELECT {}.append(%b, %b, %b, %b, %s, %s::bigint,"
            " %b, %b, %b, %b, %b, %b, %b, %b, %b, %b, %b)"
        )
        self._hold = statement("SELECT {}.hold()")

    def create_table(self) -> None:
        """Lay the log as the migration does (contract tests; the program migrates instead)."""
        text = (files("projections.postgres") / "sql" / "school" / "0001_log.sql").read_text(
            "utf-8"
        )
        with self.datastore.transaction(commit=True) as curs:
            curs.execute(
                SQL("SET LOCAL search_path = {}").format(Identifier(self.datastore.schema))
            )
            curs.execute(SQL(text.replace(":schema", self.datastore.schema)))

    def insert_events(
        self, stored_events: Sequence[StoredEvent], **kwargs: Any
    ) -> Sequence[int] | None:
        """The library's contract: positions of the events. Raises IntegrityError."""
        del kwargs
        if not stored_events:
            return []
        with self.writer.get_connection() as conn, conn.cursor(row_factory=tuple_row) as curs:
            row = curs.execute(self._append_any, _columns(stored_events), prepare=True).fetchone()
        last = _number(row)
        return list(range(last - len(stored_events) + 1, last + 1))

    def append(self, batch: Batch) -> int:
        """Everything of a batch in one transaction; answers the last position.

        Raises Moved, Repeated (nothing was written), IntegrityError, OperationalError, Busy: the
        school is closed for its move.
        """
        requests, payloads = batch.requests, batch.payloads
        arguments = (
            *_columns(batch.events),
            batch.at,
            batch.expected,
            arrays.uuids([r[0] for r in requests]),
            arrays.uuids([r[1] for r in requests]),
            arrays.ints([r[2] for r in requests]),
            arrays.ints([r[3] for r in requests]),
            arrays.uuids([arrays.hexed(p.id) for p in payloads]),
            arrays.uuids([arrays.hexed(p.subject) for p in payloads]),
            arrays.texts([p.kind for p in payloads]),
            arrays.texts([p.body for p in payloads]),
            arrays.blobs([p.salt for p in payloads]),
            arrays.uuids([arrays.hexed(number) for number in batch.erased]),
            arrays.uuids([arrays.hexed(number) for number in batch.minted]),
        )
        try:
            with self._writing() as conn, conn.cursor(row_factory=tuple_row) as curs:
                outcome = _number(curs.execute(self._append, arguments, prepare=True).fetchone())
        except InternalError as fault:
            if isinstance(fault.__cause__, psycopg.errors.ReadOnlySqlTransaction):
                raise moving() from fault
            raise
        if outcome == MOVED:
            raise Moved
        if outcome == REPEATED:
            raise Repeated
        return outcome

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Hold the head: appends inside the block are one transaction with it."""
        with self.writer.get_connection() as conn, conn.transaction():
            conn.execute(self._hold)
            self._held = conn
            try:
                yield
            finally:
                self._held = None

    @contextmanager
    def _writing(self) -> Iterator[psycopg.Connection[Any]]:
        if self._held is not None:
            yield self._held
        else:
            with self.writer.get_connection() as conn:
                yield conn


def _columns(
    events: Sequence[StoredEvent],
) -> tuple[arrays.Uuids, arrays.Bigints, arrays.Texts, arrays.Blobs]:
    return (
        arrays.uuids([_number_of(e).bytes for e in events]),
        arrays.bigints([e.originator_version for e in events]),
        arrays.texts([e.topic for e in events]),
        arrays.blobs([e.state for e in events]),
    )


def _number_of(event: StoredEvent) -> UUID:
    stream = event.originator_id
    return stream if isinstance(stream, UUID) else UUID(stream)


def _number(row: tuple[Any, ...] | None) -> int:
    if row is None:
        raise RuntimeError("the write door answered nothing")
    return int(row[0])
