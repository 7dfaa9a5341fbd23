"""From 2026 to 2027: who goes where, what is carried, what is told instead; each thing once."""

from __future__ import annotations

from datetime import date
from typing import Any

import msgspec
import pytest

from domain.bells import Bells, Schedule
from domain.calendar import Bell, Calendar, Term, Vacation
from domain.office import rollover_steps as s
from domain.office.facts import Appointment, Subject, WorkType
from domain.office.next_calendar import next_calendar
from domain.office.rollover import draft
from domain.office.rollover_plan import Draft, Wishes
from domain.office.school_years import (
    Division,
    Group,
    KnownClass,
    Listed,
    Planned,
    SchoolYear,
    Taught,
)
from domain.office.years import check_calendar
from domain.regulation import Regulation
from domain.values import CouncilDecision, Role
from tests.cast import (
    ALGEBRA,
    ALLA,
    ANNA,
    BORIS,
    CLASS_7A,
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
    VERA,
    YOLKIN,
    an_id,
)
from tests.domain.seventh_a import BELLS, CALENDAR, SEPTEMBER_1, YEAR_OPENED

UP, BACK = CouncilDecision.PROMOTED, CouncilDecision.RETAINED
CONDITIONALLY = CouncilDecision.CONDITIONALLY_PROMOTED
LYOVA, NINTH, SIXTH, EIGHTH = an_id("Лёва"), an_id("9а"), an_id("6а"), an_id("8а")
ORDER = Wishes(order_no="52-у", order_date=date(2027, 6, 1))

SEVENTH = KnownClass(
    CLASS_7A,
    7,
    "а",
    (Listed(MASHA, None, CONDITIONALLY), Listed(PETYA, None, UP), Listed(YOLKIN, None, BACK)),
    (KIRA,),
    (
        Taught(an_id("т1"), ANNA, ALGEBRA),
        Taught(an_id("т2"), BORIS, ENGLISH, FIRST_HALF),
        Taught(an_id("т3"), GALINA, ENGLISH, SECOND_HALF),
        Taught(an_id("т4"), VERA, ALGEBRA, until=date(2026, 12, 1)),
    ),
    (
        Division(
            ENGLISH,
            (Group(FIRST_HALF, "1 группа", (PETYA, YOLKIN)), Group(SECOND_HALF, "2", (MASHA,))),
        ),
    ),
)
EIGHTH_A = KnownClass(
    EIGHTH,
    8,
    "А",
    (Listed(LYOVA, None, UP),),
    taught=(
        Taught(an_id("т5"), GALINA, ALGEBRA),
        Taught(an_id("т6"), GALINA, ENGLISH),
        Taught(an_id("т7"), VERA, HISTORY),
    ),
    plans=(Planned(an_id("план"), HISTORY),),
)
SIXTH_A = KnownClass(SIXTH, 6, "а", taught=(Taught(an_id("т8"), ANNA, ALGEBRA),))
NINTH_A = KnownClass(NINTH, 9, "а", (Listed(an_id("Аня"), None, UP),), (VERA,))


def year(*classes: KnownClass, calendar: Calendar = CALENDAR, **more: Any) -> SchoolYear:
    """A school year of Kukarino with these classes."""
    known: dict[str, Any] = {
        "bells": Bells(BELLS),
        "subjects": YEAR_OPENED.subjects,
        "work_types": YEAR_OPENED.work_types,
        "staff": YEAR_OPENED.staff,
    }
    return SchoolYear("Europe/Moscow", calendar, classes=classes, **(known | more))


def plan(old: SchoolYear, wishes: Wishes = ORDER, new: SchoolYear | None = None) -> Draft:
    """The plan from 2026 on."""
    return draft(SCHOOL, Regulation(), old, new, wishes)


def steps(of: Draft, kind: type[Any]) -> list[Any]:
    """The steps of a kind."""
    return [one for one in of.steps if isinstance(one, kind)]


