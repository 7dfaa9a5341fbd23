"""The sealer of a school in the hands of a test: its key, its checkpoints, as its own role."""

from __future__ import annotations

import asyncio
from datetime import datetime
from typing import Any

from psycopg import AsyncConnection

from projections import tree
from projections.postgres.database import SEALER, conninfo, schema_of
from projections.seals import book
from projections.seals.checkpoint import Checkpoint
from projections.seals.note import WITNESS, Note, SigningKey
from tests.conftest import SECRET

WITNESS_KEY = SigningKey("witness.test", b"a witness".ljust(32), WITNESS)


class Sealer:
    """Signs and stores what the tree of a school says."""

    def __init__(self, url: str, slug: str, origin: str) -> None:
        self._conninfo = conninfo(url, SEALER, SECRET)
        self._schema = schema_of(slug)
        self.origin = origin
        self.key = SigningKey(origin, b"the school's seal".ljust(32))

    def signed(self, head: Checkpoint, key: SigningKey | None = None) -> str:
        """A note of this head, kept nowhere."""
        return f"{head}\n{(key or self.key).sign(str(head))}"

    def seal(self, at: datetime) -> str:
        """A checkpoint over the tree as it is now; the note."""

        async def put(conn: AsyncConnection[Any]) -> str:
            size = await tree.size(conn, self._schema)
            root = await tree.root(conn, self._schema, size)
            note = self.signed(Checkpoint(self.origin, size, root))
            await book.put(conn, self._schema, Note.parse(note), "grown", at)
            return note

        return self._run(put)

    def cosign(self, note: str, at: datetime) -> str:
        """A witness has signed a checkpoint; its line."""
        parsed = Note.parse(note)
        line = WITNESS_KEY.sign(parsed.text, int(at.timestamp()))

        async def put(conn: AsyncConnection[Any]) -> str:
            size, witness = Checkpoint.of(parsed).size, str(WITNESS_KEY.verifier)
            await book.put_cosignature(conn, self._schema, size, witness, line, at)
            return line

        return self._run(put)

    def _run(self, work: Any) -> str:
        async def connected() -> str:
            conn = await AsyncConnection.connect(self._conninfo, autocommit=True)
            async with conn:
                done: str = await work(conn)
                return done

        return asyncio.run(connected())
