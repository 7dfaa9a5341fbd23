"""The directory: what the doors ask before they open."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest

from domain.calendar import Calendar, Term
from domain.office.facts import Appointment, ClassTeacherAppointed, WorkType, YearOpened
from domain.people.facts import Name
from domain.regulation import Regulation
from domain.school import Handing
from domain.values import AttendanceCode, Role
from projections import directory
from tests.ground import CALENDAR, YEAR, number, request
from tests.projections.life import MONDAY, Life, life


@pytest.fixture
def at(database: str) -> Iterator[Life]:
    with life(database) as one:
        yield one


def roles(at: Life, person: str, day: date = MONDAY) -> list[str]:
    """Roles of a person on a day, folded up to now."""
    at.fold_all()
    return list(at.read(directory.roles_of, person, day))


def test_roles_begin_and_end_with_their_days(at: Life) -> None:
    deputy = number("deputy")
    appointed = Appointment(deputy, Role.DEPUTY, date(2026, 11, 1))
    at.must(at.school.appoint(YEAR, appointed, by=at.office, request=request()))
    at.must(
        at.school.dismiss(
            YEAR, deputy, Role.DEPUTY, date(2026, 12, 1), by=at.office, request=request()
        )
    )
    assert roles(at, deputy, date(2026, 10, 31)) == []
    assert roles(at, deputy, date(2026, 11, 1)) == ["deputy"]
    assert roles(at, deputy, date(2026, 11, 30)) == ["deputy"]
    assert roles(at, deputy, date(2026, 12, 1)) == []


def test_a_dismissal_ends_an_appointment_that_had_an_end_of_its_own(at: Life) -> None:
    deputy = number("deputy")
    appointed = Appointment(deputy, Role.DEPUTY, date(2026, 9, 1), date(2027, 6, 1))
    at.must(at.school.appoint(YEAR, appointed, by=at.office, request=request()))
    at.must(at.school.dismiss(YEAR, deputy, Role.DEPUTY, MONDAY, by=at.office, request=request()))
    assert roles(at, deputy, date(2026, 11, 22)) == ["deputy"]
    assert roles(at, deputy) == []


def test_class_teachers_follow_each_other_by_their_days_whatever_the_order_of_orders(
    at: Life,
) -> None:
    in_turn = (("kira", 1, 9), ("vera", 1, 12), ("alla", 2, 11))
    for name, day, month in in_turn:
        known = at.school.register_person(
            YEAR, number(name), "staff", Name("Иванова", "Яна"), by=at.office, request=request()
        )
        at.must(known)
        appointed = ClassTeacherAppointed(at.class_id, number(name), date(2026, month, day))
        at.must(at.school.appoint_class_teacher(YEAR, appointed, by=at.office, request=request()))
    for on, expected in (
        (date(2026, 11, 1), "kira"),
        (date(2026, 11, 2), "alla"),
        (date(2026, 12, 1), "vera"),
    ):
        of_that_day = [name for name, _, _ in in_turn if roles(at, number(name), on)]
        assert of_that_day == [expected]


def test_a_role_of_last_year_is_over_once_the_new_year_is_opened(at: Life) -> None:
    deputy = number("deputy")
    appointed = Appointment(deputy, Role.DEPUTY, date(2026, 9, 1))
    at.must(at.school.appoint(YEAR, appointed, by=at.office, request=request()))
    assert roles(at, deputy, date(2027, 9, 2)) == ["deputy"]
    calendar = Calendar(2027, (Term(1, "1 четверть", date(2027, 9, 1), date(2027, 10, 24)),))
    opened = YearOpened(at.school.school_id, "Europe/Moscow", calendar, (), Regulation())
    at.must(at.school.open_year(opened, by=at.office, request=request()))
    assert roles(at, deputy, date(2027, 9, 2)) == []
    assert roles(at, deputy, date(2027, 6, 1)) == ["deputy"]
    assert at.read(directory.school_year_of, date(2027, 6, 30)) == 2026
    assert at.read(directory.school_year_of, date(2027, 7, 1)) == 2027


def test_teachers_substitutes_pupils_and_parents_have_their_roles(at: Life) -> None:
    at.must(at.substitute(MONDAY, date(2026, 11, 27)))
    at.must(
        at.school.link_guardian(
            YEAR, at.pupils[0], at.mother, date(2026, 9, 1), by=at.office, request=request()
        )
    )
    assert roles(at, at.anna.person_id) == ["teacher"]
    assert roles(at, at.tanya.person_id) == ["teacher"]
    assert roles(at, at.tanya.person_id, date(2026, 12, 15)) == []
    assert roles(at, at.pupils[0]) == ["pupil"]
    assert roles(at, at.mother) == ["parent"]
    assert roles(at, number("stranger")) == []


def test_one_class_teacher_at_a_time(at: Life) -> None:
    for who, since in ((at.anna, date(2026, 9, 1)), (at.boris, date(2026, 11, 24))):
        new = ClassTeacherAppointed(at.class_id, who.person_id, since)
        at.must(at.school.appoint_class_teacher(YEAR, new, by=at.office, request=request()))
    at.fold_all()
    assert at.read(directory.class_teacher_of, at.anna.person_id, MONDAY) == [at.class_id]
    assert at.read(directory.class_teacher_of, at.anna.person_id, date(2026, 11, 24)) == []
    assert "class_teacher" in roles(at, at.boris.person_id, date(2026, 11, 24))
    [first, _] = at.read(directory.classes, YEAR, MONDAY)
    assert (first["name"], first["class_teacher"], first["pupils"]) == (
        "7а",
        "Иванова Анна Петровна",
        5,
    )


def test_consent_opens_the_diary_from_its_day_until_it_is_withdrawn(at: Life) -> None:
    pupil, mother, by = at.pupils[0], at.mother, at.office
    at.must(
        at.school.link_guardian(YEAR, pupil, mother, date(2026, 9, 1), by=by, request=request())
    )
    at.must(
        at.school.give_consent(
            at.class_id, pupil, mother, "diary", date(2026, 11, 1), by=by, request=request()
        )
    )
    at.fold_all()
    assert at.read(directory.consent, pupil, mother, "diary", MONDAY) is True
    assert at.read(directory.consent, pupil, mother, "email", MONDAY) is False
    assert at.read(directory.consent, pupil, mother, "diary", date(2026, 10, 31)) is False
    assert at.read(directory.consent, at.pupils[1], mother, "diary", MONDAY) is False
    assert at.read(directory.consented, pupil, "diary", MONDAY) is True
    [guardian] = at.read(directory.guardians_of, pupil, MONDAY)
    assert (guardian["name"], guardian["consents"]) == ("Петрова Ия", ["diary"])
    [child] = at.read(directory.children_of, mother, MONDAY)
    assert (child["pupil_id"], child["class_name"]) == (pupil, "7а")
    at.must(
        at.school.withdraw_consent(at.class_id, pupil, mother, "diary", by=by, request=request())
    )
    at.fold_all()
    assert at.read(directory.consent, pupil, mother, "diary", MONDAY) is False
    assert at.read(directory.consented, pupil, "diary", MONDAY) is False


def test_consent_ends_with_the_link_to_the_child(at: Life) -> None:
    pupil, mother, by = at.pupils[0], at.mother, at.office
    at.must(
        at.school.link_guardian(YEAR, pupil, mother, date(2026, 9, 1), by=by, request=request())
    )
    at.must(
        at.school.give_consent(
            at.class_id, pupil, mother, "diary", date(2026, 9, 1), by=by, request=request()
        )
    )
    at.must(at.school.unlink_guardian(YEAR, pupil, mother, MONDAY, by=by, request=request()))
    at.fold_all()
    assert at.read(directory.consent, pupil, mother, "diary", date(2026, 11, 22)) is True
    assert at.read(directory.consent, pupil, mother, "diary", MONDAY) is False
    assert at.read(directory.children_of, mother, MONDAY) == []


def test_a_teacher_s_day_says_what_is_missing(at: Life) -> None:
    anna = at.anna.person_id
    lesson = next(
        n
        for n, one in at.school.engine.world(at.slug).journal(at.class_id).lessons.items()
        if one.date == MONDAY
    )
    at.must(at.topic(lesson))
    at.fold_all()
    [one] = at.read(directory.lessons_of_day, MONDAY, anna)
    assert (one["lesson_id"], one["class_name"], one["subject"]) == (lesson, "7а", "Алгебра")
    assert one["missing"] == ["attendance", "homework", "marks"]
    at.must(at.attendance(lesson, p0=AttendanceCode.ILL))
    at.must(at.mark(lesson, at.pupils[1], "5", "mark"))
    at.must(at.school.declare_no_homework(at.class_id, lesson, by=at.anna, request=request()))
    at.fold_all()
    assert at.read(directory.lesson_place, lesson)["missing"] == []
    assert at.read(directory.mark_place, number("mark"))["class_id"] == at.class_id
    assert at.read(directory.mark_place, number("strange")) is None
    assert at.read(directory.lesson_place, number("strange")) is None
    debts = at.read(directory.unfilled_lessons, anna, date(2026, 11, 9), date(2026, 11, 24))
    assert lesson not in [debt["lesson_id"] for debt in debts]
    assert len(debts) == 6
    assert at.read(directory.teaching_day, anna, date(2026, 11, 24)) == MONDAY


def test_a_substitute_s_day_has_the_substituted_lessons(at: Life) -> None:
    at.must(at.substitute(MONDAY, MONDAY))
    at.fold_all()
    assert len(at.read(directory.lessons_of_day, MONDAY, at.tanya.person_id)) == 1
    assert at.read(directory.lessons_of_day, date(2026, 11, 25), at.tanya.person_id) == []
    assert at.read(directory.teaches, at.tanya.person_id, at.class_id) is True
    algebra, english = at.ground.subject_id, at.english
    assert at.read(directory.teaches, at.tanya.person_id, at.class_id, algebra) is True
    assert at.read(directory.teaches, at.tanya.person_id, at.class_id, english) is False
    assert at.read(directory.teaches, at.anna.person_id, at.other_class) is False


def test_a_class_card_has_roster_subgroups_teachers_and_substitutes(at: Life) -> None:
    at.must(at.split(at.pupils[:2], at.pupils[2:]))
    at.must(at.substitute(MONDAY, date(2026, 11, 27)))
    at.must(
        at.school.release_teacher(
            at.class_id,
            number(f"{at.slug}/assignment"),
            date(2026, 12, 1),
            by=at.office,
            request=request(),
        )
    )
    at.must(
        at.school.depart_pupil(
            at.class_id, at.pupils[4], MONDAY, "3", by=at.office, request=request()
        )
    )
    at.fold_all()
    card = at.read(directory.class_card, at.class_id, MONDAY)
    assert [one["pupil_id"] for one in card["roster"]] == at.pupils[:4]
    assert sorted(len(one["pupils"]) for one in card["subgroups"]) == [2, 3]
    assert {one["teacher"]: one["until"] for one in card["assignments"]} == {
        "Иванова Анна Петровна": "2026-12-01",
        "Борисов Яна": None,
        "Галкина Яна": None,
    }
    assert [one["substitute"] for one in card["substitutions"]] == ["Ёжикова Яна"]
    assert at.read(directory.class_card, number("strange"), MONDAY) is None


def test_words_of_the_year_follow_the_office(at: Life) -> None:
    kind = WorkType(number("control"), "Контрольная работа", "КР", "3.00")
    at.must(at.school.introduce_work_type(YEAR, kind, by=at.office, request=request()))
    first, second = CALENDAR.terms
    longer = Calendar(YEAR, (first, Term(2, "2 четверть", second.starts, date(2026, 12, 31))))
    at.must(at.school.change_calendar(longer, "9", by=at.office, request=request()))
    rules = Regulation(version="another", fill_days=3)
    at.must(at.school.adopt_regulation(YEAR, rules, "10", by=at.office, request=request()))
    at.fold_all()
    assert [one["abbr"] for one in at.read(directory.work_types, YEAR)] == ["КР", "О"]
    assert [one["name"] for one in at.read(directory.subjects, YEAR)] == [
        "Алгебра",
        "Английский язык",
    ]
    assert at.read(directory.terms, YEAR)[1]["ends"] == "2026-12-31"
    assert at.read(directory.regulation_of, YEAR) == rules
    assert at.read(directory.calendar_of, YEAR)[0] == longer
    assert at.read(directory.calendar_of, 1999) is None
    assert at.read(directory.zone_of) == "Europe/Moscow"
    assert [one["year"] for one in at.read(directory.years)] == [2026]


def test_people_are_known_by_name_until_they_are_erased(at: Life) -> None:
    handed = [Handing(at.mother, at.mother)]
    at.must(at.school.issue_accounts(YEAR, handed, by=at.office, request=request()))
    at.fold_all()
    mother = at.read(directory.person, at.mother)
    assert (mother["name"], mother["short_name"], mother["account"]) == (
        "Петрова Ия",
        "Петрова И.",
        True,
    )
    at.must(at.erase(at.mother))
    at.must(at.school.revoke_account(YEAR, at.mother, "left", by=at.office, request=request()))
    at.fold_all()
    mother = at.read(directory.person, at.mother)
    assert (mother["name"], mother["erased"], mother["account"]) == ("данные удалены", True, False)
    assert at.read(directory.person, number("stranger")) is None
    staff = at.read(directory.people, None, "staff")
    assert [one["name"] for one in staff] == [
        "Борисов Яна",
        "Галкина Яна",
        "Ёжикова Яна",
        "Иванова Анна Петровна",
    ]
    found = at.read(directory.pupil_classes, at.pupils[0])
    assert [(one["name"], one["since"]) for one in found] == [("7а", "2026-09-01")]
