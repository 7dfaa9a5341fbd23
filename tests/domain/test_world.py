"""Hot states: loaded once, from a snapshot and what came after, least used out first."""

from __future__ import annotations

from uuid import UUID

import pytest

from domain.codec import Recorded
from domain.fact import Fact
from domain.people import facts as f
from domain.refusals import NotFound
from domain.world import World, office_id
from tests.cast import CLASS_7A, MASHA, OLGA, PETYA, SCHOOL, YOLKIN
from tests.domain.memory_log import MemoryLog
from tests.domain.seventh_a import A_TEXT, OFFICE, OPENED, SEPTEMBER_1
from tests.specs import YEAR, envelope

REGISTERED = f.PersonRegistered("pupil", A_TEXT)
LINKED = f.GuardianLinked(OLGA, SEPTEMBER_1)


def log_of(*facts: tuple[str, Fact]) -> MemoryLog:
    log = MemoryLog()
    for stream, fact in facts:
        number = UUID(stream)
        version = 1 + sum(event.originator_id == number for event in log.events)
        recorded = Recorded(number, version, envelope(), fact)
        log.events.append(log.mapper.to_stored_event(recorded))
    return log


def test_a_state_is_read_on_first_use_only() -> None:
    log = log_of((PETYA, REGISTERED))
    world = World(log, hot=10)
    assert world.person(PETYA) is world.person(PETYA)
    assert (world.person(PETYA).version, log.reads) == (1, 1)


def test_who_is_not_known_has_an_empty_state() -> None:
    assert World(log_of(), hot=10).person(PETYA).version == 0


def test_a_snapshot_saves_reading_what_it_has_folded() -> None:
    log = log_of((PETYA, REGISTERED), (PETYA, LINKED), (PETYA, f.AccountIssued(OLGA)))
    whole = World(log, hot=10).person(PETYA)
    early = World(log_of((PETYA, REGISTERED)), hot=10).person(PETYA)
    log.snapshots[UUID(PETYA)] = early
    assert World(log, hot=10).person(PETYA) == whole
    assert early.version == 1, "the snapshot itself is not touched"


def test_the_least_used_states_go_first_and_only_when_told() -> None:
    log = log_of(*((pupil, REGISTERED) for pupil in (PETYA, MASHA, YOLKIN)))
    world = World(log, hot=2)
    for pupil in (PETYA, MASHA, YOLKIN, PETYA):
        world.person(pupil)
    assert log.reads == 3, "nothing goes in the middle of a group"
    world.trim()
    world.person(PETYA)
    world.person(YOLKIN)
    assert log.reads == 3
    world.person(MASHA)
    assert log.reads == 4


def test_a_stream_of_another_kind_is_not_found_hot_or_cold() -> None:
    world = World(log_of((PETYA, REGISTERED)), hot=10)
    with pytest.raises(NotFound) as cold:
        world.journal(PETYA)
    world.person(PETYA)
    with pytest.raises(NotFound) as hot:
        world.journal(PETYA)
    assert cold.value.code == hot.value.code == "thing.unknown"


def test_what_is_not_opened_is_not_found() -> None:
    world = World(log_of(), hot=10)
    with pytest.raises(NotFound) as no_class:
        world.journal(CLASS_7A)
    with pytest.raises(NotFound) as no_year:
        world.office(SCHOOL, YEAR)
    assert (no_class.value.code, no_year.value.code) == ("class.unknown", "year.unknown")


def test_asking_the_office_is_noted_for_the_envelope() -> None:
    office = office_id(SCHOOL, YEAR)
    world = World(log_of(*((office, fact) for fact in OFFICE), (CLASS_7A, OPENED)), hot=10)
    world.journal(CLASS_7A)
    assert world.cited == 0
    world.office(SCHOOL, YEAR)
    assert world.cited == len(OFFICE)


def test_the_office_of_a_school_and_year_is_always_the_same_stream() -> None:
    assert office_id(SCHOOL, 2026) == office_id(SCHOOL, 2026)
    assert len({office_id(SCHOOL, 2026), office_id(SCHOOL, 2027), office_id(PETYA, 2026)}) == 3


def test_a_state_that_missed_a_fact_is_read_anew() -> None:
    log = log_of((PETYA, REGISTERED))
    world = World(log, hot=10)
    world.person(PETYA)
    log.events += log_of(
        (PETYA, REGISTERED), (PETYA, LINKED), (PETYA, f.AccountIssued(OLGA))
    ).events[1:]
    world.catch_up(log.recorded()[2])
    assert world.person(PETYA).version == 3
    assert log.reads == 2


def test_a_fact_that_is_folded_already_is_not_folded_twice() -> None:
    log = log_of((PETYA, REGISTERED), (PETYA, f.ConsentGiven(OLGA, "diary", SEPTEMBER_1)))
    world = World(log, hot=10)
    assert len(world.person(PETYA).consents) == 1
    world.catch_up(log.recorded()[1])
    assert len(world.person(PETYA).consents) == 1
