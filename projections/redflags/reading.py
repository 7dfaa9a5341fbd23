"""Reading red flags. Names and words are joined at read; time is an argument."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time
from typing import Any, LiteralString, NamedTuple
from zoneinfo import ZoneInfo

import msgspec
from psycopg import AsyncConnection

from domain.red_flags import Code
from projections.names import shown
from projections.sql import rows

Conn = AsyncConnection[Any]
PAGE = 50
MOST_POSITIONS = 200

#: answered: somebody has looked into it; open: nobody has yet
STATUSES = ("open", "answered")


class Filters(msgspec.Struct, frozen=True, kw_only=True):
    """Which flags; None is all. since and until are days in the zone, both included.

    classes: only those wholly within these classes; by: whom a flag is about; unraised: F10 that
    are none (`at_one_place`).
    """

    code: str | None = None
    class_id: str | None = None
    classes: tuple[str, ...] | None = None
    pupil_id: str | None = None
    subject_id: str | None = None
    by: str | None = None
    status: str | None = None
    since: date | None = None
    until: date | None = None
    position: int | None = None
    unraised: tuple[int, ...] = ()
    zone: str = "UTC"


class Review(NamedTuple):
    """Somebody has looked into a flag; `word` is "" once erased."""

    at: datetime
    by_id: str
    by: str
    word: str


class Found(msgspec.Struct, frozen=True):
    """A flag. Names are "" where there is nothing to name; `positions` are the first of them."""

    code: Code
    position: int
    last: int
    at: datetime
    class_id: str | None
    class_name: str
    subject_id: str | None
    subject: str
    lesson_id: str | None
    lesson_date: date | None
    pupil_id: str | None
    pupil: str
    mark_id: str | None
    term: int | None
    term_name: str
    by_id: str
    by: str
    session: str | None
    other: str | None
    count: int
    detail: dict[str, Any]
    positions: Sequence[int]
    reviews: Sequence[Review] = ()


_FLAGS: LiteralString = """
    FROM {s}.red_flag f WHERE (f.due IS NULL OR f.due <= %(now)s)
"""
_ANSWERED: LiteralString = (
    " EXISTS (SELECT 1 FROM {s}.red_flag_review r WHERE (r.code, r.flag) = (f.code, f.position))"
)
_CLAUSES: dict[str, LiteralString] = {
    "code": " AND f.code = %(code)s",
    "class_id": " AND f.class_id = %(class_id)s",
    "classes": " AND f.class_id = ANY (%(classes)s::uuid[])",
    "pupil_id": " AND f.pupil_id = %(pupil_id)s",
    "subject_id": " AND f.subject_id = %(subject_id)s",
    "by": " AND f.by = %(by)s",
    "since": " AND f.at >= %(since)s",
    "until": " AND f.at <= %(until)s",
    "position": " AND f.position = %(position)s",
    "unraised": " AND NOT (f.code = 'F10' AND f.position = ANY (%(unraised)s))",
}
_STATUS: dict[str, LiteralString] = {"open": " AND NOT" + _ANSWERED, "answered": " AND" + _ANSWERED}
_COLUMNS: LiteralString = """
    SELECT f.code, f.position, f.last, f.at, f.class_id::text, coalesce(c.name, ''),
        f.subject_id::text, coalesce(s.name, ''), f.lesson_id::text, f.lesson_date,
        f.pupil_id::text, p.full_name, f.mark_id::text, f.term::int, coalesce(y.name, ''),
        f.by::text, b.full_name, f.session, f.other, f.count, f.detail,
        array(SELECT x.position FROM {s}.red_flag_fact x
            WHERE (x.code, x.flag) = (f.code, f.position) ORDER BY x.position LIMIT %(most)s)
    FROM ({{flags}}) f
    LEFT JOIN {s}.directory_class c USING (class_id)
    LEFT JOIN {s}.directory_subject s ON (s.year, s.subject_id) = (c.year, f.subject_id)
    LEFT JOIN {s}.directory_person p ON p.person_id = f.pupil_id
    LEFT JOIN {s}.directory_person b ON b.person_id = f.by
    LEFT JOIN {s}.register_term y ON f.term IS NOT NULL AND y.valid_to = 9223372036854775807
        AND (y.year, y.grade_level, y.term) = (c.year, c.grade_level, f.term)
    ORDER BY f.last DESC, f.code DESC, f.position DESC
