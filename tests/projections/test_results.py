"""Terms and years as they are read: suggestions, results, requests, checklists of closing."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any
from uuid import uuid4

import psycopg
import pytest

from domain.codec import decode
from domain.journal import facts as j
from domain.journal.marks import NewDebt
from domain.journal.requests import TermMarkWord
from domain.journal.results import NewDecision, NewResult
from domain.journal.term_marks import NewTermMark
from domain.values import AttendanceCode, CouncilDecision, ReasonCode
from projections import terms
from projections.replay import replay
from tests.conftest import admin, clone, url_of
from tests.ground import YEAR, number, request
from tests.projections.life import Life, life

REQUEST = number("request")
TODAY = date(2026, 12, 1)


@pytest.fixture(scope="module")
def at(server: str, template: str) -> Iterator[Life]:
    """A term of algebra with everything that may be in one."""
    name = f"test_{uuid4().hex}"
    clone(server, name, template)
    with life(url_of(server, name)) as lived:
        _live(lived)
        yield lived
    admin(server, "DROP DATABASE {} WITH (FORCE)", name)


def _live(at: Life) -> None:
    school, pupils, subject = at.school, at.pupils, at.ground.subject_id
    by: dict[str, Any] = {"by": at.anna}
    for n, value in enumerate("3345"):
        at.must(at.mark(at.lessons[n], pupils[0], value, f"first {n}"))
    at.must(at.mark(at.lessons[0], pupils[1], "5", "second"))
    at.must(at.attendance(at.lessons[0], p0=AttendanceCode.ILL))
    at.must(at.attendance(at.lessons[1], p2=AttendanceCode.ABSENT_UNSPECIFIED))
    at.must(at.topic(at.lessons[0]))
    debt = NewDebt(number("debt"), pupils[2], at.ground.work_type_id, date(2026, 12, 1))
    at.must(school.raise_debts(at.class_id, at.lessons[1], [debt], **by, request=request()))
    column = [
        NewTermMark(pupils[0], "5", "", ReasonCode.OTHER),
        NewTermMark(pupils[1], "н/а"),
    ]
    at.must(
        school.issue_term_marks(
            at.class_id,
            subject,
            2,
            column,
            reasons={pupils[0]: "олимпиада"},
            **by,
            request=request(),
        )
    )


def _end_the_year(at: Life, exam_day: date) -> None:
    """Every mark of the year's end, each corrected once; two decisions of the council."""
    school, pupils, subject = at.school, at.pupils, at.ground.subject_id
    by: dict[str, Any] = {"by": at.anna}
    office: dict[str, Any] = {"by": at.office}
    result = [NewResult(pupils[0], "4")]
    at.must(school.issue_year_marks(at.class_id, subject, result, **by, request=request()))
    at.must(
        school.record_exam_marks(at.class_id, subject, exam_day, result, **by, request=request())
    )
    at.must(school.issue_final_marks(at.class_id, subject, result, **by, request=request()))
    for kind in ("year", "exam", "final"):
        at.must(
            school.correct_result(
                at.class_id,
                kind,
                pupils[0],
                subject,
                saw="4",
                value="5",
                reason_code=ReasonCode.RECOUNT,
                **by,
                request=request(),
            )
        )
    for decision in (CouncilDecision.RETAINED, CouncilDecision.PROMOTED):
        at.must(
            school.record_council_decisions(
                at.class_id,
                [NewDecision(pupils[0], decision)],
                "9",
                exam_day,
                **office,
                request=request(),
            )
        )


def _forget_the_words(at: Life) -> None:
    """The words leave the vault, what was decided stays."""
    wanted = at.read(terms.request_of, REQUEST)
    assert wanted.reason
    texts = [payload for payload, subject in at.vault("reason") if subject == wanted.pupil_id]
    assert len(texts) == 2  # of the term mark, of the request
    at.must(
        at.school.erase_payloads(
            YEAR, wanted.pupil_id, texts, "акт 2", by=at.office, request=request()
        )
    )
    at.fold_all()
    left = at.read(terms.request_of, REQUEST)
    assert (left.reason, left.answer) == ("", "approved")
    assert replay(at.projector, at.schema).agrees


def issued_marks(at: Life) -> list[j.TermMarkIssued]:
    with psycopg.connect(at.url) as conn:
        found = conn.cursor(binary=True).execute(
            f"SELECT topic, state FROM {at.schema}.facts WHERE topic = %s ORDER BY notification_id",
            (j.TermMarkIssued.TOPIC,),
        )
        facts = [decode(topic, state).fact for topic, state in found.fetchall()]
    return [fact for fact in facts if isinstance(fact, j.TermMarkIssued)]


def of_class(at: Life) -> dict[str, Any]:
    found = at.read(terms.results_of_class, at.class_id, at.ground.subject_id)
    return {one["pupil_id"]: one for one in found["pupils"]}


def test_the_reader_suggests_what_the_domain_suggests(at: Life) -> None:
    at.fold_all()
    found = at.read(terms.suggestions, at.class_id, at.ground.subject_id, 2)
    issued = issued_marks(at)
    assert len(issued) == 2
    for fact in issued:
        suggestion = found["suggested"][fact.pupil_id]
        assert (suggestion.value, suggestion.mean.value, suggestion.version) == (
            fact.suggested,
            fact.average,
            fact.version,
        )
        if fact.value == "н/а":
            assert suggestion.presence.share == fact.missed_share
    first = found["suggested"][at.pupils[0]]
    assert [line.value for line in first.mean.lines] == ["3", "3", "4", "5"]
    assert (first.presence.held, first.presence.missed) == (2, 1)


