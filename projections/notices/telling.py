"""What of the log is to be told to families, and to whom: read from the trail, written once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any, LiteralString, NamedTuple

import psycopg
from psycopg import AsyncConnection

from domain.notices import KIND_OF, USUAL_OF, Channel, Hours, Kind, Pace, due
from domain.values import ABSENCES, AttendanceCode
from projections.sql import bound, row, rows
from projections.terms.suggesting import Membership, membership

Conn = AsyncConnection[Any]

#: positions at a time
STEP = 2_000
#: projections that tell what happened and to whom it is to be told
_NEEDED = ("trail_v1", "register_v1", "directory_v1", "grants_v1")
_TOLD_OF = sorted(map(str, ABSENCES | {AttendanceCode.LATE}))
_AWAY = [kind for kind, of in KIND_OF.items() if of is Kind.ABSENCE]

_FOLDED: LiteralString = "SELECT min(position), count(*) FROM {s}.bookmark WHERE name = ANY (%s)"
_LINES: LiteralString = """
    SELECT t.position, t.ordinal, t.at, t.kind, t.pupil_id::text, t.class_id::text,
        l.subject_id::text, l.subgroup_id::text, l.date, h.individual_for::text[]
    FROM {s}.trail_v1 t
    LEFT JOIN {s}.register_lesson l ON l.lesson_id = t.lesson_id
        AND l.valid_from <= t.position AND t.position < l.valid_to
    LEFT JOIN {s}.register_homework h ON h.homework_id = t.mark_id
        AND h.valid_from <= t.position AND t.position < h.valid_to
    WHERE t.position > %(after)s AND t.position <= %(upto)s AND NOT t.imported
        AND t.kind = ANY (%(kinds)s)
        AND (t.kind <> ALL (%(away)s) OR t.pupil_id IS NOT NULL
            AND (t.value = ANY (%(codes)s) OR t.old_value = ANY (%(codes)s)))
    ORDER BY t.position, t.ordinal
"""
#: who answers for the pupils and may read their diary that day; whether letters and push are
#: agreed to
_GUARDIANS: LiteralString = """
    SELECT g.pupil_id::text, g.guardian_id::text, bool_or(c.purpose = 'email'),
        bool_or(c.purpose = 'push')
    FROM {s}.directory_guardian g JOIN {s}.directory_consent c USING (pupil_id, guardian_id)
    WHERE g.pupil_id = ANY (%(pupils)s::uuid[]) AND g.since <= %(day)s
        AND (g.until IS NULL OR %(day)s < g.until)
        AND NOT c.withdrawn AND c.since <= %(day)s AND (c.until IS NULL OR %(day)s < c.until)
        AND NOT EXISTS (SELECT FROM {s}.grant_limit x
            WHERE x.pupil_id = g.pupil_id AND x.guardian_id = g.guardian_id
            AND x.since <= %(day)s AND (x.until IS NULL OR %(day)s < x.until))
    GROUP BY 1, 2 HAVING bool_or(c.purpose = 'diary')
"""
#: consents to the diary that hold on a day and end within a while, whose giver was not told yet
_ENDING: LiteralString = """
    SELECT c.pupil_id::text, c.guardian_id::text, e.class_id::text
    FROM (
        SELECT DISTINCT ON (pupil_id, guardian_id) pupil_id, guardian_id, since, until,
            withdrawn_at, given_at
        FROM {s}.consent_given WHERE purpose = 'diary'
        ORDER BY pupil_id, guardian_id, position DESC
    ) c
    JOIN {s}.directory_enrolment e ON e.pupil_id = c.pupil_id
        AND e.since <= %(day)s AND (e.until IS NULL OR %(day)s < e.until)
    WHERE c.withdrawn_at IS NULL AND c.since <= %(day)s
        AND %(day)s < c.until AND c.until <= %(before)s
        AND NOT EXISTS (SELECT FROM {s}.notice n WHERE n.kind = %(kind)s AND n.at >= c.given_at
            AND (n.person_id, n.pupil_id) = (c.guardian_id, c.pupil_id))
"""
#: of a line that is in no trail
ASIDE = -1
_INSERT: LiteralString = (
    "INSERT INTO {s}.notice (position, ordinal, pupil_id, person_id, channel, class_id, kind, at,"
    " due, state, sent_at) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)"
    " ON CONFLICT DO NOTHING"
)


class Told(NamedTuple):
    """A line of the trail that a pupil's family is told."""

    position: int
    ordinal: int
    at: datetime
    kind: Kind
    pupil_id: str
    class_id: str


class Reader(NamedTuple):
    """Somebody who is told about a pupil; who has agreed to letters about this pupil, and to words
    on a device.
    """

    person_id: str
    letters: bool
    pushes: bool = False


class Heard(NamedTuple):
    """What is told up to a position, and who hears it (pupil → readers)."""

    upto: int
    told: list[Told]
    readers: Mapping[str, Sequence[Reader]]


async def folded(conn: Conn, schema: str) -> int:
    """The position up to which everything that telling needs is folded; 0 while something is not
    there.
    """
    found = await row(conn, schema, _FOLDED, list(_NEEDED))
    return int(found[0]) if found and found[1] == len(_NEEDED) else 0


