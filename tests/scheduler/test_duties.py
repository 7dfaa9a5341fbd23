"""Jobs about the school's day, with a clock that is moved by hand: the week's check, reminders."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from msgspec.structs import replace

from domain.access import Actor
from domain.journal.facts import AttendanceEntry, SubstitutionAppointed
from domain.office.facts import Appointment
from domain.regulation import Regulation
from domain.school import School
from domain.values import AttendanceCode, Role
from projections.folding import catch_up
from projections.postgres.database import PROJECTOR, conninfo
from scheduler.keeper import Keeper
from scheduler.timetable import TIMETABLE
from scheduler.work import Workshop, workshop
from tests import cast as c
from tests.api.conftest import kukarino, school_template  # noqa: F401 - fixtures
from tests.api.ground import OPERATOR, SLUG, YEAR, Clock
from tests.conftest import SECRET
from tests.domain.seventh_a import SEPTEMBER_1, WEDNESDAY, moment
from tests.ground import engine_on, request

SCHEMA = f"school_{SLUG}"
SECOND = timedelta(seconds=1)


class Day:
    """Kukarino, whose clock a test moves, and its scheduler."""

    def __init__(self, url: str, shop: Workshop, clock: Clock) -> None:
        self.url, self.clock = url, clock
        self.keeper = Keeper(shop)
        self._lines = {line.name: line for line in TIMETABLE}

    def tick(self, job: str, day: date, at: str) -> None:
        """The scheduler looks at a job; everything that was written is folded."""
        self.clock.at = moment(day, at)
        self.fold()
        self.keeper.tick(self._lines[job])

    def fold(self) -> None:
        with psycopg.connect(conninfo(self.url, PROJECTOR, SECRET), autocommit=True) as conn:
            catch_up(conn, SCHEMA)

    def rows(self, query: str) -> list[Any]:
        with psycopg.connect(self.url) as conn:
            conn.execute(f"SET search_path = {SCHEMA}".encode())
            return conn.execute(query.encode()).fetchall()

    def do(self, act: str, *arguments: Any, by: Actor = OPERATOR, **more: Any) -> None:
        """A command of the school at the clock's moment."""
        with engine_on(self.url, clock=self.clock) as engine:
            school = School(
                engine, SLUG, c.SCHOOL, ids=lambda: str(uuid4()), salts=lambda: "A" * 22
            )
            done = getattr(school, act)(*arguments, by=by, request=request(), **more).result(10)
        assert done.facts

    def reminded(self) -> dict[str, tuple[str, ...]]:
        """Person → what the reminder says."""
        found = self.rows("SELECT person_id::text, parts FROM reminder ORDER BY kind, key")
        return {person: tuple(parts) for person, parts in found}

    def lessons(self, day: date) -> dict[str, str]:
        """Teacher → the lesson of a day."""
        found = self.rows(
            "SELECT teacher_id::text, lesson_id::text FROM register_lesson"
            f" WHERE date = '{day}' AND class_id = '{c.CLASS_7A}'"
        )
        return dict(found)


@pytest.fixture
def day(kukarino: str) -> Iterator[Day]:  # noqa: F811 - the fixture
    clock = Clock()
    with workshop(kukarino, SECRET, clock=clock) as shop:
        yield Day(kukarino, shop, clock)


# -- the weekly check ------------------------------------------------------------------------------


def closed(day: Day) -> list[tuple[str, int]]:
    """(week, lessons) of every closed check."""
    day.fold()
    return day.rows(
        "SELECT week, (convert_from(state, 'UTF8')::jsonb ->> 'lessons')::int"
        " FROM compliance_check ORDER BY week"
    )


SUNDAY = date(2026, 9, 6)
MONDAY = date(2026, 9, 7)


def test_the_week_is_closed_at_five_past_midnight_with_its_figures(day: Day) -> None:
    day.tick("close_fill_checks", SUNDAY, "23:59:59")
    day.tick("close_fill_checks", MONDAY, "00:04:59")
    assert closed(day) == []

    for at in ("00:05:00", "00:06:00", "12:00:00"):
        day.tick("close_fill_checks", MONDAY, at)

    assert closed(day) == [("2026-W36", 4)]
    [(origin, role)] = day.rows(
        "SELECT convert_from(state, 'UTF8')::jsonb ->> 'origin',"
        " convert_from(state, 'UTF8')::jsonb ->> 'role' FROM facts"
        " WHERE topic = 'office.fill-check-closed'"
    )
    assert (origin, role) == ("job", "operator")


def test_three_weeks_of_downtime_close_three_weeks_each_by_itself(day: Day) -> None:
    day.tick("close_fill_checks", SUNDAY, "12:00:00")

    day.tick("close_fill_checks", MONDAY + timedelta(days=16), "09:00:00")

    assert [week for week, _ in closed(day)] == ["2026-W36", "2026-W37", "2026-W38"]
    runs = day.rows("SELECT period, figures FROM job_run ORDER BY scheduled_for")
    found = [(period, *figures.values()) for period, figures in runs]
    assert found == [("2026-W35", 0), ("2026-W36", 1), ("2026-W37", 1), ("2026-W38", 1)]


