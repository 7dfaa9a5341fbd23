"""Who may do what: by which right, for how long, and what a stranger learns."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta

import msgspec
import pytest

from domain import access
from domain.access import Actor, Right
from domain.journal import facts as f
from domain.journal.state import Lesson
from domain.office import facts as o
from domain.permissions import Act
from domain.refusals import Forbidden, NotFound, Refusal
from domain.values import Origin, Role
from tests.cast import (
    ALGEBRA,
    ALLA,
    ANNA,
    BORIS,
    CLASS_7A,
    CLASS_7B,
    DINA,
    ENGLISH,
    GALINA,
    IGOR,
    KIRA,
    MASHA,
    OLGA,
    PETYA,
    SVETA,
    TANYA,
    VERA,
    ZOYA,
    an_id,
)
from tests.domain.seventh_a import (
    ANNAS,
    BORISES,
    ENGLISH_1,
    GALINAS,
    LESSON,
    SCHOOL_YEAR,
    SEPTEMBER_1,
    SUBSTITUTION,
    TANYAS,
    THURSDAY,
    TOMORROW,
    TUESDAY,
    WEDNESDAY,
    moment,
    noon,
    school_year_in,
)
from tests.specs import T0, given

Ask = Callable[[], Right]


def actor(person: str, origin: Origin = Origin.PERSON, *, operator: bool = False) -> Actor:
    return Actor(person, "s", origin, operator)


def refused(kind: type[Refusal], code: str, ask: Ask) -> None:
    with pytest.raises(Refusal) as caught:
        ask()
    assert (type(caught.value), caught.value.code) == (kind, code)


def teach(person: str, *more: msgspec.Struct, lesson: str = LESSON, at: datetime = T0) -> Right:
    world = given(*SCHOOL_YEAR, *more).world
    return access.teach(
        actor(person), world.journal, world.office, world.journal.lessons[lesson], at
    )


# -- lessons ---------------------------------------------------------------------------------


def test_a_teacher_writes_by_assignment() -> None:
    assert teach(ANNA) == Right(Role.TEACHER, f"assignment:{ANNAS}")
    assert teach(BORIS, lesson=ENGLISH_1) == Right(Role.TEACHER, f"assignment:{BORISES}")


@pytest.mark.parametrize("person", [BORIS, GALINA, KIRA, DINA, VERA, ALLA, SVETA])
def test_colleagues_and_the_administration_see_the_lesson_but_do_not_write(person: str) -> None:
    """Marks by a deputy are a red flag: nobody has that right at all."""
    refused(Forbidden, "lesson.not_yours", lambda: teach(person))


@pytest.mark.parametrize("person", [ZOYA, PETYA, OLGA, IGOR, TANYA])
def test_a_stranger_does_not_learn_that_the_lesson_exists(person: str) -> None:
    refused(NotFound, "lesson.unknown", lambda: teach(person))


def test_a_teacher_of_one_half_does_not_write_in_the_other() -> None:
    refused(Forbidden, "lesson.not_yours", lambda: teach(GALINA, lesson=ENGLISH_1))


def test_a_teacher_of_the_whole_class_writes_in_both_halves() -> None:
    whole = f.TeacherAssigned(an_id("вся"), ZOYA, ENGLISH, SEPTEMBER_1)
    assert teach(ZOYA, whole, lesson=ENGLISH_1) == Right(
        Role.TEACHER, f"assignment:{whole.assignment_id}"
    )


@pytest.mark.parametrize(
    ("since", "until", "may"),
    [
        (WEDNESDAY, None, True),
        (THURSDAY, None, False),
        (SEPTEMBER_1, WEDNESDAY, False),
        (SEPTEMBER_1, THURSDAY, True),
    ],
)
def test_an_assignment_holds_for_the_lessons_of_its_days(
    since: date, until: date | None, *, may: bool
) -> None:
    zoyas = f.TeacherAssigned(an_id("Зоя"), ZOYA, ALGEBRA, since, None, until)
    if may:
        assert teach(ZOYA, zoyas).basis == f"assignment:{zoyas.assignment_id}"
    else:
        refused(Forbidden, "lesson.not_yours", lambda: teach(ZOYA, zoyas))


def test_a_released_teacher_finishes_the_papers_of_earlier_lessons_only() -> None:
    released = f.TeacherReleased(ANNAS, THURSDAY)
    friday = noon(date(2026, 9, 4))
    assert teach(ANNA, released, at=friday) == Right(Role.TEACHER, f"assignment:{ANNAS}")
    refused(
        Forbidden,
        "lesson.not_yours",
        lambda: teach(ANNA, released, lesson=TOMORROW, at=friday),
    )


# -- substitutes (clause 3.3.6) --------------------------------------------------------------

BY_SUBSTITUTION = Right(Role.TEACHER, f"substitution:{TANYAS}", acting_for=ANNA)


def test_a_substitute_writes_on_behalf_of_the_teacher() -> None:
    assert teach(TANYA, SUBSTITUTION) == BY_SUBSTITUTION


@pytest.mark.parametrize(
    ("since", "until", "may"),
    [
        (WEDNESDAY, WEDNESDAY, True),
        (THURSDAY, THURSDAY, False),
        (TUESDAY, TUESDAY, False),
        (TUESDAY, WEDNESDAY, True),
        (TUESDAY, date.max, True),
    ],
)
def test_both_days_of_a_substitution_are_included(since: date, until: date, *, may: bool) -> None:
    window = msgspec.structs.replace(SUBSTITUTION, since=since, until=until)
    if may:
        assert teach(TANYA, window) == BY_SUBSTITUTION
    else:
        refused(Forbidden, "lesson.not_yours", lambda: teach(TANYA, window))


@pytest.mark.parametrize("zone", ["Europe/Moscow", "Asia/Kamchatka", "America/Anchorage"])
def test_a_substitute_has_a_week_to_finish_the_papers(zone: str) -> None:
    """Until the last second of the seventh day after the window, by the school's clock."""
    world = given(*school_year_in(zone), SUBSTITUTION).world
    lesson = world.journal.lessons[LESSON]
    last_day = SUBSTITUTION.until + timedelta(days=7)
    last, late = (
        moment(last_day, "23:59:59", zone),
        moment(last_day + timedelta(days=1), "00:00:00", zone),
    )
    tanya = actor(TANYA)
    assert access.teach(tanya, world.journal, world.office, lesson, last) == BY_SUBSTITUTION
    refused(
        Forbidden,
        "lesson.not_yours",
        lambda: access.teach(tanya, world.journal, world.office, lesson, late),
    )


