"""Live figures of the whole program: its log checked, its years kept, its reports and forecasts."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import psycopg
import pytest

from domain.forecast.parameters import Parameters
from domain.office.archive_facts import ArchiveFile, ArchiveWritten
from domain.regulation import Regulation
from projections import forecast
from projections.figures import Context, Figure, context_of, figures
from projections.forecast.calibration import Alarms, Calibration, Part
from tests.conftest import admin, url_of
from tests.ground import YEAR, number, request
from tests.projections.life import MONDAY, Life, life

JANUARY = datetime(2027, 1, 11, 9, tzinfo=UTC)  # after the last term of the small school


@pytest.fixture(scope="module")
def at(server: str, template: str) -> Iterator[Life]:
    name = "test_figures_of_the_whole"
    admin(server, "CREATE DATABASE {} TEMPLATE {}", name, template)
    with life(url_of(server, name)) as one:
        yield one
    admin(server, "DROP DATABASE {} WITH (FORCE)", name)


def measured(at: Life, clause: str, now: datetime | None = None, place: int = 0) -> Figure:
    """A figure of a clause once everything is folded."""
    at.fold_all()
    context = at.read(context_of, YEAR, now or at.clock())
    assert isinstance(context, Context)
    found = at.read(figures, context, frozenset({clause}))[clause][place]
    assert isinstance(found, Figure)
    return found


def counted(at: Life, clause: str, now: datetime | None = None, place: int = 0) -> tuple[int, int]:
    """Good and total."""
    found = measured(at, clause, now, place)
    return found.good, found.total


def sql(at: Life, text: str, *arguments: Any) -> Any:
    """What only the doors or a job would write; or the first row of an answer."""
    with psycopg.connect(at.url) as conn:
        conn.execute(f"SET search_path = {at.schema}")
        found = conn.execute(text, arguments)
        return found.fetchone() if found.description else None


def test_what_was_written_before_today_is_held_against_its_seals(at: Life) -> None:
    assert measured(at, "1.2").why == "журнал начат сегодня"
    tomorrow = at.clock() + timedelta(days=1)
    [last] = sql(at, "SELECT last FROM head")
    assert counted(at, "1.2", tomorrow) == (0, last)
    check = (
        "INSERT INTO audit_check (check_id, kind, year, by, requested_at, requested_position,"
        " completed_at, checked_position, found)"
        " VALUES (%s, 'verification', %s, %s, %s, 1, %s, %s, %s)"
    )
    by, now = at.office.person_id, at.clock()
    sql(at, check, number("bad"), None, by, now, now, last, 2)
    sql(at, check, number("of a year"), YEAR, by, now, now, last, 0)
    assert counted(at, "1.2", tomorrow) == (0, last)  # findings, or not the whole log
    sql(at, check, number("good"), None, by, now, now, last - 3, 0)
    assert counted(at, "1.2", tomorrow) == (last - 3, last)


def test_staff_with_an_account_and_staff_that_came_in_by_it(at: Life) -> None:
    """Anna and the two teachers of English; one of them is the class teacher."""
    for clause in ("1.5", "2.2.3"):
        assert counted(at, clause) == (0, 3)
    account = (
        "INSERT INTO account (person_id, login, hash, must_change, issued_at, disabled_at)"
        " VALUES (%s, %s, NULL, %s, now(), %s)"
    )
    sql(at, account, at.anna.person_id, "anna", False, None)
    sql(at, account, at.boris.person_id, "boris", True, None)
    sql(at, account, at.galina.person_id, "galina", False, at.clock())
    assert counted(at, "1.5") == (2, 3)
    assert counted(at, "2.2.3") == (1, 3)
    assert measured(at, "1.5").href == "/staff/credentials"


def test_lessons_and_subjects_of_a_week_that_are_in_the_diary(at: Life) -> None:
    """Of the three lessons of 7а in the week of the 23rd Monday's is told of to the end."""
    monday = at.lessons[6]
    at.must(at.topic(monday))
    at.must(at.homework(monday, "whole/homework", "№ 5", MONDAY + timedelta(days=4)))
    over = at.clock() + timedelta(days=8)
    assert counted(at, "1.8", over) == (0, 3)
    assert counted(at, "2.2.11", over) == (0, 1)  # homework without attendance
    at.must(at.attendance(monday))
    assert counted(at, "1.8", over) == (1, 3)
    figure = measured(at, "2.2.11", over)
    assert (figure.good, figure.total) == (1, 1)
    assert figure.text == "предметов классов, где за 23.11–29.11 есть и посещаемость, и задание"
    assert figure.href == "/compliance?week=2026-W48"


