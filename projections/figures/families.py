"""Figures of what families have of the journal, class by class."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, LiteralString

from projections.figures.figure import Conn, Context, Figure, Place
from projections.sql import STILL, rows

A_WEEK, A_DAY = timedelta(days=7), timedelta(days=1)
NO_PUPILS = "учеников сегодня нет"
NOTHING_TO_SIGN = "подписывать нечего: на прошлой неделе не было уроков или согласий на дневник"
NO_CONSENTS = "действующих согласий на дневник сегодня нет"

#: pupils of today and their class
_TODAY: LiteralString = """
    WITH today AS (
        SELECT DISTINCT c.class_id, c.name, c.grade_level, c.letter, e.pupil_id
        FROM {s}.directory_enrolment e JOIN {s}.directory_class c USING (class_id)
        WHERE c.year = %(year)s AND e.since <= %(day)s AND (e.until IS NULL OR %(day)s < e.until)
    )
"""
#: … for whose diary somebody gave a consent that holds
_CONSENTED: LiteralString = """
    , consented AS (
        SELECT DISTINCT t.*, k.guardian_id
        FROM today t JOIN {s}.directory_consent k USING (pupil_id)
        WHERE k.purpose = 'diary' AND NOT k.withdrawn
            AND k.since <= %(day)s AND (k.until IS NULL OR %(day)s < k.until)
    )
"""
_BY_CLASS: LiteralString = " GROUP BY class_id, name, grade_level, letter"
_IN_ORDER: LiteralString = " ORDER BY grade_level, letter"
_REACHABLE: LiteralString = """
    , reached AS (
        SELECT class_id, name, grade_level, letter, pupil_id, bool_or(a.person_id IS NOT NULL) AS ok
        FROM consented LEFT JOIN {s}.account a
            ON a.person_id = guardian_id AND a.disabled_at IS NULL
                AND (NOT a.must_change OR a.good_until IS NULL OR %(now)s < a.good_until)
        GROUP BY class_id, name, grade_level, letter, pupil_id
    )
    SELECT class_id::text, name, count(*) FILTER (WHERE ok), count(*) FROM reached
"""
_SIGNED: LiteralString = """
    , waiting AS (
        SELECT DISTINCT class_id, name, grade_level, letter, pupil_id FROM consented c
        WHERE EXISTS (SELECT FROM {s}.register_lesson l WHERE l.class_id = c.class_id
            AND l.valid_to = %(still)s AND l.status <> 'CANCELLED'
            AND l.date BETWEEN %(monday)s AND %(monday)s + 6)
    )
    SELECT class_id::text, name, count(*) FILTER (WHERE EXISTS (
        SELECT FROM {s}.classroom_acknowledgement a
        WHERE a.pupil_id = w.pupil_id AND a.monday = %(monday)s)), count(*)
    FROM waiting w
"""
_PAPERS: LiteralString = """
    SELECT class_id::text, name, count(*) FILTER (WHERE EXISTS (
        SELECT FROM {s}.consent_given k JOIN {s}.payload v ON v.id = k.paper_id
        WHERE k.pupil_id = t.pupil_id AND k.purpose = 'diary' AND k.withdrawn_at IS NULL
            AND k.since <= %(day)s AND (k.until IS NULL OR %(day)s < k.until))), count(*)
    FROM today t
"""
_GUARDIANS: LiteralString = """
    , family AS (
        SELECT DISTINCT t.class_id, t.name, t.grade_level, t.letter, g.guardian_id
        FROM today t JOIN {s}.directory_guardian g USING (pupil_id)
        WHERE g.since <= %(day)s AND (g.until IS NULL OR %(day)s < g.until)
    )
    SELECT class_id::text, name,
        array_remove(array_agg(CASE WHEN a.disabled_at IS NULL AND NOT a.must_change
            THEN guardian_id::text END), NULL),
        array_remove(array_agg(CASE WHEN a.person_id IS NOT NULL AND a.disabled_at IS NULL
            THEN guardian_id::text END), NULL),
        array_agg(guardian_id::text),
        array_remove(array_agg(a.person_id::text), NULL)
    FROM family LEFT JOIN {s}.account a ON a.person_id = guardian_id
"""
#: each class's own last term that is over: those of a grade level may be others
_LETTERS: LiteralString = """
    , term AS (
        SELECT c.class_id, max(t.term) AS term FROM {s}.directory_class c
        JOIN {s}.register_term t ON (t.year, t.grade_level) = (c.year, c.grade_level)
            AND t.valid_to = %(still)s AND t.ends < %(day)s
        WHERE c.year = %(year)s GROUP BY c.class_id
    ), letter AS (
        SELECT t.class_id, t.name, t.grade_level, t.letter, t.pupil_id, n.term,
            (SELECT l.position FROM {s}.classroom_letter l WHERE l.class_id = t.class_id
                AND l.pupil_id = t.pupil_id AND l.term = n.term
                ORDER BY l.position DESC LIMIT 1) AS position
        FROM today t JOIN term n USING (class_id)
    )
