"""No page of a school of full size is over 100 kB as it travels."""

from __future__ import annotations

from datetime import UTC, datetime, time
from pathlib import Path

import psycopg
import pytest

from api import demo
from api.commands.demo import opened, plant
from domain.values import Role
from projections.folding import catch_up
from projections.postgres.database import PROJECTOR, conninfo, schema_of
from projections.postgres.settings import Settings
from tests.api.demo.conftest import TODAY
from tests.api.ground import Clock, Desk, running
from tests.api.test_no_page_is_a_dead_end import walked
from tests.conftest import SECRET

WHO = (Role.TEACHER, Role.CLASS_TEACHER, Role.DEPUTY, Role.ADMINISTRATOR, Role.PARENT, Role.PUPIL)


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_every_page_of_a_whole_school_is_light(
    database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("api.commands.demo.local_date", lambda *_: TODAY)
    settings = Settings(data_dir=tmp_path, secret=SECRET, database_url=database, pool_max=4)
    plant(settings, database, "school", lambda: None)
    with psycopg.connect(conninfo(database, PROJECTOR, SECRET), autocommit=True) as conn:
        catch_up(conn, schema_of(demo.SLUG))
    with opened(settings, database) as log:
        found = demo.find(log(demo.SLUG))
    assert found
    accounts = {one.role: one for one in reversed(demo.accounts(found.recipe))}
    with running(settings, Clock(datetime.combine(TODAY, time(12), UTC))) as client:
        for role in WHO:
            one = accounts[role]
            assert len(walked(client, Desk(client, one.login, password=one.password))) > 3, role
