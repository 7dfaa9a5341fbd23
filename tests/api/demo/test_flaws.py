"""Both sizes, fact by fact: every planted flaw is true, and there are no others."""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest

from domain.access import Actor
from domain.calendar import local_date
from domain.journal import facts as f
from domain.journal.correction_facts import (
    CorrectionApproved,
    CorrectionRejected,
    CorrectionRequested,
    TermReopened,
)
from domain.journal.outcome_facts import ProjectDefenceRecorded
from domain.refusals import Refusal
from domain.regulation import Regulation
from domain.school import MarkInput, School
from domain.values import Origin, Role
from domain.writing import Request
from tests.api.demo.conftest import TODAY, Built

KINDS = {
    "late_fill",
    "late_homework",
    "missing_homework",
    "missing_attendance",
    "mark_after_term_mark",
    "mark_without_lesson_refused",
    "absent_pupil_with_mark",
    "substitute_week",
    "night_burst",
    "no_consent",
    "unfilled_journal",
    "marks_without_lesson",
    "marks_without_topic",
    "backdated_fill",
    "term_mark_without_reason",
    "two_places",
    "released_before_lesson",
    "deputy_by_own_order",
    "unsigned_week",
    "unexplained_absences",
    "few_marks",
    "no_credentials",
    "credentials_not_taken",
    "long_ill",
    "reopened_term",
    "request_approved",
    "request_rejected",
    "request_waiting",
    "letters_not_sent",
    "letter_unopened",
    "unsigned_diary",
    "no_paper",
    "overdue_remark",
    "untrained",
    "unanswered_question",
}
#: At the end of a year, which the small demonstration does not reach.
OF_WHOLE_YEARS = {"missing_defence"}
ZONE = "Europe/Moscow"


def test_nothing_is_recorded_about_today_and_time_never_goes_back(built: Built) -> None:
    moments = built.evidence.moments
    assert moments == sorted(moments)
    assert local_date(moments[-1], ZONE) == TODAY - timedelta(days=1)


def test_every_fact_says_that_it_is_a_demonstration(built: Built) -> None:
    assert built.evidence.origins == {Origin.DEMO}


def test_teachers_write_and_the_administration_administers(built: Built) -> None:
    for lesson in built.evidence.lessons.values():
        assert {envelope.role for _, envelope in lesson.entries} <= {Role.TEACHER}


def test_every_kind_is_planted(built: Built) -> None:
    whole = OF_WHOLE_YEARS if built.recipe.plan.whole_years else set()
    assert {one["kind"] for one in built.report["planted"]} == KINDS | whole


def test_late_lessons_are_filled_more_than_a_week_later(built: Built) -> None:
    for flaw in built.planted("late_fill"):
        lesson = built.evidence.lessons[flaw["lesson_id"]]
        first = min(envelope.at for _, envelope in lesson.entries)
        assert (local_date(first, ZONE) - lesson.day).days == flaw["days"] > 7


def test_late_homework_is_written_on_the_next_day(built: Built) -> None:
    for flaw in built.planted("late_homework"):
        lesson = built.evidence.lessons[flaw["lesson_id"]]
        [first, *_] = [local_date(envelope.at, ZONE) for _, envelope in lesson.homework]
        assert (first - lesson.day).days == 1


def test_missing_things_are_missing_and_the_rest_of_the_lesson_is_there(built: Built) -> None:
    for flaw in built.planted("missing_homework"):
        lesson = built.evidence.lessons[flaw["lesson_id"]]
        assert not lesson.homework
        assert lesson.topics
        assert lesson.attendance
    for flaw in built.planted("missing_attendance"):
        lesson = built.evidence.lessons[flaw["lesson_id"]]
        assert not lesson.attendance
        assert lesson.topics
        assert lesson.homework


def test_a_journal_is_unfilled_for_weeks(built: Built) -> None:
    for flaw in built.planted("unfilled_journal"):
        lessons = [built.evidence.lessons[number] for number in flaw["lesson_ids"]]
        assert len(lessons) >= 3
        assert not any(lesson.entries for lesson in lessons)
        assert {lesson.teacher_id for lesson in lessons} == {flaw["teacher_id"]}


def test_marks_are_corrected_after_the_term_mark_while_the_term_is_open(built: Built) -> None:
    for flaw in built.planted("mark_after_term_mark"):
        [(fact, envelope)] = built.evidence.corrections[flaw["mark_id"]]
        assert isinstance(fact, f.MarkCorrected)
        assert (fact.old_value, fact.value) == (flaw["old_value"], flaw["value"])
        cell = (flaw["class_id"], flaw["pupil_id"], flaw["subject_id"], flaw["term"])
        closed = built.evidence.closed[flaw["class_id"], flaw["term"]]
        assert built.evidence.term_marks[cell] < envelope.at < closed


def test_a_pupil_who_was_absent_has_a_mark(built: Built) -> None:
    for flaw in built.planted("absent_pupil_with_mark"):
        lesson = built.evidence.lessons[flaw["lesson_id"]]
        assert flaw["pupil_id"] in lesson.absent
        assert built.evidence.marks[flaw["mark_id"]].pupil_id == flaw["pupil_id"]


