"""How the demonstration's journals are filled: counted by the projection, by SQL over the bare
facts and in memory; every planted flaw is found, and nothing else.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import msgspec
import psycopg
import pytest
from psycopg import AsyncConnection

from api.demo import SCHOOL_NAME, SLUG, ZONE, build
from api.demo.year import school_calendar
from domain.calendar import monday
from domain.duties import Duty, Status
from domain.office.check_facts import FillCheckClosed
from domain.regulation import Regulation
from domain.weeks import days_of
from projections import classroom, compliance, terms
from projections.catalogue import PROJECTIONS
from projections.compliance import Book, Lack, Line
from projections.folding import catch_up
from projections.postgres.database import APP, PROJECTOR, conninfo, schema_of
from projections.postgres.migrations import add_school
from tests.api.demo.builder import logs
from tests.api.demo.conftest import Built
from tests.conftest import SECRET, admin, clone, url_of

NOW = datetime(2026, 11, 23, 6, tzinfo=UTC)
YEAR = 2026
SCHEMA = schema_of(SLUG)
#: kind of flaw → what of a lesson it spoils, and how
EXPECTED: dict[str, set[tuple[Duty, Status]]] = {
    "late_fill": {(duty, Status.LATE) for duty in Duty},
    "backdated_fill": {(duty, Status.LATE) for duty in Duty},
    "marks_without_topic": {(Duty.TOPIC, Status.MISSING)},
    "marks_without_lesson": {
        (Duty.TOPIC, Status.MISSING),
        (Duty.ATTENDANCE, Status.MISSING),
        (Duty.HOMEWORK, Status.MISSING),
    },
    "late_homework": {(Duty.HOMEWORK, Status.LATE)},
    "missing_homework": {(Duty.HOMEWORK, Status.MISSING)},
    "missing_attendance": {(Duty.ATTENDANCE, Status.MISSING)},
    "unfilled_journal": {
        (Duty.TOPIC, Status.MISSING),
        (Duty.ATTENDANCE, Status.MISSING),
        (Duty.HOMEWORK, Status.MISSING),
    },
}


@pytest.fixture(scope="module")
def url(server: str, template: str, small: Built) -> Iterator[str]:
    """The small demonstration in a database, folded."""
    name = "test_fill_checks"
    clone(server, name, template)
    where = url_of(server, name)
    add_school(where, SECRET, SLUG, SCHOOL_NAME, ZONE, small.recipe.school_id)
    with logs(where) as open_log:
        build(small.recipe, open_log)
    names = ("directory_v1", "compliance_v1", "register_v1", "classroom_v1", "results_v1")
    wanted = {one: PROJECTIONS[one] for one in names}
    with psycopg.connect(conninfo(where, PROJECTOR, SECRET), autocommit=True) as conn:
        catch_up(conn, SCHEMA, wanted)
    yield where
    admin(server, "DROP DATABASE {} WITH (FORCE)", name)


def book(url: str, since: date, until: date) -> Book:
    async def ask() -> Book:
        conn = await AsyncConnection.connect(conninfo(url, APP, SECRET), autocommit=True)
        async with conn:
            return await compliance.book(conn, SCHEMA, YEAR, since, until)

    return asyncio.run(ask())


def lines(url: str) -> list[Line]:
    """Every lesson of the year."""
    return book(url, date(YEAR, 9, 1), date(YEAR + 1, 8, 31)).lines


def planted_in(planted: list[dict[str, Any]]) -> set[tuple[str, Duty, Status]]:
    """What these flaws spoil: lesson, duty and how."""
    return {
        (lesson, *what)
        for flaw in planted
        for lesson in (*flaw.get("lesson_ids", ()), flaw.get("lesson_id", ""))
        for what in EXPECTED.get(flaw["kind"], ())
        if lesson
    }


def found_in(lessons: list[Line], now: datetime) -> set[tuple[str, Duty, Status]]:
    """What is late or missing: lesson, duty and which."""
    return {
        (one.line.lesson_id, duty, verdict.status)
        for one in compliance.judge(lessons, now)
        for duty, verdict in one.verdicts.items()
        if verdict.status in (Status.LATE, Status.MISSING)
    }


def test_every_planted_flaw_is_found_and_nothing_else(url: str, small: Built) -> None:
    found = found_in(lines(url), NOW)
    assert found == planted_in(small.report["planted"])
    assert {status for _, _, status in found} == {Status.LATE, Status.MISSING}


def test_too_few_marks_are_of_the_planted_pupils_and_of_nobody_else(url: str, small: Built) -> None:
    """Of the closed term: «чего не хватает к концу периода»."""
    year, number = small.recipe.anchor()
    calendar = school_calendar(year)
    term = calendar.term(number)
    assert term is not None

    async def ask() -> list[Lack]:
        conn = await AsyncConnection.connect(conninfo(url, APP, SECRET), autocommit=True)
        async with conn:
            lessons = await compliance.book(conn, SCHEMA, year, term.starts, term.ends)
            return await compliance.lacks(
                conn, SCHEMA, lessons, term, calendar, Regulation(), NOW, NOW.date()
            )

    lacks = asyncio.run(ask())
    reported = {
        (one.class_id, one.subject_id, short.pupil_id, short.marks, one.needed)
        for one in lacks
        for short in one.short
    }
    assert reported == {
        tuple(flaw[name] for name in ("class_id", "subject_id", "pupil_id", "marks", "needed"))
        for flaw in small.planted("few_marks")
    }
    assert len(reported) < sum(one.pupils for one in lacks) / 10


def test_weeks_without_a_signature_and_absences_without_a_reason_are_the_planted(
    url: str, small: Built
) -> None:
    today = NOW.date()

    async def ask() -> tuple[list[Any], list[Any], list[Any]]:
        conn = await AsyncConnection.connect(conninfo(url, APP, SECRET), autocommit=True)
        async with conn:
            since = date(YEAR, 9, 1)
            weeks = await classroom.unsigned(conn, SCHEMA, YEAR, since, monday(today))
            absences = await classroom.overdue(conn, SCHEMA, YEAR, today)
            return weeks, absences, await terms.requests(conn, SCHEMA)

    weeks, absences, requests = asyncio.run(ask())
    assert {(class_id, day.isoformat()) for class_id, _, day in weeks} == {
        (flaw["class_id"], flaw["monday"])
        for kind in ("unsigned_week", "unexplained_absences")
        for flaw in small.planted(kind)
    }
    assert [(one.class_id, one.pupil_id, one.lessons) for one in absences] == [
        (flaw["class_id"], flaw["pupil_id"], len(flaw["lesson_ids"]))
        for flaw in small.planted("unexplained_absences")
    ]
    assert [one.request_id for one in requests if not one.answer] == [
        flaw["request_id"] for flaw in small.planted("request_waiting")
    ]


#: the rules of the demonstration by hand: seven days, the day of the lesson, no grade 1
_SQL = """
    WITH f AS (SELECT notification_id, originator_id::text AS stream, topic,
            convert_from(state, 'UTF8')::jsonb AS body FROM {schema}.facts),
    planned AS (
        SELECT l->>0 AS id, stream AS class_id, (l->>1)::date AS day, notification_id
        FROM f, jsonb_array_elements(body->'fact'->'series') s,
            jsonb_array_elements(s->'lessons') l WHERE topic = 'journal.lessons-scheduled'
        UNION ALL
        SELECT body->'fact'->>'lesson_id', stream, (body->'fact'->>'date')::date, notification_id
        FROM f WHERE topic IN ('journal.lesson-added', 'journal.lesson-moved')),
    lesson AS (SELECT DISTINCT ON (id) id, class_id, day FROM planned
        ORDER BY id, notification_id DESC),
    level AS (SELECT body->'fact'->>'class_id' AS class_id,
            (body->'fact'->>'grade_level')::int AS level
        FROM f WHERE topic = 'office.class-formed'),
    off AS (SELECT body->'fact'->>'lesson_id' AS id FROM f
        WHERE topic = 'journal.lesson-cancelled'),
    control AS (SELECT body->'fact'->>'lesson_id' AS id FROM f
        WHERE topic = 'journal.topic-recorded' AND body->'fact'->>'kind' = 'CONTROL'),
    duty (duty, topics, days) AS (VALUES
        ('topic', ARRAY['journal.topic-recorded'], 1),
        ('attendance', ARRAY['journal.attendance-taken'], 8),
        ('homework', ARRAY['journal.homework-assigned', 'journal.homework-not-assigned'], 1),
        ('marks', ARRAY['journal.mark-given'], 8)),
    first AS (SELECT body->'fact'->>'lesson_id' AS id, duty,
            min((body->>'at')::timestamptz) AS at
        FROM f JOIN duty ON topic = ANY (topics) GROUP BY 1, 2),
    asked AS (SELECT lesson.id, day, duty, at,
            (day + days)::timestamp AT TIME ZONE '{zone}' AS late_from,
            lesson.id NOT IN (SELECT id FROM off)
                AND NOT (duty IN ('homework', 'marks') AND level = 1)
                AND (duty <> 'marks' OR at IS NOT NULL OR lesson.id IN (SELECT id FROM control))
                AS required
        FROM lesson JOIN level USING (class_id) CROSS JOIN duty LEFT JOIN first USING (id, duty))
    SELECT to_char(day, 'IYYY-"W"IW'), duty, CASE WHEN NOT required THEN 'NOT_REQUIRED'
            WHEN at IS NULL AND %(now)s < late_from THEN 'PENDING'
            WHEN at IS NULL THEN 'MISSING'
            WHEN at < late_from THEN 'ON_TIME' ELSE 'LATE' END AS status, count(*)
    FROM asked GROUP BY 1, 2, 3
