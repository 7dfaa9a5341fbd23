"""What a witness remembers: one SQLite file of its own, far from the school's database.

The page of each log only grows, and each checkpoint stays: an old print-out can be compared too.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import msgspec

from projections.merkle import EMPTY_ROOT
from projections.seals.checkpoint import Checkpoint
from projections.seals.note import Note, VerifierKey

WAIT_S = 10.0  # for another request, or another process, that holds the file

_TABLES = """
CREATE TABLE IF NOT EXISTS watched (key TEXT PRIMARY KEY);
CREATE TABLE IF NOT EXISTS seen (
    origin TEXT NOT NULL,
    size INTEGER NOT NULL,
    root BLOB NOT NULL,
    note TEXT NOT NULL,  -- with the log's own signatures: evidence, should the log fork
    at INTEGER NOT NULL, -- when we last signed it, seconds of POSIX
    PRIMARY KEY (origin, size)
)"""
_SEEN = "SELECT size, root, note, at FROM seen WHERE origin = ?"


class Seen(msgspec.Struct, frozen=True):
    """A tree that the witness has signed; `at` in seconds of POSIX, 0 for the empty beginning."""

    size: int
    root: bytes
    note: str
    at: int


#: of a log that has shown nothing yet
BEGINNING = Seen(0, EMPTY_ROOT, "", 0)


class Page:
    """The memory, held in one transaction."""

    def __init__(self, conn: sqlite3.Connection) -> None:
        self._conn = conn

    def last(self, origin: str) -> Seen:
        """The largest tree of a log."""
        return self._one(f"{_SEEN} ORDER BY size DESC LIMIT 1", origin) or BEGINNING

    def of_size(self, origin: str, size: int) -> Seen | None:
        """The tree of this size, if it was ever shown."""
        return self._one(f"{_SEEN} AND size = ?", origin, size)

    def write(self, head: Checkpoint, note: Note, at: int) -> None:
        """Remember a tree; one that was shown before only gets its new time."""
        self._conn.execute(
            "INSERT INTO seen (origin, size, root, note, at) VALUES (?, ?, ?, ?, ?)"
            " ON CONFLICT (origin, size) DO UPDATE SET at = excluded.at",
            (head.origin, head.size, head.root, str(note), at),
        )

    def watch(self, keys: Iterable[VerifierKey]) -> None:
        """Watch the logs of these keys, and no other from now on; what was seen stays."""
        self._conn.execute("DELETE FROM watched")
        self._conn.executemany("INSERT INTO watched VALUES (?)", [(str(key),) for key in keys])

    def watched(self) -> list[VerifierKey]:
        """Keys of the logs that are watched."""
        found = self._conn.execute("SELECT key FROM watched ORDER BY key")
        return [VerifierKey.parse(key) for (key,) in found]

    def _one(self, text: str, *arguments: str | int) -> Seen | None:
        row = self._conn.execute(text, arguments).fetchone()
        return row and Seen(*row)


class Memory:
    """The file. Every method of a page may raise sqlite3.Error: then nothing was remembered."""

    def __init__(self, path: Path) -> None:
        # `rw` and not `rwc`: a file that has gone must not come back empty, for an empty memory
        # agrees with everything.
        self._uri = f"{path.absolute().as_uri()}?mode=rw"

    @classmethod
    def begin(cls, path: Path) -> Memory:
        """The memory at `path`, made if it is not there. Raises sqlite3.Error."""
        with closing(sqlite3.connect(path, timeout=WAIT_S)) as conn:
            conn.executescript(f"BEGIN IMMEDIATE; {_TABLES}; COMMIT")
        return cls(path)

    @contextmanager
    def alone(self) -> Iterator[Page]:
        """A page that nobody else reads or writes; kept, durably, when the block is left well."""
        with closing(self._connect()) as conn:
            # EXTRA: with FULL, the journal's removal (that is, the commit) may be lost with power.
            conn.execute("PRAGMA synchronous = EXTRA")
            conn.execute("BEGIN IMMEDIATE")
            yield Page(conn)
            conn.execute("COMMIT")  # a connection closed before that rolls back

    @contextmanager
    def reading(self) -> Iterator[Page]:
        """A page to read."""
        with closing(self._connect()) as conn:
            conn.execute("BEGIN")
            yield Page(conn)

    def _connect(self) -> sqlite3.Connection:
        return sqlite3.connect(self._uri, uri=True, timeout=WAIT_S, isolation_level=None)
