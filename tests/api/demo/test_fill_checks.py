"""How the demonstration's journals are filled: counted by the projection, by SQL over the bare
facts and in memory; every planted flaw is found, and nothing else.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import msgspec
import psycopg
import pytest
from psycopg import AsyncConnection

from api.demo import SCHOOL_NAME, SLUG, ZONE, build
from domain.duties import Duty, Status
from domain.office.check_facts import FillCheckClosed
from domain.weeks import days_of
from projections import compliance
from projections.catalogue import PROJECTIONS
from projections.compliance import Book, Line
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
    wanted = {one: PROJECTIONS[one] for one in ("directory_v1", "compliance_v1")}
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


def test_every_planted_flaw_is_found_and_nothing_else(url: str, small: Built) -> None:
    expected: set[tuple[str, Duty, Status]] = set()
    for flaw in small.report["planted"]:
        for lesson in (*flaw.get("lesson_ids", ()), flaw.get("lesson_id", "")):
            expected |= {(lesson, *what) for what in EXPECTED.get(flaw["kind"], ()) if lesson}
    found = {
        (one.line.lesson_id, duty, verdict.status)
        for one in compliance.judge(lines(url), NOW)
        for duty, verdict in one.verdicts.items()
        if verdict.status in (Status.LATE, Status.MISSING)
    }
    assert found == expected
    assert {status for _, _, status in found} == {Status.LATE, Status.MISSING}


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
