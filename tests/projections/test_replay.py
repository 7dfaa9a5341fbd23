"""Replay finds every difference; a rebuild swaps in what replay agrees with."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from typing import LiteralString

import psycopg
import pytest

from projections import rebuild as rebuilding
from projections import replay as replaying
from projections import waiting
from projections.diary.desk import Desk, Written
from projections.postgres.database import PROJECTOR, conninfo
from projections.rebuild import rebuild
from projections.replay import replay
from projections.sql import bound
from tests.conftest import SECRET
from tests.ground import YEAR
from tests.projections.life import MORNING, Life, life


@pytest.fixture
def at(database: str) -> Iterator[Life]:
    with life(database) as one:
        yield one


def write_some(at: Life) -> None:
    """A topic, a mark with a comment and its correction an hour later."""
    lesson = at.lessons[0]
    at.must(at.topic(lesson))
    at.must(at.mark(lesson, at.pupils[0], "2", "mark", "Слабо"))
    at.clock.go(hours=1)
    at.must(at.correct("mark", "2", "4", "ошибка"))
    at.fold_all()


@pytest.mark.parametrize(
    ("change", "table", "what"),
    [
        ("UPDATE {s}.trail_v1 SET old_value = '3' WHERE old_value = '2'", "trail_v1", "changed"),
        ("DELETE FROM {s}.register_mark WHERE corrected", "register_mark", "missing"),
        (
            "INSERT INTO {s}.register_taken SELECT gen_random_uuid(), 1",
            "register_taken",
            "extra",
        ),
        (
            "DELETE FROM {s}.diary_v1 WHERE etag = (SELECT min(etag) FROM {s}.diary_v1)",
            "diary_v1",
            "missing",
        ),
        (
            "UPDATE {s}.tree_tile SET hashes = hashes || '\\x00' WHERE level = 1",
            "tree_tile",
            "changed",
        ),
        ("UPDATE {s}.diary_mark SET was = NULL", "diary_mark", "changed"),
    ],
)
def test_one_changed_row_is_found_and_named(
    at: Life, change: LiteralString, table: str, what: str
) -> None:
    write_some(at)
    assert replay(at.projector, at.schema).agrees
    at.projector.execute(bound(change, at.schema))
    report = replay(at.projector, at.schema)
    assert report.differing == 1
    [difference] = report.differences
    assert (difference.table, difference.what) == (table, what)


def test_a_year_is_replayed_alone_and_finds_its_own_differences(at: Life) -> None:
    write_some(at)
    report = replay(at.projector, at.schema, year=YEAR)
    assert report.agrees
    assert report.tables["register_mark"] == 2
    assert "directory_person" in report.skipped
    at.projector.execute(bound("DELETE FROM {s}.register_topic", at.schema))
    assert not replay(at.projector, at.schema, year=YEAR).agrees
    with pytest.raises(LookupError, match="в 1999 году нет классов"):
        replay(at.projector, at.schema, year=1999)


def test_a_past_moment_is_replayed_against_what_keeps_its_past(at: Life) -> None:
    write_some(at)
    then = MORNING + timedelta(minutes=1)
    report = replay(at.projector, at.schema, as_of=then)
    assert report.agrees
    assert report.tables["register_mark"] == 1
    assert report.position == replay(at.projector, at.schema).position - 1
    assert "diary_v1" in report.skipped
    at.projector.execute(
        bound("UPDATE {s}.register_mark SET value = '3' WHERE NOT corrected", at.schema)
    )
    assert not replay(at.projector, at.schema, as_of=then).agrees


def test_replay_leaves_nothing_behind_and_changes_nothing(at: Life) -> None:
    write_some(at)
    before = at.page()
    assert replay(at.projector, at.schema).agrees
    assert replay(at.projector, at.schema).agrees
    assert at.page() == before


def test_a_rebuild_mends_what_was_spoilt_and_the_projector_goes_on(at: Life) -> None:
    write_some(at)
    at.projector.execute(bound("DELETE FROM {s}.diary_v1", at.schema))
    at.projector.execute(bound("DELETE FROM {s}.trail_v1", at.schema))
    steps: list[int] = []
    with psycopg.connect(at.url, autocommit=True) as admin:
        position = rebuild(admin, at.schema, ["diary_v1", "trail_v1"], progress=steps.append)
    assert sum(steps) == position == at.read(waiting.position_of)
    assert replay(at.projector, at.schema).agrees
    at.must(at.mark(at.lessons[1], at.pupils[0], "5", "after"))
    at.fold_all()  # the same projector, whose memory is of the tables that are gone
    assert replay(at.projector, at.schema).agrees
    assert at.week(at.pupils[0]) is not None


def test_a_rebuild_in_many_pages_holds_a_week_back_until_it_is_quiet(
    at: Life, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_some(at)
    written: list[tuple[object, ...]] = []
    store = Desk._store

    def noted(to: Desk, cursor: object, documents: list[Written]) -> None:
        written.extend(one[:2] for one in documents)
        store(to, cursor, documents)  # type: ignore[arg-type]

    monkeypatch.setattr(Desk, "_store", noted)
    for module in (rebuilding, replaying):
        monkeypatch.setattr(module, "WHOLE_LOG_PAGE", 1)

    with psycopg.connect(at.url, autocommit=True) as admin:
        rebuild(admin, at.schema, ["diary_v1"])

    # The week of the mark: when it was scheduled, and once for topic, mark, comment, correction.
    assert max(Counter(written).values()) == 2
    monkeypatch.undo()
    assert replay(at.projector, at.schema).agrees


def test_a_rebuild_takes_over_what_the_living_ones_have_not_folded_yet(at: Life) -> None:
    write_some(at)
    at.must(at.mark(at.lessons[1], at.pupils[0], "5", "unfolded"))
    with psycopg.connect(at.url, autocommit=True) as admin:
        rebuild(admin, at.schema, ["register_v1"])
    assert at.read(waiting.position_of, "register_v1") == (
        at.read(waiting.position_of, "diary_v1") + 1
    )
    at.fold_all()
    assert replay(at.projector, at.schema).agrees


def test_rebuilt_tables_have_the_rights_and_indexes_of_the_old_ones(at: Life) -> None:
    def shape() -> list[tuple[str, ...]]:
        with psycopg.connect(at.url) as conn:
            rights = conn.execute(
                "SELECT relname, relkind::text, relowner::regrole::text,"
                " (SELECT string_agg(a::text, ' ' ORDER BY a::text) FROM unnest(relacl) a)"
                " FROM pg_class WHERE relnamespace = %s::regnamespace AND relkind IN ('r', 'i')"
                " ORDER BY relname",
                (at.schema,),
            )
            return rights.fetchall()

    at.fold_all()
    before = shape()
    with psycopg.connect(at.url, autocommit=True) as admin:
        rebuild(admin, at.schema)
    assert sorted(map(str, shape())) == sorted(map(str, before))


def test_a_rebuild_of_what_is_not_there_changes_nothing(at: Life) -> None:
    at.fold_all()
    with psycopg.connect(at.url, autocommit=True) as admin, pytest.raises(KeyError):
        rebuild(admin, at.schema, ["diary_v9"])
    with psycopg.connect(conninfo(at.url, PROJECTOR, SECRET), autocommit=True) as conn:
        assert replay(conn, at.schema).agrees
