"""Decisions of the school's office: the year, its vocabulary, staff, classes, timetable."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from domain.calendar import Calendar, TimetableEntry
from domain.fact import Fact
from domain.office import facts as f
from domain.office.state import Office
from domain.refusals import Conflict, Forbidden, Invalid, NotFound
from domain.regulation import Regulation
from domain.values import Role, weight

GRADE_LEVELS = range(1, 12)


def open_year(office: Office, new: f.YearOpened) -> list[Fact]:
    """Open a school year once."""
    _check_calendar(new.calendar)
    if office.version == 0:
        return [new]
    if office.calendar == new.calendar:
        return []
    raise Conflict("year.already_open", f"Учебный год {new.calendar.year} уже открыт.")


def adopt_regulation(office: Office, regulation: Regulation, order_no: str) -> list[Fact]:
    """Another version of the rules from now on."""
    if office.regulation == regulation:
        return []
    if not order_no.strip():
        raise Invalid("regulation.no_order", "Укажите номер приказа.")
    return [f.RegulationAdopted(regulation, order_no)]


def change_calendar(office: Office, calendar: Calendar, order_no: str) -> list[Fact]:
    """Move terms or holidays by an order."""
    _check_calendar(calendar)
    if calendar.year != office.calendar.year:
        raise Invalid("calendar.year", "Календарь другого учебного года.")
    return [] if office.calendar == calendar else [f.CalendarChanged(calendar, order_no)]


def introduce_subject(office: Office, subject: f.Subject) -> list[Fact]:
    """A subject of the school; names are unique."""
    before = office.subjects.get(subject.subject_id)
    if before == subject:
        return []
    if before is not None or any(s.name == subject.name for s in office.subjects.values()):
        raise Conflict("subject.exists", f"Предмет «{subject.name}» уже есть.")
    return [f.SubjectIntroduced(subject)]


def introduce_work_type(office: Office, kind: f.WorkType) -> list[Fact]:
    """A kind of work and its weight."""
    kind = f.WorkType(kind.work_type_id, kind.name, kind.abbr, weight(kind.weight))
    before = office.work_types.get(kind.work_type_id)
    if before == kind:
        return []
    if before is not None or any(k.name == kind.name for k in office.work_types.values()):
        raise Conflict("work_type.exists", f"Вид работы «{kind.name}» уже есть.")
    return [f.WorkTypeIntroduced(kind)]


def appoint(office: Office, appointment: f.Appointment) -> list[Fact]:
    """Give a person a role from a day on."""
    if appointment.role in (Role.PARENT, Role.PUPIL, Role.OPERATOR, Role.CLASS_TEACHER):
        raise Invalid("staff.role", "На эту роль не назначают приказом по школе.")
    if office.holds(appointment.person_id, appointment.role, appointment.since):
        return []
    return [f.StaffAppointed(appointment)]


def dismiss(office: Office, person_id: str, role: Role, on: date) -> list[Fact]:
    """End a role; the last administrator stays."""
    if not office.holds(person_id, role, on):
        return []
    if role is Role.ADMINISTRATOR:
        others = any(
            a.role is role and a.person_id != person_id and (a.until is None or a.until > on)
            for a in office.staff
        )
        if not others:
            raise Forbidden("staff.last_administrator", "Последнего администратора не снимают.")
    return [f.StaffDismissed(person_id, role, on)]


def form_class(office: Office, new: f.ClassFormed) -> list[Fact]:
    """A class of this year; the same grade level and letter once."""
    before = office.classes.get(new.class_id)
    if before == new:
        return []
    taken = any(
        (c.grade_level, c.letter) == (new.grade_level, new.letter) for c in office.classes.values()
    )
    if before is not None or taken:
        raise Conflict("class.exists", f"Класс {new.grade_level}{new.letter} уже есть.")
    if new.grade_level not in GRADE_LEVELS or not new.letter.strip():
        raise Invalid("class.name", "Класс — это параллель от 1 до 11 и литера.")
    return [new]


def appoint_class_teacher(office: Office, new: f.ClassTeacherAppointed) -> list[Fact]:
    """One class teacher at a time."""
    require_class(office, new.class_id)
    before = office.class_teachers.get(new.class_id)
    if before is not None and before.person_id == new.person_id:
        return []
    return [new]


def adopt_timetable(
    office: Office, class_id: str, since: date, entries: Sequence[TimetableEntry]
) -> list[Fact]:
    """The week of a class from a day on."""
    require_class(office, class_id)
    numbers = {bell.number for bell in office.bells}
    places: set[tuple[int, int, str | None]] = set()
    for entry in entries:
        if entry.subject_id not in office.subjects:
            raise Invalid("timetable.subject", "В расписании предмет, которого в школе нет.")
        if entry.number not in numbers:
            raise Invalid("timetable.bell", f"Урока {entry.number} нет в расписании звонков.")
        place = (entry.weekday, entry.number, entry.subgroup_id)
        if place in places:
            raise Invalid("timetable.twice", "Два урока на одном месте расписания.")
        places.add(place)
    fact = f.TimetableAdopted(class_id, since, tuple(entries))
    for adopted in office.timetables.get(class_id, ()):
        if (adopted.since, adopted.entries) == (since, fact.entries):
            return []
    return [fact]


def require_class(office: Office, class_id: str) -> f.ClassFormed:
    """The class, or NotFound."""
    found = office.classes.get(class_id)
    if found is None:
        raise NotFound("class.unknown", "Такого класса нет.")
    return found


def _check_calendar(calendar: Calendar) -> None:
    previous: date | None = None
    for term in calendar.terms:
        if term.ends < term.starts or (previous is not None and term.starts <= previous):
            raise Invalid("calendar.terms", "Учебные периоды пересекаются или идут не по порядку.")
        previous = term.ends
    if not calendar.terms:
        raise Invalid("calendar.terms", "В учебном году нет ни одного периода.")
