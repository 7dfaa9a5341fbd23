"""Checks of the log that run by themselves: asked for in the log, done once, loud."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from uuid import uuid4

import psycopg
import pytest

from domain.audit.facts import CheckCompleted, CheckRequested
from domain.codec import decode
from domain.world import audit_id
from projections import audit
from projections.postgres.settings import Settings
from projections.postgres.upkeep import alone
from projections.seals.signer import LAST
from projections.sql import bound
from scheduler.jobs import checks as checking
from scheduler.jobs.checks import carry_out_checks, replay_log, verify_log
from scheduler.line import Job
from scheduler.work import Workshop, workshop
from tests.conftest import SECRET
from tests.ground import YEAR, request
from tests.projections.life import MORNING, Life, life
from tests.projections.seals.forger import KEY as SEAL
from tests.projections.seals.forger import ORIGIN, Forger, introduce

SLUG = "one"


@pytest.fixture
def at(database: str) -> Iterator[Life]:
    with life(database, SLUG) as one:
        introduce(one, SEAL)
        one.fold_all()
        yield one


@pytest.fixture
def shop(settings: Settings, at: Life) -> Iterator[Workshop]:
    """The pools of a scheduler process."""
    with workshop(str(settings.database_url), SECRET, settings.seals) as opened:
        yield opened


def run(shop: Workshop, job: Job) -> int:
    """The job, under its own lock; how much it did."""
    return shop.run(job.__name__, job, MORNING)[SLUG]


def told(at: Life) -> list[CheckRequested | CheckCompleted]:
    """What the log says of checks."""
    with psycopg.connect(at.url) as conn:
        rows = conn.execute(
            bound(
                "SELECT topic, state FROM {s}.facts WHERE originator_id = %s"
                " ORDER BY originator_version",
                at.schema,
            ),
            (audit_id(at.school.school_id),),
        ).fetchall()
    facts = [decode(topic, state).fact for topic, state in rows]
    return [one for one in facts if isinstance(one, CheckRequested | CheckCompleted)]


def wish(at: Life, wanted: CheckRequested) -> None:
    """Somebody asks for a check."""
    at.must(at.school.request_check(YEAR, wanted, by=at.office, request=request()))
    at.fold_all()


def test_a_night_is_verified_and_replayed_once(shop: Workshop, at: Life) -> None:
    assert [run(shop, job) for job in (verify_log, replay_log, verify_log)] == [1, 1, 0]
    at.fold_all()

    assert run(shop, carry_out_checks) == 2
    assert run(shop, carry_out_checks) == 0  # before the projector knows
    at.fold_all()
    assert run(shop, carry_out_checks) == 0

    asked, also_asked, *done = told(at)
    assert isinstance(asked, CheckRequested)
    assert isinstance(also_asked, CheckRequested)
    assert [(one.check_id, one.kind) for one in done] == [
        (asked.check_id, "verification"),
        (also_asked.check_id, "replay"),
    ]
    for one in done:
        assert isinstance(one, CheckCompleted)
        assert (one.found, one.findings) == (0, ())
        assert one.facts == one.checked_position > 20
        assert one.rows > 0
    assert len(at.read(audit.last_done)) == 2


def test_what_somebody_asked_for_is_done_as_it_was_asked(shop: Workshop, at: Life) -> None:
    wanted = CheckRequested(str(uuid4()), "replay", YEAR, MORNING)
    wish(at, wanted)

    assert run(shop, carry_out_checks) == 1

    done = told(at)[-1]
    assert isinstance(done, CheckCompleted)
    assert (done.check_id, done.year, done.until) == (wanted.check_id, YEAR, MORNING)
    assert done.found == 0


def test_what_cannot_be_checked_is_said_once_and_not_tried_for_ever(
    shop: Workshop, at: Life
) -> None:
    wish(at, CheckRequested(str(uuid4()), "replay", 1999))

    assert [run(shop, carry_out_checks) for _ in range(2)] == [1, 0]

    done = told(at)[-1]
    assert isinstance(done, CheckCompleted)
    assert [(one.kind, one.place) for one in done.findings] == [("impossible", "year 1999")]


def test_a_log_that_cannot_be_folded_is_a_finding_of_both_checks(
    shop: Workshop, at: Life, caplog: pytest.LogCaptureFixture
) -> None:
    run(shop, verify_log)
    run(shop, replay_log)
    at.fold_all()
    with psycopg.connect(at.url, autocommit=True) as conn:
        Forger(at, conn).do("UPDATE {s}.facts SET state = %s WHERE notification_id = 7", b"{}")

    with caplog.at_level(logging.ERROR):
        assert run(shop, carry_out_checks) == 2

    found = {one.kind: one for one in told(at) if isinstance(one, CheckCompleted)}
    assert [one.kind for one in found["verification"].findings][:2] == ["unreadable", "leaf"]
    assert [one.kind for one in found["replay"].findings] == ["impossible"]
    alarms = [one.getMessage() for one in caplog.records if "ALARM" in one.getMessage()]
    assert len(alarms) == 2
    assert "school one: verification found 2; first: unreadable at 7 " in alarms[0]


def test_a_changed_row_of_a_projection_is_a_finding_of_the_replay(shop: Workshop, at: Life) -> None:
    run(shop, replay_log)
    at.fold_all()
    with psycopg.connect(at.url) as conn:
        conn.execute(bound("UPDATE {s}.directory_subject SET name = 'Магия'", at.schema))

    run(shop, carry_out_checks)

    done = told(at)[-1]
    assert isinstance(done, CheckCompleted)
    assert done.found == 2
    first = done.findings[0]
    assert first.kind == "changed"
    assert first.place.startswith(f"directory_subject: year={YEAR}, subject_id=")


def test_a_check_that_a_crash_interrupts_is_done_after_all_and_once(
    shop: Workshop, at: Life, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def dies(*_: object, **__: object) -> None:
        raise SystemExit

    run(shop, verify_log)
    at.fold_all()
    with monkeypatch.context() as patch:
        patch.setattr(checking, "verify", dies)
        with pytest.raises(SystemExit):
            run(shop, carry_out_checks)

    with workshop(str(settings.database_url), SECRET) as another:
        assert run(another, carry_out_checks) == 1
        at.fold_all()
        assert run(another, carry_out_checks) == 0
    assert sum(isinstance(one, CheckCompleted) for one in told(at)) == 1


def test_a_check_that_another_scheduler_is_at_is_left_to_it(shop: Workshop, at: Life) -> None:
    run(shop, verify_log)
    at.fold_all()
    with alone(at.url, "carry_out_checks", SLUG) as mine:
        assert mine
        assert shop.run("carry_out_checks", carry_out_checks, MORNING) == {}
    assert run(shop, carry_out_checks) == 1


def test_a_replay_waits_until_the_projections_are_level(shop: Workshop, at: Life) -> None:
    run(shop, replay_log)
    at.fold_all()
    with psycopg.connect(at.url) as conn:
        conn.execute(
            bound("UPDATE {s}.bookmark SET position = position - 1 WHERE name = %s", at.schema),
            ("trail_v1",),
        )
    assert run(shop, carry_out_checks) == 0
    assert not any(isinstance(one, CheckCompleted) for one in told(at))

    at.fold_all()  # the last fact is of the audit: the trail passes it over
    assert run(shop, carry_out_checks) == 1


def test_the_note_on_the_sealers_disk_is_looked_at(
    shop: Workshop, at: Life, settings: Settings
) -> None:
    with psycopg.connect(at.url, autocommit=True) as conn:
        forger = Forger(at, conn)
        at.must(at.topic(at.lessons[0]))
        at.fold_all()
        size = len(forger.facts())
        note = forger.seal()
        room = settings.seals / ORIGIN
        room.mkdir(parents=True)
        (room / LAST).write_text(note, encoding="utf-8")
        forger.cut(size - 1)
    with workshop(str(settings.database_url), SECRET, settings.seals) as another:
        run(another, verify_log)
        at.restart()
        at.fold_all()
        run(another, carry_out_checks)

    done = told(at)[-1]
    assert isinstance(done, CheckCompleted)
    # Asking for the check has grown the log again: what was sealed is not what is there now.
    assert [(one.kind, one.place) for one in done.findings] == [("sealer_note", f"last {size}")]
