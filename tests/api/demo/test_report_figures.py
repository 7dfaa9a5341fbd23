"""Numbers of every report on the demonstration, counted again by SQL over the bare facts."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import psycopg
import pytest

from api.demo import SCHOOL_NAME, SLUG, ZONE, build
from projections.catalogue import PROJECTIONS
from projections.folding import catch_up
from projections.postgres.database import APP, PROJECTOR, conninfo, schema_of
from projections.postgres.migrations import add_school
from projections.reports import FORMS
from tests.api.demo.builder import logs
from tests.api.demo.conftest import Built
from tests.conftest import SECRET, admin, clone, url_of
from tests.recount import Recount
from tests.recount.forms import RECOUNTS

YEAR = 2026
SCHEMA = schema_of(SLUG)
NOW = datetime(2026, 11, 23, 6, tzinfo=UTC)
#: forms with nothing to count here: no year is over, nobody came or went, no pupils are ranked.
#: Their figures are those of a class counted by hand (tests/api/reports)
EMPTY = {"final_marks", "movements", "rating"}
_FOLDED = (
    "directory_v1",
    "register_v1",
    "office_v1",
    "trail_v1",
    "compliance_v1",
    "control_v1",
    "results_v1",
)


@pytest.fixture(scope="module")
def school(server: str, template: str, small: Built) -> Iterator[Recount]:
    """The small demonstration in a database, as far as reports look."""
    name = "test_report_figures"
    clone(server, name, template)
    url = url_of(server, name)
    add_school(url, SECRET, SLUG, SCHOOL_NAME, ZONE, small.recipe.school_id)
    with logs(url) as open_log:
        build(small.recipe, open_log)
    with psycopg.connect(conninfo(url, PROJECTOR, SECRET), autocommit=True) as conn:
        catch_up(conn, SCHEMA, {one: PROJECTIONS[one] for one in _FOLDED})
    yield Recount(url, conninfo(url, APP, SECRET), SCHEMA, YEAR, NOW)
    admin(server, "DROP DATABASE {} WITH (FORCE)", name)


@pytest.mark.parametrize("form", sorted(RECOUNTS.keys() - EMPTY))
def test_every_figure_of_a_form_is_that_of_sql_over_the_facts(school: Recount, form: str) -> None:
    figures = 0
    for pair in RECOUNTS[form](school):
        assert pair.told == pair.by_sql, pair.what
        figures += len(pair.told)
    assert figures > 0


def test_every_form_is_counted_again() -> None:
    assert RECOUNTS.keys() == FORMS.keys()
