"""The school's office: the year, its words and rules, staff, classes, timetables."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import msgspec
import pytest

from domain.calendar import Calendar, Term, TimetableEntry
from domain.office import decisions as decide
from domain.office import facts as f
from domain.refusals import Conflict, Forbidden, Invalid, NotFound
from domain.regulation import Regulation
from domain.values import Role
from tests.cast import (
    ALGEBRA,
    ALLA,
    ANNA,
    BORIS,
    CLASS_7A,
    CLASS_7B,
    CONTROL,
    ENGLISH,
    FIRST_HALF,
    KIRA,
    VERA,
    ZOYA,
    an_id,
)
from tests.domain.seventh_a import (
    CALENDAR,
    CLASS_FORMED,
    KIRA_APPOINTED,
    OFFICE,
    SEPTEMBER_1,
    THURSDAY,
    WEDNESDAY,
    WEEK,
    YEAR_OPENED,
)
from tests.specs import Decision, given

# -- the year --------------------------------------------------------------------------------


def open_year(**other: Any) -> Decision:
    return lambda w: decide.open_year(w.office, msgspec.structs.replace(YEAR_OPENED, **other))


def calendar(*terms: Term, year: int = 2026) -> Calendar:
    return Calendar(year, terms)


def change(new: Calendar, order_no: str = "9-у") -> Decision:
    return lambda w: decide.change_calendar(w.office, new, order_no)


FIRST = CALENDAR.terms[0]
BAD_CALENDARS = {
    "no terms": calendar(),
    "overlapping": calendar(FIRST, Term(2, "2 четверть", FIRST.ends, date(2026, 12, 27))),
    "out of order": calendar(CALENDAR.terms[1], FIRST),
    "ends before it starts": calendar(Term(1, "1 четверть", FIRST.ends, FIRST.starts)),
    "in another century": calendar(FIRST, Term(2, "2 четверть", date(2026, 11, 2), date.max)),
    "before the year": calendar(Term(1, "1 четверть", date(2026, 6, 30), FIRST.ends)),
    "one number twice": calendar(FIRST, msgspec.structs.replace(CALENDAR.terms[1], number=1)),
}


def test_a_year_is_opened_once() -> None:
    given().when(open_year()).then(YEAR_OPENED).and_again_nothing_happens()


def test_another_calendar_is_not_another_opening() -> None:
    other = open_year(calendar=msgspec.structs.replace(CALENDAR, holidays=()))
    given(*OFFICE).when(other).then_refused(Conflict, "year.already_open")


@pytest.mark.parametrize("bad", BAD_CALENDARS.values(), ids=BAD_CALENDARS)
def test_terms_follow_each_other(bad: Calendar) -> None:
    given().when(open_year(calendar=bad)).then_refused(Invalid, "calendar.terms")
    given(*OFFICE).when(change(bad)).then_refused(Invalid, "calendar.terms")


@pytest.mark.parametrize("zone", ["Europe/Kukarino", "", "../etc/passwd", "/etc/localtime"])
def test_a_zone_that_no_clock_knows_is_refused(zone: str) -> None:
    given().when(open_year(zone=zone)).then_refused(Invalid, "year.zone")


def test_the_weights_of_a_year_are_kept_with_two_places() -> None:
    typed = (f.WorkType(CONTROL, "Контрольная", "К", "1.125"),)
    kept = (f.WorkType(CONTROL, "Контрольная", "К", "1.13"),)
    given().when(open_year(work_types=typed)).then(
        msgspec.structs.replace(YEAR_OPENED, work_types=kept)
    )


TWICE = {
    "a subject's id": {"subjects": (f.Subject(ALGEBRA, "Алгебра"), f.Subject(ALGEBRA, "Физика"))},
    "a subject's name": {"subjects": (f.Subject(ALGEBRA, "Физика"), f.Subject(ENGLISH, "Физика"))},
    "a work type's id": {
        "work_types": (
            f.WorkType(CONTROL, "Контрольная", "К", "1"),
            f.WorkType(CONTROL, "Самостоятельная", "С", "1"),
        )
    },
}


@pytest.mark.parametrize("words", TWICE.values(), ids=TWICE)
def test_the_words_of_a_year_are_named_once(words: dict[str, Any]) -> None:
    given().when(open_year(**words)).then_refused(Invalid, "year.twice")


def test_a_weight_that_is_no_number_opens_no_year() -> None:
    typed = (f.WorkType(CONTROL, "Контрольная", "К", "тяжёлая"),)
    given().when(open_year(work_types=typed)).then_refused(Invalid, "mark.weight")


def test_the_calendar_is_changed_by_an_order() -> None:
    longer = msgspec.structs.replace(CALENDAR, holidays=(date(2026, 11, 4), date(2026, 11, 5)))
    spec = given(*OFFICE).when(change(longer))
    spec.then(f.CalendarChanged(longer, "9-у")).and_again_nothing_happens()


def test_a_calendar_is_not_changed_without_an_order() -> None:
    longer = msgspec.structs.replace(CALENDAR, holidays=())
    given(*OFFICE).when(change(longer, " ")).then_refused(Invalid, "calendar.no_order")


def test_the_calendar_of_another_year_is_refused() -> None:
    other = msgspec.structs.replace(CALENDAR, year=2027)
    given(*OFFICE).when(change(other)).then_refused(Invalid, "calendar.year")


def adopt(regulation: Regulation, order_no: str = "5-у") -> Decision:
    return lambda w: decide.adopt_regulation(w.office, regulation, order_no)


def test_a_regulation_is_adopted_by_an_order_once() -> None:
    week = Regulation(version="2", edit_window_days=7)
    spec = given(*OFFICE).when(adopt(week))
    spec.then(f.RegulationAdopted(week, "5-у")).and_again_nothing_happens()
    assert spec.world.office.regulation.edit_window_days == 7
    given(*OFFICE).when(adopt(week, " ")).then_refused(Invalid, "regulation.no_order")


# -- vocabulary ------------------------------------------------------------------------------


def introduce(number: str, name: str) -> Decision:
    return lambda w: decide.introduce_subject(w.office, f.Subject(number, name))


def test_a_subject_is_introduced_once() -> None:
    given(*OFFICE).when(introduce(an_id("физика"), "Физика")).then(
        f.SubjectIntroduced(f.Subject(an_id("физика"), "Физика"))
    ).and_again_nothing_happens()


@pytest.mark.parametrize(
    ("number", "name"), [(ALGEBRA, "Физика"), (an_id("физика"), "Алгебра")], ids=["id", "name"]
)
def test_a_taken_subject_is_refused(number: str, name: str) -> None:
    given(*OFFICE).when(introduce(number, name)).then_refused(Conflict, "subject.exists")


def kind_of_work(number: str, name: str, weight: str = "1.5") -> Decision:
    return lambda w: decide.introduce_work_type(w.office, f.WorkType(number, name, "С", weight))


def test_a_kind_of_work_is_introduced_once_with_its_weight() -> None:
    essay = an_id("сочинение")
    given(*OFFICE).when(kind_of_work(essay, "Сочинение")).then(
        f.WorkTypeIntroduced(f.WorkType(essay, "Сочинение", "С", "1.50"))
    ).and_again_nothing_happens()
    given(*OFFICE).when(kind_of_work(essay, "Сочинение", "0")).then_refused(Invalid, "mark.weight")


@pytest.mark.parametrize(
    ("number", "name"),
    [(CONTROL, "Сочинение"), (an_id("сочинение"), "Контрольная работа")],
    ids=["id", "name"],
)
def test_a_taken_kind_of_work_is_refused(number: str, name: str) -> None:
    given(*OFFICE).when(kind_of_work(number, name)).then_refused(Conflict, "work_type.exists")


# -- staff -----------------------------------------------------------------------------------


def appoint(
    person: str = ZOYA,
    role: Role = Role.DEPUTY,
    since: date = WEDNESDAY,
    until: date | None = None,
) -> Decision:
    return lambda w: decide.appoint(w.office, f.Appointment(person, role, since, until))


def dismiss(person: str = VERA, role: Role = Role.DEPUTY, on: date = THURSDAY) -> Decision:
    return lambda w: decide.dismiss(w.office, person, role, on)


def test_a_deputy_is_appointed_from_a_day_on() -> None:
    spec = given(*OFFICE).when(appoint())
    spec.then(
        f.StaffAppointed(f.Appointment(ZOYA, Role.DEPUTY, WEDNESDAY))
    ).and_again_nothing_happens()
    assert not spec.world.office.holds(ZOYA, Role.DEPUTY, SEPTEMBER_1)


@pytest.mark.parametrize("role", [Role.PARENT, Role.PUPIL, Role.OPERATOR, Role.CLASS_TEACHER])
def test_some_roles_are_not_appointed_by_the_office(role: Role) -> None:
    given(*OFFICE).when(appoint(role=role)).then_refused(Invalid, "staff.role")


def test_an_appointment_does_not_end_before_it_begins() -> None:
    given(*OFFICE).when(appoint(until=WEDNESDAY)).then_refused(Invalid, "staff.dates")


def test_an_appointment_for_some_days_may_become_one_for_good() -> None:
    while_ill = f.StaffAppointed(f.Appointment(ZOYA, Role.DEPUTY, WEDNESDAY, THURSDAY))
    given(*OFFICE, while_ill).when(appoint()).then(
        f.StaffAppointed(f.Appointment(ZOYA, Role.DEPUTY, WEDNESDAY))
    ).and_again_nothing_happens()


def test_a_deputy_is_dismissed_from_a_day_on() -> None:
    spec = given(*OFFICE).when(dismiss())
    spec.then(f.StaffDismissed(VERA, Role.DEPUTY, THURSDAY)).and_again_nothing_happens()
    office = spec.world.office
    assert office.holds(VERA, Role.DEPUTY, WEDNESDAY)
    assert not office.holds(VERA, Role.DEPUTY, THURSDAY)


def test_an_appointment_for_some_days_can_be_ended_early() -> None:
    for_a_month = f.StaffAppointed(f.Appointment(ZOYA, Role.DEPUTY, WEDNESDAY, date(2026, 10, 2)))
    spec = given(*OFFICE, for_a_month).when(dismiss(ZOYA))
    spec.then(f.StaffDismissed(ZOYA, Role.DEPUTY, THURSDAY)).and_again_nothing_happens()
    assert not spec.world.office.holds(ZOYA, Role.DEPUTY, THURSDAY)


def test_who_holds_no_role_is_not_dismissed() -> None:
    given(*OFFICE).when(dismiss(ZOYA)).then_nothing_happens()


def test_the_last_administrator_stays() -> None:
    last = dismiss(ALLA, Role.ADMINISTRATOR)
    given(*OFFICE).when(last).then_refused(Forbidden, "staff.last_administrator")
    another = f.StaffAppointed(f.Appointment(ZOYA, Role.ADMINISTRATOR, THURSDAY))
    given(*OFFICE, another).when(last).then(
        f.StaffDismissed(ALLA, Role.ADMINISTRATOR, THURSDAY)
    ).and_again_nothing_happens()


def test_an_administrator_to_come_is_no_administrator_yet() -> None:
    later = f.StaffAppointed(f.Appointment(ZOYA, Role.ADMINISTRATOR, THURSDAY + timedelta(days=1)))
    last = dismiss(ALLA, Role.ADMINISTRATOR)
    given(*OFFICE, later).when(last).then_refused(Forbidden, "staff.last_administrator")


# -- classes ---------------------------------------------------------------------------------


def form(class_id: str = CLASS_7B, grade_level: int = 7, letter: str = "б") -> Decision:
    return lambda w: decide.form_class(w.office, f.ClassFormed(class_id, grade_level, letter))


def test_a_class_is_formed_once() -> None:
    given(*OFFICE).when(form()).then(f.ClassFormed(CLASS_7B, 7, "б")).and_again_nothing_happens()


@pytest.mark.parametrize(
    "again",
    [form(letter="а"), form(letter="А"), form(CLASS_7A, 7, "в")],
    ids=["same name", "same name in capitals", "same id"],
)
def test_a_taken_class_is_refused(again: Decision) -> None:
    given(*OFFICE).when(again).then_refused(Conflict, "class.exists")


@pytest.mark.parametrize(("grade_level", "letter"), [(0, "б"), (12, "б"), (7, " ")])
def test_a_class_is_a_grade_from_1_to_11_and_a_letter(grade_level: int, letter: str) -> None:
    strange = form(grade_level=grade_level, letter=letter)
    given(*OFFICE).when(strange).then_refused(Invalid, "class.name")


def class_teacher(person: str = ZOYA, class_id: str = CLASS_7A) -> Decision:
    new = f.ClassTeacherAppointed(class_id, person, THURSDAY)
    return lambda w: decide.appoint_class_teacher(w.office, new)


def test_a_class_has_one_class_teacher_at_a_time() -> None:
    spec = given(*OFFICE).when(class_teacher())
    spec.then(f.ClassTeacherAppointed(CLASS_7A, ZOYA, THURSDAY)).and_again_nothing_happens()
    office = spec.world.office
    assert office.class_teacher(CLASS_7A, WEDNESDAY) == KIRA
    assert office.class_teacher(CLASS_7A, THURSDAY) == ZOYA
    assert office.class_teacher(CLASS_7B, THURSDAY) is None


def test_who_is_class_teacher_already_is_not_appointed_again() -> None:
    given(*OFFICE).when(class_teacher(KIRA)).then_nothing_happens()


def test_a_class_that_is_not_there_has_no_class_teacher_and_no_timetable() -> None:
    given(*OFFICE).when(class_teacher(class_id=CLASS_7B)).then_refused(NotFound, "class.unknown")
    given(*OFFICE).when(timetable(class_id=CLASS_7B)).then_refused(NotFound, "class.unknown")


# -- timetables ------------------------------------------------------------------------------


def timetable(
    *entries: TimetableEntry, since: date = SEPTEMBER_1, class_id: str = CLASS_7A
) -> Decision:
    return lambda w: decide.adopt_timetable(w.office, class_id, since, entries)


def test_a_timetable_is_adopted_once() -> None:
    spec = given(*OFFICE).when(timetable(*WEEK))
    spec.then(f.TimetableAdopted(CLASS_7A, SEPTEMBER_1, WEEK)).and_again_nothing_happens()


def test_the_timetable_in_force_is_the_newest_of_its_day() -> None:
    other = (TimetableEntry(1, 1, ALGEBRA, ANNA),)
    facts = (
        f.TimetableAdopted(CLASS_7A, THURSDAY, other),
        f.TimetableAdopted(CLASS_7A, SEPTEMBER_1, WEEK),
    )
    office = given(*OFFICE, *facts).world.office
    assert office.timetable(CLASS_7A, SEPTEMBER_1 - timedelta(days=1)) == ()
    assert office.timetable(CLASS_7A, WEDNESDAY) == WEEK
    assert office.timetable(CLASS_7A, THURSDAY) == other


def test_a_timetable_that_was_replaced_on_its_day_can_be_adopted_again() -> None:
    facts = (
        f.TimetableAdopted(CLASS_7A, SEPTEMBER_1, WEEK),
        f.TimetableAdopted(CLASS_7A, SEPTEMBER_1, ()),
    )
    given(*OFFICE, *facts).when(timetable(*WEEK)).then(
        f.TimetableAdopted(CLASS_7A, SEPTEMBER_1, WEEK)
    ).and_again_nothing_happens()


def test_a_timetable_has_subjects_of_the_school_only() -> None:
    strange = TimetableEntry(1, 1, an_id("физика"), ANNA)
    given(*OFFICE).when(timetable(strange)).then_refused(Invalid, "timetable.subject")


@pytest.mark.parametrize("number", [0, 4])
def test_a_timetable_keeps_to_the_bells(number: int) -> None:
    strange = TimetableEntry(1, number, ALGEBRA, ANNA)
    given(*OFFICE).when(timetable(strange)).then_refused(Invalid, "timetable.bell")


@pytest.mark.parametrize("weekday", [0, 6, 7, 8])
def test_a_timetable_keeps_to_the_schools_week(weekday: int) -> None:
    strange = TimetableEntry(weekday, 1, ALGEBRA, ANNA)
    given(*OFFICE).when(timetable(strange)).then_refused(Invalid, "timetable.weekday")


@pytest.mark.parametrize("group", [None, FIRST_HALF])
def test_a_class_has_one_lesson_at_a_time(group: str | None) -> None:
    whole = TimetableEntry(1, 1, ALGEBRA, ANNA)
    other = TimetableEntry(1, 1, ENGLISH, BORIS, group)
    for both in ((whole, other), (other, whole)):
        given(*OFFICE).when(timetable(*both)).then_refused(Invalid, "timetable.twice")


def test_the_office_of_the_tests_is_a_possible_one() -> None:
    assert OFFICE == (YEAR_OPENED, CLASS_FORMED, KIRA_APPOINTED)
    assert given(*OFFICE).world.office.calendar.term_of(WEDNESDAY) == FIRST
