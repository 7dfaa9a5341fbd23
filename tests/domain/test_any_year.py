"""Whatever people do, in whatever order: the states keep their promises."""

from __future__ import annotations

from collections import Counter
from datetime import date
from itertools import pairwise
from typing import Any
from uuid import UUID

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.codec import Envelope, encode, recorded
from domain.fact import Fact
from domain.journal import correction_facts as c
from domain.journal import facts as f
from domain.journal.state import Journal
from domain.people import decisions as people
from domain.people.state import Person
from domain.refusals import Refusal
from domain.values import PayloadRef
from domain.world import State, fold
from tests.cast import CLASS_7A, OLEG, OLGA, PETYA
from tests.domain.a_busy_class import REF, BusyClass
from tests.domain.seventh_a import SEPTEMBER_1, THURSDAY, WEDNESDAY
from tests.specs import envelope

Rows = list[tuple[Envelope, Fact]]
STEPS = 340


def folded_at_once(kind: type[State], stream: str, rows: Rows) -> Any:
    """The state folded from stored bytes, as after a restart."""
    state = kind(stream)
    stored = enumerate(((fact.TOPIC, encode(one, fact)) for one, fact in rows), 1)
    fold(state, [recorded(UUID(stream), n, topic, text) for n, (topic, text) in stored])
    return state


def through_a_snapshot(state: State) -> State:
    """The state as the database would give it back."""
    return msgspec.msgpack.decode(msgspec.msgpack.encode(state), type=type(state))


@given(st.integers(0, 2**32))
@settings(max_examples=40, deadline=None)
def test_a_journal_keeps_its_promises_whatever_is_tried(seed: int) -> None:
    one = BusyClass(seed)
    for _ in range(STEPS):
        before = msgspec.msgpack.encode(one.journal)
        facts = one.step()
        assert msgspec.msgpack.encode(one.journal) == before, "a decision changes nothing"
        for fact in facts:
            one.write(fact)
        if facts:
            places_are_not_shared(one.journal)
            pupils_are_in_class_without_overlap(one.journal)
            marks_stand_on_lessons(one.journal)
    ids_are_used_once(one.rows)
    corrections_tell_the_truth(one.rows)
    assert folded_at_once(Journal, CLASS_7A, one.rows) == one.journal
    assert through_a_snapshot(one.journal) == one.journal


@given(st.integers(0, 2**32), st.integers(0, STEPS))
@settings(max_examples=20, deadline=None)
def test_a_journal_goes_on_from_a_snapshot_as_if_there_had_been_none(seed: int, when: int) -> None:
    one = BusyClass(seed)
    snapshot = through_a_snapshot(one.journal)
    for step in range(STEPS):
        if step == when:
            snapshot = through_a_snapshot(one.journal)
        for fact in one.step():
            one.write(fact)
    later = [
        recorded(UUID(CLASS_7A), n, fact.TOPIC, encode(envelope, fact))
        for n, (envelope, fact) in enumerate(one.rows, 1)
        if n > snapshot.version
    ]
    fold(snapshot, later)
    assert snapshot == one.journal


def test_everything_is_tried_and_mostly_done() -> None:
    """Were the busy class idle, the promises above would say nothing."""
    done: Counter[type[Fact]] = Counter()
    for seed in range(70):
        one = BusyClass(seed)
        for _ in range(STEPS):
            for fact in one.step():
                one.write(fact)
        done.update(type(fact) for _, fact in one.rows)
    assert set(f.FACTS) == set(done)
    assert done[f.MarkCorrected] > 30
    assert min(done.values()) >= 2, done


# -- promises --------------------------------------------------------------------------------


def places_are_not_shared(journal: Journal) -> None:
    """An hour belongs to one lesson of the class, or to one of each half."""
    living = {key: lesson for key, lesson in journal.lessons.items() if not lesson.cancelled}
    assert sorted(journal.slots.values()) == sorted(living)
    hours: dict[tuple[date, int], list[str | None]] = {}
    for lesson in living.values():
        hours.setdefault((lesson.date, lesson.number), []).append(lesson.subgroup_id)
    for groups in hours.values():
        assert len(set(groups)) == len(groups)
        assert len(groups) == 1 or None not in groups


def pupils_are_in_class_without_overlap(journal: Journal) -> None:
    """A pupil's days in the class follow each other; only the last may be open."""
    for spans in journal.pupils.values():
        for span in spans:
            assert span.until is None or span.since < span.until
        for one, later in pairwise(spans):
            assert one.until is not None
            assert one.until <= later.since


