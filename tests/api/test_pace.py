"""A diary is read, not copied by the hundred."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import psycopg
import pytest
from fastapi.testclient import TestClient

from api.auth.pace import WITHIN, Pace
from api.errors import TooMany
from projections.postgres.database import schema_of
from tests.api.ground import SLUG, Clock, Desk
from tests.cast import MASHA, PETYA

At = Callable[[str], Desk]


def test_one_diary_too_many_waits_until_the_first_is_an_hour_old(clock: Clock) -> None:
    pace = Pace(clock, most=2)
    pace.open("vera", "a")
    clock.forward(timedelta(minutes=20))
    pace.open("vera", "b")
    pace.open("vera", "a")  # again is no other
    pace.open("olga", "c")  # each for oneself
    with pytest.raises(TooMany) as refused:
        pace.open("vera", "c")
    assert refused.value.extra["retry_after"] == 40 * 60 + 1
    clock.forward(WITHIN - timedelta(minutes=20))
    pace.open("vera", "c")


def test_v2_4_1_who_goes_through_the_diaries_is_stopped_and_it_is_noted(
    client: TestClient, desk: At, kukarino: str, caplog: pytest.LogCaptureFixture
) -> None:
    kira = desk("kira")
    assert kira.get(f"/pupils/{PETYA}/marks").status_code == 200
    [door] = client.app.state.house._doors.values()  # type: ignore[attr-defined]
    door.pace.most = 1
    refused = kira.get(f"/pupils/{MASHA}/marks")
    assert (refused.status_code, refused.json()["code"]) == (429, "diary.too_many")
    assert int(refused.headers["retry-after"]) > 0
    assert kira.get(f"/pupils/{PETYA}/marks").status_code == 200
    assert any("ALARM" in one.message for one in caplog.records)
    with psycopg.connect(kukarino) as conn:
        query = f"SELECT outcome, basis FROM {schema_of(SLUG)}.access_log WHERE subject = %s"
        found = conn.execute(query.encode(), (MASHA,)).fetchall()
    assert ("refused", "diary.too_many") in found
