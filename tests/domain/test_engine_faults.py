"""The write door when others write too, and when the database is away."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from uuid import UUID

import msgspec
import pytest
from eventsourcing.persistence import (
    DataError,
    IntegrityError,
    InterfaceError,
    JSONTranscoder,
    OperationalError,
    StoredEvent,
)

from domain.codec import FactMapper, Recorded
from domain.engine import AWAY_ATTEMPTS
from domain.fact import Fact
from domain.people import facts as f
from domain.refusals import Busy, Conflict, NotFound
from domain.world import World
from domain.writing import Answer, Decided
from tests.cast import an_id
from tests.domain.engine_room import (
    SLUG,
    WAIT_S,
    Room,
    issue,
    nobody,
    register,
    request,
    text_of,
)
from tests.domain.memory_log import Fault, MemoryLog, fail, nothing
from tests.specs import envelope


@pytest.fixture
def room() -> Iterator[Room]:
    room = Room()
    yield room
    room.engine.close(WAIT_S)


@pytest.fixture
def pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """How long the engine would have waited, in seconds."""
    asked: list[float] = []
    monkeypatch.setattr("domain.engine.time.sleep", asked.append)
    return asked


def receipts(*futures: Answer) -> list[tuple[int, int]]:
    return [(r.position, r.facts) for r in (future.result(WAIT_S) for future in futures)]


def by_another_process(log: MemoryLog, name: str, fact: Fact) -> Fault:
    """A neighbour on the same log appends a fact of this person."""

    def append() -> None:
        stream = UUID(an_id(name))
        version = 1 + sum(e.originator_id == stream for e in log.events)
        one = Recorded(stream, version, envelope(), fact)
        log.events.append(log.mapper.to_stored_event(one))

    return append


# -- other processes -------------------------------------------------------------------------


def test_who_was_overtaken_catches_up_and_decides_again_holding_the_head(room: Room) -> None:
    log = room.log()
    log.before.append(by_another_process(log, "Маша", f.PersonRegistered("pupil", text_of("Маша"))))
    assert receipts(room.submit(register("Петя"))) == [(2, 1)]
    assert log.held == 1
    assert len(log.batches) == 1


def test_who_was_overtaken_by_the_very_same_fact_has_nothing_left_to_do(room: Room) -> None:
    log = room.log()
    log.before.append(by_another_process(log, "Петя", f.PersonRegistered("pupil", text_of("Петя"))))
    assert receipts(room.submit(register("Петя"))) == [(1, 0)]
    assert log.batches == []


def test_facts_of_another_process_are_folded_into_a_hot_state(room: Room) -> None:
    room.submit(register("Петя")).result(WAIT_S)
    revoked = f.AccountRevoked("left")
    by_another_process(room.log(), "Петя", f.AccountIssued(an_id("Петя")))()
    by_another_process(room.log(), "Петя", revoked)()
    seen: list[tuple[int, bool]] = []

    def look(world: World, at: datetime) -> Decided:
        person = world.person(an_id("Петя"))
        seen.append((person.version, person.account))
        return nobody(world, at)

    reads = room.log().reads
    room.submit(look).result(WAIT_S)
    assert seen[-1] == (3, False), "who writes nothing is answered at the head as it stands"
    assert receipts(room.submit(issue("Петя"))) == [(4, 1)]
    assert room.log().reads == reads, "a hot state is not read again"
    assert room.log().events[-1].originator_version == 4


def by_a_newer_program(log: MemoryLog, name: str) -> Fault:
    """A neighbour of a later version appends what this one has never heard of."""

    def append() -> None:
        stream = UUID(an_id(name))
        version = 1 + sum(e.originator_id == stream for e in log.events)
        log.events.append(StoredEvent(stream, version, "person.foreseen", b"{}"))

    return append


def test_what_a_newer_program_wrote_stops_who_needs_it_and_nobody_else(room: Room) -> None:
    room.submit(register("Петя")).result(WAIT_S)
    by_a_newer_program(room.log(), "Петя")()
    with room.together():
        stopped, free = room.submit(issue("Петя")), room.submit(register("Маша"))
    with pytest.raises(Busy) as caught:
        stopped.result(WAIT_S)
    assert caught.value.code == "program.outdated"
    assert caught.value.extra["retry_after"] >= 1
    assert receipts(free) == [(3, 1)]


# -- a database that is away -----------------------------------------------------------------


@pytest.mark.parametrize("fault", [OperationalError(), InterfaceError()])
def test_a_lost_answer_of_a_commit_never_doubles_a_fact(
    room: Room, pauses: list[float], fault: Exception
) -> None:
    room.submit(register("Петя")).result(WAIT_S)
    room.log().after.append(fail(fault))
    assert receipts(room.submit(issue("Петя"))) == [(2, 1)]
    assert room.log().topics() == ["person.registered", "person.account-issued"]
    assert len(pauses) == 1


def test_a_lost_answer_for_a_group_is_found_by_its_requests(
    room: Room, pauses: list[float]
) -> None:
    room.submit(register("Петя")).result(WAIT_S)
    room.log().after.append(fail(OperationalError()))
    with room.together():
        futures = [
            room.submit(issue("Петя", 2)),
            room.submit(issue("Петя")),
            room.submit(issue("нет")),
        ]
    assert receipts(*futures[:2]) == [(3, 2), (4, 1)]
    with pytest.raises(NotFound):
        futures[2].result(WAIT_S)
    assert len(room.log().events) == 4


def test_a_commit_that_did_not_happen_is_done_again(room: Room, pauses: list[float]) -> None:
    room.log().before.extend([fail(OperationalError()), fail(InterfaceError())])
    assert receipts(room.submit(register("Петя"))) == [(1, 1)]
    assert pauses == sorted(pauses)
    assert len(room.log().events) == 1


def test_a_database_that_stays_away_is_a_busy_answer(room: Room, pauses: list[float]) -> None:
    room.log().heads.extend([fail(OperationalError())] * AWAY_ATTEMPTS)
    with pytest.raises(Busy) as caught:
        room.submit(register("Петя")).result(WAIT_S)
    assert caught.value.code == "log.unavailable"
    assert caught.value.extra["retry_after"] >= 1
    assert 2 < sum(pauses) < 10, "long enough for a restart, short enough for a person"
    assert receipts(room.submit(register("Петя"))) == [(1, 1)]


def test_a_state_that_cannot_be_read_just_now_is_read_again(
    room: Room, pauses: list[float]
) -> None:
    room.log().reading.append(fail(OperationalError()))
    assert receipts(room.submit(register("Петя"))) == [(1, 1)]
    assert len(pauses) == 1


def test_an_old_answer_that_cannot_be_read_just_now_is_read_again(
    room: Room, pauses: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    once = request()
    room.submit(register("Петя"), once).result(WAIT_S)
    log = room.log()
    answered = log.answered
    faults = [OperationalError()]

    def sometimes(keys: list[bytes]) -> object:
        if faults:
            raise faults.pop()
        return answered(keys)

    monkeypatch.setattr(log, "answered", sometimes)
    assert receipts(room.submit(register("Петя"), once)) == [(1, 1)]


# -- what an answer stands on ----------------------------------------------------------------


def test_nobody_is_told_of_facts_that_were_not_written(room: Room, pauses: list[float]) -> None:
    """«Done already» and «no» may stand on a neighbour's fact: they wait for its append."""
    room.log().before.extend([fail(OperationalError())] * AWAY_ATTEMPTS)
    with room.together():
        first = room.submit(register("Петя"))
        done_already = room.submit(register("Петя"))
        refused = room.submit(register("Петя", kind="staff"))
    for one in [first, done_already, refused]:
        one.exception(WAIT_S)
    for future in (first, done_already, refused):
        assert isinstance(future.exception(WAIT_S), Busy)
    assert room.log().events == []


