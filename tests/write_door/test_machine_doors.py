"""Commands, imports, jobs: each proves `state == fold(facts)`, or changes nothing."""

from __future__ import annotations

from pathlib import Path
from threading import Thread

import pytest

from api import demo
from api.commands.demo import opened, plant
from domain.world import World
from projections.postgres import migrations
from projections.postgres.database import PROJECTOR, conninfo, schema_of
from projections.postgres.settings import Settings
from projections.projector import Projector
from tests.conftest import SECRET
from tests.ground import engine_on, lay, register, school_on
from tests.write_door import ledger
from tests.write_door.by_machine import ELSEWHERE, EXERCISES, Seal, letopis
from tests.write_door.conftest import Places
from tests.write_door.doors import commands, imports, jobs
from tests.write_door.exercise import exercised
from tests.write_door.ground import SCHEMA, Place, a_place

DOORS = commands() | imports() | jobs()
REGISTER = "tests/write_door/by_machine.py says at its top how to add one line"


def test_every_command_import_and_job_has_an_exercise() -> None:
    known = EXERCISES.keys() | ELSEWHERE.keys()
    lacking, gone = sorted(DOORS - known), sorted(known - DOORS)

    assert not lacking, f"without an exercise; {REGISTER}"
    assert not gone, "exercises of doors that are no more"
    assert not EXERCISES.keys() & ELSEWHERE.keys()


def test_every_proof_elsewhere_is_there() -> None:
    named = {words for words in ELSEWHERE.values() if words.startswith("test_")}
    assert named <= globals().keys()


def test_every_table_has_its_place(place: Place) -> None:
    tables = {name for name in place.ledger().rows if not name.startswith("school_")}
    strange = tables - ledger.LOG - ledger.PROJECTED - ledger.OWN.keys() - {"public.school"}

    assert not strange, "say in tests/write_door/ledger.py what these tables are"


def own_door(door: str) -> str:
    """An import is a word of `letopis` as well."""
    return f"letopis {door}" if door.startswith("import ") else door


@pytest.mark.parametrize("door", sorted(EXERCISES))
def test_through_the_door(places: Places, door: str) -> None:
    exercised(places.next(door), own_door(door), EXERCISES[door])


def test_the_projector_writes_what_it_shows_and_nothing_else(place: Place) -> None:
    place.settle()
    place.room()
    before = place.ledger()
    projector = Projector(conninfo(place.url, PROJECTOR, SECRET))
    thread = Thread(target=projector.run, name="projector")
    thread.start()
    position = place.log.head().position
    try:
        answer = place.desk("vera").get("/session", min_position=position)
    finally:
        projector.stop.set()
        thread.join()

    assert answer.status_code == 200
    after = place.ledger()
    ledger.assert_continued(before, after)
    changed = after.changed(before)
    assert "bookmark" in changed
    assert changed <= ledger.PROJECTED | {"session"}
    ledger.assert_shown(place.url, SCHEMA)


def test_the_sealer_announces_its_key_by_a_fact(kukarino: str, tmp_path: Path) -> None:
    with a_place(kukarino, tmp_path) as place:
        announcing = Seal(own=frozenset(), facts=True)
        exercised(place, "letopis seal", lambda _: announcing)


def test_a_new_school_leaves_the_others_alone(kukarino: str) -> None:
    before = ledger.read(kukarino, SCHEMA)

    assert letopis(kukarino, "school", "add", "zarechnaya", "--name", "Заречная школа") == 0

    after = ledger.read(kukarino, SCHEMA)
    assert after.changed(before) == {"public.school", "school_zarechnaya"}
    assert ledger.read(kukarino, "school_zarechnaya").facts == []


def test_a_migration_adds_tables_and_touches_no_fact(blank: str) -> None:
    every = migrations._files
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            migrations, "_files", lambda kind: every(kind)[: -1 if kind == "school" else None]
        )
        register(blank, "one")
        with engine_on(blank) as engine:
            lay(school_on(engine, "one"))
    before = ledger.read(blank, "school_one")
    assert len(before.facts) > 10

    assert letopis(blank, "migrate") == 0

    after = ledger.read(blank, "school_one")
    ledger.assert_continued(before, after)
    assert after.rows["migration"].total() == before.rows["migration"].total() + 1
    assert not after.changed(before) & before.rows.keys() - {"migration"}
    ledger.assert_shown(blank, "school_one")


def test_the_demonstration_is_the_fold_of_its_facts(database: str, tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path, secret=SECRET, database_url=database)
    school = schema_of(demo.SLUG)

    plant(settings, database, "small", lambda: None)  # what `letopis up` does on an empty database

    planted = ledger.read(database, school)
    assert {one[0] for one in planted.facts} == set(range(1, planted.head[0] + 1))
    assert planted.requested == len(planted.facts)
    with opened(settings, database) as log:
        ledger.assert_folded(planted, None, World(log(demo.SLUG), 1_000_000), None)
    ledger.assert_shown(database, school)
    before = ledger.read(database, school)
    assert letopis(database, "demo") == 0
    assert ledger.read(database, school).changed(before) == set()