def carried(  # noqa: C901 - a table
    old: SchoolYear, done: Draft, upto: int | None = None
) -> SchoolYear:
    """The next year once the first steps of the plan are written, as a reader would know it."""
    classes: dict[str, dict[str, Any]] = {}
    found: dict[str, Any] = {}
    for one in done.steps[:upto]:
        match one:
            case s.OpenYear():
                found = {
                    "calendar": one.new.calendar,
                    "bells": Bells(one.new.bells),
                    "subjects": one.new.subjects,
                    "work_types": one.new.work_types,
                    "staff": one.new.staff,
                }
            case s.AdoptBells():
                found["bells"].adopt(one.since, one.schedules)
            case s.AssignShift():
                found["bells"].assign(one.new.class_id, one.new.shift, one.new.since)
            case s.FormClass():
                new = one.new
                classes[new.class_id] = {"grade_level": new.grade_level, "letter": new.letter}
            case s.AppointClassTeacher():
                classes[one.new.class_id]["teachers"] = (one.new.person_id,)
            case s.Enrol():
                of = classes[one.class_id]
                of["pupils"] = (*of.get("pupils", ()), *map(Listed, one.pupils))
            case s.Split():
                groups = tuple(Group(g.subgroup_id, g.name, g.pupils) for g in one.new.subgroups)
                of = classes[one.class_id]
                of["divisions"] = (*of.get("divisions", ()), Division(one.new.subject_id, groups))
            case s.AssignTeacher():
                of, new_one = classes[one.class_id], one.new
                row = Taught(
                    new_one.assignment_id,
                    new_one.teacher_id,
                    new_one.subject_id,
                    new_one.subgroup_id,
                )
                of["taught"] = (*of.get("taught", ()), row)
            case s.AdoptPlan():
                of = classes[one.class_id]
                of["plans"] = (*of.get("plans", ()), Planned(one.plan_id, one.subject_id))
    return SchoolYear(
        old.zone, classes=tuple(KnownClass(i, **of) for i, of in classes.items()), **found
    )


def test_a_class_goes_up_with_who_was_promoted_and_who_conditionally() -> None:
    done = plan(year(SEVENTH, SIXTH_A, EIGHTH_A))

    seventh = next(one for one in done.classes if one.name == "7а")
    assert (seventh.into, seventh.going, seventh.conditional, seventh.retained) == ("8а", 2, 1, 1)
    [up] = [one for one in steps(done, s.Enrol) if one.class_id == seventh.new_id]
    assert (set(up.pupils), up.since) == ({PETYA, MASHA}, date(2027, 9, 1))
    assert (up.order_no, up.order_date) == ("52-у", date(2027, 6, 1))
    # Yolkin stays in the seventh grade: last year's 6а is its 7а now.
    sixth = next(one for one in done.classes if one.name == "6а")
    [stays] = [one for one in steps(done, s.Enrol) if one.class_id == sixth.new_id]
    assert stays.pupils == (YOLKIN,)


def test_nobody_is_promoted_without_the_council_unless_it_is_said() -> None:
    waiting = msgspec.structs.replace(SEVENTH, pupils=(Listed(PETYA), Listed(MASHA, None, UP)))

    done = plan(year(waiting))

    assert [(one.code, one.person_id) for one in done.issues] == [("pupil.undecided", PETYA)]
    assert [one.pupils for one in steps(done, s.Enrol)] == [(MASHA,)]
    said = plan(year(waiting), msgspec.structs.replace(ORDER, undecided=True))
    assert not said.issues
    assert {p for one in steps(said, s.Enrol) for p in one.pupils} == {PETYA, MASHA}


def test_the_ninth_grade_leaves_unless_it_is_carried_and_the_eleventh_always() -> None:
    eleventh = KnownClass(an_id("11а"), 11, "а", (Listed(PETYA, None, UP),))
    done = plan(year(NINTH_A, eleventh))

    assert [(one.name, one.into, one.leaving) for one in done.classes] == [
        ("9а", "", 1),
        ("11а", "", 1),
    ]
    letters = {NINTH: "а", eleventh.class_id: "а"}
    on = plan(year(NINTH_A, eleventh), msgspec.structs.replace(ORDER, letters=letters))
    assert [(one.name, one.into, one.going) for one in on.classes] == [
        ("9а", "10а", 1),
        ("11а", "", 0),
    ]
    assert not steps(on, s.AppointClassTeacher)  # the tenth grade is another school stage


