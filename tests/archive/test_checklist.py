"""The checklist before the archive: the page counts what the decision counts."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest

from domain.journal.term_marks import NewTermMark
from domain.refusals import Conflict
from domain.values import ReasonCode
from projections.archive import checklist as reading
from projections.archive.checklist import Checklist
from tests.archive.archived import AFTER, Archived, archived
from tests.ground import YEAR, request


@pytest.fixture
def school(database: str) -> Iterator[Archived]:
    with archived(database) as one:
        yield one


def test_the_page_counts_from_tables_what_the_decision_counts_from_facts(school: Archived) -> None:
    at, s = school.at, school.at.school

    def left(day: date) -> Checklist:
        at.fold_all()
        found = at.read(reading.checklist, YEAR, day)
        assert isinstance(found, Checklist)
        return found

    def refused() -> Conflict:
        with pytest.raises(Conflict) as caught:
            school.archive(accept_gaps=False)
        return caught.value

    early = left(date(2026, 12, 30))
    assert (early.over, early.open_terms, early.blocked) == (False, [], True)
    at.must(s.reopen_term(at.class_id, 2, "5-у", by=at.office, request=request()))
    assert left(AFTER.date()).open_terms == ["2 четверть: 7а"]
    assert "7а (2 четверть)" in refused().message
    subject = at.ground.subject_id
    at.clock.now = datetime(2027, 6, 30, 10, tzinfo=UTC)
    marks = [NewTermMark(pupil, "4", reason_code=ReasonCode.OTHER) for pupil in at.pupils[:3]]
    at.must(s.issue_term_marks(at.class_id, subject, 2, marks, by=at.anna, request=request()))
    at.must(s.close_term(at.class_id, 2, by=at.office, request=request()))

    shown = left(AFTER.date())
    said = refused()
    assert said.code == "archive.gaps"
    assert [{"kind": one.kind, "count": one.count} for one in shown.gaps] == said.extra["gaps"]
    assert {one.kind: one.count for one in shown.gaps} == {"year_marks": 3, "council": 5}

    school.archive()
    school.seal()
    school.annotate()
    at.fold_all()
    [card] = at.read(reading.years)
    assert card.archived is not None
    assert len(card.annotations) == 1