def test_in_the_week_of_a_substitute_all_is_written_in_the_name_of_the_teacher(
    built: Built,
) -> None:
    for flaw in built.planted("substitute_week"):
        order = built.evidence.substitutions[flaw["substitution_id"]]
        assert (order.substitute_id, order.teacher_id) == (
            flaw["substitute_id"],
            flaw["teacher_id"],
        )
        for number in flaw["lesson_ids"]:
            lesson = built.evidence.lessons[number]
            assert order.since <= lesson.day <= order.until
            written = [envelope for _, envelope in lesson.entries]
            assert {one.by for one in written} == {flaw["substitute_id"]}
            assert {one.acting_for for one in written} == {flaw["teacher_id"]}


def test_a_substitute_has_no_lesson_of_one_s_own_at_that_time(built: Built) -> None:
    lessons = built.evidence.lessons
    for flaw in built.planted("substitute_week"):
        own = {
            (lesson.day, lesson.number)
            for lesson in lessons.values()
            if lesson.teacher_id == flaw["substitute_id"]
        }
        stood_in = {(lessons[n].day, lessons[n].number) for n in flaw["lesson_ids"]}
        assert not own & stood_in


def test_too_few_marks_have_those_who_are_overlooked_or_ill_all_the_term(built: Built) -> None:
    ill = {(one["pupil_id"], one["term"]) for one in built.planted("long_ill")}
    others = [
        one for one in built.planted("few_marks") if (one["pupil_id"], one["term"]) not in ill
    ]
    assert {one["needed"] - one["marks"] for one in others} == {2}
    assert len({one["subject_id"] for one in others}) == 1
    assert len(others) == (6 if built.recipe.plan.whole_years else 1)


def test_who_is_ill_all_the_term_is_not_attested_and_nobody_else(built: Built) -> None:
    not_attested = {
        (fact.pupil_id, fact.term)
        for recorded in built.log.since(0)
        if isinstance(fact := recorded.fact, f.TermMarkIssued) and fact.value == "н/а"
    }
    assert not_attested == {(one["pupil_id"], one["term"]) for one in built.planted("long_ill")}


def test_of_three_requests_one_is_approved_one_rejected_one_waits(built: Built) -> None:
    asked, answers = {}, {}
    for recorded in built.log.since(0):
        match recorded.fact:
            case CorrectionRequested() as fact:
                asked[fact.request_id] = fact
            case CorrectionApproved() | CorrectionRejected() as fact:
                answers[fact.request_id] = type(fact)
    expected = {
        "request_approved": CorrectionApproved,
        "request_rejected": CorrectionRejected,
        "request_waiting": None,
    }
    listed = {
        flaw["request_id"]: answer
        for kind, answer in expected.items()
        for flaw in built.planted(kind)
    }
    assert {number: answers.get(number) for number in asked} == listed


def test_a_term_is_opened_again_by_its_order_and_closed_the_same_day(built: Built) -> None:
    opened = [
        (str(one.originator_id), one.fact.term, one.fact.order_no, one.envelope.at)
        for one in built.log.since(0)
        if isinstance(one.fact, TermReopened)
    ]
    assert [one[:3] for one in opened] == [
        (flaw["class_id"], flaw["term"], flaw["order_no"])
        for flaw in built.planted("reopened_term")
    ]
    for class_id, term, _, at in opened:
        assert timedelta() < built.evidence.closed[class_id, term] - at < timedelta(hours=3)


def test_at_the_end_of_a_year_everybody_but_the_listed_has_defended(built: Built) -> None:
    defended = {
        (str(one.originator_id), one.fact.pupil_id)
        for one in built.log.since(0)
        if isinstance(one.fact, ProjectDefenceRecorded)
    }
    assert defended
    if not built.recipe.plan.whole_years:
        return
    missing = {(one["class_id"], one["pupil_id"]) for one in built.planted("missing_defence")}
    owed = {
        (journal.class_id, pupil)
        for journal in built.journals
        if journal.year == TODAY.year - 1 and journal.grade_level in Regulation().project_levels
        for pupil in journal.pupils
        if journal.enrolled(pupil, date(TODAY.year, 5, 20))
    }
    assert owed - defended == missing


def test_at_night_many_marks_are_raised_from_one_session(built: Built) -> None:
    for flaw in built.planted("night_burst"):
        assert len(flaw["mark_ids"]) >= 5
        sessions = set()
        for number in flaw["mark_ids"]:
            [(fact, envelope)] = built.evidence.corrections[number]
            assert isinstance(fact, f.MarkCorrected)
            assert fact.value > fact.old_value
            assert local_date(envelope.at, ZONE) == date.fromisoformat(flaw["date"])
            assert envelope.at.astimezone(UTC).hour == 23  # two o'clock in Moscow
            sessions.add((envelope.by, envelope.session))
        assert sessions == {(flaw["by"], flaw["session"])}


