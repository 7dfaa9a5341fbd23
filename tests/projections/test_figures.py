"""Live figures of the clauses: computed from what was recorded, and one click from what is not."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import psycopg
import pytest

from domain.clauses import CLAUSES
from domain.journal.term_marks import NewTermMark
from domain.people.facts import Name
from domain.values import ReasonCode
from projections.figures import MEASURES, Context, Figure, context_of, figures
from tests.conftest import admin, url_of
from tests.ground import YEAR, number, request
from tests.projections.life import MONDAY, MORNING, Life, life


@pytest.fixture(scope="module")
def at(server: str, template: str) -> Iterator[Life]:
    name = "test_figures"
    admin(server, "CREATE DATABASE {} TEMPLATE {}", name, template)
    with life(url_of(server, name)) as one:
        yield one
    admin(server, "DROP DATABASE {} WITH (FORCE)", name)


def measured(at: Life, clause: str, now: datetime = MORNING) -> Figure:
    """The first figure of a clause, after everything is folded."""
    at.fold_all()
    context = at.read(context_of, YEAR, now)
    assert isinstance(context, Context)
    found = at.read(figures, context, frozenset({clause}))
    one = found[clause][0]
    assert isinstance(one, Figure)
    return one


def counted(figure: Figure) -> tuple[int, int]:
    return figure.good, figure.total


def test_a_share_is_cut_and_never_rounded_up_to_all() -> None:
    assert Figure("1.4", "", 1999, 2000).share == "99.9"
    assert Figure("1.4", "", 2000, 2000).share == "100.0"
    assert Figure("1.4", "", 0, 7).share == "0.0"
    assert Figure("1.4", "", 0, 0).share is None
    assert Figure("1.4", "", 5, 7).missing == 2


def test_every_measured_clause_is_of_the_text() -> None:
    assert set(MEASURES) <= set(CLAUSES)


def test_a_year_that_is_not_opened_has_no_figures(at: Life) -> None:
    assert at.read(context_of, YEAR - 1, MORNING) is None


def test_a_week_is_the_last_one_that_is_over(at: Life) -> None:
    at.fold_all()
    context = at.read(context_of, YEAR, MORNING)
    assert context.week == (date(2026, 11, 16), date(2026, 11, 22))
    sunday = at.read(context_of, YEAR, MORNING - timedelta(hours=10))
    assert sunday.today == date(2026, 11, 22)  # 23:00 in Moscow
    assert sunday.week == (date(2026, 11, 9), date(2026, 11, 15))


def test_what_is_written_and_not_yet_shown_is_counted(at: Life) -> None:
    before = measured(at, "1.4")
    assert before.good == before.total
    at.must(at.topic(at.lessons[0]))
    context = at.read(context_of, YEAR, MORNING)
    lagging = at.read(figures, context, frozenset({"1.4"}))["1.4"][0]
    assert counted(lagging) == (before.total, before.total + 1)


def test_pupils_whose_family_gave_a_consent_that_holds(at: Life) -> None:
    pupil = at.pupils[0]
    every = len(at.pupils)
    assert counted(measured(at, "1.11")) == (0, every)
    consent = (at.class_id, pupil, at.mother)
    linked = at.school.link_guardian(
        YEAR, pupil, at.mother, MONDAY, by=at.office, request=request()
    )
    at.must(linked)
    at.must(at.school.give_consent(*consent, "diary", MONDAY, by=at.office, request=request()))
    assert counted(measured(at, "1.11")) == (1, every)
    assert counted(measured(at, "1.11", MORNING - timedelta(days=1))) == (0, every)
    at.must(at.school.withdraw_consent(*consent, "diary", by=at.office, request=request()))
    assert counted(measured(at, "1.11")) == (0, every)


def test_corrections_that_keep_what_was_there(at: Life) -> None:
    good, total = counted(measured(at, "2.2.5"))
    at.must(at.mark(at.lessons[0], at.pupils[0], "4", "kept"))
    at.must(at.correct("kept", "4", "5"))
    assert counted(measured(at, "2.2.5")) == (good + 1, total + 1)


def test_families_that_have_come_in_with_a_password_of_their_own(at: Life) -> None:
    by, father = at.office, number("figures/father")
    name = Name("Петров", "Пётр")
    at.must(at.school.register_person(YEAR, father, "guardian", name, by=by, request=request()))
    good, total = counted(measured(at, "3.1.2"))
    linked = at.school.link_guardian(YEAR, at.pupils[1], father, MONDAY, by=by, request=request())
    at.must(linked)
    assert counted(measured(at, "3.1.2")) == (good, total + 1)
    handed, _ = counted(measured(at, "4.2.г-2"))
    account = (
        f"INSERT INTO {at.schema}.account (person_id, login, hash, must_change, issued_at)"
        " VALUES (%s, 'father', NULL, true, now())"
    )
    with psycopg.connect(at.url) as conn:
        conn.execute(account, (father,))
    assert counted(measured(at, "3.1.2")) == (good, total + 1)  # still the one-time password
    assert counted(measured(at, "4.2.г-2"))[0] == handed + 1
    for change, entered in (("must_change = false", 1), ("disabled_at = now()", 0)):
        with psycopg.connect(at.url) as conn:
            conn.execute(f"UPDATE {at.schema}.account SET {change} WHERE person_id = %s", (father,))
        assert counted(measured(at, "3.1.2")) == (good + entered, total + 1)


def test_what_was_written_about_the_lessons_of_a_week(at: Life) -> None:
    """Of three lessons of the week only Monday's has its records; the check is on Tuesday."""
    monday = at.lessons[6]
    friday = MONDAY + timedelta(days=4)
    at.must(at.topic(monday))
    at.must(at.homework(monday, "figures/homework", "№ 5", friday))
    at.must(at.attendance(monday))
    tuesday = MORNING + timedelta(days=8)
    for clause in ("4.2.а-4", "4.2.а-2"):
        figure = measured(at, clause, tuesday)
        assert counted(figure) == (1, 3)
        assert figure.text.endswith("до конца дня урока за 23.11–29.11")
        assert figure.href == "/compliance?week=2026-W48"
    # the seven days that end with the last lesson whose week is over: the 18th, the 20th, the 23rd
    assert counted(measured(at, "4.2.а-3", tuesday)) == (1, 3)
    assert counted(measured(at, "4.2.а-1", tuesday)) == (3, 9)
    assert counted(measured(at, "2.1", tuesday)) == (3, 7)  # attendance of two lessons has time
    assert counted(measured(at, "1.7", tuesday)) == (1, 1)
    assert counted(measured(at, "1.7", tuesday - timedelta(days=7))) == (0, 1)