"""
_REVIEWS: LiteralString = """
    SELECT r.code, r.flag, r.at, r.by::text, coalesce(p.full_name, ''), coalesce(v.body, '')
    FROM {s}.red_flag_review r
    LEFT JOIN {s}.directory_person p ON p.person_id = r.by
    LEFT JOIN {s}.payload v ON v.id = r.word_id
    WHERE (r.code, r.flag) IN (SELECT * FROM unnest(%(codes)s::text[], %(flags)s::bigint[]))
    ORDER BY r.position
"""


async def red_flags(
    conn: Conn,
    schema: str,
    filters: Filters,
    now: datetime,
    cursor: str | None = None,
    limit: int = PAGE,
) -> tuple[list[Found], str | None]:
    """Flags as of now, those with the newest facts first, and the cursor of the next page.

    Raises ValueError for a cursor that is not ours.
    """
    where, ask = _where(filters, now)
    if cursor is not None:
        last, code, position = cursor.split(".")
        ask |= {"after_last": int(last), "after_code": f"F{int(code)}", "after": int(position)}
        where += " AND (f.last, f.code, f.position) < (%(after_last)s, %(after_code)s, %(after)s)"
    page: LiteralString = (
        "SELECT f.*" + where + " ORDER BY f.last DESC, f.code DESC, f.position DESC LIMIT %(limit)s"
    )
    text: LiteralString = _COLUMNS.replace("{{flags}}", page)
    found = await rows(conn, schema, text, **ask, limit=limit + 1, most=MOST_POSITIONS)
    flags = [_found(one) for one in found[:limit]]
    reviews = await _reviews(conn, schema, flags)
    flags = [
        msgspec.structs.replace(flag, reviews=reviews.get((flag.code, flag.position), ()))
        for flag in flags
    ]
    if len(found) <= limit:
        return flags, None
    tail = flags[-1]
    return flags, f"{tail.last}.{tail.code.removeprefix('F')}.{tail.position}"


async def one(
    conn: Conn,
    schema: str,
    code: str,
    position: int,
    now: datetime,
    classes: tuple[str, ...] | None = None,
    unraised: tuple[int, ...] = (),
) -> Found | None:
    """The flag of this name, or None."""
    filters = Filters(code=code, position=position, classes=classes, unraised=unraised)
    found, _ = await red_flags(conn, schema, filters, now, limit=1)
    return found[0] if found else None


async def counts(conn: Conn, schema: str, filters: Filters, now: datetime) -> dict[str, int]:
    """Code → how many flags."""
    where, ask = _where(filters, now)
    text: LiteralString = "SELECT f.code, count(*)" + where + " GROUP BY f.code"
    return dict(await rows(conn, schema, text, **ask))


_OF_YEAR: LiteralString = """
    AND (f.class_id IS NULL OR f.class_id IN (
        SELECT class_id FROM {s}.red_flag_class WHERE year = %(year)s))
"""
_UNQUESTIONED: LiteralString = """
    SELECT count(*) FILTER (WHERE m.position NOT IN (SELECT x.position FROM {s}.red_flag_fact x
        JOIN ({{flags}}) f ON (x.code, x.flag) = (f.code, f.position))), count(*)
    FROM {s}.red_flag_mark m JOIN {s}.red_flag_lesson USING (lesson_id)
    JOIN {s}.red_flag_class c USING (class_id) WHERE m.alive AND c.year = %(year)s
