"""Live figures of questions, trainings and the register of the municipal service."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from domain.access import Actor
from domain.office.ledger_facts import Channel, Outcome, TrainingHeld
from domain.office.ledgers import Application, NewRequest
from projections import directory
from projections.figures import Context, context_of, figures
from tests.conftest import admin, url_of
from tests.ground import YEAR, number, request
from tests.projections.life import MONDAY, Life, life


@pytest.fixture(scope="module")
def at(server: str, template: str) -> Iterator[Life]:
    name = "test_figures_of_books"
    admin(server, "CREATE DATABASE {} TEMPLATE {}", name, template)
    with life(url_of(server, name)) as one:
        yield one
    admin(server, "DROP DATABASE {} WITH (FORCE)", name)


def counted(at: Life, clause: str, days: int = 0) -> tuple[int, int] | None:
    """Good and total so many days later, once everything is folded; None: nothing to count."""
    at.fold_all()
    context = at.read(context_of, YEAR, at.clock() + timedelta(days=days))
    assert isinstance(context, Context)
    [found, *_] = at.read(figures, context, frozenset({clause}))[clause]
    assert found.total or found.why
    return (found.good, found.total) if found.total else None


def test_questions_answered_within_the_days_of_the_regulation(at: Life) -> None:
    by: dict[str, Any] = {"by": at.office}
    s, pupil, mother, anna = at.school, at.pupils[0], Actor(at.mother, "s"), at.anna
    at.must(s.link_guardian(YEAR, pupil, at.mother, MONDAY, **by, request=request()))
    given = s.give_consent(at.class_id, pupil, at.mother, "diary", MONDAY, **by, request=request())
    at.must(given)
    assert counted(at, "2.2.4") is None
    for name in ("one", "two"):
        about = (at.class_id, number(name), pupil, anna.person_id, "Как дела?")
        at.must(s.ask_about_child(*about, by=mother, request=request()))
    assert counted(at, "2.2.4", 3) is None  # there is time left

    said = (YEAR, at.mother, number("one"), "Хорошо")
    at.must(s.reply_in_conversation(*said, by=anna, request=request()))

    assert counted(at, "2.2.4") == (1, 1)
    assert counted(at, "2.2.4", 4) == (1, 2)
    assert counted(at, "4.1.б", 4) is None  # these were about a child


def test_the_staff_that_was_taught(at: Life) -> None:
    before = counted(at, "4.2.б-2")
    assert before is not None
    held = TrainingHeld(number("held"), date(2026, 9, 1), "Журнал", (at.anna.person_id,))
    at.must(at.school.hold_training(YEAR, held, by=at.office, request=request()))

    for clause in ("3.1.1", "4.2.б-2", "4.3-1"):
        assert counted(at, clause) == (before[0] + 1, before[1])


def test_requests_that_were_decided_by_their_day(at: Life) -> None:
    s, said = at.school, Application("Петрова", "", "отметки")
    for name in ("first", "second"):
        new = NewRequest(number(name), at.pupils[0], Channel.POST, MONDAY)
        at.must(s.request_service(YEAR, new, said, by=at.office, request=request()))
    assert counted(at, "2.2.1", 10) is None  # their last day

    decided = (YEAR, number("first"), Outcome.GRANTED)
    at.must(s.decide_service(*decided, by=at.office, request=request()))

    assert counted(at, "2.2.1", 10) == (1, 1)
    assert counted(at, "2.2.1", 11) == (1, 2)


def test_what_is_written_in_the_days_of_a_substitution(at: Life) -> None:
    """Clause 3.3.6: under whose name it stands while the teacher is away."""
    lesson = next(n for n in at.lessons if _day_of(at, n) == at.clock().date())
    at.must(at.substitute(_day_of(at, lesson), _day_of(at, lesson)))
    assert counted(at, "3.3.6") is None  # nothing is written yet

    taken = (at.class_id, lesson, "Дроби")
    at.must(at.school.record_topic(*taken, by=at.tanya, request=request()))
    assert counted(at, "3.3.6") == (1, 1)
    at.must(at.attendance(lesson))  # Anna herself, who is away

    assert counted(at, "3.3.6") == (1, 2)


def test_classes_that_are_ready_for_the_journal(at: Life) -> None:
    at.fold_all()
    context = at.read(context_of, YEAR, at.clock())
    found = at.read(figures, context, frozenset({"3.1.1"}))["3.1.1"]
    [ready] = [one for one in found if one.href == "/school-year"]

    assert (ready.good, ready.total) == (1, 2)  # nobody has anything to do in 7б yet


def test_a_request_is_decided_in_time_until_the_last_second_of_its_day_at_school(at: Life) -> None:
    """Ten days after the 23rd of November; midnight in Moscow is nine in the evening in UTC."""
    before = counted(at, "2.2.1", 11)
    assert before is not None
    said = Application("Петрова", "", "отметки")
    for name in ("last second", "next day"):
        new = NewRequest(number(name), at.pupils[0], Channel.POST, MONDAY)
        at.must(at.school.request_service(YEAR, new, said, by=at.office, request=request()))

    at.clock.now = datetime(2026, 12, 3, 20, 59, 59, tzinfo=UTC)
    for name in ("last second", "next day"):
        decided = (YEAR, number(name), Outcome.GRANTED)
        at.must(at.school.decide_service(*decided, by=at.office, request=request()))
        at.clock.go(seconds=1)

    good, total = before
    assert counted(at, "2.2.1") == (good + 1, total + 2)


def _day_of(at: Life, lesson: str) -> date:
    at.fold_all()
    place = at.read(directory.lesson_place, lesson)
    return date.fromisoformat(place["date"])