"""


def test_the_figures_are_those_of_sql_over_the_bare_facts(url: str) -> None:
    with psycopg.connect(url) as conn:
        text = _SQL.format(schema=SCHEMA, zone=ZONE)
        by_sql = {
            (week, duty, status): count
            for week, duty, status, count in conn.execute(text.encode(), {"now": NOW})
        }
    told: Counter[tuple[str, str, str]] = Counter()
    for one in compliance.judge(lines(url), NOW):
        for duty, verdict in one.verdicts.items():
            told[compliance.week_of(one.line.date), str(duty), str(verdict.status)] += 1
    assert dict(told) == by_sql
    assert sum(told.values()) > 4_000


def closed_facts(small: Built) -> dict[str, FillCheckClosed]:
    return {
        one.fact.week: one.fact
        for one in small.log.since(0)
        if isinstance(one.fact, FillCheckClosed)
    }


def test_weeks_are_closed_on_their_mondays_with_the_figures_of_the_projection(
    url: str, small: Built
) -> None:
    closed = closed_facts(small)
    assert len(closed) >= 9
    for week, fact in closed.items():
        starts, ends = days_of(week)
        again = compliance.found_in(week, book(url, starts, ends), ZONE, fact.checked_position)
        assert again == fact, week


def test_a_check_is_closed_before_anything_else_of_its_monday(small: Built) -> None:
    for one in small.log.since(0):
        if isinstance(one.fact, FillCheckClosed):
            over = compliance.over(one.fact.week, ZONE)
            assert timedelta() < one.envelope.at - over < timedelta(minutes=15)
            assert msgspec.structs.asdict(one.fact)["lessons"] > 0