"""


async def looked_into(conn: Conn, schema: str, year: int, now: datetime) -> tuple[int, int]:
    """Flags of a school year that somebody has looked into, and all of them."""
    text: LiteralString = "SELECT count(*) FILTER (WHERE" + _ANSWERED + "), count(*)"
    [found] = await rows(conn, schema, text + _FLAGS + _OF_YEAR, year=year, now=now)
    return found[0], found[1]


async def unquestioned(conn: Conn, schema: str, year: int, now: datetime) -> tuple[int, int]:
    """Living marks of a school year that are behind no flag, and all of them."""
    text: LiteralString = "SELECT f.code, f.position" + _FLAGS + _OF_YEAR
    counted: LiteralString = _UNQUESTIONED.replace("{{flags}}", text)
    [found] = await rows(conn, schema, counted, year=year, now=now)
    return found[0], found[1]


class SignIn(NamedTuple):
    """Where a sign-in came from, as long as that is kept; `new`: the person had never signed in
    with such a browser from such an address before.
    """

    at: datetime
    address: str
    user_agent: str
    new: bool


_SIGN_INS: LiteralString = """
    SELECT a.session_id::text, a.created, coalesce(host(a.ip), ''), coalesce(a.user_agent, ''),
        NOT EXISTS (SELECT 1 FROM {s}.session b WHERE b.person_id = a.person_id
            AND b.created < a.created AND b.ip IS NOT DISTINCT FROM a.ip
            AND b.user_agent IS NOT DISTINCT FROM a.user_agent)
    FROM {s}.session a WHERE a.session_id::text = ANY (%s)
"""


_AT_ONE_PLACE: LiteralString = """
    SELECT f.position FROM {s}.red_flag f WHERE f.code = 'F10' AND (
        EXISTS (SELECT 1 FROM {s}.session a JOIN {s}.session b ON a.ip = b.ip
            WHERE a.session_id::text = f.session AND b.session_id::text = f.other)
        OR EXISTS (SELECT 1 FROM {s}.api_token t WHERE t.token_id::text IN (f.session, f.other)))
    ORDER BY 1
"""


async def at_one_place(conn: Conn, schema: str) -> tuple[int, ...]:
    """F10 that are none: two windows at one address are one place, and a program of one's own is no
    second person. Sign-ins are the program's own to read, never a caller's.
    """
    return tuple(position for (position,) in await rows(conn, schema, _AT_ONE_PLACE))


async def sign_ins(conn: Conn, schema: str, sessions: Sequence[str]) -> dict[str, SignIn]:
    """Session → where it came from. Sign-ins are no facts: old ones may be gone."""
    found = await rows(conn, schema, _SIGN_INS, list(sessions)) if sessions else []
    return {session: SignIn(*rest) for session, *rest in found}


def _where(filters: Filters, now: datetime) -> tuple[LiteralString, dict[str, Any]]:
    text: LiteralString = _FLAGS
    ask: dict[str, Any] = {"now": now}
    if filters.status is not None:
        text += _STATUS[filters.status]
    zone = ZoneInfo(filters.zone)
    days = {"since": (filters.since, time.min), "until": (filters.until, time.max)}
    wanted = msgspec.structs.asdict(filters) | {
        name: day and datetime.combine(day, clock, zone) for name, (day, clock) in days.items()
    }
    for name, clause in _CLAUSES.items():
        value = wanted[name]
        if value not in (None, ()) or (name == "classes" and value is not None):
            text += clause
            ask[name] = list(value) if isinstance(value, tuple) else value
    return text, ask


async def _reviews(
    conn: Conn, schema: str, flags: list[Found]
) -> dict[tuple[str, int], list[Review]]:
    found: dict[tuple[str, int], list[Review]] = {}
    if flags:
        for code, flag, at, by_id, by, word in await rows(
            conn,
            schema,
            _REVIEWS,
            codes=[one.code for one in flags],
            flags=[one.position for one in flags],
        ):
            found.setdefault((code, flag), []).append(Review(at, by_id, by and shown(by), word))
    return found


def _found(row: tuple[Any, ...]) -> Found:
    one = Found(*row)
    return msgspec.structs.replace(
        one,
        pupil=shown(one.pupil) if one.pupil_id else "",
        by=(one.by and shown(one.by)) or "",  # the server's own command line has no name
        detail=msgspec.json.decode(row[_DETAIL]),
    )


_DETAIL = Found.__struct_fields__.index("detail")
