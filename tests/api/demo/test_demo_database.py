"""The demonstration on real PostgreSQL: killed at any moment, it goes on and ends the same."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

from api.demo import SCHOOL_NAME, SLUG, ZONE, Recipe, build, find
from projections.postgres.migrations import add_school
from tests.api.demo.builder import logs
from tests.api.demo.conftest import Built
from tests.conftest import SECRET

ROOT = Path(__file__).parents[3]


def killed_after(url: str, recipe: Recipe, moments: int) -> None:
    """Build in a process of its own and kill it once so many moments are in the log."""
    command = [sys.executable, "-m", "tests.api.demo.builder"]
    with subprocess.Popen(
        [*command, url, recipe.size, recipe.today.isoformat()],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        for _ in range(moments):
            assert process.stdout.readline(), "ended before it was killed"
        process.send_signal(signal.SIGKILL)


def test_a_killed_demonstration_goes_on_and_ends_the_same(database: str, small: Built) -> None:
    recipe = small.recipe
    add_school(database, SECRET, SLUG, SCHOOL_NAME, ZONE, recipe.school_id)
    killed_after(database, recipe, 30)
    killed_after(database, recipe, 400)
    with logs(database) as open_log:
        log = open_log(SLUG)
        found = find(log)
        assert found is not None
        assert not found.whole
        before = log.head().position
        assert 0 < before < len(small.log.events)
        assert build(found.recipe, open_log) > 0
        assert find(log) == find(small.log)
        ours = [(one.originator_id, one.fact) for one in log.since(0)]
        theirs = [(one.originator_id, one.fact) for one in small.log.since(0)]
        assert ours == theirs


def test_the_database_holds_the_very_facts_of_the_demonstration(
    database: str, small: Built
) -> None:
    add_school(database, SECRET, SLUG, SCHOOL_NAME, ZONE, small.recipe.school_id)
    with logs(database) as open_log:
        assert find(open_log(SLUG)) is None
        assert build(small.recipe, open_log) == len(small.log.events)
        log = open_log(SLUG)
        stored = [log.mapper.to_stored_event(one) for one in log.since(0)]
        assert [one.state for one in stored] == [one.state for one in small.log.events]