def test_a_substitute_of_anna_writes_in_annas_lessons_only() -> None:
    refused(Forbidden, "lesson.not_yours", lambda: teach(TANYA, SUBSTITUTION, lesson=ENGLISH_1))


def test_the_substituted_teacher_keeps_the_right() -> None:
    assert teach(ANNA, SUBSTITUTION) == Right(Role.TEACHER, f"assignment:{ANNAS}")


# -- programs --------------------------------------------------------------------------------


def test_only_an_import_writes_marks_without_being_a_teacher() -> None:
    world = given(*SCHOOL_YEAR).world
    lesson = world.journal.lessons[LESSON]

    def ask(origin: Origin, *, operator: bool) -> Right:
        who = actor(ZOYA, origin, operator=operator)
        return access.teach(who, world.journal, world.office, lesson, T0)

    assert ask(Origin.IMPORT, operator=True) == Right(Role.OPERATOR, "import")
    refused(NotFound, "lesson.unknown", lambda: ask(Origin.IMPORT, operator=False))
    refused(NotFound, "lesson.unknown", lambda: ask(Origin.PERSON, operator=True))
    refused(NotFound, "lesson.unknown", lambda: ask(Origin.JOB, operator=True))


# -- term marks ------------------------------------------------------------------------------


def term_mark(person: str, subject: str, pupil: str, day: date = WEDNESDAY) -> Right:
    return access.teach_subject(
        actor(person), given(*SCHOOL_YEAR).world.journal, subject, pupil, day
    )


def test_a_term_mark_is_the_teachers_of_the_pupil_in_the_subject() -> None:
    assert term_mark(ANNA, ALGEBRA, MASHA) == Right(Role.TEACHER, f"assignment:{ANNAS}")
    assert term_mark(GALINA, ENGLISH, MASHA) == Right(Role.TEACHER, f"assignment:{GALINAS}")


@pytest.mark.parametrize(
    ("person", "subject", "pupil"),
    [
        (BORIS, ENGLISH, MASHA),
        (BORIS, ALGEBRA, PETYA),
        (ZOYA, ALGEBRA, PETYA),
        (VERA, ALGEBRA, PETYA),
        (OLGA, ALGEBRA, PETYA),
    ],
    ids=["other half", "other subject", "stranger", "deputy", "mother"],
)
def test_nobody_else_issues_a_term_mark(person: str, subject: str, pupil: str) -> None:
    refused(Forbidden, "term_mark.not_yours", lambda: term_mark(person, subject, pupil))


def test_a_term_mark_is_not_issued_before_the_assignment_begins() -> None:
    early = SEPTEMBER_1 - timedelta(days=1)
    refused(Forbidden, "term_mark.not_yours", lambda: term_mark(ANNA, ALGEBRA, PETYA, early))


def test_an_import_issues_term_marks_by_the_operators_right() -> None:
    journal = given(*SCHOOL_YEAR).world.journal
    program = actor(ZOYA, Origin.IMPORT, operator=True)
    assert access.teach_subject(program, journal, ALGEBRA, PETYA, WEDNESDAY) == Right(
        Role.OPERATOR, "import"
    )