"""
_SENT: LiteralString = """
    SELECT class_id::text, name, count(position), count(*), max(term) FROM letter
"""
#: guardians to whom the last letter went in the program, and who looked at it afterwards
_OPENED: LiteralString = """
    , addressed AS (
        SELECT x.*, l.at, unnest(l.guardian_ids) AS guardian_id
        FROM letter x JOIN {s}.classroom_letter l USING (position) WHERE l.how = 'CABINET'
    )
    SELECT class_id::text, name, count(*) FILTER (WHERE EXISTS (
        SELECT FROM {s}.access_log a WHERE a.subject = d.pupil_id::text AND a.at >= d.at
            AND a.person_id = d.guardian_id AND a.act = 'letter' AND a.outcome = 'ok')), count(*),
        max(term)
    FROM addressed d
"""
_TOLD: LiteralString = """
    SELECT c.class_id::text, c.name, count(*) FILTER (WHERE n.state = 'sent'), count(*)
    FROM {s}.notice n JOIN {s}.directory_class c USING (class_id)
    WHERE c.year = %(year)s
        AND n.position > coalesce(
            (SELECT max(position) FROM {s}.register_moment WHERE at <= %(since)s), 0)
        AND (n.state IN ('sent', 'failed') OR n.state = 'queued' AND n.due < %(due)s)
    GROUP BY c.class_id, c.name, c.grade_level, c.letter ORDER BY c.grade_level, c.letter
"""
_LOOKED: LiteralString = """
    SELECT x.subject, k.name, count(*) FILTER (WHERE x.own), count(*)
    FROM (
        SELECT a.subject, a.subject = a.person_id::text OR EXISTS (
            SELECT FROM {s}.directory_guardian g WHERE g.guardian_id = a.person_id
                AND g.pupil_id::text = a.subject
                AND g.since <= (a.at AT TIME ZONE %(zone)s)::date
                AND (g.until IS NULL OR (a.at AT TIME ZONE %(zone)s)::date < g.until)) AS own
        FROM {s}.access_log a
        WHERE a.at > %(since)s AND a.at <= %(now)s AND a.act = 'diary' AND a.outcome = 'ok'
            AND a.basis IN ('guardian', 'self')
    ) x
    LEFT JOIN LATERAL (
        SELECT c.name FROM {s}.directory_enrolment e JOIN {s}.directory_class c USING (class_id)
        WHERE e.pupil_id::text = x.subject AND c.year = %(year)s ORDER BY e.since DESC LIMIT 1
    ) k ON true
    GROUP BY x.subject, k.name ORDER BY k.name, x.subject