async def hear(conn: Conn, schema: str, after: int, day: date) -> Heard:
    """What families are to be told of the next positions after one, by the consents of a day."""
    upto = min(await folded(conn, schema), after + STEP)
    if upto <= after:
        return Heard(after, [], {})
    found = await rows(
        conn,
        schema,
        _LINES,
        after=after,
        upto=upto,
        kinds=list(KIND_OF),
        away=_AWAY,
        codes=_TOLD_OF,
    )
    told: list[Told] = []
    lists: dict[tuple[str, str], Membership] = {}
    for position, ordinal, at, kind, pupil_id, class_id, subject, subgroup, on, alone in found:
        whom: Iterable[str] = [pupil_id] if pupil_id else alone or ()
        if not whom and subject is not None:
            if (class_id, subject) not in lists:
                lists[class_id, subject] = await membership(conn, schema, class_id, subject)
            of = lists[class_id, subject]
            whom = [one for one in of.spans if of.attends(one, on, subgroup)]
        told += [Told(position, ordinal, at, KIND_OF[kind], one, class_id) for one in whom]
    return Heard(upto, told, await readers_of(conn, schema, {one.pupil_id for one in told}, day))


async def readers_of(
    conn: Conn, schema: str, pupils: Iterable[str], day: date
) -> dict[str, list[Reader]]:
    """pupil → guardians whose consent opens the diary that day, and the pupil."""
    readers = {pupil: [Reader(pupil, letters=False)] for pupil in pupils}
    found = await rows(conn, schema, _GUARDIANS, pupils=list(readers), day=day)
    for pupil, guardian, letters, pushes in found:
        readers[pupil].append(Reader(guardian, letters, pushes))
    return readers


async def consents_ending(
    conn: Conn, schema: str, day: date, before: date, now: datetime
) -> list[Heard]:
    """Who is to be told that a consent ends before a day; each once a consent."""
    upto = await folded(conn, schema)
    kind = Kind.CONSENT_ENDING
    found = await rows(conn, schema, _ENDING, day=day, before=before, kind=str(kind))
    readers = await readers_of(conn, schema, {pupil for pupil, _, _ in found}, day)
    return [
        Heard(
            0,
            [Told(upto, ASIDE, now, kind, pupil, class_id)],
            {pupil: [one for one in readers[pupil] if one.person_id == guardian]},
        )
        for pupil, guardian, class_id in found
    ]


#: what was written before that is nobody's news when a school begins to tell
NEWS = timedelta(days=7)
_BEGIN: LiteralString = """
    INSERT INTO {s}.notice_progress
    SELECT true, coalesce(max(position), 0) FROM {s}.trail_v1 WHERE at < %s
    ON CONFLICT DO NOTHING
"""


def begun(conn: psycopg.Connection[Any], schema: str, now: datetime, folded: int) -> int | None:
    """The position up to which families have been told; a school that has told nothing yet begins
    with the last week. None until everything written so far is folded: what is not there yet might
    be old.
    """
    found = conn.execute(bound("SELECT position FROM {s}.notice_progress", schema)).fetchone()
    if found is not None:
        return int(found[0])
    [(head,)] = conn.execute(bound("SELECT last FROM {s}.head", schema)).fetchall()
    if folded < head:
        return None
    conn.execute(bound(_BEGIN, schema), (now - NEWS,))
    return begun(conn, schema, now, folded)


def tell(conn: psycopg.Connection[Any], schema: str, heard: Heard, now: datetime, zone: str) -> int:
    """Write down who is to be told what, and how far that goes, in one transaction; answers how
    many rows. Twice is once.
    """
    hours = hours_of(conn, schema)
    people = {one.person_id for of in heard.readers.values() for one in of}
    choices, equipped = _choices(conn, schema, people), _equipped(conn, schema, people)
    lines: list[tuple[Any, ...]] = []
    for one in heard.told:
        for reader in heard.readers[one.pupil_id]:
            head = (one.position, one.ordinal, one.pupil_id, reader.person_id)
            body = (one.class_id, str(one.kind), one.at)
            lines.append((*head, str(Channel.INBOX), *body, one.at, "sent", now))
            for channel, wanted in (
                (Channel.EMAIL, reader.letters),
                (Channel.PUSH, reader.pushes and reader.person_id in equipped),
            ):
                usual = USUAL_OF[channel][one.kind]
                pace = choices.get((reader.person_id, channel, one.kind), usual)
                if wanted and (then := due(pace, now, zone, hours)) is not None:
                    lines.append((*head, str(channel), *body, then, "queued", None))
    with conn.transaction(), conn.cursor() as cursor:
        cursor.executemany(bound(_INSERT, schema), lines)
        cursor.execute(
            bound("UPDATE {s}.notice_progress SET position = greatest(position, %s)", schema),
            (heard.upto,),
        )
    return len(lines)


def hours_of(conn: psycopg.Connection[Any], schema: str) -> Hours:
    """The school's hours; the usual ones until they are set."""
    found = conn.execute(
        bound("SELECT publish, quiet_from, quiet_until, weekday FROM {s}.notice_hours", schema)
    ).fetchone()
    return Hours(*found) if found else Hours()


def _choices(
    conn: psycopg.Connection[Any], schema: str, people: Iterable[str]
) -> dict[tuple[str, str, str], Pace]:
    found = conn.execute(
        bound(
            "SELECT person_id::text, channel, kind, pace FROM {s}.notice_choice"
            " WHERE person_id = ANY (%s::uuid[])",
            schema,
        ),
        (list(people),),
    ).fetchall()
    return {(person, channel, kind): Pace(pace) for person, channel, kind, pace in found}


def _equipped(conn: psycopg.Connection[Any], schema: str, people: Iterable[str]) -> set[str]:
    """Who has a device that is told."""
    found = conn.execute(
        bound(
            "SELECT DISTINCT person_id::text FROM {s}.push_device"
            " WHERE person_id = ANY (%s::uuid[]) AND ended_at IS NULL",
            schema,
        ),
        (list(people),),
    ).fetchall()
    return {person for (person,) in found}
