"""The verification: silent about a whole log, and with a name for everything that can be wrong."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any, get_args

import psycopg
import pytest

from domain.audit.facts import MOST_FINDINGS, AccessDaySealed, Finding, FindingKind
from domain.values import AttendanceCode
from projections.access_log import day_hash
from projections.postgres.database import READER, conninfo
from projections.seals.checkpoint import Checkpoint
from projections.seals.note import Note
from projections.verification import rows, tiles, verify
from projections.verification.findings import Findings
from tests.conftest import SECRET
from tests.ground import TODAY, register, request
from tests.projections.life import Life, life
from tests.projections.seals.forger import (
    KEY,
    ORIGIN,
    Forger,
    kinds,
    school_day,
    spelled,
    verified,
)

#: What a replay finds, and what is said when nothing can be checked.
OF_REPLAYS = {"missing", "extra", "changed", "impossible"}

#: A change (`mark` is the position of the first mark) → the finding that it must bring.
CHANGES: dict[FindingKind, str] = {
    "head": "UPDATE {s}.head SET last = last + 1",
    "gap": "DELETE FROM {s}.facts WHERE notification_id = mark",
    "version": "UPDATE {s}.facts SET originator_version = 900 WHERE notification_id = mark",
    "unreadable": "UPDATE {s}.facts SET state = 'no fact' WHERE notification_id = mark",
    "strange_stream": "UPDATE {s}.facts SET originator_version = 2, originator_id ="
    " (SELECT originator_id FROM {s}.facts WHERE topic = 'audit.seal-key-introduced')"
    " WHERE notification_id = mark",
    "moment": "UPDATE {s}.facts SET state = convert_to(replace(convert_from(state, 'UTF8'),"
    " '\"at\":\"2026', '\"at\":\"2025'), 'UTF8') WHERE notification_id = mark",
    "leaf": "UPDATE {s}.facts SET state = state || ' ' WHERE notification_id = mark",
    "sql_leaf": "CREATE OR REPLACE FUNCTION pg_catalog.sha256(bytea) RETURNS bytea LANGUAGE sql"
    " AS $$ SELECT substring(sha512($1) FOR 32) $$",
    "tile": "UPDATE {s}.tree_tile SET hashes = '' WHERE level = 1",
    "tree_behind": "DELETE FROM {s}.bookmark WHERE name = 'tree_v1'",
    "checkpoint": "UPDATE {s}.checkpoint SET root = sha256('')",
    "signature": "UPDATE {s}.cosignature SET line = replace(line, 'A', 'B')",
    "access_log": "INSERT INTO {s}.access_log (at, act, subject, outcome)"
    " VALUES ('2026-11-20T12:00:00Z', 'diary', 'somebody', 'ok')",
    "minted": "DELETE FROM {s}.minted"
    " WHERE id = (SELECT mark_id FROM {s}.register_mark WHERE valid_from = mark)",
}


@pytest.fixture
def at(database: str) -> Iterator[Life]:
    with life(database) as one:
        yield one


@pytest.fixture
def forger(at: Life) -> Iterator[Forger]:
    with psycopg.connect(at.url, autocommit=True) as conn:
        yield Forger(at, conn)


@pytest.fixture
def notes(at: Life, forger: Forger) -> list[str]:
    return school_day(at, forger)


def found(at: Life, **how: Any) -> list[tuple[str, str]]:
    """Kinds and places of what is found."""
    return [(one.kind, one.place) for one in verified(at, **how).findings]


def test_a_school_that_lives_agrees_with_its_tree_and_its_seals(
    at: Life, forger: Forger, notes: list[str]
) -> None:
    for lesson in at.lessons[2:5]:
        at.must(at.topic(lesson))
        at.must(at.attendance(lesson, p1=AttendanceCode.ILL))
        for n, pupil in enumerate(at.pupils):
            at.must(at.mark(lesson, pupil, "4", f"{lesson} {n}"))
    at.must(at.rename(at.pupils[0], "Иванов"))
    at.must(at.erase(at.pupils[1]))
    at.fold_all()
    notes.append(forger.seal())

    report = verified(at, outside=notes, sealer_note=notes[-1], keys=[KEY.verifier])

    facts = forger.facts()
    assert report.agrees, report
    assert report.first_wrong_row is None
    assert report.facts == report.position == len(facts) > 50
    assert report.checkpoints == 3
    assert report.tiles == len(facts) // 16 + 2  # … and one above them
    assert bytes.fromhex(report.root) == Checkpoint.of(Note.parse(notes[-1])).root


def test_an_empty_log_agrees(database: str) -> None:
    register(database, "one")

    with psycopg.connect(conninfo(database, READER, SECRET), autocommit=True) as conn:
        report = verify(conn, "school_one", ORIGIN, TODAY)

    assert report.agrees
    assert (report.position, report.tiles) == (0, 0)


def seal_a_day(at: Life) -> None:
    """The log keeps the hash of a day's access log: one line, shortly after a Moscow midnight."""
    friday = date(2026, 11, 20)
    with psycopg.connect(at.url, autocommit=True) as conn:
        conn.execute(
            "INSERT INTO school_one.access_log (at, act, subject, outcome)"
            " VALUES ('2026-11-19T21:00:00Z', 'diary', 'somebody', 'ok')"
        )
        lines, hashed = day_hash(conn, at.schema, friday, "Europe/Moscow")
    assert lines == 1
    sealed = AccessDaySealed(friday, lines, hashed)
    at.must(at.school.seal_access_day(sealed, by=at.office, request=request()))
    at.fold_all()
    assert verified(at).agrees