def test_who_finds_it_done_by_a_neighbour_is_told_a_position_that_has_it(room: Room) -> None:
    with room.together():
        first = room.submit(register("Петя"))
        done_already = room.submit(register("Петя"))
    assert receipts(first, done_already) == [(1, 1), (1, 0)]


# -- what the database refuses ---------------------------------------------------------------


def test_a_group_that_clashes_is_written_one_by_one(room: Room) -> None:
    room.log().before.append(fail(IntegrityError()))
    with room.together():
        futures = [room.submit(register(name)) for name in ("Петя", "Маша")]
        futures.append(room.submit(issue("никто")))
    assert receipts(*futures[:2]) == [(1, 1), (2, 1)]
    with pytest.raises(NotFound):
        futures[2].result(WAIT_S)
    assert [len(batch.events) for batch in room.log().batches] == [1, 1]


def test_a_command_that_clashes_alone_is_a_conflict(
    room: Room, caplog: pytest.LogCaptureFixture
) -> None:
    room.log().before.append(fail(IntegrityError("the same id")))
    with pytest.raises(Conflict) as caught:
        room.submit(register("Петя")).result(WAIT_S)
    assert caught.value.code == "log.conflict"
    assert receipts(room.submit(register("Петя"))) == [(1, 1)]


def test_what_the_database_cannot_take_from_one_is_written_for_its_neighbours(
    room: Room, caplog: pytest.LogCaptureFixture
) -> None:
    """The first append holds all three, the second (alone) passes, the third is the poison."""
    poison = fail(DataError("a character that is none"))
    room.log().before.extend([poison, nothing, poison, nothing])
    with room.together():
        before = room.submit(register("Петя"))
        broken = room.submit(register("яд"))
        after = room.submit(register("Маша"))
    assert receipts(before, after) == [(1, 1), (2, 1)]
    with pytest.raises(DataError):
        broken.result(WAIT_S)
    assert receipts(room.submit(register("Ёлкин"))) == [(3, 1)]


# -- little memory ---------------------------------------------------------------------------


def test_states_that_do_not_fit_are_loaded_again() -> None:
    room = Room(hot=1)
    with room.together():
        futures = [
            room.submit(register("Петя", "Маша")),
            room.submit(issue("Петя")),
            room.submit(issue("Маша")),
            room.submit(issue("Петя")),
        ]
    assert receipts(*futures) == [(2, 2), (3, 1), (4, 1), (5, 1)]
    versions = [(str(e.originator_id), e.originator_version) for e in room.log().events]
    petya, masha = an_id("Петя"), an_id("Маша")
    assert versions == [(petya, 1), (masha, 1), (petya, 2), (masha, 2), (petya, 3)]
    room.engine.close(WAIT_S)


def test_an_engine_that_starts_again_goes_on_where_the_log_is(room: Room) -> None:
    room.submit(register("Петя")).result(WAIT_S)
    room.engine.close(WAIT_S)
    later = Room()
    later.logs[SLUG] = room.log()
    assert receipts(later.submit(issue("Петя"))) == [(2, 1)]
    assert later.log().events[-1].originator_version == 2
    later.engine.close(WAIT_S)


def test_a_fact_that_could_not_be_read_never_enters_the_log() -> None:
    fact = f.AccountRevoked("подозрение")  # type: ignore[arg-type]  # a door let it through
    stream = UUID(an_id("vera"))
    with pytest.raises(msgspec.ValidationError):
        FactMapper(JSONTranscoder()).to_stored_event(Recorded(stream, 1, envelope(), fact))