def test_who_completed_school_leaves_though_the_class_goes_on() -> None:
    done_with = Listed(MASHA, None, CouncilDecision.COMPLETED)
    ninth = msgspec.structs.replace(NINTH_A, pupils=(Listed(PETYA, None, UP), done_with))
    on = plan(year(ninth), msgspec.structs.replace(ORDER, letters={NINTH: "а"}))
    assert [(one.into, one.going, one.leaving) for one in on.classes] == [("10а", 1, 1)]
    assert {p for one in steps(on, s.Enrol) for p in one.pupils} == {PETYA}


def test_who_is_retained_where_no_class_of_the_grade_is_left_is_told() -> None:
    done = plan(year(SEVENTH))

    assert [(one.code, one.person_id) for one in done.issues if one.person_id] == [
        ("pupil.retained", YOLKIN)
    ]


def test_a_name_that_is_taken_is_told_and_its_pupils_wait() -> None:
    eighth = KnownClass(an_id("другой 8а"), 8, "А")
    new = year(eighth, calendar=next_calendar(CALENDAR))

    done = plan(year(SEVENTH), new=new)

    assert done.issues[0].code == "class.taken"
    assert not steps(done, s.FormClass) + steps(done, s.Enrol)
    other = msgspec.structs.replace(ORDER, letters={CLASS_7A: "в"})
    [formed] = steps(plan(year(SEVENTH), other, new), s.FormClass)
    assert (formed.new.grade_level, formed.new.letter) == (8, "в")


def test_teachers_and_subgroups_go_on_with_the_class() -> None:
    done = plan(year(SEVENTH, EIGHTH_A))

    new_id = next(one.new_id for one in done.classes if one.name == "7а")
    given = {
        (one.new.subject_id, one.new.teacher_id, one.new.subgroup_id)
        for one in steps(done, s.AssignTeacher)
        if one.class_id == new_id
    }
    [split] = steps(done, s.Split)
    halves = {g.name: g.subgroup_id for g in split.new.subgroups}
    assert split.new.order_no == "52-у"
    assert [g.pupils for g in split.new.subgroups] == [(PETYA,), (MASHA,)]  # Yolkin has stayed
    assert given == {
        (ALGEBRA, ANNA, None),  # whom the class had to the end; not who was released in December
        (ENGLISH, BORIS, halves["1 группа"]),
        (ENGLISH, GALINA, halves["2"]),
        (HISTORY, VERA, None),  # in the eighth grade it is history, taught by who taught it
    }
    [kira] = steps(done, s.AppointClassTeacher)
    assert (kira.new.class_id, kira.new.person_id) == (new_id, KIRA)
    [ktp] = steps(done, s.AdoptPlan)
    assert (ktp.class_id, ktp.subject_id, ktp.source) == (new_id, HISTORY, an_id("план"))


def test_without_an_order_no_class_is_divided() -> None:
    done = plan(year(SEVENTH, EIGHTH_A), Wishes())

    assert not steps(done, s.Split)
    told = [one.text for one in done.issues if one.code == "assignment.missing"]
    assert any("сначала приказ о делении" in text for text in told)


def test_after_primary_school_come_the_teachers_of_the_fifth_grade() -> None:
    fourth = msgspec.structs.replace(SEVENTH, grade_level=4)
    fifth = msgspec.structs.replace(EIGHTH_A, grade_level=5)

    done = plan(year(fourth, fifth))

    new_id = next(one.new_id for one in done.classes if one.name == "4а")
    given = {o.new.teacher_id for o in steps(done, s.AssignTeacher) if o.class_id == new_id}
    assert given == {GALINA, VERA}
    assert not [one for one in steps(done, s.AppointClassTeacher) if one.new.class_id == new_id]


def test_staff_stays_since_when_it_was_there_and_who_has_left_is_not_carried() -> None:
    left = Appointment(KIRA, Role.TEACHER, SEPTEMBER_1, date(2027, 5, 1))
    old = year(SEVENTH, staff=(*YEAR_OPENED.staff, left))

    done = plan(old)

    [opened] = steps(done, s.OpenYear)
    assert opened.new.staff == YEAR_OPENED.staff
    assert opened.new.subjects == YEAR_OPENED.subjects
    assert "class_teacher.gone" in [one.code for one in done.issues]


