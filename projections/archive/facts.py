"""What of a log belongs to a year's archive: a contiguous range of positions, and what came after
it by an act. All of it is read as letopis_projector.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from json.encoder import encode_basestring
from typing import Any, LiteralString
from uuid import UUID

import msgspec
import psycopg
from psycopg.rows import tuple_row

from domain.office.archive_facts import ArchiveAnnotated, YearArchived
from domain.refusals import Conflict, NotFound
from domain.world import office_id
from projections.postgres.pool import Connection
from projections.sql import bound, row

PAGE = 2_000
#: A reference to a text in the vault, within stored bytes: id and hash.
REF = re.compile(rb'"id":"([0-9a-f-]{36})","hash":"([\w-]{43})"')
#: So many years back an archive is looked for.
_PAST = 100

_RANGE: LiteralString = """
    SELECT
        (SELECT min(notification_id) FROM {s}.facts
            WHERE originator_id = %(own)s AND originator_version = 1),
        (SELECT notification_id FROM {s}.facts
            WHERE originator_id = %(own)s AND topic = %(archived)s),
        (SELECT max(notification_id) FROM {s}.facts
            WHERE originator_id = ANY (%(others)s) AND topic = %(archived)s),
        ARRAY(SELECT notification_id FROM {s}.facts
            WHERE originator_id = %(own)s AND topic = %(annotated)s ORDER BY 1)
"""
_FACTS: LiteralString = """
    SELECT notification_id, originator_id::text, originator_version, topic, state
    FROM {s}.facts WHERE notification_id > %s AND notification_id <= %s ORDER BY 1
"""


class Span(msgspec.Struct, frozen=True):
    """Facts at positions (start, last]: from before the year's first fact, and from the end of the
    archive before (`before`; 0: none), up to the fact that archived it. `annotations`: positions
    beyond.
    """

    year: int
    start: int
    last: int
    before: int
    annotations: tuple[int, ...]

    @property
    def version(self) -> int:
        """Of the archive: every annotation makes another."""
        return 1 + len(self.annotations)

    @property
    def facts(self) -> int:
        """How many are in it, without annotations."""
        return self.last - self.start

    def at_version(self, version: int | None) -> Span:
        """As it was in this version. Raises NotFound."""
        if version is None:
            return self
        if not 1 <= version <= self.version:
            raise NotFound("archive.no_version", f"Версии {version} у этого архива нет.")
        return msgspec.structs.replace(self, annotations=self.annotations[: version - 1])


async def span_of(conn: Connection, schema: str, school_id: str, year: int) -> Span:
    """The range of an archived year. Raises NotFound, Conflict."""
    others = [UUID(office_id(school_id, year - back)) for back in range(1, _PAST)]
    found = await row(
        conn,
        schema,
        _RANGE,
        own=UUID(office_id(school_id, year)),
        others=others,
        archived=YearArchived.TOPIC,
        annotated=ArchiveAnnotated.TOPIC,
    )
    opened, last, before, annotations = found or (None, None, None, [])
    if opened is None:
        raise NotFound("year.unknown", f"Учебный год {year} не открыт.")
    if last is None:
        raise Conflict("archive.year_open", f"Учебный год {year} ещё не в архиве.")
    start = min(before or 0, opened - 1)
    return Span(year, start, last, before or 0, tuple(annotations))


Stored = tuple[int, str, int, str, bytes]


def facts(
    conn: psycopg.Connection[Any], schema: str, after: int, upto: int
) -> Iterator[list[Stored]]:
    """Pages of (position, stream, version, topic, stored bytes) through a cursor of the server."""
    with (
        conn.transaction(),
        conn.cursor(f"facts after {after}", binary=True, row_factory=tuple_row) as cursor,
    ):
        cursor.execute(bound(_FACTS, schema), (after, upto))
        while page := cursor.fetchmany(PAGE):
            yield page


def line_of(stored: Stored) -> str:
    """A line of the archive, spelled as `json.dumps(…, ensure_ascii=False, separators)` would."""
    position, stream, version, topic, state = stored
    return (
        f'{{"position":{position},"stream":"{stream}","version":{version},"topic":"{topic}",'
        f'"stored":{encode_basestring(state.decode())}}}\n'
    )
