"""A small school of 2025/26 for import tests, made of facts and folded by the domain itself."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from uuid import UUID

from api.imports.draft import Known
from api.imports.plan import Plan
from domain.calendar import Bell, Calendar, Term
from domain.codec import Envelope
from domain.fact import Fact
from domain.journal import facts as jf
from domain.journal.folding import evolve as evolve_journal
from domain.journal.state import Journal
from domain.office import facts as of
from domain.office.state import Office
from domain.office.state import evolve as evolve_office
from domain.people.facts import Name
from domain.regulation import Regulation
from domain.values import Role

FIXTURES = Path(__file__).parents[2] / "fixtures" / "imports"
YEAR = 2025
CALENDAR = Calendar(
    year=YEAR,
    terms=(
        Term(1, "I четверть", date(2025, 9, 1), date(2025, 10, 24)),
        Term(2, "II четверть", date(2025, 11, 5), date(2025, 12, 26)),
    ),
)
AT = datetime(2025, 9, 1, 6, tzinfo=UTC)
ENVELOPE = Envelope(at=AT, by="operator", role=Role.OPERATOR, session="s", salt="c2FsdA")

SCHOOL = str(UUID(int=1, version=4))
CLASS_7A = str(UUID(int=71, version=4))
ALGEBRA, RUSSIAN = str(UUID(int=11, version=4)), str(UUID(int=12, version=4))
KIM, ORLOVA = str(UUID(int=21, version=4)), str(UUID(int=22, version=4))
ALEKSEEV, BORISOVA, YOLKINA, MAMEDOV = (str(UUID(int=n, version=4)) for n in (31, 32, 33, 34))
ANSWER, CONTROL, DICTATION = (str(UUID(int=n, version=4)) for n in (41, 42, 43))
ALGEBRA_2_SEP, ALGEBRA_4_SEP, RUSSIAN_3_SEP = (str(UUID(int=n, version=4)) for n in (51, 52, 53))

NAMES = {
    KIM: Name("Ким", "Олег", "Юрьевич"),
    ORLOVA: Name("Орлова", "Вера", "Павловна"),
    ALEKSEEV: Name("Алексеев", "Пётр", "Ильич"),
    BORISOVA: Name("Борисова", "Анна", "Олеговна"),
    YOLKINA: Name("Ёлкина", "Мария", "Сергеевна"),
    MAMEDOV: Name("Мамедов", "Али", "Расул оглы"),
}


def year_opened(calendar: Calendar = CALENDAR) -> of.YearOpened:
    """The opening fact of the office: two subjects, three kinds of work, two of the staff."""
    return of.YearOpened(
        school_id=SCHOOL,
        zone="Europe/Moscow",
        calendar=calendar,
        bells=(Bell(1, "08:30", "09:15"), Bell(2, "09:25", "10:10"), Bell(3, "10:25", "11:10")),
        regulation=Regulation(),
        subjects=(of.Subject(ALGEBRA, "Алгебра"), of.Subject(RUSSIAN, "Русский язык")),
        work_types=(
            of.WorkType(ANSWER, "Ответ на уроке", "О", "1.00"),
            of.WorkType(CONTROL, "Контрольная работа", "К", "1.50"),
            of.WorkType(DICTATION, "Диктант", "Д", "1.20"),
        ),
        staff=(
            of.Appointment(KIM, Role.TEACHER, date(2025, 9, 1)),
            of.Appointment(ORLOVA, Role.DEPUTY, date(2025, 9, 1)),
        ),
    )


def empty_school() -> Known:
    """The year is open; there is nobody and no class."""
    office = Office("office")
    evolve_office(office, year_opened(), ENVELOPE)
    office.staff = []
    return Known(school="first", office=office)


def school() -> Known:
    """7а with four pupils, two of algebra's lessons and one of Russian, taught by Ким."""
    office = Office("office")
    evolve_office(office, year_opened(), ENVELOPE)
    evolve_office(office, of.ClassFormed(CLASS_7A, 7, "а"), ENVELOPE)
    journal = Journal(CLASS_7A)
    facts: list[Fact] = [
        jf.JournalOpened(SCHOOL, YEAR, 7, "а", "Europe/Moscow"),
        *(
            jf.PupilEnrolled(pupil, date(2025, 9, 1))
            for pupil in (ALEKSEEV, BORISOVA, YOLKINA, MAMEDOV)
        ),
        jf.TeacherAssigned(str(UUID(int=61, version=4)), KIM, ALGEBRA, date(2025, 9, 1)),
        jf.LessonAdded(ALGEBRA_2_SEP, date(2025, 9, 2), 2, ALGEBRA, KIM),
        jf.LessonAdded(ALGEBRA_4_SEP, date(2025, 9, 4), 3, ALGEBRA, KIM),
        jf.LessonAdded(RUSSIAN_3_SEP, date(2025, 9, 3), 1, RUSSIAN, KIM),
    ]
    for fact in facts:
        evolve_journal(journal, fact, ENVELOPE)
    return Known(school="first", office=office, journals={CLASS_7A: journal}, names=dict(NAMES))


def record(known: Known, *facts: Fact) -> None:
    """Fold facts into the journal of 7а."""
    for fact in facts:
        evolve_journal(known.journals[CLASS_7A], fact, ENVELOPE)


def csv_of(*lines: str, encoding: str = "utf-8-sig") -> bytes:
    """A `;` CSV with the line ends of Excel."""
    return "\r\n".join(lines).encode(encoding)


def texts(plan: Plan, level: str = "error") -> list[str]:
    """Sentences of one level."""
    return [one.text for one in plan.findings if one.level == level]


def codes(plan: Plan) -> set[str]:
    """Codes of the errors."""
    return {one.code for one in plan.findings if one.level == "error"}