def test_a_year_that_is_open_keeps_its_calendar_and_gets_what_it_lacks() -> None:
    same_name = Subject(an_id("алгебра заново"), "Алгебра")
    new = year(
        calendar=next_calendar(CALENDAR),
        subjects=(same_name,),
        work_types=(WorkType(an_id("вид"), "Ответ на уроке", "О", "1.00"),),
        staff=(Appointment(ALLA, Role.ADMINISTRATOR, SEPTEMBER_1),),
    )

    done = plan(year(SEVENTH), new=new)

    assert done.opened
    assert not steps(done, s.OpenYear)
    assert {one.subject.subject_id for one in steps(done, s.IntroduceSubject)} == {ENGLISH, HISTORY}
    assert [one.kind.name for one in steps(done, s.IntroduceWorkType)] == ["Контрольная работа"]
    assert DINA in {one.appointment.person_id for one in steps(done, s.Appoint)}
    taught = {one.new.subject_id for one in steps(done, s.AssignTeacher)}
    assert same_name.subject_id in taught
    assert ALGEBRA not in taught


def test_bells_and_shifts_are_carried() -> None:
    bells = Bells(BELLS)
    second = Schedule("Вторая смена", (Bell(1, "13:30", "14:10"),), 2)
    bells.adopt(date(2026, 10, 1), (Schedule("Первая смена", BELLS), second))
    bells.assign(CLASS_7A, 2, date(2026, 10, 1))

    done = plan(year(SEVENTH, bells=bells))

    [adopted] = steps(done, s.AdoptBells)
    assert (adopted.since, adopted.schedules[1]) == (date(2027, 9, 1), second)
    assert [one.new.shift for one in steps(done, s.AssignShift)] == [2]


WHOLE = year(SEVENTH, SIXTH_A, EIGHTH_A, NINTH_A)


@pytest.mark.parametrize("upto", range(0, len(plan(WHOLE).steps) + 1, 3))
def test_interrupted_anywhere_the_rest_is_done_and_each_thing_once(upto: int) -> None:
    done = plan(WHOLE)
    written = done.steps[: upto or None] if upto else ()
    after = carried(WHOLE, done, upto) if upto else None

    rest = plan(WHOLE, new=after)

    def things(of: tuple[s.Step, ...]) -> set[bytes]:
        return {msgspec.json.encode(one) for one in of}

    assert not things(written) & things(rest.steps), "nothing is written twice"
    assert things(written) | things(rest.steps) == things(done.steps)


def test_carried_out_whole_nothing_is_left_to_do() -> None:
    done = plan(WHOLE)

    again = plan(WHOLE, new=carried(WHOLE, done))

    assert not again.steps
    assert {one.code for one in again.issues} == {"assignment.missing"}  # until people decide


def test_the_plan_is_the_same_every_time_and_its_hash_tells_a_change() -> None:
    assert plan(WHOLE).hash == plan(WHOLE).hash
    assert plan(WHOLE).hash != plan(WHOLE, msgspec.structs.replace(ORDER, order_no="53-у")).hash


def test_the_drafted_calendar_is_a_year_that_may_be_opened() -> None:
    vacation = Vacation("Дополнительные", date(2027, 2, 15), date(2027, 2, 21), (1,))
    old = msgspec.structs.replace(
        CALENDAR, vacations=(vacation,), holidays=(date(2026, 11, 4), date(2027, 3, 8))
    )

    new = next_calendar(old)

    check_calendar(new)
    assert new.year == 2027
    assert (new.terms[0].starts, new.terms[-1].ends) == (date(2027, 9, 1), date(2028, 5, 26))
    assert new.terms[1] == Term(2, "2 четверть", date(2027, 11, 1), date(2027, 12, 26))
    [moved] = new.vacations
    assert (moved.starts.isoweekday(), moved.ends.isoweekday()) == (1, 7)
    assert new.holidays == (date(2027, 11, 4), date(2028, 3, 8))
    check_calendar(next_calendar(new))
