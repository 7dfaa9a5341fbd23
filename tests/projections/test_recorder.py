"""The head-row recorder: the library's own contract, and what the contract does not ask."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime
from threading import Event
from uuid import UUID, uuid4

import psycopg
import pytest
from eventsourcing.persistence import IntegrityError, StoredEvent
from eventsourcing.postgres import PostgresDatastore
from eventsourcing.tests.persistence import (
    ApplicationRecorderTestCase,
    NonInterleavingNotificationIDsBaseCase,
)
from psycopg.conninfo import conninfo_to_dict
from psycopg.sql import SQL, Identifier

from projections.postgres import arrays
from projections.postgres.migrations import migrate
from projections.postgres.recorder import HeadRowRecorder
from tests.conftest import SECRET

WRITERS = 16
APPENDS = 20
FACTS = 5


@contextmanager
def datastore(url: str, pool_size: int = 1) -> Iterator[PostgresDatastore]:
    """The library's datastore on a new schema."""
    schema = f"contract_{uuid4().hex[:8]}"
    with psycopg.connect(url, autocommit=True) as conn:
        conn.execute(SQL("CREATE SCHEMA {}").format(Identifier(schema)))
    at = conninfo_to_dict(url)
    found = PostgresDatastore(
        str(at["dbname"]),
        str(at["host"]),
        str(at.get("port", 5432)),
        str(at["user"]),
        str(at["password"]),
        pool_size=pool_size,
        max_overflow=40,
        schema=schema,
    )
    yield found
    found.close()


class OnHeadRow:
    """Gives the library's test cases our recorder on a new schema."""

    INITIAL_VERSION = 1
    EXPECT_CONTIGUOUS_NOTIFICATION_IDS = True
    url = ""

    @pytest.fixture(autouse=True)
    def _database(self, blank: str) -> None:
        migrate(blank, SECRET)
        type(self).url = blank

    def create_recorder(self) -> HeadRowRecorder:
        """A recorder on an empty log."""
        store = self.enterContext(datastore(self.url))  # type: ignore[attr-defined]
        recorder = HeadRowRecorder(store)
        recorder.create_table()
        return recorder


class TestTheLibrarysContract(OnHeadRow, ApplicationRecorderTestCase[HeadRowRecorder]):
    """All but the optional subscribe test, which needs NOTIFY inside the transaction."""


class TestNotificationsDoNotInterleave(OnHeadRow, NonInterleavingNotificationIDsBaseCase):
    """A transaction that began first and commits last leaves no hole behind."""


def events(count: int) -> list[StoredEvent]:
    """Facts of a new stream."""
    stream = uuid4()
    return [StoredEvent(stream, n + 1, "test.happened", b"{}") for n in range(count)]


@pytest.fixture
def recorder(blank: str) -> Iterator[HeadRowRecorder]:
    """A recorder on an empty log, with connections for many writers."""
    migrate(blank, SECRET)
    with datastore(blank, pool_size=4) as store:
        found = HeadRowRecorder(store)
        found.create_table()
        yield found


def test_a_tailing_reader_misses_nothing_under_sixteen_writers(recorder: HeadRowRecorder) -> None:
    done = Event()

    def tail() -> list[int]:
        seen: list[int] = []
        while True:
            finished = done.is_set()  # looked at before the page, so that the last page is whole
            start = seen[-1] if seen else 0
            page = recorder.select_notifications(start=start + 1, limit=500)
            seen += [n.id for n in page]
            if finished and not page:
                return seen

    def write(_: int) -> None:
        for _round in range(APPENDS):
            recorder.insert_events(events(FACTS))

    with ThreadPoolExecutor(WRITERS + 1) as pool:
        tailing = pool.submit(tail)
        list(pool.map(write, range(WRITERS)))
        done.set()
        seen = tailing.result()

    assert seen == list(range(1, WRITERS * APPENDS * FACTS + 1))


def test_a_conflict_burns_no_position(recorder: HeadRowRecorder) -> None:
    first = events(1)
    assert recorder.insert_events(first) == [1]
    with pytest.raises(IntegrityError):
        recorder.insert_events(first)
    assert recorder.insert_events(events(1)) == [2]


def test_a_state_beyond_the_cap_is_refused_by_the_database(recorder: HeadRowRecorder) -> None:
    with pytest.raises(IntegrityError):
        recorder.insert_events([StoredEvent(UUID(int=1), 1, "test.happened", b"x" * 60_001)])
    assert recorder.max_notification_id() is None


def test_packed_arrays_arrive_as_they_are(blank: str) -> None:
    at = [datetime(1999, 12, 31, 23, 59, 59, 1, UTC), datetime(2026, 11, 23, 9, tzinfo=UTC)]
    number, lines = uuid4(), ["", 'кавычка " и {скобка}', "NULL", "\\", "ё"]
    sent = [
        arrays.uuids([number.bytes, None, arrays.hexed(str(number))]),
        arrays.bigints([2**63 - 1, -1]),
        arrays.ints([2**31 - 1, 0]),
        arrays.moments(at),
        arrays.texts(lines),
        arrays.blobs([b"", b"\0\xff"]),
    ]
    with psycopg.connect(blank) as conn:
        found = conn.execute("SELECT %b, %b, %b, %b, %b, %b", sent).fetchone()
        empty = conn.execute("SELECT %b, %b", [arrays.uuids([]), arrays.texts([])]).fetchone()

    wanted = ([number, None, number], [2**63 - 1, -1], [2**31 - 1, 0], at, lines, [b"", b"\0\xff"])
    assert (found, empty) == (wanted, ([], []))


@pytest.mark.parametrize("number", ["", "ab", "zz" * 16, "ab" * 17])
def test_what_is_no_number_is_not_packed_as_one(number: str) -> None:
    with pytest.raises(ValueError, match=r"hexadecimal|16 bytes"):
        arrays.uuids([arrays.hexed(number)])
