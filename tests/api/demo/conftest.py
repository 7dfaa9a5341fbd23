"""Demonstrations built once a session on a log in memory."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache, cached_property, lru_cache
from typing import Any

import pytest

from api.demo import Recipe, build, report
from api.demo.chance import Chance
from api.demo.plan import Plan, plan
from api.demo.recipe import SizeName
from domain.engine import Engine
from domain.journal.facts import JournalOpened
from domain.journal.state import Journal
from domain.school import School
from domain.world import World
from tests.api.demo.evidence import Evidence, weigh
from tests.api.demo.memory_log import MemoryLog

TODAY = date(2026, 11, 23)


@dataclass(frozen=True)
class Built:
    """A demonstration and what its facts say."""

    recipe: Recipe
    log: MemoryLog
    evidence: Evidence
    report: dict[str, Any]

    @cached_property
    def journals(self) -> list[Journal]:
        """The journals of every class and year."""
        opened = [one for one in self.log.since(0) if isinstance(one.fact, JournalOpened)]
        world = World(self.log, 1_000)
        return [world.journal(str(one.originator_id)) for one in opened]

    def planted(self, kind: str) -> list[dict[str, Any]]:
        """Planted flaws of a kind; there are some."""
        found = [one for one in self.report["planted"] if one["kind"] == kind]
        assert found, kind
        return found


@lru_cache(maxsize=2)
def plan_of(recipe: Recipe) -> Plan:
    """The plan of a demonstration, thought up once for several tests."""
    return plan(recipe)


def construct(recipe: Recipe) -> Built:
    """Build on an empty log, anew."""
    log = MemoryLog()
    build(recipe, lambda _: log)
    return Built(recipe, log, weigh(log.since(0)), report(recipe))


@cache
def once(size: SizeName) -> Built:
    """A demonstration that is only looked at. A fixture with parameters would be forgotten between
    one file and the next: the school takes twenty seconds.
    """
    return construct(Recipe(size, TODAY))


@pytest.fixture(scope="session")
def small() -> Built:
    """Three classes and one term and a bit."""
    return once("small")


@pytest.fixture
def school_again(built: Built) -> Iterator[School]:
    """The write door of a demonstration, for somebody else's commands."""
    chance = Chance("school again")
    engine = Engine(
        lambda _: built.log, clock=lambda: datetime(2026, 11, 23, 9, tzinfo=UTC), salts=chance.salt
    )
    yield School(engine, "again", built.recipe.school_id, ids=chance.id, salts=chance.salt)
    engine.close()


@pytest.fixture(
    scope="session",
    params=["small", pytest.param("school", marks=[pytest.mark.slow, pytest.mark.timeout(400)])],
)
def built(request: pytest.FixtureRequest) -> Built:
    """Either size: what is planted is true in both."""
    return once(request.param)
