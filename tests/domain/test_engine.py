"""The one write door: groups, answers, refusals, time."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import pytest

from domain.people import facts as f
from domain.refusals import Busy, Conflict, Invalid, NotFound
from domain.world import World
from domain.writing import Answer, Decided, Payload, Receipt
from tests.cast import PETYA, an_id
from tests.domain.engine_room import (
    DAY,
    RIGHT,
    SLUG,
    WAIT_S,
    Room,
    issue,
    nobody,
    register,
    request,
)
from tests.specs import T0


@pytest.fixture
def room() -> Iterator[Room]:
    room = Room()
    yield room
    room.engine.close(WAIT_S)


def receipts(*futures: Answer) -> list[tuple[int, int]]:
    return [(r.position, r.facts) for r in (future.result(WAIT_S) for future in futures)]


# -- groups ----------------------------------------------------------------------------------


def test_commands_that_wait_together_share_one_append(room: Room) -> None:
    with room.together():
        futures = [room.submit(register(name)) for name in ("Петя", "Маша", "Ёлкин")]
    assert receipts(*futures) == [(1, 1), (2, 1), (3, 1)]
    assert [len(batch.events) for batch in room.log().batches] == [3]
    assert room.commits == [(SLUG, 3)]


def test_a_group_has_a_limit() -> None:
    room = Room(group=2)
    with room.together():
        futures = [room.submit(register(str(n))) for n in range(5)]
    for one in futures:
        one.exception(WAIT_S)
    assert [len(batch.events) for batch in room.log().batches] == [2, 2, 1]
    room.engine.close(WAIT_S)


def test_each_command_is_told_its_own_place(room: Room) -> None:
    with room.together():
        futures = [
            room.submit(register("Петя", "Маша")),
            room.submit(register("Ёлкин")),
            room.submit(register("а", "б", "в")),
        ]
    assert receipts(*futures) == [(2, 2), (3, 1), (6, 3)]
    assert futures[0].result(WAIT_S).at == T0


def test_neighbours_of_a_group_see_each_other(room: Room) -> None:
    with room.together():
        came = room.submit(register("Петя"))
        got = room.submit(issue("Петя"))
    assert receipts(came, got) == [(1, 1), (2, 1)]
    assert [e.originator_version for e in room.log().events] == [1, 2]


def test_a_command_over_two_streams_is_one_append(room: Room) -> None:
    [receipt] = receipts(room.submit(register("Петя", "Маша")))
    assert receipt == (2, 2)
    assert [len(batch.events) for batch in room.log().batches] == [2]
    assert {e.originator_id for e in room.log().events} == {
        one.originator_id for one in room.log().recorded()
    }
    assert len({e.originator_id for e in room.log().events}) == 2


def test_a_command_that_is_done_writes_nothing_and_says_where_the_log_is(room: Room) -> None:
    assert receipts(room.submit(register("Петя"))) == [(1, 1)]
    assert receipts(room.submit(register("Петя"))) == [(1, 0)]
    assert len(room.log().batches) == 1


# -- refusals --------------------------------------------------------------------------------


def test_a_refusal_leaves_no_trace_and_its_neighbours_alone(room: Room) -> None:
    with room.together():
        before = room.submit(register("Петя"))
        refused = room.submit(issue("никто"))
        after = room.submit(register("Маша"))
    assert receipts(before, after) == [(1, 1), (2, 1)]
    with pytest.raises(NotFound) as caught:
        refused.result(WAIT_S)
    assert caught.value.code == "person.unknown"
    assert len(room.log().requests) == 2


def test_a_refusal_is_not_remembered(room: Room) -> None:
    again = request()
    with pytest.raises(NotFound):
        room.submit(issue("Петя"), again).result(WAIT_S)
    room.submit(register("Петя")).result(WAIT_S)
    assert receipts(room.submit(issue("Петя"), again)) == [(2, 1)]


def half_done(world: World, at: datetime) -> Decided:
    """The second fact belongs to another kind of stream than the one it names."""
    petya = an_id("Петя")
    return Decided(RIGHT, [(petya, f.AccountIssued(petya)), (petya, f.AccountIssued("д" * 60_000))])


def test_a_fact_that_cannot_be_stored_takes_its_own_command_only(room: Room) -> None:
    with room.together():
        before = room.submit(register("Петя"))
        broken = room.submit(half_done)
        after = room.submit(issue("Петя"))
    assert receipts(before, after) == [(1, 1), (2, 1)]
    with pytest.raises(Invalid) as caught:
        broken.result(WAIT_S)
    assert caught.value.code == "fact.too_large"
    assert room.log().topics() == ["person.registered", "person.account-issued"]
    assert len(room.log().batches) == 1, "the neighbours still share their append"


def a_bug(world: World, at: datetime) -> Decided:
    raise ZeroDivisionError


def test_a_bug_in_a_decision_reaches_its_waiter_and_the_engine_lives(
    room: Room, caplog: pytest.LogCaptureFixture
) -> None:
    with room.together():
        before = room.submit(register("Петя"))
        broken = room.submit(a_bug)
        after = room.submit(issue("Петя"))
    assert receipts(before, after) == [(1, 1), (2, 1)]
    with pytest.raises(ZeroDivisionError):
        broken.result(WAIT_S)
    assert "a decision failed" in caplog.text
    assert receipts(room.submit(register("Маша"))) == [(3, 1)]


def test_a_listener_that_fails_does_not_stop_the_engine(
    caplog: pytest.LogCaptureFixture,
) -> None:
    room = Room()

    def deaf(school: str, position: int) -> None:
        raise ZeroDivisionError

    room.engine._on_commit = deaf
    assert receipts(room.submit(register("Петя"))) == [(1, 1)]
    assert receipts(room.submit(register("Маша"))) == [(2, 1)]
    assert "failed" in caplog.text
    room.engine.close(WAIT_S)


# -- requests --------------------------------------------------------------------------------


def test_a_repeated_request_gets_its_old_answer(room: Room) -> None:
    room.submit(register("Петя")).result(WAIT_S)
    once = request()
    assert receipts(room.submit(issue("Петя"), once)) == [(2, 1)]
    room.submit(register("Маша")).result(WAIT_S)
    assert receipts(room.submit(issue("Петя"), once)) == [(2, 1)]
    assert len(room.log().events) == 3


def test_a_repeated_request_does_not_disturb_its_neighbours(room: Room) -> None:
    room.submit(register("Петя")).result(WAIT_S)
    once = request()
    room.submit(issue("Петя"), once).result(WAIT_S)
    with room.together():
        before = room.submit(register("Маша"))
        again = room.submit(issue("Петя"), once)
        after = room.submit(register("Ёлкин"))
    assert receipts(before, again, after) == [(3, 1), (2, 1), (4, 1)]


def test_a_request_that_would_be_refused_now_still_gets_its_old_answer(room: Room) -> None:
    once = request()
    assert receipts(room.submit(register("Петя"), once)) == [(1, 1)]
    assert receipts(room.submit(register("Петя", kind="staff"), once)) == [(1, 1)]


def test_one_request_twice_at_once_is_one_fact(room: Room) -> None:
    room.submit(register("Петя")).result(WAIT_S)
    once = request()
    with room.together():
        twins = [room.submit(issue("Петя"), once) for _ in range(3)]
    assert receipts(*twins) == [(2, 1)] * 3
    assert len(room.log().events) == 2


def test_twins_are_refused_together(room: Room) -> None:
    once = request()
    with room.together():
        twins = [room.submit(issue("никто"), once) for _ in range(2)]
    for twin in twins:
        with pytest.raises(NotFound):
            twin.result(WAIT_S)


@pytest.mark.parametrize("at_once", [True, False])
def test_a_key_with_another_body_is_refused(room: Room, *, at_once: bool) -> None:
    room.submit(register("Петя")).result(WAIT_S)
    if at_once:
        with room.together():
            first = room.submit(issue("Петя"), request(7, "one"))
            other = room.submit(issue("Петя"), request(7, "other"))
    else:
        first = room.submit(issue("Петя"), request(7, "one"))
        first.result(WAIT_S)
        other = room.submit(issue("Петя"), request(7, "other"))
    assert receipts(first) == [(2, 1)]
    with pytest.raises(Invalid) as caught:
        other.result(WAIT_S)
    assert caught.value.code == "request.key_reused"
    assert len(room.log().events) == 2


def test_a_group_is_written_with_its_requests_in_one_append(room: Room) -> None:
    with room.together():
        for number, names in enumerate((("Петя", "Маша"), ("Ёлкин",)), 1):
            room.submit(register(*names), request(number))
    [batch] = room.log().batches
    assert [(end, n) for _, _, end, n in batch.requests] == [(2, 2), (3, 1)]
    assert batch.expected == 0


def test_texts_come_with_their_facts_and_not_with_a_repeat(room: Room) -> None:
    text = Payload(an_id("текст"), PETYA, "name", "Петя", b"0" * 16)
    room.submit(register("Петя", payloads=[text])).result(WAIT_S)
    assert room.log().vault == {text.id: text}
    late = Payload(an_id("поздно"), PETYA, "name", "Петя", b"0" * 16)
    room.submit(register("Петя", payloads=[late])).result(WAIT_S)
    assert room.log().vault == {text.id: text}


# -- time ------------------------------------------------------------------------------------


def test_the_moment_never_goes_back_even_when_the_clock_does(room: Room) -> None:
    first = room.submit(register("Петя")).result(WAIT_S)
    room.now = T0 - DAY
    second = room.submit(register("Маша")).result(WAIT_S)
    room.now = T0 + DAY
    third = room.submit(register("Ёлкин")).result(WAIT_S)
    assert [r.at for r in (first, second, third)] == [T0, T0, T0 + DAY]
    assert [one.envelope.at for one in room.log().recorded()] == [T0, T0, T0 + DAY]


def test_a_decision_is_told_the_moment_that_is_written(room: Room) -> None:
    room.submit(register("Петя")).result(WAIT_S)
    room.now = T0 - DAY
    seen: list[datetime] = []

    def look(world: World, at: datetime) -> Decided:
        seen.append(at)
        return nobody(world, at)

    room.submit(look).result(WAIT_S)
    assert seen == [T0]


def test_a_moment_of_another_process_is_not_undercut(room: Room) -> None:
    room.log().at = T0 + DAY
    room.submit(register("Петя")).result(WAIT_S)
    assert [one.envelope.at for one in room.log().recorded()] == [T0 + DAY]


def test_every_fact_has_a_salt_of_its_own(room: Room) -> None:
    room.submit(register("Петя", "Маша", "Ёлкин")).result(WAIT_S)
    salts = {one.envelope.salt for one in room.log().recorded()}
    assert len(salts) == 3
    assert {len(salt) for salt in salts} == {22}


# -- the queue -------------------------------------------------------------------------------


def test_a_full_queue_says_when_to_come_back() -> None:
    room = Room(queue_limit=2)
    with room.together():
        accepted = [room.submit(register(str(n))) for n in range(2)]
        with pytest.raises(Busy) as caught:
            room.submit(register("лишний"))
    assert caught.value.code == "engine.queue_full"
    assert caught.value.extra["retry_after"] >= 1
    assert receipts(*accepted) == [(1, 1), (2, 1)]
    assert receipts(room.submit(register("лишний"))) == [(3, 1)]
    room.engine.close(WAIT_S)


def test_the_queue_of_one_school_is_not_full_for_another() -> None:
    room = Room(queue_limit=1)
    with room.together("первая"):
        busy = room.submit(register("Петя"), slug="первая")
        other = room.submit(register("Маша"), slug="вторая")
    assert receipts(busy, other) == [(1, 1), (1, 1)]
    room.engine.close(WAIT_S)


def test_a_busy_school_does_not_keep_the_others_waiting() -> None:
    room = Room(group=2)
    with room.together("большая"):
        big = [room.submit(register(str(n)), slug="большая") for n in range(10)]
        small = room.submit(register("Петя"), slug="малая")
    for one in [*big, small]:
        one.exception(WAIT_S)
    assert room.commits.index(("малая", 1)) <= 1, room.commits
    assert [position for school, position in room.commits if school == "большая"] == [
        2,
        4,
        6,
        8,
        10,
    ]
    room.engine.close(WAIT_S)


def test_closing_carries_out_what_is_queued_and_accepts_no_more() -> None:
    room = Room(group=2)
    with room.together():
        futures = [room.submit(register(str(n))) for n in range(5)]
    room.engine.close(WAIT_S)
    assert [position for position, _ in receipts(*futures)] == [1, 2, 3, 4, 5]
    with pytest.raises(Busy) as caught:
        room.submit(register("поздно"))
    assert caught.value.code == "engine.closing"
    assert caught.value.extra["retry_after"] >= 1


def test_closing_refuses_what_it_cannot_carry_out_in_time() -> None:
    room = Room(group=1)
    with room.together():
        futures = [room.submit(register(str(n))) for n in range(3)]
        room.engine.close(timeout=0.01)
        for future in futures:
            with pytest.raises(Busy) as caught:
                future.result(0)
            assert caught.value.code == "engine.closing"
    assert room.log().events == []


def test_an_answer_is_given_once_and_tells_whoever_asks_before_and_after() -> None:
    answer, heard = Answer(), list[int]()
    with pytest.raises(TimeoutError):
        answer.result(0)
    answer.add_done_callback(lambda given: heard.append(given.result().position))
    answer.set_result(Receipt(7, 1))
    answer.add_done_callback(lambda given: heard.append(given.result().position))
    assert heard == [7, 7]
    with pytest.raises(RuntimeError, match="once"):
        answer.set_exception(Busy("late", "поздно"))
    assert answer.exception(0) is None


def test_a_conflict_is_a_refusal_of_its_own_command(room: Room) -> None:
    with room.together():
        pupil = room.submit(register("Петя"))
        staff = room.submit(register("Петя", kind="staff"))
    assert receipts(pupil) == [(1, 1)]
    with pytest.raises(Conflict):
        staff.result(WAIT_S)
