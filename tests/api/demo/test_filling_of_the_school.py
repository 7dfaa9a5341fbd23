"""How the large demonstration is filled this year: every planted flaw is found, and no other.

The small one, with its figures and its other lists, is in test_fill_checks.py.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import UTC, date, datetime, time

import pytest
from psycopg import AsyncConnection

from api.demo import SLUG
from api.demo.year import school_calendar
from domain.journal.facts import MarksCarried
from projections import compliance
from projections.catalogue import PROJECTIONS
from projections.postgres.database import APP, conninfo, schema_of
from tests.api.demo.conftest import TODAY, Built, once
from tests.api.demo.flagged import fold
from tests.api.demo.test_fill_checks import found_in, planted_in
from tests.conftest import SECRET, admin, clone, url_of

SCHEMA = schema_of(SLUG)
YEAR = TODAY.year
NOW = datetime.combine(TODAY, time(6), UTC)
pytestmark = [pytest.mark.slow, pytest.mark.timeout(400)]


@pytest.fixture(scope="module")
def school() -> Built:
    """The large one."""
    return once("school")


@pytest.fixture(scope="module")
def url(server: str, template: str, school: Built) -> Iterator[str]:
    """Its classes of this year, folded."""
    name = "filling_of_the_school"
    clone(server, name, template)
    where = url_of(server, name)
    before = frozenset(one.class_id for one in school.journals if one.year != YEAR)
    wanted = ("directory_v1", "compliance_v1")
    fold(where, school, [PROJECTIONS[one] for one in wanted], before)
    yield where
    admin(server, "DROP DATABASE {} WITH (FORCE)", name)


def test_every_planted_flaw_of_the_year_is_found_and_nothing_else(url: str, school: Built) -> None:
    classes = {one.class_id for one in school.journals if one.year == YEAR}
    planted = [one for one in school.report["planted"] if one.get("class_id") in classes]

    async def ask() -> compliance.Book:
        conn = await AsyncConnection.connect(conninfo(url, APP, SECRET), autocommit=True)
        async with conn:
            return await compliance.book(conn, SCHEMA, YEAR, date(YEAR, 9, 1), TODAY)

    book = asyncio.run(ask())
    assert len({one.class_id for one in book.lines}) == len(classes)
    assert found_in(book.lines, NOW) == planted_in(planted) != set()


def test_a_pupil_who_changes_the_class_brings_the_marks_of_the_running_term(school: Built) -> None:
    """Those given by the eve of the transfer, and the term marks before it."""
    [carried] = [one for one in school.log.since(0) if isinstance(one.fact, MarksCarried)]
    brought = carried.fact
    assert isinstance(brought, MarksCarried)
    [old, new] = [
        next(one for one in school.journals if one.class_id == number)
        for number in (brought.from_class, str(carried.originator_id))
    ]
    assert (old.year, old.grade_level) == (new.year, new.grade_level)
    terms = {school_calendar(old.year).term_of(one.date) for one in brought.marks}
    [running] = terms
    assert running is not None
    assert len(brought.marks) > 20
    assert {one.term for one in brought.term_marks} == set(range(1, running.number))
