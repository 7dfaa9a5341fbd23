"""control_v1: inspections and remarks, folded in any pieces and again from nothing."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from domain.access import Actor
from domain.journal.control import NewRemark
from domain.journal.control_facts import Checked, JournalInspected
from domain.office.facts import Appointment
from domain.values import Role
from domain.writing import Answer
from projections import control
from projections.control import Wanted
from projections.replay import replay
from tests.ground import YEAR, number, request
from tests.projections.life import MONDAY, Life, life

INSPECTION, REMARK = number("inspection"), number("remark")


@pytest.fixture
def at(database: str) -> Iterator[Life]:
    with life(database) as at:
        yield at


def story(at: Life) -> Iterator[Answer]:
    """A remark about a lesson: answered, returned, answered with records, accepted."""
    vera: dict[str, Any] = {"by": Actor(at.boris.person_id, "s")}
    s, room = at.school, at.class_id
    deputy = Appointment(at.boris.person_id, Role.DEPUTY, MONDAY)
    yield s.appoint(YEAR, deputy, by=at.office, request=request())
    seen = JournalInspected(
        INSPECTION, MONDAY - timedelta(days=14), MONDAY, tuple(Checked), 7, "9f" * 32
    )
    yield s.inspect_journal(room, seen, **vera, request=request())
    new = NewRemark(REMARK, Checked.TOPICS, lesson_id=at.lessons[0])
    yield s.open_remark(room, INSPECTION, new, "нет темы", **vera, request=request())
    yield s.resolve_remark(room, REMARK, (), "урока не было", by=at.anna, request=request())
    at.clock.go(days=3)
    yield s.return_remark(room, REMARK, "урок был", **vera, request=request())
    yield s.resolve_remark(room, REMARK, (17,), "", by=at.anna, request=request())
    yield s.accept_remark(room, REMARK, **vera, request=request())


def test_folded_one_by_one_or_again_from_nothing_it_is_the_same(at: Life) -> None:
    for answer in story(at):
        assert at.must(answer).facts
        at.fold(1)
    at.fold_all()

    report = replay(at.projector, at.schema)

    assert report.agrees, report.differences
    tables = {name: n for name, n in report.tables.items() if name.startswith("control_")}
    assert tables == {"control_inspection": 1, "control_remark": 1, "control_step": 5}


def test_a_remark_tells_its_story_and_forgets_what_is_erased(at: Life) -> None:
    for answer in story(at):
        at.must(answer)
    at.fold_all()

    [one] = at.read(control.remarks, Wanted(class_id=at.class_id))
    assert (one.teacher_id, one.lesson_id, one.state) == (
        at.anna.person_id,
        at.lessons[0],
        "accepted",
    )
    assert [(step.kind, step.text) for step in one.steps] == [
        ("opened", "нет темы"),
        ("resolved", "урока не было"),
        ("returned", "урок был"),
        ("resolved", ""),
        ("accepted", ""),
    ]
    weeks = [MONDAY + timedelta(days=7), MONDAY + timedelta(days=10)]
    assert [step.due_date for step in one.steps] == [weeks[0]] * 2 + [weeks[1]] * 3
    assert not one.overdue(MONDAY + timedelta(days=99))

    words = [text for text, subject in at.vault("remark") if subject == at.anna.person_id]
    assert len(words) == 3
    gone = at.school.erase_payloads(
        YEAR, at.anna.person_id, words, "акт 2", by=at.office, request=request()
    )
    at.must(gone)
    at.fold_all()
    [one] = at.read(control.remarks, Wanted(remark_id=REMARK))
    assert {step.text for step in one.steps} == {""}


def test_filters_and_counts(at: Life) -> None:
    steps = story(at)
    for _ in range(3):
        at.must(next(steps))
    at.fold_all()

    assert at.read(control.waiting, at.anna.person_id) == 1
    [inspection] = at.read(control.inspections, Wanted(year=YEAR))
    assert (inspection.remarks, inspection.open_remarks) == (1, 1)
    for nothing in (
        Wanted(class_id=at.other_class),
        Wanted(classes=()),
        Wanted(teacher_id=at.boris.person_id),
        Wanted(state="accepted"),
        Wanted(year=YEAR - 1),
    ):
        assert at.read(control.remarks, nothing) == []
    [one] = at.read(control.remarks, Wanted(state="open"))
    assert one.overdue(one.due_date + timedelta(days=1))
    assert not one.overdue(one.due_date)
    assert at.read(control.first_lessons, YEAR)[at.class_id] <= MONDAY