def test_a_week_of_vacation_asks_for_nothing(day: Day) -> None:
    day.tick("close_fill_checks", date(2026, 10, 31), "12:00:00")
    assert len(closed(day)) == 8  # a school that has not had the job: every week that was over

    day.tick("close_fill_checks", date(2026, 11, 2), "00:05:00")  # about 26 October to 1 November

    assert len(closed(day)) == 8
    runs = day.rows("SELECT period, figures FROM job_run ORDER BY scheduled_for")
    assert [(one, *done.values()) for one, done in runs] == [("2026-W43", 8), ("2026-W44", 0)]


def test_what_is_not_folded_yet_is_waited_for(day: Day) -> None:
    day.tick("close_fill_checks", SUNDAY, "12:00:00")
    day.clock.at = moment(SUNDAY, "13:00:00")
    day.do("appoint", YEAR, Appointment(c.TANYA, Role.SECRETARY, SEPTEMBER_1))
    day.clock.at = moment(MONDAY, "00:05:00")
    day.keeper.tick(day._lines["close_fill_checks"])
    [(outcome, error)] = day.rows("SELECT outcome, error FROM job_run WHERE period = '2026-W36'")
    assert (outcome, error) == ("failed", "Записи недели ещё готовятся к показу.")

    day.tick("close_fill_checks", MONDAY, "00:06:00")

    assert [week for week, _ in closed(day)] == ["2026-W36"]


# -- homework --------------------------------------------------------------------------------------


def homework(day: Day, when: date, *clock: str) -> None:
    for at in clock:
        day.tick("homework_reminder", when, at)


def test_homework_is_reminded_of_in_the_evening_and_until_it_is_there(day: Day) -> None:
    homework(day, WEDNESDAY, "16:45:00", "16:59:59")
    assert day.reminded() == {}

    homework(day, WEDNESDAY, "17:00:00", "17:15:00")

    text = "За сегодня не записано домашнее задание (или «не задано»)"
    assert day.reminded() == {
        c.ANNA: (text, "7а, Алгебра, 1-й урок"),
        c.BORIS: (text, "7а, Английский язык, 2-й урок"),
        c.GALINA: (text, "7а, Английский язык, 2-й урок"),
    }
    [(until,)] = day.rows("SELECT DISTINCT until FROM reminder")
    assert until == moment(WEDNESDAY, "23:59:59")

    lessons = day.lessons(WEDNESDAY)
    anna, boris = Actor(c.ANNA, "s"), Actor(c.BORIS, "s")
    due = WEDNESDAY + timedelta(days=7)
    day.do("assign_homework", c.CLASS_7A, lessons[c.ANNA], str(uuid4()), "§ 1", due, by=anna)
    day.do("declare_no_homework", c.CLASS_7A, lessons[c.BORIS], by=boris)
    homework(day, WEDNESDAY, "17:30:00")
    assert set(day.reminded()) == {c.GALINA}

    homework(day, WEDNESDAY, "23:45:00")
    assert set(day.reminded()) == {c.GALINA}
    homework(day, WEDNESDAY + timedelta(days=1), "00:00:00")  # too late to help
    assert day.reminded() == {}


def test_who_substitutes_is_reminded_and_not_who_is_away(day: Day) -> None:
    day.clock.at = moment(WEDNESDAY, "08:00:00")
    tanya = SubstitutionAppointed(str(uuid4()), c.TANYA, c.ANNA, WEDNESDAY, WEDNESDAY, "30-к")
    day.do("appoint_substitute", c.CLASS_7A, tanya)
    homework(day, WEDNESDAY, "16:45:00", "17:00:00")

    assert set(day.reminded()) == {c.TANYA, c.BORIS, c.GALINA}


def test_who_has_been_released_is_reminded_of_nothing(day: Day) -> None:
    day.clock.at = moment(WEDNESDAY, "08:00:00")
    day.do("release_teacher", c.CLASS_7A, c.an_id(f"{c.ANNA}/{c.ALGEBRA}"), WEDNESDAY)
    homework(day, WEDNESDAY, "16:45:00", "17:00:00")

    assert set(day.reminded()) == {c.BORIS, c.GALINA}


def test_nobody_is_reminded_of_what_is_not_required(day: Day) -> None:
    day.clock.at = moment(SEPTEMBER_1, "12:00:00")
    rules = replace(Regulation(), version="без ДЗ", no_homework_levels=(7,))
    day.do("adopt_regulation", YEAR, rules, "12-о")
    homework(day, WEDNESDAY, "16:45:00", "17:00:00", "23:45:00")
    assert day.reminded() == {}