def test_marks_stand_alone_or_without_a_topic(built: Built) -> None:
    for kind in ("marks_without_lesson", "marks_without_topic"):
        for flaw in built.planted(kind):
            lesson = built.evidence.lessons[flaw["lesson_id"]]
            assert lesson.marks
            assert not lesson.topics
            assert bool(lesson.attendance) == (kind == "marks_without_topic")


def test_a_backdated_lesson_is_filled_after_two_weeks(built: Built) -> None:
    for flaw in built.planted("backdated_fill"):
        lesson = built.evidence.lessons[flaw["lesson_id"]]
        first = min(envelope.at for _, envelope in lesson.entries)
        assert (local_date(first, ZONE) - lesson.day).days == flaw["days"] > 14


def test_a_deputy_and_a_helper_have_written_one_lesson_each(built: Built) -> None:
    for kind in ("deputy_by_own_order", "released_before_lesson"):
        for flaw in built.planted(kind):
            lesson = built.evidence.lessons[flaw["lesson_id"]]
            assert lesson.marks
            assert {envelope.by for _, envelope in lesson.entries} == {flaw["by"]}


def test_three_corrections_of_a_moment_come_from_two_sign_ins(built: Built) -> None:
    for flaw in built.planted("two_places"):
        done = [built.evidence.corrections[number][0][1] for number in flaw["mark_ids"]]
        assert {one.by for one in done} == {flaw["by"]}
        assert [one.session == flaw["session"] for one in done] == [False, True, False]


def test_a_pupil_without_consent_has_none(built: Built) -> None:
    for flaw in built.planted("no_consent"):
        assert flaw["pupil_id"] not in built.evidence.consents
        assert flaw["login"]


def test_marks_without_a_lesson_left_no_trace_and_are_refused_again(
    built: Built, school_again: School
) -> None:
    codes = set()
    for flaw in built.planted("mark_without_lesson_refused"):
        assert date.fromisoformat(flaw["date"]) < built.recipe.today
        if "lesson_id" in flaw:
            lesson = built.evidence.lessons[flaw["lesson_id"]]
            assert lesson.cancelled
            assert not lesson.entries
        codes.add(flaw["code"])
    assert codes == {"lesson.unknown", "lesson.cancelled", "lesson.not_a_school_day"}
    flaw = next(
        one
        for one in built.planted("mark_without_lesson_refused")
        if one["code"] == "lesson.unknown"
    )
    wanted = MarkInput(str(uuid4()), flaw["by"], "5", flaw["by"])
    answer = school_again.give_marks(
        flaw["class_id"],
        str(uuid4()),
        [wanted],
        by=Actor(flaw["by"], "test"),
        request=Request(bytes(16), bytes(16)),
    )
    with pytest.raises(Refusal) as refused:
        answer.result(30)
    assert refused.value.code == flaw["code"]


def test_what_is_not_listed_is_in_order(built: Built) -> None:
    listed: dict[str, set[str]] = {}
    for flaw in built.report["planted"]:
        for number in (*flaw.get("lesson_ids", ()), flaw.get("lesson_id", "")):
            listed.setdefault(number, set()).add(flaw["kind"])
    today = built.recipe.today
    checked = 0
    for number, lesson in built.evidence.lessons.items():
        kinds = listed.get(number, set())
        wrong = kinds - {"substitute_week", "absent_pupil_with_mark", "mark_after_term_mark"}
        if wrong or lesson.cancelled or lesson.day >= today:
            continue
        checked += 1
        by_day = {
            what: [(local_date(e.at, ZONE) - lesson.day).days for _, e in written]
            for what, written in (
                ("topic", lesson.topics),
                ("homework", lesson.homework),
                ("attendance", lesson.attendance),
                ("marks", lesson.marks),
            )
        }
        assert by_day["topic"][0] == 0
        assert by_day["homework"][0] == 0
        assert by_day["attendance"][0] == 0
        assert all(days <= 7 for days in by_day["marks"])
        if "absent_pupil_with_mark" not in kinds:
            assert not lesson.absent & {
                fact.pupil_id for fact, _ in lesson.marks if isinstance(fact, f.MarkGiven)
            }
    assert checked > 500


def test_only_the_listed_marks_are_corrected_after_a_term_mark(built: Built) -> None:
    issued: dict[tuple[str, str, str], list[datetime]] = defaultdict(list)
    for (class_id, pupil_id, subject_id, _), at in built.evidence.term_marks.items():
        issued[class_id, pupil_id, subject_id].append(at)
    after = set()
    for mark_id, corrections in built.evidence.corrections.items():
        mark = built.evidence.marks[mark_id]
        lesson = built.evidence.lessons[mark.lesson_id]
        held = datetime(lesson.day.year, lesson.day.month, lesson.day.day, tzinfo=UTC)
        cell = (lesson.class_id, mark.pupil_id, lesson.subject_id)
        standing = min((at for at in issued[cell] if at > held), default=None)
        if standing and any(envelope.at > standing for _, envelope in corrections):
            after.add(mark_id)
    assert after == {flaw["mark_id"] for flaw in built.planted("mark_after_term_mark")}
