"""Many schools in one process: found by their host, and none starves another."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from fastapi.testclient import TestClient

from api.shares import Shares
from projections.postgres import migrations
from projections.postgres.settings import Settings
from tests.api.ground import SLUG, Clock, running
from tests.api.telephone import refusal
from tests.api.test_pressure import house_of
from tests.conftest import SECRET

OTHER = "lesnaya"


@pytest.fixture
def both(kukarino: str, tmp_path: Path, clock: Clock) -> Iterator[TestClient]:
    """Two schools behind one process, which answers two requests of each at once."""
    migrations.add_school(kukarino, SECRET, OTHER, "Лесная", "Asia/Omsk", str(uuid4()))
    settings = Settings(tmp_path, SECRET, database_url=kukarino, pool_max=4, school_at_once=2)
    with running(settings, clock) as client:
        yield client


def at(client: TestClient, host: str, path: str = "/api/v1/session") -> tuple[int, str]:
    """Status and code of an answer."""
    return refusal(client.get(path, headers={"Host": host}))


def test_a_school_is_found_by_its_host_and_nothing_else_is(both: TestClient) -> None:
    for host in (f"{SLUG}.example.org", f"{OTHER}.example.org:8000", OTHER.upper()):
        assert at(both, host) == (401, "session.required")
    for host in ("example.org", "www.example.org", "127.0.0.1", f"{OTHER}x", ""):
        assert at(both, host) == (404, "school.unknown")
    page = both.get("/sign-in", headers={"Host": "nowhere.example.org"})
    assert page.status_code == 404
    assert "По этому адресу нет школы" in page.text
    assert both.get("/healthz", headers={"Host": "nowhere.example.org"}).status_code == 200


def test_beyond_its_share_a_school_waits_and_its_neighbour_does_not(
    both: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Here nobody may even wait: whoever comes is told to come back."""
    monkeypatch.setattr("api.shares.WAITING", 0)
    at(both, SLUG)  # the registry is known
    leave, _ = (taken(house_of(both).shares) for _ in range(2))

    crowded = both.get("/api/v1/session", headers={"Host": SLUG})
    page = both.get("/sign-in", headers={"Host": SLUG})

    assert refusal(crowded) == (503, "school.crowded")
    assert crowded.headers["Retry-After"] == page.headers["Retry-After"] == "1"
    assert page.status_code == 503
    assert "слишком много запросов сразу" in page.text
    assert at(both, OTHER) == (401, "session.required")
    for _ in range(2):
        leave()  # said twice, it is one place
    assert at(both, SLUG) == (401, "session.required")


def test_who_waits_is_let_in_by_turns_and_who_goes_away_takes_no_place() -> None:
    async def story() -> list[str]:
        shares = Shares(1)
        came: list[str] = []

        async def one(name: str) -> None:
            leave = await shares.enter(SLUG)
            came.append(name)
            leave()

        leave = await shares.enter(SLUG)
        waiting = [asyncio.create_task(one(name)) for name in "abcd"]
        await asyncio.sleep(0)
        waiting[1].cancel()
        leave()  # the place is given to «a», who is gone before taking it
        waiting[0].cancel()
        await asyncio.gather(*waiting, return_exceptions=True)
        assert shares.under_way(SLUG) == 0
        return came

    assert asyncio.run(story()) == ["c", "d"]


def taken(shares: Shares) -> Callable[[], None]:
    """A place that is free."""
    with pytest.raises(StopIteration) as done:
        shares.enter(SLUG).send(None)
    leave: Callable[[], None] = done.value.value
    return leave


def test_what_is_answered_is_not_under_way_any_more(both: TestClient) -> None:
    """By a page, a refusal, a swift answer, a path that is not there."""
    for path in ("/sign-in", "/api/v1/session", "/jobs", "/nowhere", "/static/nothing"):
        for _ in range(3):
            at_once = both.get(path, headers={"Host": SLUG}, follow_redirects=False)
            assert at_once.status_code != 503, path
    assert house_of(both).shares.under_way(SLUG) == 0


def test_one_school_alone_may_have_it_all(kukarino: str, tmp_path: Path, clock: Clock) -> None:
    settings = Settings(tmp_path, SECRET, database_url=kukarino, pool_max=4, school_at_once=1)
    with running(settings, clock) as client:
        house = house_of(client)
        at(client, SLUG)

        assert house.share_of(SLUG) is None
        assert at(client, "any.host.at.all") == (401, "session.required")
