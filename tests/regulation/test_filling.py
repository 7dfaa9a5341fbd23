"""Clauses of filling: 1.3, 1.4, 1.6, 1.7, 2.1, 4.1.а, 4.1.д, 4.2.а-1 … 4.2.а-4.

The borders of every deadline, to the second and in every zone: tests/domain/test_duties.py.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import psycopg
import pytest

from api.compliance import Period
from api.documents.teacher_sheet import as_csv, sheet
from domain.access import Actor
from domain.duties import Duty, Lesson, Reason, Status, Verdict
from domain.refusals import Forbidden
from domain.regulation import HOMEWORK_DUE, PRESETS, Regulation
from projections import compliance
from projections.compliance import Line
from projections.uptime import measured
from tests.conftest import admin, clone, url_of
from tests.domain.test_duties import LONG_AFTER, MOSCOW, at, due, seen
from tests.ground import YEAR, request
from tests.projections.life import MONDAY, Life, life

FRIDAY = date(2026, 11, 27)
LATER = datetime(2027, 6, 1, tzinfo=UTC)
MIDNIGHT = datetime(2026, 11, 29, 21, tzinfo=UTC)


@pytest.fixture(scope="module")
def lived(server: str, template: str) -> Iterator[Life]:
    """Anna's Monday is filled in time, her Wednesday late, her Friday not at all; Boris's and
    Galina's groups have no lessons. The week is closed.
    """
    name = "test_filling_clauses"
    clone(server, name, template)
    with life(url_of(server, name)) as one:
        one.fold_all()
        first, second = (_lesson(one, MONDAY), _lesson(one, date(2026, 11, 25)))
        one.must(one.topic(first))
        one.must(one.attendance(first))
        one.must(one.homework(first, "h", "§ 5", date(2026, 11, 25)))
        one.clock.now = datetime(2026, 11, 26, 9, tzinfo=UTC)
        one.must(one.topic(second))
        one.clock.now = MIDNIGHT + timedelta(minutes=5)
        one.fold_all()
        with psycopg.connect(one.url) as conn:
            found = list(compliance.weeks_to_close(conn, one.schema, one.clock.now))
        for year, week in found:
            one.must(one.school.close_fill_check(year, week, by=one.office, request=request()))
        one.fold_all()
        yield one
    admin(server, "DROP DATABASE {} WITH (FORCE)", name)


def _lesson(of: Life, day: date) -> str:
    [line] = of.read(compliance.book, YEAR, day, day, of.class_id).lines
    return str(line.lesson_id)


def lines(of: Life) -> list[Line]:
    return list(of.read(compliance.book, YEAR, MONDAY, FRIDAY).lines)


def verdicts(of: Life, duty: Duty, now: datetime = LATER) -> list[Verdict]:
    return [one.lesson.verdict(duty, now) for one in lines(of)]


@pytest.mark.clause("1.3", "4.1.а")
def test_access_around_the_clock_is_measured_with_every_break() -> None:
    night = datetime(2026, 11, 7, tzinfo=UTC)
    spans = [(night, night + timedelta(hours=3)), (night + timedelta(hours=4), LATER)]
    found = measured(spans, night, night, night + timedelta(hours=24), LATER)
    assert found.share == "95.83"
    assert [(one.since, one.seconds) for one in found.breaks] == [
        (night + timedelta(hours=3), 3_600)
    ]


@pytest.mark.clause("1.4", "1.6")
def test_what_was_not_kept_up_is_closed_as_numbers_at_the_end_of_the_week(lived: Life) -> None:
    closed = lived.read(compliance.closed_week, YEAR, "2026-W48")
    topic = next(one for one in closed.found.found if one.duty is Duty.TOPIC)
    assert (topic.on_time, topic.late, topic.missing) == (1, 1, 1)
    assert closed.found.greatest_delay_minutes == 12 * 60 + 1


@pytest.mark.clause("1.6")
def test_no_person_closes_a_check_only_the_schools_own_job(lived: Life) -> None:
    found = lived.read(compliance.closed_week, YEAR, "2026-W48").found
    answer = lived.school.close_fill_check(
        YEAR, found, by=Actor(lived.anna.person_id, "s"), request=request()
    )
    with pytest.raises(Forbidden):
        answer.result(10)


@pytest.mark.clause("1.7")
def test_every_assignment_is_tracked_also_without_a_single_record(lived: Life) -> None:
    book = lived.read(compliance.book, YEAR, MONDAY, FRIDAY)
    judged = compliance.judge(book.lines, LATER)
    sunday = MIDNIGHT - timedelta(seconds=1)
    told = compliance.week_json(
        judged,
        compliance.groups(book.lines, sunday, LATER),
        book.staffing.active(MONDAY, FRIDAY),
        lived.read(compliance.staff_names),
        {},
    )
    found = {one["teacher_id"]: one for one in told["teachers"]}
    assert found[lived.anna.person_id]["status"] == "MISSING"
    for who in (lived.boris, lived.galina):
        assert (found[who.person_id]["lessons"], found[who.person_id]["unscheduled"]) == (0, 1)


@pytest.mark.clause("2.1")
def test_the_way_from_a_lesson_to_the_diary_is_measured_for_each_teacher(lived: Life) -> None:
    found = compliance.delays(compliance.judge(lines(lived), LATER), LATER)
    anna = found[lived.anna.person_id]
    # three records were made during Monday's lesson, Wednesday's topic a day after 9:15 in Moscow
    assert (anna.records, anna.median_minutes) == (4, 0)
    assert anna.p90_minutes == anna.greatest_minutes == 26 * 60 + 45


@pytest.mark.clause("4.1.д")
def test_the_sheet_of_a_teacher_can_be_counted_again_from_the_log(lived: Life) -> None:
    anna = lived.anna.person_id
    names = lived.read(compliance.staff_names)
    period = Period(compliance.judge(lines(lived), LATER), names, {}, 0)
    told = sheet(period, anna, MONDAY, FRIDAY, LATER)
    assert told["figures"]["duties"]["topic"] == {
        "on_time": 1,
        "late": 1,
        "missing": 1,
        "pending": 0,
        "not_required": 0,
    }
    positions = [
        verdict["position"]
        for lesson in told["lessons"]
        for verdict in lesson["duties"].values()
        if verdict["position"]
    ]
    with psycopg.connect(lived.url) as conn:
        recorded = conn.execute(
            f"SELECT notification_id FROM {lived.schema}.facts WHERE topic IN"
            " ('journal.topic-recorded', 'journal.attendance-taken', 'journal.homework-assigned')"
        ).fetchall()
    assert sorted(positions) == sorted(number_ for (number_,) in recorded)
    assert as_csv(told, MOSCOW, 1).decode("utf-8-sig").count("\r\n") == 1 + 4 * 3 + 1


@pytest.mark.clause("4.2.а-1")
def test_what_was_late_never_becomes_in_time(lived: Life) -> None:
    for now in (datetime(2026, 11, 26, 9, tzinfo=UTC), LATER):
        assert verdicts(lived, Duty.TOPIC, now)[1].status is Status.LATE


@pytest.mark.clause("4.2.а-2")
def test_a_lesson_without_a_topic_or_homework_is_missing(lived: Life) -> None:
    topics, homework = verdicts(lived, Duty.TOPIC), verdicts(lived, Duty.HOMEWORK)
    assert [one.status for one in topics] == [Status.ON_TIME, Status.LATE, Status.MISSING]
    assert [one.status for one in homework] == [Status.ON_TIME, Status.MISSING, Status.MISSING]


@pytest.mark.clause("4.2.а-3")
@pytest.mark.parametrize("days", [7, 3])
def test_attendance_is_recorded_within_so_many_days_as_the_regulation_says(days: int) -> None:
    of = due(Regulation(fill_days=days))
    last = at(MOSCOW, 2025, 9, 2 + days, 23, 59, 59)
    assert seen(Duty.ATTENDANCE, last, of=of).status is Status.ON_TIME
    assert seen(Duty.ATTENDANCE, last + timedelta(seconds=1), of=of).status is Status.LATE
    assert seen(Duty.ATTENDANCE, None, of=of).status is Status.MISSING


@pytest.mark.clause("4.2.а-3")
def test_a_group_is_filled_every_week_that_has_lessons(lived: Life) -> None:
    sunday = MIDNIGHT - timedelta(seconds=1)
    [group] = compliance.groups(lines(lived), sunday, MIDNIGHT)
    assert group.filled.status is Status.ON_TIME
    rest = [one for one in lines(lived) if one.date > MONDAY]
    [alone] = compliance.groups(rest, sunday, MIDNIGHT)
    assert compliance.unfilled([alone]) == [alone]  # a topic is neither attendance nor a mark


@pytest.mark.clause("4.2.а-4")
@pytest.mark.parametrize(
    ("preset", "hour", "minute", "second"),
    [("seed", 23, 59, 59), ("fop704", 14, 15, 0), ("ap147", 15, 15, 0)],
)
def test_homework_is_recorded_as_early_as_the_regulation_says(
    preset: str, hour: int, minute: int, second: int
) -> None:
    of = due(PRESETS[preset])
    last = at(MOSCOW, 2025, 9, 2, hour, minute, second)
    assert PRESETS[preset].homework_due in HOMEWORK_DUE
    assert seen(Duty.HOMEWORK, last, of=of).status is Status.ON_TIME
    assert seen(Duty.HOMEWORK, last + timedelta(seconds=1), of=of).status is Status.LATE


@pytest.mark.clause("4.2.а-4")
def test_nothing_set_is_an_answer_and_the_first_grade_needs_none(lived: Life) -> None:
    lesson = _lesson(lived, FRIDAY)
    nothing: Any = lived.school.declare_no_homework(
        lived.class_id, lesson, by=lived.anna, request=request()
    )
    lived.must(nothing)
    lived.fold_all()
    assert verdicts(lived, Duty.HOMEWORK)[2].status is Status.LATE
    first_grade = Lesson(due(), {}, homework=1 not in Regulation().no_homework_levels)
    assert first_grade.verdict(Duty.HOMEWORK, LONG_AFTER).reason is Reason.LEVEL
