"""Decisions of the school's office: the year, its vocabulary, staff, classes, timetable."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import msgspec

from domain import rules
from domain.calendar import Calendar, TimetableEntry, is_zone
from domain.fact import Fact
from domain.office import facts as f
from domain.office.state import Office
from domain.office.years import GRADE_LEVELS, check_calendar
from domain.refusals import Conflict, Forbidden, Invalid, NotFound
from domain.regulation import Regulation
from domain.values import Role, weight


def open_year(office: Office, new: f.YearOpened) -> list[Fact]:
    """Open a school year once."""
    check_calendar(new.calendar)
    regulation = rules.tidied(new.regulation)
    if not is_zone(new.zone):
        raise Invalid("year.zone", f"Часового пояса «{new.zone}» нет.")
    work_types = tuple(
        msgspec.structs.replace(kind, weight=weight(kind.weight)) for kind in new.work_types
    )
    _require_distinct([(one.subject_id, one.name) for one in new.subjects], "предмет")
    _require_distinct([(one.work_type_id, one.name) for one in work_types], "вид работы")
    if office.version == 0:
        return [msgspec.structs.replace(new, work_types=work_types, regulation=regulation)]
    if office.calendar == new.calendar:
        return []
    raise Conflict("year.already_open", f"Учебный год {new.calendar.year} уже открыт.")


def adopt_regulation(
    office: Office, change: Regulation | rules.Amendment, order_no: str
) -> list[Fact]:
    """Another version of the rules from now on. A version names one regulation for ever."""
    new = rules.tidied(change) if isinstance(change, Regulation) else change.of(office.regulation)
    if office.regulation == new:
        return []
    if not order_no.strip():
        raise Invalid("regulation.no_order", "Укажите номер приказа.")
    rules.require_free_version(office.regulations, new)
    return [f.RegulationAdopted(new, order_no)]


def change_calendar(office: Office, calendar: Calendar, order_no: str) -> list[Fact]:
    """Move terms or holidays by an order."""
    if calendar.year != office.calendar.year:
        raise Invalid("calendar.year", "Календарь другого учебного года.")
    check_calendar(calendar)
    if office.calendar == calendar:
        return []
    if not order_no.strip():
        raise Invalid("calendar.no_order", "Укажите номер приказа.")
    return [f.CalendarChanged(calendar, order_no)]


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
    kind = msgspec.structs.replace(kind, weight=weight(kind.weight))
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
    since, until = appointment.since, appointment.until
    if until is not None and until <= since:
        raise Invalid("staff.dates", "Конец назначения раньше начала.")
    for one in office.staff:
        same = (one.person_id, one.role) == (appointment.person_id, appointment.role)
        longer = one.until is None or (until is not None and until <= one.until)
        if same and one.since <= since and longer:
            return []
    return [f.StaffAppointed(appointment)]


def dismiss(office: Office, person_id: str, role: Role, on: date) -> list[Fact]:
    """End a role; the last administrator stays."""
    if not office.holds(person_id, role, on):
        return []
    if role is Role.ADMINISTRATOR:
        others = {a.person_id for a in office.staff if a.role is role} - {person_id}
        if not any(office.holds(other, role, on) for other in others):
            raise Forbidden("staff.last_administrator", "Последнего администратора не снимают.")
    return [f.StaffDismissed(person_id, role, on)]


def form_class(office: Office, new: f.ClassFormed) -> list[Fact]:
    """A class of this year; the same grade level and letter once."""
    before = office.classes.get(new.class_id)
    if before == new:
        return []
    taken = any(
        (c.grade_level, c.letter.lower()) == (new.grade_level, new.letter.lower())
        for c in office.classes.values()
    )
    if before is not None or taken:
        raise Conflict("class.exists", f"Класс {new.grade_level}{new.letter} уже есть.")
    if new.grade_level not in GRADE_LEVELS or not new.letter.strip():
        raise Invalid("class.name", "Класс — это параллель от 1 до 11 и литера.")
    return [new]


def appoint_class_teacher(office: Office, new: f.ClassTeacherAppointed) -> list[Fact]:
    """One class teacher at a time."""
    require_class(office, new.class_id)
    return [] if office.class_teacher(new.class_id, new.since) == new.person_id else [new]


def adopt_timetable(
    office: Office, class_id: str, since: date, entries: Sequence[TimetableEntry]
) -> list[Fact]:
    """The week of a class from a day on."""
    formed = require_class(office, class_id)
    weekdays = office.calendar.of(formed.grade_level).weekdays
    numbers = office.numbers_of(class_id, since)
    places: dict[tuple[int, int], set[str | None]] = {}
    for entry in entries:
        if entry.subject_id not in office.subjects:
            raise Invalid("timetable.subject", "В расписании предмет, которого в школе нет.")
        if entry.number not in numbers:
            raise Invalid("timetable.bell", f"Урока {entry.number} нет в расписании звонков.")
        if entry.weekday not in weekdays:
            raise Invalid("timetable.weekday", "В этот день недели школа не учится.")
        place = (entry.weekday, entry.number)
        groups = places.setdefault(place, set())
        if groups and (entry.subgroup_id is None or groups & {None, entry.subgroup_id}):
            raise Invalid("timetable.twice", "Два урока на одном месте расписания.")
        groups.add(entry.subgroup_id)
    fact = f.TimetableAdopted(class_id, since, tuple(entries))
    of_that_day = [a.entries for a in office.timetables.get(class_id, ()) if a.since == since]
    return [] if of_that_day and of_that_day[-1] == fact.entries else [fact]


def require_class(office: Office, class_id: str) -> f.ClassFormed:
    """The class, or NotFound."""
    found = office.classes.get(class_id)
    if found is None:
        raise NotFound("class.unknown", "Такого класса нет.")
    return found


def _require_distinct(words: Sequence[tuple[str, str]], what: str) -> None:
    """A vocabulary of a year names each thing once: by its id and by its name."""
    for part in zip(*words, strict=True):
        if len(set(part)) < len(part):
            raise Invalid("year.twice", f"В учебном году дважды указан {what}.")
