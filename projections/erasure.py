"""What a school keeps about a person, and what it has erased (152-ФЗ, article 21).

Read from the vault and from the log itself: whoever erases must not lag behind either.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, LiteralString
from uuid import UUID

import msgspec
from psycopg import AsyncConnection

from domain.codec import recorded
from domain.people import facts as f
from projections.sql import row, rows

Conn = AsyncConnection[Any]
TOPICS = [fact.TOPIC for fact in (f.PersonErased, f.PayloadErased)]
SHORTEST = 3  # letters of a name that are looked for in texts about others
ENDINGS = "аеёийоуыьюя"


class Text(msgspec.Struct, frozen=True):
    """A text of the vault. `own`: it is about the person; else it names the person, perhaps.
    The body of a scan is sealed and is not told.
    """

    payload_id: str
    subject_id: str
    kind: str
    body: str
    own: bool


class Entry(msgspec.Struct, frozen=True):
    """A fact of erasure in the log. `name`: the name went; `texts`: ids of what else went."""

    position: int
    at: datetime
    by: str
    role: str
    subject_id: str
    basis: str
    name: bool
    texts: tuple[str, ...]


_TEXTS: LiteralString = """
    SELECT v.id::text, v.subject::text, v.kind,
        CASE WHEN v.kind = 'scan' THEN '' ELSE v.body END, v.subject = %(person)s
    FROM {s}.payload v
    WHERE (v.kind <> 'name' AND v.subject = %(person)s)
        OR v.id IN (SELECT unnest(ARRAY[c.paper_id, c.scan_id]) FROM {s}.consent_given c
            WHERE c.guardian_id = %(person)s)
        OR v.id IN (SELECT w.text_id FROM {s}.talk_word w WHERE w.by = %(person)s)
        OR (v.kind NOT IN ('name', 'scan') AND EXISTS (
            SELECT 1 FROM unnest(%(words)s::text[]) word WHERE strpos(v.body, word) > 0))
    ORDER BY v.subject <> %(person)s, v.kind, v.id
"""
_KINDS: LiteralString = """
    SELECT CASE
            WHEN EXISTS (SELECT 1 FROM {s}.consent_given c WHERE c.paper_id = t.id) THEN 'consent'
            WHEN EXISTS (SELECT 1 FROM {s}.consent_given c WHERE c.scan_id = t.id) THEN 'scan'
            WHEN EXISTS (SELECT 1 FROM {s}.register_homework h WHERE h.payload_id = t.id)
                THEN 'homework'
            WHEN EXISTS (SELECT 1 FROM {s}.talk_word w WHERE w.text_id = t.id) THEN 'conversation'
            WHEN EXISTS (SELECT 1 FROM {s}.ledger_service x WHERE t.id IN (x.text_id, x.reason_id))
                THEN 'service'
            WHEN EXISTS (SELECT 1 FROM {s}.control_step c WHERE c.text_id = t.id) THEN 'remark'
            WHEN EXISTS (SELECT 1 FROM {s}.red_flag_review r WHERE r.word_id = t.id)
                THEN 'red-flag'
            ELSE 'text' END AS kind, count(*)
    FROM unnest(%s::uuid[]) t (id) GROUP BY 1 ORDER BY 1
"""


def spellings(family: str) -> list[str]:
    """The beginnings of a family name that texts may have in any case: «Петров» for «Петрову».

    Case is spelt out: the embedded database knows it of Latin letters only.
    """
    stem = family.strip().lower().rstrip(ENDINGS)
    if len(stem) < SHORTEST:
        stem = family.strip().lower()
    found = {stem, stem.replace("ё", "е")} - {""}
    return sorted({form for one in found for form in (one, one.capitalize(), one.upper())})


async def texts(conn: Conn, schema: str, person_id: str, family: str) -> list[Text]:
    """Texts about a person, papers signed by the person, and texts about others with the name."""
    found = await rows(conn, schema, _TEXTS, person=UUID(person_id), words=spellings(family))
    return [Text(*one) for one in found]


async def name_of(conn: Conn, schema: str, person_id: str) -> f.Name | None:
    """The name as the vault has it; None after erasure."""
    found = await row(
        conn,
        schema,
        "SELECT body FROM {s}.payload WHERE subject = %s AND kind = 'name'",
        UUID(person_id),
    )
    return msgspec.json.decode(found[0], type=f.Name) if found else None


async def staying(conn: Conn, schema: str, person_id: str, upto: int) -> dict[str, int]:
    """topic → how many facts up to a position name the person by id: they are to be kept."""
    found = await rows(
        conn,
        schema,
        "SELECT topic, count(*) FROM {s}.facts WHERE notification_id <= %s AND (originator_id ="
        " %s::uuid OR position(convert_to(%s, 'UTF8') IN state) > 0) GROUP BY topic ORDER BY topic",
        upto,
        person_id,
        person_id,
    )
    return dict(found)


async def entries(conn: Conn, schema: str, person_id: str) -> list[Entry]:
    """How a person was erased, in the order of the log; empty before.

    Texts about others that went by the same act at the same moment are among them.
    """
    found = [
        _entry(position, recorded(stream, version, topic, state))
        for position, stream, version, topic, state in await rows(
            conn,
            schema,
            "SELECT notification_id, originator_id, originator_version, topic, state"
            " FROM {s}.facts WHERE topic = ANY (%s) ORDER BY notification_id",
            TOPICS,
        )
    ]
    acts = {
        (one.at, one.by, one.basis) for one in found if one.name and one.subject_id == person_id
    }
    if not acts:
        return []
    return [
        one
        for one in found
        if one.subject_id == person_id or (not one.name and (one.at, one.by, one.basis) in acts)
    ]


async def kinds(conn: Conn, schema: str, payload_ids: Sequence[str]) -> dict[str, int]:
    """kind → how many, of texts that are no more: what the projections still know of them."""
    return dict(await rows(conn, schema, _KINDS, list(payload_ids)))


def _entry(position: int, one: Any) -> Entry:
    fact, envelope = one.fact, one.envelope
    return Entry(
        position,
        envelope.at,
        envelope.by,
        envelope.role,
        str(one.originator_id),
        fact.basis,
        isinstance(fact, f.PersonErased),
        () if isinstance(fact, f.PersonErased) else fact.payload_ids,
    )