def test_topics_in_russian_and_records_of_no_pupil(at: Life) -> None:
    russian = measured(at, "3.1.3")
    assert russian.good == russian.total > 0
    written = measured(at, "6")
    assert written.good == written.total > 0


def test_pupils_of_a_divided_class_are_in_one_group(at: Life) -> None:
    assert counted(measured(at, "3.3.5")) == (0, 0)
    at.must(at.split(at.pupils[:2], at.pupils[2:]))
    every = len(at.pupils)
    assert counted(measured(at, "3.3.5")) == (every, every)


def test_jobs_that_did_what_they_were_for(at: Life) -> None:
    run = (
        f"INSERT INTO {at.schema}.job_run (run_id, job, period, scheduled_for, started, finished,"
        " outcome) VALUES (%s, 'a job', '2026-11-22', %s, %s, %s, %s)"
    )
    day = timedelta(days=1)
    runs = (("done", day), ("failed", 2 * day), ("missed", 3 * day), ("failed", 8 * day))
    with psycopg.connect(at.url) as conn:
        for name, ago in runs:
            then = MORNING - ago
            ended = None if name == "missed" else then
            conn.execute(run, (number(f"{name} {ago}"), then, ended, ended, name))
    assert counted(measured(at, "5.1")) == (1, 3)


def test_journals_that_somebody_looked_at_month_by_month(at: Life) -> None:
    """7а has lessons since September, 7б has none: September and October are over."""
    for clause in ("5.2", "4.2.б-1"):
        assert counted(measured(at, clause)) == (0, 2)
    assert counted(measured(at, "5.2", MORNING + timedelta(days=8))) == (0, 3)
    assert counted(measured(at, "4.2.а-6")) == (0, 0)


def test_term_marks_of_the_term_that_is_over(at: Life) -> None:
    assert counted(measured(at, "1.10")) == (0, 0)  # nobody has marks of the first term
    january = datetime(2027, 1, 5, 9, tzinfo=UTC)
    good, total = counted(measured(at, "1.10", january))
    assert (good, total > 0) == (0, True)
    mark = NewTermMark(at.pupils[0], "5", reason_code=ReasonCode.OTHER)
    issued = at.school.issue_term_marks(
        at.class_id, at.ground.subject_id, 2, [mark], by=at.anna, request=request()
    )
    at.must(issued)
    assert counted(measured(at, "1.10", january)) == (1, total)


def test_minutes_that_the_journal_answered(at: Life) -> None:
    assert counted(measured(at, "1.3")) == (0, 0)
    hour = timedelta(hours=1)
    with psycopg.connect(at.url) as conn:
        for since, until in ((24 * hour, 2 * hour), (hour, 0 * hour)):
            conn.execute(
                f"INSERT INTO {at.schema}.uptime (since, until) VALUES (%s, %s)",
                (MORNING - since, MORNING - until),
            )
    for clause in ("1.3", "4.1.а"):
        assert counted(measured(at, clause)) == (23 * 60, 24 * 60)


def test_what_is_due_at_the_end_of_the_year_says_so_until_its_last_term(at: Life) -> None:
    vacation, last_term = datetime(2026, 10, 30, tzinfo=UTC), datetime(2026, 11, 5, tzinfo=UTC)
    for clause in ("4.2.а-5", "4.2.г-4"):
        early = measured(at, clause, vacation)
        assert (counted(early), early.share) == ((0, 0), None)
        assert early.why.endswith("в конце года, считается с 05.11.2026")
        assert counted(measured(at, clause, last_term)) == (0, len(at.pupils))


def test_every_clause_has_a_figure_and_what_has_nothing_to_count_says_why(at: Life) -> None:
    at.fold_all()
    found = at.read(figures, at.read(context_of, YEAR, MORNING))
    assert list(found) == list(CLAUSES)
    for clause, of in found.items():
        for figure in of:
            assert (figure.clause, bool(figure.text)) == (clause, True)
            assert figure.total or figure.why, f"{clause}: {figure.text}"
            assert not figure.why.endswith(".")
            assert figure.missing >= 0
    [whole] = found["1.1"]
    assert counted(whole) == (sum(any(one.total for one in of) for of in found.values()), 53)
    assert whole.good < whole.total
