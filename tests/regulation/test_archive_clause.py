"""Clause 5.3: at the end of each year the journal is archived, and then it is not written into."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from domain.office.archive_commands import UNWRITTEN
from domain.office.archive_facts import ArchiveAnnotated
from domain.refusals import Conflict, Forbidden
from domain.school import MarkInput
from tests.cast import ALGEBRA, ALLA, ANNA, ANSWER, CLASS_7A, DINA, PETYA, VERA, an_id
from tests.domain.engine_room import WAIT_S
from tests.domain.small_school import SmallSchool
from tests.specs import YEAR


@pytest.mark.clause("5.3")
def test_a_year_that_is_over_goes_into_the_archive_and_stays_as_it_was() -> None:
    school = SmallSchool()
    mark = an_id("четвёрка")
    column = [MarkInput(mark, PETYA, "4", ANSWER)]
    school.does("give_marks", CLASS_7A, school.lesson(1), column, by=ANNA)
    early = school.refuses("archive_year", YEAR, "12-у", accept_gaps=True, by=ALLA)
    assert early == (Conflict, "archive.year_not_over")
    school.room.now = datetime(2027, 6, 30, 9, tzinfo=UTC)
    school.does("close_term", CLASS_7A, 1)
    [archived] = school.does("archive_year", YEAR, "12-у", accept_gaps=True, by=ALLA)
    assert archived.fact.TOPIC == "office.year-archived"

    reopened = school.refuses("reopen_term", CLASS_7A, 1, "13-у", by=VERA)
    assert reopened == (Forbidden, "year.archived")
    beside = ArchiveAnnotated(
        an_id("пояснение"), CLASS_7A, PETYA, ALGEBRA, "4", "5", "3", UNWRITTEN, mark
    )
    [annotated] = school.does("annotate_archive", YEAR, beside, "решение комиссии", by=DINA)
    assert annotated.fact.TOPIC == "office.archive-annotated"
    school.room.engine.close(WAIT_S)
