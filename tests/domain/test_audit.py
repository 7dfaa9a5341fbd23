"""The log about itself: keys of the seals, and checks."""

from __future__ import annotations

from domain.audit import decisions as decide
from domain.audit import facts as f
from domain.refusals import Conflict, NotFound
from tests.cast import an_id
from tests.domain.seventh_a import WEDNESDAY
from tests.specs import Decision, given

KEY, OTHER = "school+00000000+AQ==", "school+11111111+AQ=="
FIRST = f.SealKeyIntroduced(KEY, "first")
SECOND = f.SealKeyIntroduced(OTHER, "planned")
WANTED = f.CheckRequested(an_id("check"), "replay", 2026)
DONE = f.CheckCompleted(WANTED.check_id, "replay", 17, 17, 40, year=2026)


def introduce(key: str, reason: f.KeyReason = "planned") -> Decision:
    return lambda w: decide.introduce_key(w.audit, key, reason)


def retire(key: str) -> Decision:
    return lambda w: decide.retire_key(w.audit, key, "planned")


def test_the_first_key_is_the_first_whatever_is_said() -> None:
    given().when(introduce(KEY, "compromised")).then(FIRST).and_again_nothing_happens()


def test_a_second_key_signs_beside_the_first() -> None:
    given(FIRST).when(introduce(OTHER)).then(SECOND).and_again_nothing_happens()


def test_a_retired_key_does_not_come_back() -> None:
    retired = f.SealKeyRetired(KEY, "planned")
    spec = given(FIRST, SECOND)
    spec.when(retire(KEY)).then(retired).and_again_nothing_happens()
    spec.when(introduce(KEY)).then_refused(Conflict, "seal.key_retired")


def test_the_last_key_stays() -> None:
    given(FIRST).when(retire(KEY)).then_refused(Conflict, "seal.last_key")


def test_only_a_known_key_is_retired() -> None:
    given(FIRST).when(retire(OTHER)).then_refused(NotFound, "seal.key_unknown")


def test_a_check_is_asked_for_once() -> None:
    spec = given().when(lambda w: decide.request_check(w.audit, WANTED))
    spec.then(WANTED).and_again_nothing_happens()


def test_the_id_of_another_check_is_taken() -> None:
    other = f.CheckRequested(WANTED.check_id, "verification")
    given(WANTED).when(lambda w: decide.request_check(w.audit, other)).then_refused(
        Conflict, "check.id_taken"
    )


def test_a_check_is_completed_once_and_never_asked_for_again() -> None:
    spec = given(WANTED).when(lambda w: decide.complete_check(w.audit, DONE))
    spec.then(DONE).and_again_nothing_happens()
    spec.when(lambda w: decide.request_check(w.audit, WANTED)).then_nothing_happens()


def test_a_nightly_check_needs_nobody_to_ask() -> None:
    given().when(lambda w: decide.complete_check(w.audit, DONE)).then(DONE)


def test_the_access_log_of_a_day_is_sealed_once_and_in_order() -> None:
    first = f.AccessDaySealed(WEDNESDAY, 3, "00" * 32)
    again = f.AccessDaySealed(WEDNESDAY, 4, "11" * 32)
    spec = given().when(lambda w: decide.seal_access_day(w.audit, first))
    spec.then(first).and_again_nothing_happens()
    spec.when(lambda w: decide.seal_access_day(w.audit, again)).then_nothing_happens()