def test_no_lessons_no_reminders(day: Day) -> None:
    saturday = date(2026, 9, 5)
    homework(day, saturday, "16:45:00", "17:00:00", "23:45:00")
    vacation = date(2026, 10, 28)  # a Wednesday
    homework(day, vacation, "16:45:00", "17:00:00", "23:45:00")
    assert day.reminded() == {}


# -- mornings --------------------------------------------------------------------------------------


def absent(day: Day, when: date) -> None:
    """Petya is away, nobody knows why."""
    day.clock.at = moment(when, "12:00:00")
    day.fold()
    entry = AttendanceEntry(c.PETYA, AttendanceCode.ABSENT_UNSPECIFIED)
    lesson = day.lessons(when)[c.ANNA]
    day.do("take_attendance", c.CLASS_7A, lesson, [entry], by=Actor(c.ANNA, "s"))


def test_the_class_teacher_is_reminded_of_absences_and_of_the_week(day: Day) -> None:
    absent(day, WEDNESDAY)
    day.tick("absence_reminder", WEDNESDAY + timedelta(days=1), "07:00:00")
    assert day.reminded() == {}
    # a week later: the week is over and not signed; the reason has still a day
    day.tick("absence_reminder", WEDNESDAY + timedelta(days=7), "07:00:00")
    assert day.reminded() == {
        c.KIRA: ("Посещаемость за неделю не подтверждена: 7а", "31.08–06.09.2026")
    }

    day.tick("absence_reminder", WEDNESDAY + timedelta(days=8), "07:00:00")

    found = day.rows("SELECT kind, parts FROM reminder ORDER BY kind")
    assert found == [
        (
            "absence_reasons",
            ["Пропуски без причины: 7а", "учеников 1, уроков 1, самый ранний 02.09.2026"],
        ),
        (
            "attendance_week",
            ["Посещаемость за неделю не подтверждена: 7а", "31.08–06.09.2026"],
        ),
    ]
    assert "Петров" not in str(found)


def test_the_class_teacher_is_reminded_of_consents_that_end(day: Day) -> None:
    day.clock.at = moment(WEDNESDAY, "12:00:00")
    until = WEDNESDAY + timedelta(days=40)
    day.do("give_consent", c.CLASS_7A, c.PETYA, c.OLEG, "diary", WEDNESDAY, until)
    ends_soon = until - timedelta(days=30)
    day.tick("consent_reminder", ends_soon - timedelta(days=2), "12:00:00")
    day.tick("consent_reminder", ends_soon - timedelta(days=1), "07:05:00")
    assert day.reminded() == {}

    day.tick("consent_reminder", ends_soon, "07:05:00")
    assert day.reminded() == {c.KIRA: ("Скоро закончатся согласия: 7а", "1, первое — 12.10.2026")}

    day.do("withdraw_consent", c.CLASS_7A, c.PETYA, c.OLEG, "diary")
    day.tick("consent_reminder", ends_soon + timedelta(days=1), "07:05:00")
    assert day.reminded() == {}


def test_deputies_are_reminded_of_journals_when_the_month_nears_its_end(day: Day) -> None:
    day.tick("inspection_reminder", date(2026, 9, 18), "12:00:00")
    day.tick("inspection_reminder", date(2026, 9, 19), "07:15:00")
    assert day.reminded() == {}

    day.tick("inspection_reminder", date(2026, 9, 20), "07:15:00")

    assert day.reminded() == {c.VERA: ("Проверить журналы до 30.09.2026: осталось 1", "7а")}


def test_teachers_are_reminded_when_a_term_ends_soon(day: Day) -> None:
    day.tick("term_end_reminder", date(2026, 10, 9), "12:00:00")
    day.tick("term_end_reminder", date(2026, 10, 10), "07:10:00")
    assert day.reminded() == {}

    day.tick("term_end_reminder", date(2026, 10, 11), "07:10:00")

    text = "Период кончается 25.10.2026, а отметок не хватает"
    assert day.reminded()[c.ANNA] == (text, "7а, Алгебра: меньше 5 у 3")
    assert set(day.reminded()) == {c.ANNA, c.BORIS, c.GALINA}

    day.tick("term_end_reminder", date(2026, 10, 26), "07:10:00")  # vacation
    assert day.reminded() == {}


def test_a_school_without_a_year_has_no_duties(day: Day) -> None:
    day.clock.at = datetime(2020, 9, 1, 3, tzinfo=UTC)
    names = [line.name for line in TIMETABLE if "reminder" in line.name]
    assert len(names) == 5
    for name in names:
        day.tick(name, date(2020, 9, 1), "12:00:00")
        day.tick(name, date(2020, 9, 2), "17:00:00")

    assert day.reminded() == {}
    assert day.rows("SELECT count(*) FROM job_run WHERE outcome = 'failed'") == [(0,)]