@pytest.mark.parametrize("kind", CHANGES)
def test_each_kind_of_finding_is_found(
    at: Life, forger: Forger, notes: list[str], kind: FindingKind
) -> None:
    assert verified(at).agrees
    if kind == "access_log":
        seal_a_day(at)
    marks = [one for one in forger.facts() if one.topic == "journal.mark-given"]
    if kind == "tree_behind":
        at.clock.go(minutes=2)

    forger.do(CHANGES[kind].replace("= mark", f"= {marks[0].position}"))

    report = verified(at)
    assert kind in kinds(report), report


def test_no_kind_of_finding_is_without_a_test() -> None:
    by_notes = {"outside_note", "sealer_note"}  # in test_attacks.py
    assert set(get_args(FindingKind)) == CHANGES.keys() | by_notes | OF_REPLAYS


def test_only_the_first_are_listed_and_all_are_counted() -> None:
    findings = Findings()
    for position in range(100, 0, -1):
        findings.add("leaf", position, str(position))

    assert findings.count == 100
    assert findings.first() == tuple(
        Finding("leaf", str(position)) for position in range(1, MOST_FINDINGS + 1)
    )


def test_an_id_that_no_fact_has_brought_is_named(
    at: Life, forger: Forger, notes: list[str]
) -> None:
    stranger = "5e0c8f77-6a58-4c07-9a86-2f6f1f6b7c55"
    forger.do("INSERT INTO {s}.minted (id) VALUES (%s)", stranger)

    assert found(at) == [("minted", stranger)]


def test_the_outcome_does_not_depend_on_pages(
    at: Life, forger: Forger, notes: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    forger.do("UPDATE {s}.facts SET state = state || ' ' WHERE notification_id IN (3, 17, 33)")
    whole = verified(at, outside=notes)
    assert whole.found > 3
    seen: list[int] = []

    monkeypatch.setattr(rows, "PAGE", 3)
    monkeypatch.setattr(tiles, "PAGE", 1)

    assert verified(at, outside=notes, progress=seen.append) == whole
    assert max(seen) == 3
    assert sum(seen) == whole.facts


def test_a_log_that_grows_meanwhile_is_verified_as_it_was(
    at: Life, forger: Forger, notes: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    size = len(forger.facts())
    monkeypatch.setattr(rows, "PAGE", 10)
    more = iter(at.lessons[2:])

    def meanwhile(_done: int) -> None:
        at.must(at.topic(next(more)))
        at.fold_all()
        forger.seal()

    report = verified(at, progress=meanwhile)

    assert report.agrees, report
    assert (report.position, report.checkpoints) == (size, 2)
    assert verified(at).position > size


def test_what_is_no_id_or_no_time_is_a_finding_and_no_crash(
    at: Life, forger: Forger, notes: list[str]
) -> None:
    facts = forger.facts()
    mark = next(one for one in facts if one.topic == "journal.mark-given")
    for old, new in ((b'"mark_id":"', b'"mark_id":"?'), (b'Z","by"', b'","by"')):
        assert old in mark.state
        forger.do(
            "UPDATE {s}.facts SET state = %s WHERE notification_id = %s",
            mark.state.replace(old, new),
            mark.position,
        )
        report = verified(at)
        assert report.first_wrong_row == spelled(mark)
    forger.do(
        "UPDATE {s}.facts SET topic = repeat('a', 70000), originator_version = -1"
        " WHERE notification_id = %s",
        mark.position,
    )
    assert verified(at).found
