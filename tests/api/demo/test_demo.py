"""The demonstration is the same every time, lives like a school, and survives an interruption."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import date
from uuid import UUID

import pytest

from api.demo import SLUG, Recipe, accounts, build, find, report, silent, steps
from api.demo.plan import plan
from api.demo.recipe import DIRECTOR_ID
from api.demo.report import _LISTINGS
from domain.people.facts import Name
from tests.api.demo.conftest import TODAY, Built, construct, plan_of
from tests.api.demo.memory_log import MemoryLog

ROLES = {
    "director",
    "deputy",
    "secretary",
    "class_teacher",
    "teacher",
    "administrator",
    "parent",
    "pupil",
    "auditor",
}


def test_the_same_recipe_is_the_same_school_byte_for_byte(small: Built) -> None:
    _LISTINGS.clear()
    again = construct(small.recipe)
    assert again.log.events == small.log.events
    assert again.log.payloads == small.log.payloads
    assert again.report == small.report


def test_another_seed_is_another_school(small: Built) -> None:
    other = Recipe("small", TODAY, seed=2)
    assert other.school_id != small.recipe.school_id
    mine, others = (
        # every school closes its weeks, and a week has the same name everywhere
        {one.fingerprint for one in steps(recipe) if one.do != "close_fill_check"}
        for recipe in (small.recipe, other)
    )
    assert not mine & others


@pytest.mark.parametrize(
    "today",
    [
        date(2026, 9, 1),
        date(2026, 10, 31),
        date(2026, 12, 10),  # a correction is asked for where a substitute gave marks as well
        date(2027, 1, 5),
        date(2027, 2, 6),  # the same
        date(2027, 5, 30),  # a Sunday
        date(2027, 7, 15),
    ],
)
def test_a_small_school_can_be_shown_on_any_day_of_the_year(today: date) -> None:
    built = construct(Recipe("small", today))
    assert len(built.log.events) > 3_000
    assert {one["kind"] for one in built.report["planted"]} >= {"late_fill", "night_burst"}


def test_from_september_to_november_nobody_writes_into_the_archived_year() -> None:
    """The last closed quarter is of last year until the first one of this year is closed."""
    thought = plan(Recipe("school", date(2026, 9, 20)))
    last = min(thought.courses)
    its_own = {last, *(course.class_id for course in thought.courses[last])}
    done = [one.do for one in thought.steps]
    later = thought.steps[done.index("archive_year") + 1 :]
    assert [one for one in later if one.args and one.args[0] in its_own] == []
    kinds = {one["kind"] for one in thought.planted}
    assert kinds >= {"request_approved", "request_rejected"}
    assert "request_waiting" not in kinds


def test_names_and_comments_are_in_the_vault_only(small: Built) -> None:
    stored = b"".join(event.state for event in small.log.events).decode()
    names = [one for one in small.log.payloads.values() if one.kind == "name"]
    assert len(names) > 90
    for one in small.log.payloads.values():
        assert one.body not in stored
    people = plan_of(small.recipe).population.guardians.values()
    assert not any(human.name.family in stored for human in people)


def test_the_whole_school_is_about_a_quarter_of_a_million_facts() -> None:
    built = plan_of(Recipe("school", TODAY))
    [last, this] = [built.courses[year] for year in sorted(built.courses)]
    assert [c.school_class.name for c in this] == [
        *("1а", "2а", "3а", "4а", "5а", "5б", "6а", "7а", "7б", "8а", "9а")
    ]
    assert len(last) == len(this) == 11
    pupils = {m.child.id for c in this for m in c.members}
    assert 225 <= len(pupils) <= 280
    assert len(built.staff.teachers) == 25
    marks = sum(len(step.args[2]) for step in built.steps if step.do == "give_marks")
    assert marks > 140_000
    grown = {m.child.id for c in last for m in c.members if c.school_class.grade_level < 9}
    assert len(pupils & grown) / len(grown) > 0.98
    leavers = {m.child.id for c in last for m in c.members if c.school_class.grade_level == 9}
    assert not pupils & leavers


def test_every_role_is_listed_with_a_login_of_one_s_own(small: Built) -> None:
    people = small.report["people"]
    assert {one["role"] for one in people} == ROLES
    assert len({one["login"] for one in people}) == len({one["person_id"] for one in people})
    assert len(people) == len({one["login"] for one in people})
    assert all(one["login"].isascii() and len(one["password"]) >= 12 for one in people)
    assert small.report["school"] == SLUG
    homerooms = {one["class_id"] for one in people if one["role"] == "class_teacher"}
    assert homerooms == {c.class_id for c in plan_of(small.recipe).courses[2026]}
    for one in people:
        if one["role"] == "parent":
            children = {child["pupil_id"] for child in one["children"]}
            assert children
            assert children <= small.evidence.consents


def test_every_listed_person_is_registered_and_has_an_account_issued(small: Built) -> None:
    for one in small.report["people"]:
        topics = {event.topic for event in small.log.streams[UUID(one["person_id"])]}
        assert {"person.registered", "person.account-issued"} <= topics


def test_families_have_taken_their_credentials_but_the_planted_ones(small: Built) -> None:
    thought = plan_of(small.recipe)
    families = {
        guardian
        for course in thought.courses[thought.year]
        for member in course.members
        if member.until is None
        for guardian in member.child.guardians
    }

    def those_with(topic: str) -> set[str]:
        return {
            one
            for one in families
            if topic in {event.topic for event in small.log.streams[UUID(one)]}
        }

    [never] = small.planted("no_credentials")
    waiting = {one["person_id"] for one in small.planted("credentials_not_taken")}
    given = families - {never["person_id"]}
    listed = {one.person_id for one in accounts(small.recipe)}
    assert those_with("person.account-issued") == given
    assert those_with("person.account-received") == given - waiting - listed
    unlisted = silent(small.recipe)
    assert {one.person_id for one in unlisted} == given - listed
    logins = [*(one.login for one in accounts(small.recipe)), *(one.login for one in unlisted)]
    assert len(set(logins)) == len(logins)


# -- lessons ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", ["small", "school"])
def test_no_teacher_and_no_class_is_in_two_places_at_once(size: str) -> None:
    thought = plan_of(Recipe("school" if size == "school" else "small", TODAY))
    for courses in thought.courses.values():
        teachers: Counter[tuple[date, int, str]] = Counter()
        groups: dict[tuple[date, int, str], list[int | None]] = defaultdict(list)
        for course in courses:
            for lesson in course.lessons:
                teachers[lesson.day, lesson.number, lesson.teacher_id] += 1
                groups[lesson.day, lesson.number, lesson.class_id].append(lesson.group)
        assert set(teachers.values()) == {1}
        assert {tuple(sorted(g, key=str)) for g in groups.values()} == {(None,), (0, 1)}


def test_a_class_has_its_hours_and_no_windows() -> None:
    for course in plan_of(Recipe("school", TODAY)).courses[2026]:
        grade_level = course.school_class.grade_level
        days: dict[int, set[int]] = defaultdict(set)
        for entry in course.entries:
            days[entry.weekday].add(entry.number)
        assert all(numbers == set(range(1, len(numbers) + 1)) for numbers in days.values())
        assert (
            sum(map(len, days.values()))
            == {
                1: 21,
                2: 23,
                3: 23,
                4: 23,
                5: 28,
                6: 29,
                7: 31,
                8: 31,
                9: 32,
            }[grade_level]
        )


def test_first_graders_have_no_marks_and_no_homework(small: Built) -> None:
    thought = plan_of(small.recipe)
    first = {
        course.class_id
        for courses in thought.courses.values()
        for course in courses
        if course.school_class.grade_level == 1
    }
    lessons = [one for one in small.evidence.lessons.values() if one.class_id in first]
    assert any(lesson.homework for lesson in lessons)
    for lesson in lessons:
        assert not lesson.marks
        assert {type(fact).__name__ for fact, _ in lesson.homework} <= {"HomeworkNotAssigned"}


# -- interruption ----------------------------------------------------------------------------------


class PowerCutError(Exception):
    """The lights went out."""


@pytest.mark.parametrize("appends", [0, 1, 40, 500])
def test_an_interrupted_demonstration_goes_on_to_the_same_school(
    small: Built, appends: int
) -> None:
    log = MemoryLog()

    def cut(_: object) -> None:
        if log.appends >= appends:
            raise PowerCutError

    with pytest.raises(PowerCutError):
        build(small.recipe, lambda _: log, progress=cut)
    found = find(log)
    assert found is not None
    assert (found.recipe, found.whole) == (small.recipe, False)
    build(found.recipe, lambda _: log)
    assert [(e.topic, e.originator_id) for e in log.events] == [
        (e.topic, e.originator_id) for e in small.log.events
    ]
    assert log.payloads == small.log.payloads
    assert find(log) == find(small.log)


def test_a_whole_demonstration_is_not_built_again(small: Built) -> None:
    before = len(small.log.events)
    assert build(small.recipe, lambda _: small.log) == 0
    assert len(small.log.events) == before


def test_a_demonstration_is_found_by_its_log_and_an_empty_log_is_none(small: Built) -> None:
    found = find(small.log)
    assert found is not None
    assert found.recipe == small.recipe
    assert found.whole
    assert report(found.recipe) == small.report
    assert find(MemoryLog()) is None
    assert small.log.streams[UUID(DIRECTOR_ID)][0].originator_version == 1


def test_names_are_russian_and_logins_latin(small: Built) -> None:
    for one in small.report["people"]:
        family, given, *_ = one["name"].split()
        assert Name(family, given).short.endswith(".")
        assert not one["name"].isascii()