"""


async def reachable(conn: Conn, schema: str, context: Context) -> Figure:
    """1.9: pupils with a consent whose guardian can sign in from afar."""
    found = await _of(conn, schema, context, _TODAY + _CONSENTED + _REACHABLE + _BY_CLASS)
    text = "учеников, чья семья с согласием может открыть дневник из дома: вход выдан"
    return _figure("1.9", text, found, "credentials", NO_CONSENTS)


async def own_child(conn: Conn, schema: str, context: Context) -> Figure:
    """1.12: diaries opened by families in seven days that were of the own child."""
    found = await rows(
        conn,
        schema,
        _LOOKED,
        since=context.now - A_WEEK,
        now=context.now,
        zone=context.zone,
        year=context.year,
    )
    text = "раз за 7 дней семья открывала дневник, и это был дневник своего ребёнка"
    strangers = tuple(
        Place(name or "дневник", f"/pupils/{pupil_id}/looks", total - own)
        for pupil_id, name, own, total in found
        if own < total
    )
    good, total = sum(one[2] for one in found), sum(one[3] for one in found)
    return Figure("1.12", text, good, total, "", "за 7 дней семьи дневник не открывали", strangers)


async def informed(conn: Conn, schema: str, context: Context) -> Figure:
    """1.13: guardians of pupils of today who were ever handed the slip that tells of the diary; a
    password that has run out since, or access that was closed, does not make them uninformed.
    """
    text = "родителей получили от школы листок о дневнике: адрес, QR-код и как войти"
    return await _credentials(conn, schema, context, ("1.13", text), 5)


async def entered(conn: Conn, schema: str, context: Context) -> Figure:
    """3.1.2: guardians of pupils of today who took their credentials and chose a password."""
    text = "родителей получили реквизиты и вошли со своим паролем"
    return await _credentials(conn, schema, context, ("3.1.2", text), 2)


async def handed_out(conn: Conn, schema: str, context: Context) -> Figure:
    """4.2.г: guardians of pupils of today who were given credentials that are in force."""
    text = "родителей, которым выданы реквизиты дневника"
    return await _credentials(conn, schema, context, ("4.2.г-2", text), 3)


async def told(conn: Conn, schema: str, context: Context) -> Figure:
    """2.2.8: notices of seven days that have arrived; a letter has a day to go out."""
    found = await rows(
        conn,
        schema,
        _TOLD,
        year=context.year,
        since=context.now - A_WEEK,
        due=context.now - A_DAY,
    )
    text = "уведомлений о новом за 7 дней доставлено семьям: в программе и письмом"
    return _figure("2.2.8", text, found, "notices", "за 7 дней семьям нечего было сообщать")


async def signed(conn: Conn, schema: str, context: Context) -> Figure:
    """2.2.9: pupils with a consent whose guardian has signed the last week of the diary, of classes
    that had lessons then: nobody signs a vacation.
    """
    monday, sunday = context.week
    found = await _of(conn, schema, context, _TODAY + _CONSENTED + _SIGNED + _BY_CLASS)
    text = f"учеников, чью неделю {monday:%d.%m}–{sunday:%d.%m} подписал кто-то из родителей"
    return _figure("2.2.9", text, found, "acknowledgements", NOTHING_TO_SIGN)


async def sent(conn: Conn, schema: str, context: Context) -> Figure:
    """4.1.в: pupils whose family was sent the letter of the last term that is over."""
    found = await _of(conn, schema, context, _TODAY + _LETTERS + _SENT + _BY_CLASS)
    text = "учеников, чьей семье отправлено письмо об успехах за последний период"
    why = "ни один период ещё не закончился, письмо — о нём"
    return _letters(text, found, why)


async def opened(conn: Conn, schema: str, context: Context) -> Figure:
    """4.1.в: guardians who opened the letter that was sent to them."""
    found = await _of(conn, schema, context, _TODAY + _LETTERS + _OPENED + _BY_CLASS)
    return _letters("писем за последний период родители открыли", found, "писем ещё не отправляли")


async def documents(conn: Conn, schema: str, context: Context) -> Figure:
    """4.2.г: pupils with a consent to the diary whose paper is kept."""
    found = await _of(conn, schema, context, _TODAY + _PAPERS + _BY_CLASS)
    text = "учеников, чьё согласие записано вместе с бумагой"
    return _figure("4.2.г-1", text, found, "consents", NO_PUPILS)


async def _of(conn: Conn, schema: str, context: Context, text: LiteralString) -> list[Any]:
    return await rows(
        conn,
        schema,
        text + _IN_ORDER,
        year=context.year,
        day=context.today,
        now=context.now,
        monday=context.week[0],
        still=STILL,
    )


async def _guardians(conn: Conn, schema: str, context: Context) -> list[Any]:
    """Classes: id, name; guardians who came in, who have credentials in force, all of them, and
    who were ever given any (ids).
    """
    if "guardians" not in context.kept:
        found = await _of(conn, schema, context, _TODAY + _GUARDIANS + _BY_CLASS)
        context.kept["guardians"] = found
    return list(context.kept["guardians"])


async def _credentials(
    conn: Conn, schema: str, context: Context, of: tuple[str, str], column: int
) -> Figure:
    """A guardian of two classes is one person in the figure, and is missing in both of them."""
    found = await _guardians(conn, schema, context)
    good = len({who for one in found for who in one[column]})
    total = len({who for one in found for who in one[4]})
    places = tuple(
        Place(name, f"/classes/{class_id}/credentials", len(all_) - len(with_))
        for class_id, name, all_, with_ in ((one[0], one[1], one[4], one[column]) for one in found)
        if len(with_) < len(all_)
    )
    return Figure(*of, good, total, "/credentials", "родители ещё не записаны", places)


def _figure(clause: str, text: str, found: list[Any], page: str, why: str) -> Figure:
    """Of rows (class, its name, good, total); each class has its page of what is missing."""
    places = tuple(
        Place(name, f"/classes/{class_id}/{page}", total - good)
        for class_id, name, good, total in found
        if good < total
    )
    good, total = sum(one[2] for one in found), sum(one[3] for one in found)
    return Figure(clause, text, good, total, "", why, places)


def _letters(text: str, found: list[Any], why: str) -> Figure:
    terms = [(f"parent-reports?term={one[4]}", one[:4]) for one in found]
    places = tuple(
        place for page, one in terms for place in _figure("4.1.в", text, [one], page, why).places
    )
    good, total = sum(one[2] for one in found), sum(one[3] for one in found)
    return Figure("4.1.в", text, good, total, "", why, places)