def marks_stand_on_lessons(journal: Journal) -> None:
    for mark in journal.marks.values():
        lesson = journal.lessons[mark.lesson_id]
        assert (mark.value is None) == mark.annulled
        assert not journal.is_closed(lesson.date)
        assert mark.annulled or not lesson.cancelled


def ids_are_used_once(rows: Rows) -> None:
    keys = {
        f.MarkGiven: "mark_id",
        f.MarkAnnulled: "mark_id",
        f.DebtRaised: "debt_id",
        f.DebtResolved: "debt_id",
        f.HomeworkAssigned: "homework_id",
        f.AttendanceTaken: "lesson_id",
        f.TopicRecorded: "lesson_id",
        f.LessonCancelled: "lesson_id",
        f.LessonAdded: "lesson_id",
        f.TeacherAssigned: "assignment_id",
        f.SubstitutionAppointed: "substitution_id",
        c.CorrectionRequested: "request_id",
    }
    for kind, key in keys.items():
        ids = [getattr(fact, key) for _, fact in rows if type(fact) is kind]
        assert len(set(ids)) == len(ids), kind


def corrections_tell_the_truth(rows: Rows) -> None:
    """What a correction says it has replaced is what was there."""
    values: dict[str, str] = {}
    texts: dict[str, str] = {}
    topics: dict[str, str] = {}
    for _, fact in rows:
        match fact:
            case f.MarkGiven():
                values[fact.mark_id] = fact.value
            case f.MarkCorrected():
                assert values[fact.mark_id] == fact.old_value != fact.value
                values[fact.mark_id] = fact.value
            case f.MarkAnnulled():
                assert values.pop(fact.mark_id) == fact.old_value
            case f.HomeworkAssigned():
                texts[fact.homework_id] = fact.text
            case f.HomeworkCorrected():
                assert texts[fact.homework_id] == fact.old_text
                texts[fact.homework_id] = fact.text
            case f.TopicRecorded():
                topics[fact.lesson_id] = fact.topic
            case f.TopicCorrected():
                assert topics[fact.lesson_id] == fact.old_topic
                topics[fact.lesson_id] = fact.topic


# -- people ----------------------------------------------------------------------------------

WHO = st.sampled_from([OLGA, OLEG])
SINCE = st.sampled_from([SEPTEMBER_1, WEDNESDAY])
UNTIL = st.sampled_from([None, WEDNESDAY, THURSDAY])
NAMES = st.sampled_from([REF, PayloadRef("другой", "B" * 43)])


def attempt(decide: Any, *about: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """A decision about a person, and what it is about."""
    return st.tuples(st.just(decide), st.tuples(*about))


ATTEMPTS = st.one_of(
    attempt(people.register, st.just("pupil"), NAMES),
    attempt(people.rename, NAMES),
    attempt(people.erase, st.just("акт")),
    attempt(people.link_guardian, WHO.map(lambda who: Person(who, 1, "guardian")), SINCE),
    attempt(people.unlink_guardian, WHO, SINCE),
    attempt(people.give_consent, WHO, st.sampled_from(["diary", "email"]), SINCE, UNTIL),
    attempt(people.withdraw_consent, WHO, st.just("diary")),
    attempt(people.issue_account, st.just(OLGA)),
    attempt(people.receive_account, st.just(OLGA), st.just("signature")),
    attempt(people.revoke_account, st.just("left")),
)


@pytest.mark.parametrize("begins_with", ["nobody", "Petya and his mother"])
@given(st.lists(ATTEMPTS, max_size=30))
@settings(max_examples=60, deadline=None)
def test_a_person_keeps_the_promises_whatever_is_tried(begins_with: str, tried: list[Any]) -> None:
    person, rows = Person(PETYA), Rows()
    if begins_with != "nobody":
        tried = [
            (people.register, ("pupil", REF)),
            (people.link_guardian, (Person(OLGA, 1, "guardian"), SEPTEMBER_1)),
            *tried,
        ]
    for decide, about in tried:
        before = msgspec.msgpack.encode(person)
        try:
            facts = decide(person, *about)
        except Refusal:
            continue
        finally:
            assert msgspec.msgpack.encode(person) == before
        rows += [(envelope(), fact) for fact in facts]
        person = folded_at_once(Person, PETYA, rows)
        if decide is not people.issue_account:
            assert decide(person, *about) == [], "repeating a done command yields no facts"
        assert (person.name is None) == (person.erased or not person.version)
        assert through_a_snapshot(person) == person
