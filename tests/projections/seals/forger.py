"""A superuser who rewrites a school's log, as far as he thinks of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, LiteralString
from uuid import UUID

import msgspec
import psycopg

from domain.codec import decode
from domain.minting import minted
from projections import merkle, tree
from projections.folding import Folder
from projections.merkle import leaf_bytes, leaf_hash
from projections.postgres.database import READER, conninfo
from projections.projection import Place
from projections.rebuild import rebuild
from projections.seals.checkpoint import Checkpoint
from projections.seals.note import WITNESS, Note, SigningKey
from projections.sql import bound
from projections.tree import Tree
from projections.verification import Report, verify
from tests.conftest import SECRET
from tests.ground import number, request
from tests.projections.life import Life

ORIGIN = number("one/school")
KEY = SigningKey(ORIGIN, b"the real key".ljust(32))
OTHER_KEY = SigningKey(ORIGIN, b"another key".ljust(32))
WITNESS_KEY = SigningKey("witness.test", b"a witness".ljust(32), WITNESS)

TABLES = ("facts", "head", "checkpoint", "cosignature")


class Fact(msgspec.Struct):
    """A row of the log, to be spoilt."""

    position: int
    stream: UUID
    version: int
    topic: str
    state: bytes


class Column(msgspec.Struct, frozen=True):
    """A column whose bytes are to be spoilt; `?` in `from_bytes` stands for the spoilt ones."""

    table: LiteralString
    key: LiteralString
    name: LiteralString
    to_bytes: LiteralString
    from_bytes: LiteralString


COLUMNS = (
    Column("facts", "notification_id", "state", "state", "?"),
    Column(
        "facts", "notification_id", "topic", "convert_to(topic, 'UTF8')", "convert_from(?, 'UTF8')"
    ),
    Column(
        "facts",
        "notification_id",
        "originator_id",
        "uuid_send(originator_id)",
        "encode(?, 'hex')::uuid",
    ),
    Column("checkpoint", "size", "root", "root", "?"),
    Column("checkpoint", "size", "note", "convert_to(note, 'UTF8')", "convert_from(?, 'UTF8')"),
    Column("cosignature", "size", "line", "convert_to(line, 'UTF8')", "convert_from(?, 'UTF8')"),
    Column(
        "cosignature", "size", "witness", "convert_to(witness, 'UTF8')", "convert_from(?, 'UTF8')"
    ),
)


class Forger:
    """Does with the tables what a superuser can: triggers do not stop him."""

    def __init__(self, at: Life, conn: psycopg.Connection[Any]) -> None:
        self.at = at
        self._conn = conn
        for table in TABLES:
            self.do("ALTER TABLE {s}." + table + " DISABLE TRIGGER ALL")

    def do(self, text: LiteralString, *arguments: Any) -> None:
        """One statement."""
        self._conn.execute(bound(text, self.at.schema), arguments or None)

    def facts(self) -> list[Fact]:
        """The log."""
        found = self._conn.execute(
            bound(
                "SELECT notification_id, originator_id, originator_version, topic, state"
                " FROM {s}.facts ORDER BY notification_id",
                self.at.schema,
            )
        ).fetchall()
        return [Fact(*row) for row in found]

    def rewrite(self, facts: Sequence[Fact]) -> None:
        """Other facts, with the head and the registered ids that belong to them."""
        self.do("DELETE FROM {s}.facts")
        with self._conn.cursor() as cursor:
            cursor.executemany(
                bound(
                    "INSERT INTO {s}.facts (notification_id, originator_id, originator_version,"
                    " topic, state) VALUES (%s, %s, %s, %s, %s)",
                    self.at.schema,
                ),
                [msgspec.structs.astuple(one) for one in facts],
            )
        last = facts[-1]
        self.do(
            "UPDATE {s}.head SET last = %s, at = %s",
            last.position,
            decode(last.topic, last.state).at,
        )
        self.do("DELETE FROM {s}.minted")
        ids = [number for one in facts for number in minted(decode(one.topic, one.state).fact)]
        self.do("INSERT INTO {s}.minted (id) SELECT unnest(%s::uuid[])", ids)
        self.do("DELETE FROM {s}.request WHERE last > %s", last.position)

    def cut(self, size: int) -> None:
        """Everything after a position goes, wherever it is: as in an old backup."""
        self.rewrite(self.facts()[:size])
        self.do("DELETE FROM {s}.cosignature WHERE size > %s", size)
        self.do("DELETE FROM {s}.checkpoint WHERE size > %s", size)
        self.derive_again()

    def derive_again(self) -> None:
        """Tiles and projections that belong to the facts as they are now."""
        rebuild(self._conn, self.at.schema)

    def cover_again(self) -> None:
        """The tree alone."""
        self.do("DELETE FROM {s}.tree_tile")
        self.do("DELETE FROM {s}.bookmark WHERE name = 'tree_v1'")
        folder = Folder(Place(self.at.schema, self.at.schema), {Tree.name: Tree})
        while folder.step(self._conn):
            pass

    def bytes_of(self, column: Column) -> list[tuple[int, int]]:
        """Rows by their key, and how many bytes of a column each has."""
        text: LiteralString = (
            f"SELECT {column.key}, octet_length({column.to_bytes}) FROM {{s}}.{column.table}"
            " ORDER BY 1"
        )
        return self._conn.execute(bound(text, self.at.schema)).fetchall()

    def flip(self, column: Column, row: int, place: int) -> None:
        """Another byte; twice is the same byte."""
        spoilt = f"set_byte({column.to_bytes}, {place}, get_byte({column.to_bytes}, {place}) # 1)"
        changed = column.from_bytes.replace("?", spoilt)
        self.do(
            f"UPDATE {{s}}.{column.table} SET {column.name} = {changed} WHERE {column.key} = {row}"
        )

    def seal(self, key: SigningKey = KEY) -> str:
        """Sign the tree as it is; answers the note."""
        size = self.at.read(tree.size)
        return self.seal_at(size, key)

    def seal_at(self, size: int, *keys: SigningKey) -> str:
        """A checkpoint of an earlier size."""
        leaves = [
            leaf_hash(leaf_bytes(f.stream.bytes, f.version, f.position, f.topic, f.state))
            for f in self.facts()[:size]
        ]
        head = Checkpoint(ORIGIN, size, merkle.root_of(leaves))
        note = f"{head}\n{''.join(key.sign(str(head)) for key in keys)}"
        self.do(
            "INSERT INTO {s}.checkpoint (size, root, note, why, at)"
            " VALUES (%s, %s, %s, 'grown', %s)",
            size,
            head.root,
            note,
            self.at.clock.now,
        )
        return note

    def cosign(self, note: str, key: SigningKey = WITNESS_KEY, time: int | None = None) -> None:
        """A witness signs a checkpoint."""
        parsed = Note.parse(note)
        when = int(self.at.clock.now.timestamp()) if time is None else time
        self.do(
            "INSERT INTO {s}.cosignature (size, witness, line, at) VALUES (%s, %s, %s, %s)",
            Checkpoint.of(parsed).size,
            str(key.verifier),
            key.sign(parsed.text, when),
            self.at.clock.now,
        )

    def seal_again(self, *keys: SigningKey) -> None:
        """All checkpoints once more, of the same sizes, of the log as it is now."""
        found = self._conn.execute(
            bound("SELECT size FROM {s}.checkpoint ORDER BY size", self.at.schema)
        ).fetchall()
        self.do("DELETE FROM {s}.cosignature")
        self.do("DELETE FROM {s}.checkpoint")
        for (size,) in found:
            self.seal_at(size, *keys)


def introduce(at: Life, key: SigningKey, reason: str = "first") -> None:
    """The log announces a key of the seals."""
    at.must(
        at.school.introduce_seal_key(
            str(key.verifier),
            reason,  # type: ignore[arg-type]
            by=at.office,
            request=request(),
        )
    )


def school_day(at: Life, forger: Forger) -> list[str]:
    """A key, marks, a seal; a correction, more marks, a second seal. Answers the notes."""
    introduce(at, KEY)
    first, second = at.lessons[:2]
    at.must(at.topic(first))
    at.must(at.mark(first, at.pupils[0], "2", "mark", "Слабо"))
    at.must(at.mark(first, at.pupils[1], "4", "other mark"))
    at.fold_all()
    notes = [forger.seal()]
    at.clock.go(hours=1)
    at.must(at.correct("mark", "2", "4", "ошибка"))
    at.must(at.topic(second, "Проценты"))
    at.must(at.mark(second, at.pupils[0], "5", "third mark"))
    at.fold_all()
    notes.append(forger.seal())
    forger.cosign(notes[1])
    return notes


def verified(at: Life, **how: Any) -> Report:
    """What the verification says, a moment later."""
    with psycopg.connect(conninfo(at.url, READER, SECRET), autocommit=True) as conn:
        return verify(conn, at.schema, ORIGIN, at.clock.now + timedelta(seconds=1), **how)


def kinds(report: Report) -> set[str]:
    """Kinds of the findings that are listed."""
    return {one.kind for one in report.findings}


def spelled(fact: Fact) -> str:
    """How a finding names a row."""
    return f"{fact.position} {fact.stream}/{fact.version} {fact.topic}"