def _take_back_and_issue_again(at: Life, pupil: str) -> None:
    """Who never had the mark by any list but the pupil's own, which says what was annulled."""
    subject = at.ground.subject_id
    by: dict[str, Any] = {"by": at.anna}
    place = (at.class_id, pupil, subject, 2)
    why: dict[str, Any] = {"saw": "н/а", "reason_code": ReasonCode.WRONG_PUPIL}
    at.must(at.school.annul_term_mark(*place, **(why | by), request=request()))
    at.fold_all(2)
    [year] = at.read(terms.terms_of_pupil, pupil)
    [[gone]] = [line["terms"] for line in year["subjects"]]
    assert (gone["value"], gone["was"]) == (None, "н/а")
    assert of_class(at)[pupil]["terms"] == {}
    unfinished = at.read(terms.closing, at.class_id, 2, TODAY)
    assert pupil in {one["pupil_id"] for one in unfinished.missing if one["subject_id"] == subject}
    again = [NewTermMark(pupil, "4", "", ReasonCode.OTHER)]
    at.must(at.school.issue_term_marks(at.class_id, subject, 2, again, **by, request=request()))
    at.fold_all(2)
    assert of_class(at)[pupil]["terms"] == {"2": "4"}


def test_a_story_of_a_term_and_a_year_is_read_and_folded_alike_and_its_words_may_go(
    at: Life,
) -> None:
    school, pupils, subject = at.school, at.pupils, at.ground.subject_id
    by: dict[str, Any] = {"by": at.anna}
    office: dict[str, Any] = {"by": at.office}
    at.fold_all(3)
    _take_back_and_issue_again(at, pupils[1])
    unfinished = at.read(terms.closing, at.class_id, 2, TODAY)
    assert (unfinished.blocked, unfinished.closed) == (True, False)
    assert [one["pupil_id"] for one in unfinished.debts] == [pupils[2]]
    assert [one["pupil_id"] for one in unfinished.unexplained] == [pupils[2]]
    lacking = {one["pupil_id"] for one in unfinished.missing if one["subject_id"] == subject}
    assert lacking == set(pupils[2:])
    assert at.lessons[0] not in {one["lesson_id"] for one in unfinished.unrecorded}
    assert at.lessons[1] in {one["lesson_id"] for one in unfinished.unrecorded}

    at.must(school.resolve_debt(at.class_id, number("debt"), **by, request=request()))
    at.must(school.close_term(at.class_id, 2, **office, request=request()))
    at.must(
        school.request_correction(
            at.class_id,
            REQUEST,
            number("first 0"),
            saw="3",
            value="4",
            reason_code=ReasonCode.APPEAL,
            reason="не засчитана задача",
            **by,
            request=request(),
        )
    )
    at.fold_all(2)
    assert at.read(terms.closing, at.class_id, 2, TODAY).closed
    [asked] = at.read(terms.requests, open_only=True)
    assert (asked.now, asked.saw, asked.value, asked.reason) == (
        "3",
        "3",
        "4",
        "не засчитана задача",
    )
    assert (asked.term, asked.term_mark, asked.closed, asked.needs_order) == (2, "5", True, True)
    assert at.read(terms.waiting, at.anna.person_id) == 0
    assert at.read(terms.waiting, at.office.person_id) == 1
    assert at.read(terms.requests, by=at.boris.person_id) == []

    at.must(
        school.approve_correction(
            at.class_id,
            REQUEST,
            order_no="акт 4",
            term_mark=TermMarkWord("changed", "4"),
            **office,
            request=request(),
        )
    )
    at.must(school.reopen_term(at.class_id, 2, "77-у", **office, request=request()))
    at.fold_all(2)
    answered = at.read(terms.request_of, REQUEST)
    assert (answered.now, answered.answer, answered.tier) == ("4", "approved", "T3")
    assert (answered.order_no, answered.fate) == ("акт 4", "changed")
    opened = at.read(terms.closing, at.class_id, 2, TODAY)
    assert (opened.closed, opened.order_no) == (False, "77-у")
    [year] = at.read(terms.terms_of_pupil, pupils[0])
    [line] = year["subjects"]
    [mark] = line["terms"]
    assert (mark["value"], mark["was"], mark["corrected"]) == ("4", "5", True)
    assert mark["average"] == "3.75"

    _end_the_year(at, exam_day := date(2026, 11, 20))
    at.fold_all(1)
    one = of_class(at)[pupils[0]]
    assert one["terms"] == {"2": "4"}
    assert {kind: (one[kind]["value"], one[kind]["was"]) for kind in ("year", "exam", "final")} == {
        "year": ("5", "4"),
        "exam": ("5", "4"),
        "final": ("5", "4"),
    }
    [year] = at.read(terms.finals_of_pupil, pupils[0])
    [line] = year["subjects"]
    assert (line["year_mark"]["value"], line["final_mark"]["was"]) == ("5", "4")
    assert year["decision"] == {
        "decision": "PROMOTED",
        "was": "RETAINED",
        "protocol_no": "9",
        "protocol_date": exam_day.isoformat(),
    }
    report = replay(at.projector, at.schema)
    assert report.agrees, report.differences
    assert report.tables["result_request"] == 1
    _forget_the_words(at)
