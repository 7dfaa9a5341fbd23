"""What the office does for a class, clause by clause, through the one write door."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from domain.journal import facts as j
from domain.school import MarkInput
from domain.values import ReasonCode
from tests.cast import (
    ANSWER,
    BORIS,
    CLASS_7A,
    ENGLISH,
    FIRST_HALF,
    GALINA,
    MASHA,
    PETYA,
    SECOND_HALF,
    YOLKIN,
    an_id,
)
from tests.domain.engine_room import SLUG, WAIT_S
from tests.domain.seventh_a import THURSDAY, WEDNESDAY
from tests.domain.small_school import SmallSchool

MARK = an_id("отметка")


@pytest.fixture
def school() -> Iterator[SmallSchool]:
    school = SmallSchool()
    yield school
    school.room.engine.close(WAIT_S)


@pytest.mark.clause("3.3.5")
def test_a_pupil_who_changes_groups_by_an_order_keeps_the_marks(school: SmallSchool) -> None:
    lesson = school.lesson(2, FIRST_HALF)
    given = [MarkInput(MARK, PETYA, "4", ANSWER)]
    school.does("give_marks", CLASS_7A, lesson, given, by=BORIS)
    halves = (
        j.Subgroup(FIRST_HALF, "1 группа", (YOLKIN,)),
        j.Subgroup(SECOND_HALF, "2 группа", (MASHA, PETYA)),
    )
    order = j.SubgroupSplitOrdered(ENGLISH, THURSDAY, "31-у", WEDNESDAY, halves)
    assert school.facts("split_class", CLASS_7A, order) == [order]
    school.room.now += timedelta(days=1)

    journal = school.room.engine.world(SLUG).journal(CLASS_7A)
    assert journal.marks[MARK].value == "4"
    assert journal.attends(PETYA, journal.lessons[lesson])  # that day it was the first group
    # Who gave it corrects it; the new teacher does not, and the other way round from Thursday on.
    how = {"saw": "4", "value": "5", "reason_code": ReasonCode.TYPO}
    assert school.refuses("correct_mark", CLASS_7A, MARK, **how, by=GALINA)[1] == "lesson.not_yours"
    assert len(school.facts("correct_mark", CLASS_7A, MARK, **how, by=BORIS)) == 1
    again = school.refuses("split_class", CLASS_7A, _without_order(order))
    assert again[1] == "split.no_order"


def _without_order(order: j.SubgroupSplitOrdered) -> j.SubgroupSplitOrdered:
    return j.SubgroupSplitOrdered(
        order.subject_id, order.since + timedelta(days=7), "", order.order_date, order.subgroups
    )
