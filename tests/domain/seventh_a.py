"""Class 7а in September 2026 as facts: the common ground of the domain's specifications."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import msgspec

from domain.calendar import Bell, Calendar, Term, TimetableEntry
from domain.fact import Fact
from domain.journal import facts as j
from domain.office import facts as o
from domain.regulation import Regulation
from domain.values import PayloadRef, Role
from tests.cast import (
    ALGEBRA,
    ALLA,
    ANNA,
    ANSWER,
    BORIS,
    CLASS_7A,
    CONTROL,
    DINA,
    ENGLISH,
    FIRST_HALF,
    GALINA,
    HISTORY,
    KIRA,
    MASHA,
    PETYA,
    SCHOOL,
    SECOND_HALF,
    SVETA,
    TANYA,
    VERA,
    YOLKIN,
    an_id,
)

MOSCOW = "Europe/Moscow"
SEPTEMBER_1 = date(2026, 9, 1)
TUESDAY, WEDNESDAY, THURSDAY = date(2026, 9, 1), date(2026, 9, 2), date(2026, 9, 3)

CALENDAR = Calendar(
    2026,
    (
        Term(1, "1 четверть", date(2026, 9, 1), date(2026, 10, 25)),
        Term(2, "2 четверть", date(2026, 11, 2), date(2026, 12, 27)),
        Term(3, "3 четверть", date(2027, 1, 11), date(2027, 3, 21)),
        Term(4, "4 четверть", date(2027, 3, 29), date(2027, 5, 26)),
    ),
    holidays=(date(2026, 11, 4),),
)
BELLS = (Bell(1, "08:30", "09:15"), Bell(2, "09:25", "10:10"), Bell(3, "10:25", "11:10"))
STAFF = (
    o.Appointment(DINA, Role.DIRECTOR, SEPTEMBER_1),
    o.Appointment(VERA, Role.DEPUTY, SEPTEMBER_1),
    o.Appointment(ALLA, Role.ADMINISTRATOR, SEPTEMBER_1),
    o.Appointment(SVETA, Role.SECRETARY, SEPTEMBER_1),
)
YEAR_OPENED = o.YearOpened(
    SCHOOL,
    MOSCOW,
    CALENDAR,
    BELLS,
    Regulation(),
    (
        o.Subject(ALGEBRA, "Алгебра"),
        o.Subject(ENGLISH, "Английский язык"),
        o.Subject(HISTORY, "История"),
    ),
    (
        o.WorkType(ANSWER, "Ответ на уроке", "О", "1.00"),
        o.WorkType(CONTROL, "Контрольная работа", "К", "2.00"),
    ),
    STAFF,
)
CLASS_FORMED = o.ClassFormed(CLASS_7A, 7, "а")
KIRA_APPOINTED = o.ClassTeacherAppointed(CLASS_7A, KIRA, SEPTEMBER_1)

OPENED = j.JournalOpened(SCHOOL, 2026, 7, "а", MOSCOW)
ENROLLED = tuple(j.PupilEnrolled(p, SEPTEMBER_1, "12-у") for p in (PETYA, MASHA, YOLKIN))
SPLIT = j.SubgroupSplitOrdered(
    ENGLISH,
    SEPTEMBER_1,
    "15-у",
    date(2026, 8, 31),
    (
        j.Subgroup(FIRST_HALF, "1 группа", (PETYA, YOLKIN)),
        j.Subgroup(SECOND_HALF, "2 группа", (MASHA,)),
    ),
)
ANNAS = an_id("назначение Анны")
BORISES = an_id("назначение Бориса")
GALINAS = an_id("назначение Галины")
ASSIGNED = (
    j.TeacherAssigned(ANNAS, ANNA, ALGEBRA, SEPTEMBER_1),
    j.TeacherAssigned(BORISES, BORIS, ENGLISH, SEPTEMBER_1, FIRST_HALF),
    j.TeacherAssigned(GALINAS, GALINA, ENGLISH, SEPTEMBER_1, SECOND_HALF),
)
TANYAS = an_id("замещение Тани")
SUBSTITUTION = j.SubstitutionAppointed(TANYAS, TANYA, ANNA, WEDNESDAY, date(2026, 9, 4), "30-к")

LESSON = an_id("алгебра 2 сентября")  # Wednesday, first
ENGLISH_1 = an_id("английский 2 сентября, первая")  # Wednesday, second
ENGLISH_2 = an_id("английский 2 сентября, вторая")  # Wednesday, second
TOMORROW = an_id("алгебра 3 сентября")  # Thursday, first
SCHEDULED = j.LessonsScheduled(
    1,
    (
        j.Series(
            ALGEBRA,
            ANNA,
            (
                j.ScheduledLesson(LESSON, WEDNESDAY, 1),
                j.ScheduledLesson(TOMORROW, THURSDAY, 1),
            ),
            room="214",
        ),
        j.Series(ENGLISH, BORIS, (j.ScheduledLesson(ENGLISH_1, WEDNESDAY, 2),), FIRST_HALF),
        j.Series(ENGLISH, GALINA, (j.ScheduledLesson(ENGLISH_2, WEDNESDAY, 2),), SECOND_HALF),
    ),
)
WEEK = (
    TimetableEntry(3, 1, ALGEBRA, ANNA, room="214"),
    TimetableEntry(4, 1, ALGEBRA, ANNA, room="214"),
    TimetableEntry(3, 2, ENGLISH, BORIS, FIRST_HALF),
    TimetableEntry(3, 2, ENGLISH, GALINA, SECOND_HALF),
)

OFFICE: tuple[Fact, ...] = (YEAR_OPENED, CLASS_FORMED, KIRA_APPOINTED)
ROSTER: tuple[Fact, ...] = (OPENED, *ENROLLED, SPLIT, *ASSIGNED)
SCHOOL_YEAR: tuple[Fact, ...] = (*OFFICE, *ROSTER, SCHEDULED)

TERM_1_CLOSED = j.TermClosed(1, date(2026, 9, 1), date(2026, 10, 25))
TERM_2_CLOSED = j.TermClosed(2, date(2026, 11, 2), date(2026, 12, 27))

A_TEXT = PayloadRef(an_id("текст"), "9cZr0C0QxG2v0Q4GQ0Jm3B1m1f8c8rYw3m0y7b6n5aE")
ANOTHER_TEXT = PayloadRef(an_id("другой текст"), "q83vEjRWeJCrze8SNFZ4kKvN7xI0VniQq83vEjRWeJA")


def noon(day: date, zone: str = MOSCOW) -> datetime:
    """Noon of a day at school, in UTC."""
    return moment(day, "12:00:00", zone)


def moment(day: date, clock: str, zone: str = MOSCOW) -> datetime:
    """A school day and a wall clock, in UTC."""
    return datetime.combine(day, time.fromisoformat(clock), ZoneInfo(zone)).astimezone(UTC)


def school_year_in(zone: str) -> tuple[Fact, ...]:
    """The same class at the other end of the country."""
    return (
        msgspec.structs.replace(YEAR_OPENED, zone=zone),
        *OFFICE[1:],
        msgspec.structs.replace(OPENED, zone=zone),
        *ROSTER[1:],
        SCHEDULED,
    )