# -- the administration ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("person", "role"),
    [
        (DINA, Role.DIRECTOR),
        (VERA, Role.DEPUTY),
        (ALLA, Role.ADMINISTRATOR),
        (SVETA, Role.SECRETARY),
    ],
)
def test_the_administration_acts_by_appointment(person: str, role: Role) -> None:
    office = given(*SCHOOL_YEAR).world.office
    right = access.administer(actor(person), office, T0, Act.ENROL_PUPILS)
    assert right == Right(role, "appointment")


@pytest.mark.parametrize("person", [ANNA, BORIS, KIRA, PETYA, OLGA, IGOR, ZOYA])
def test_nobody_else_is_the_administration(person: str) -> None:
    office = given(*SCHOOL_YEAR).world.office
    refused(
        Forbidden,
        "access.administration_only",
        lambda: access.administer(actor(person), office, T0, Act.ENROL_PUPILS),
    )


def test_a_role_is_held_from_its_first_day_to_the_day_before_its_end_in_the_schools_zone() -> None:
    vera = o.StaffAppointed(o.Appointment(ZOYA, Role.DEPUTY, WEDNESDAY, THURSDAY))
    office = given(*school_year_in("Asia/Kamchatka"), vera).world.office

    def ask(clock: str, day: date) -> Right:
        at = moment(day, clock, "Asia/Kamchatka")
        return access.administer(actor(ZOYA), office, at, Act.ENROL_PUPILS)

    refused(Forbidden, "access.administration_only", lambda: ask("23:59:59", TUESDAY))
    assert ask("00:00:00", WEDNESDAY).role is Role.DEPUTY
    assert ask("23:59:59", WEDNESDAY).role is Role.DEPUTY
    refused(Forbidden, "access.administration_only", lambda: ask("00:00:00", THURSDAY))


def test_only_the_named_roles_count() -> None:
    office = given(*SCHOOL_YEAR).world.office
    refused(
        Forbidden,
        "access.administration_only",
        lambda: access.administer(actor(SVETA), office, T0, Act.OPEN_YEAR),
    )


def test_before_the_first_year_only_the_command_line_acts() -> None:
    program = actor(ZOYA, Origin.JOB, operator=True)
    assert access.administer(program, None, T0, Act.ENROL_PUPILS) == Right(Role.OPERATOR, "job")
    refused(
        Forbidden,
        "access.administration_only",
        lambda: access.administer(actor(DINA), None, T0, Act.ENROL_PUPILS),
    )


# -- the class teacher -----------------------------------------------------------------------


def lead_class(
    person: str, class_id: str = CLASS_7A, at: datetime = T0, *more: msgspec.Struct
) -> Right:
    return access.class_teacher(
        actor(person), given(*SCHOOL_YEAR, *more).world.office, class_id, at, Act.GIVE_CONSENT
    )


def test_a_class_teacher_acts_in_the_own_class_only() -> None:
    assert lead_class(KIRA) == Right(Role.CLASS_TEACHER, "appointment")
    refused(Forbidden, "access.administration_only", lambda: lead_class(KIRA, CLASS_7B))
    refused(Forbidden, "access.administration_only", lambda: lead_class(ANNA))


def test_the_administration_may_do_what_a_class_teacher_does() -> None:
    assert lead_class(VERA) == Right(Role.DEPUTY, "appointment")


def test_a_class_passes_to_the_next_class_teacher_on_the_day_of_the_order() -> None:
    next_one = o.ClassTeacherAppointed(CLASS_7A, ZOYA, THURSDAY)
    before, after = moment(WEDNESDAY, "23:59:59"), moment(THURSDAY, "00:00:00")
    assert lead_class(KIRA, CLASS_7A, before, next_one).role is Role.CLASS_TEACHER
    assert lead_class(ZOYA, CLASS_7A, after, next_one).role is Role.CLASS_TEACHER
    for person, at in ((KIRA, after), (ZOYA, before)):
        refused(
            Forbidden,
            "access.administration_only",
            lambda person=person, at=at: lead_class(person, CLASS_7A, at, next_one),  # type: ignore[misc]
        )


# -- a lesson that is not there yet ----------------------------------------------------------


def test_a_colleague_is_who_teaches_here_now_or_did() -> None:
    journal = given(*SCHOOL_YEAR, SUBSTITUTION, f.TeacherReleased(ANNAS, THURSDAY)).world.journal
    assert access.colleague(actor(ANNA), journal)
    assert access.colleague(actor(TANYA), journal)
    assert not access.colleague(actor(VERA), journal)


def test_the_right_to_an_extra_lesson_is_that_of_its_subject_and_day() -> None:
    world = given(*SCHOOL_YEAR).world
    draft = Lesson(THURSDAY, 3, ALGEBRA, ANNA)
    assert access.teach(actor(ANNA), world.journal, world.office, draft, T0).role is Role.TEACHER
