"""Clauses of the control: 4.2.а-6, 4.2.б-1, 5.2."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

import pytest

from domain.journal.control import NewRemark
from domain.journal.control_facts import Checked, JournalInspected, RemarkAccepted, RemarkOpened
from domain.journal.inspecting import Duty, Span, duty, spans
from domain.refusals import Conflict, Forbidden
from domain.regulation import Regulation
from tests.cast import ALGEBRA, ALLA, ANNA, CLASS_7A, DINA, KIRA, SVETA, VERA, an_id
from tests.domain.engine_room import WAIT_S
from tests.domain.seventh_a import CALENDAR, SEPTEMBER_1, WEDNESDAY
from tests.domain.small_school import SmallSchool
from tests.specs import YEAR

NUMBER, REMARK = an_id("проверка"), an_id("замечание")
INSPECTED = JournalInspected(NUMBER, SEPTEMBER_1, WEDNESDAY, tuple(Checked), 7, "9f" * 32)
TOPIC = NewRemark(REMARK, Checked.TOPICS, subject_id=ALGEBRA)
ADMINISTRATION_ONLY = (Forbidden, "access.administration_only")


@pytest.fixture
def school() -> Iterator[SmallSchool]:
    school = SmallSchool()
    yield school
    school.room.engine.close(WAIT_S)


@pytest.mark.clause("4.2.б-1", "5.2")
@pytest.mark.parametrize("months", [1, 2])
def test_each_journal_is_inspected_once_in_so_many_months_as_the_regulation_says(
    months: int,
) -> None:
    rules = Regulation(inspection_months=months)
    found = spans(YEAR, rules.inspection_months)
    october = date(2026, 10, 31)
    states = {
        span.first: duty(CALENDAR, span, [date(2026, 9, 15)], SEPTEMBER_1, october)
        for span in found
    }
    assert states[date(2026, 9, 1)] is Duty.INSPECTED
    missed = [first for first, state in states.items() if state is Duty.DUE]
    assert missed == ([date(2026, 10, 1)] if months == 1 else [])


@pytest.mark.clause("4.2.б-1", "5.2")
def test_a_month_without_an_inspection_is_missing_at_its_end_and_a_vacation_never_is() -> None:
    november = Span(date(2026, 11, 1), date(2026, 11, 30))
    july = Span(date(2027, 7, 1), date(2027, 7, 31))
    last = date(2026, 11, 30)
    assert duty(CALENDAR, november, [], SEPTEMBER_1, last) is Duty.DUE
    assert duty(CALENDAR, november, [], SEPTEMBER_1, last + timedelta(days=1)) is Duty.MISSING
    assert duty(CALENDAR, july, [], SEPTEMBER_1, date(2027, 8, 31)) is Duty.NOT_REQUIRED


@pytest.mark.clause("5.2", "4.2.б-1")
def test_the_control_is_the_deputies_and_stands_in_the_journal_for_ever(
    school: SmallSchool,
) -> None:
    for person in (ANNA, KIRA, ALLA, SVETA):
        refused = school.refuses("inspect_journal", CLASS_7A, INSPECTED, by=person)
        assert refused == ADMINISTRATION_ONLY
    [done] = school.does("inspect_journal", CLASS_7A, INSPECTED, by=VERA)
    assert (str(done.originator_id), done.envelope.by) == (CLASS_7A, VERA)
    assert done.fact == INSPECTED  # with the root of the log that was looked at


@pytest.mark.clause("4.2.а-6")
def test_a_remark_has_its_days_and_the_teacher_alone_does_not_close_it(
    school: SmallSchool,
) -> None:
    school.does("adopt_regulation", YEAR, Regulation(version="2", remark_days=5), "5-у")
    school.does("inspect_journal", CLASS_7A, INSPECTED)
    [opened] = school.facts("open_remark", CLASS_7A, NUMBER, TOPIC, "нет темы")
    assert isinstance(opened, RemarkOpened)
    assert (opened.teacher_id, opened.due_date) == (ANNA, WEDNESDAY + timedelta(days=5))

    early = school.refuses("accept_remark", CLASS_7A, REMARK, by=VERA)
    assert early == (Conflict, "remark.not_answered")
    school.does("resolve_remark", CLASS_7A, REMARK, (41,), by=ANNA)
    assert school.refuses("accept_remark", CLASS_7A, REMARK, by=ANNA) == ADMINISTRATION_ONLY
    assert school.facts("accept_remark", CLASS_7A, REMARK, by=DINA) == [RemarkAccepted(REMARK)]