def test_the_parts_of_the_program_that_have_read_the_last_fact(at: Life) -> None:
    at.fold_all()
    [parts] = sql(at, "SELECT count(*) FROM bookmark")
    assert counted(at, "2.2.2") == (parts, parts)
    sql(at, "UPDATE bookmark SET position = position - 1 WHERE name = 'trail_v1'")
    context = at.read(context_of, YEAR, at.clock())
    [lagging] = at.read(figures, context, frozenset({"2.2.2"}))["2.2.2"]
    sql(at, "UPDATE bookmark SET position = position + 1 WHERE name = 'trail_v1'")
    assert (lagging.good, lagging.total) == (parts - 1, parts)


def test_marks_stand_in_the_diaries_as_in_the_registers(at: Life) -> None:
    at.must(at.mark(at.lessons[0], at.pupils[0], "4", "whole/one"))
    at.must(at.mark(at.lessons[0], at.pupils[1], "3", "whole/two"))
    at.must(at.correct("whole/one", "4", "5"))
    assert counted(at, "2.2.6") == (2, 2)
    sql(at, "UPDATE diary_mark SET value = '2' WHERE mark_id = %s", number("whole/one"))
    assert counted(at, "2.2.6") == (1, 2)
    sql(at, "UPDATE diary_mark SET value = '5' WHERE mark_id = %s", number("whole/one"))


def test_reports_that_were_asked_for_as_a_file(at: Life) -> None:
    assert measured(at, "2.2.7").href == "/reports"
    run = (
        "INSERT INTO report_run (run_id, form, format, title, asked, asked_by, asked_at, state,"
        " position, body) VALUES (%s, 'letter', 'pdf', 'Письмо', '', %s, %s, %s, %s, %s)"
    )
    who, now, day = at.anna.person_id, at.clock(), timedelta(days=1)
    sql(at, run, number("ready"), who, now, "ready", 1, b"%PDF")
    sql(at, run, number("failed"), who, now, "failed", None, None)
    sql(at, run, number("running"), who, now, "running", None, None)
    sql(at, run, number("old"), who, now - 8 * day, "failed", None, None)
    assert counted(at, "2.2.7") == (1, 2)
    assert measured(at, "2.2.7").href == "/report-runs"


def test_copies_that_came_back(at: Life) -> None:
    assert measured(at, "5.1", place=1).why.startswith("за 7 дней программа не снимала копий")
    copy = "INSERT INTO backup VALUES (%s, %s, 1, 1, repeat('0', 64), %s, 1, %s)"
    now, day = at.clock(), timedelta(days=1)
    for name, ago, found in (("whole", day, 0), ("other", 2 * day, 3), ("old", 8 * day, 3)):
        sql(at, copy, name, now - ago, now - ago, found)
    assert counted(at, "5.1", place=1) == (1, 2)


def test_forecasts_of_the_middle_of_a_term_that_came_true(at: Life) -> None:
    assert measured(at, "2.2.10").why.startswith("сбылся ли прогноз, видно")
    parts = tuple(
        Part(progress, 200, correct, 0.1, 0.1, 0.8, 0.5, 0.2)
        for progress, correct in ((0.3, 0.6), (0.5, 0.75), (0.85, 0.95))
    )
    judged = Calibration("2026/27, 1", (), 0.3, 0.02, (), parts, Alarms(0, 0, 0))
    learned = at.read(_latest, at.clock())
    assert isinstance(learned, Parameters)
    sql(
        at,
        "INSERT INTO forecast_fit VALUES (%s, %s, '{}', 200, %s, %s)",
        MONDAY.replace(day=1),
        at.clock(),
        msgspec.json.encode(learned),
        msgspec.json.encode(judged),
    )
    figure = measured(at, "2.2.10")
    assert (figure.good, figure.total) == (150, 200)
    assert "«2026/27, 1»" in figure.text


async def _latest(conn: Any, schema: str, now: datetime) -> Parameters:
    return (await forecast.latest(conn, schema, Regulation(), now.date())).parameters


def test_years_that_are_over_and_their_archives(at: Life) -> None:
    assert measured(at, "5.3").why == "ни один учебный год ещё не закончился"
    assert measured(at, "5.3", place=1).why == "архивов ещё нет"
    assert counted(at, "5.3", JANUARY) == (0, 1)
    at.clock.now = JANUARY
    for term in (1, 2):
        at.must(at.school.close_term(at.class_id, term, by=at.office, request=request()))
    at.must(at.school.archive_year(YEAR, "12-у", accept_gaps=True, by=at.office, request=request()))
    assert counted(at, "5.3") == (1, 1)
    assert counted(at, "5.3", place=1) == (0, 1)
    files = ArchiveWritten(1, ArchiveFile("0" * 64, 1), ArchiveFile("1" * 64, 1))
    at.must(at.school.note_archive_written(YEAR, files, by=at.office, request=request()))
    assert counted(at, "5.3", place=1) == (1, 1)
