"""Marks and illnesses of the demonstration have the statistics that were measured elsewhere."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from datetime import date
from statistics import median, pvariance, variance

import pytest

from api.demo import Recipe
from api.demo.plan import Plan
from domain.values import ABSENCES, MARKS
from tests.api.demo.conftest import TODAY, plan_of


@pytest.fixture(scope="module")
def two_years() -> Plan:
    return plan_of(Recipe("school", TODAY))


def test_current_marks_are_as_in_real_gradebooks(two_years: Plan) -> None:
    values = Counter(
        mark.value
        for step in two_years.steps
        if step.do == "give_marks" and not step.expect
        for mark in step.args[2]
    )
    total = sum(values.values())
    expected = {"2": 0.07, "3": 0.20, "4": 0.33, "5": 0.39}
    assert set(values) == set(expected) <= set(MARKS)
    for value, share in expected.items():
        assert math.isclose(values[value] / total, share, abs_tol=0.03), value


def test_marks_of_one_pupil_in_a_term_scatter_and_are_enough(two_years: Plan) -> None:
    lessons = {
        one.lesson_id: one
        for courses in two_years.courses.values()
        for course in courses
        for one in course.lessons
        if course.calendar.year == 2025
    }
    cells: dict[tuple[str, int, str, str], list[int]] = defaultdict(list)
    for step in two_years.steps:
        if step.do == "give_marks" and step.args[1] in lessons:
            lesson = lessons[step.args[1]]
            for mark in step.args[2]:
                key = (lesson.class_id, lesson.term, lesson.subject, mark.pupil_id)
                cells[key].append(int(mark.value))
    within = [variance(marks) for marks in cells.values() if len(marks) > 3]
    assert math.isclose(math.sqrt(sum(within) / len(within)), 0.72, abs_tol=0.05)
    assert 7 <= median(map(len, cells.values())) <= 10
    by_pupil: dict[str, list[float]] = defaultdict(list)
    for (_, _, _, pupil), marks in cells.items():
        by_pupil[pupil].append(sum(marks) / len(marks))
    between = pvariance([sum(own) / len(own) for own in by_pupil.values()])
    assert 0.3 <= math.sqrt(between) <= 0.66


def test_term_marks_are_kinder_than_current_ones(two_years: Plan) -> None:
    values = Counter(
        mark.value
        for step in two_years.steps
        if step.do == "issue_term_marks"
        for mark in step.args[3]
    )
    total = sum(values.values())
    shares = {value: number / total for value, number in values.items()}
    assert shares["2"] < 0.02
    assert 0.1 <= shares["3"] <= 0.25
    assert 0.38 <= shares["4"] <= 0.55
    assert 0.25 <= shares["5"] <= 0.45
    assert 0.001 <= shares["н/а"] <= 0.03


def test_children_are_ill_most_in_the_third_term(two_years: Plan) -> None:
    courses = {c.class_id: c for own in two_years.courses.values() for c in own}
    lessons = {one.lesson_id: one for c in courses.values() for one in c.lessons}
    absent: Counter[int] = Counter()
    listed: Counter[int] = Counter()
    for step in two_years.steps:
        if step.do == "take_attendance":
            lesson = lessons[step.args[1]]
            if lesson.day.toordinal() < date(2026, 6, 1).toordinal():
                absent[lesson.term] += sum(e.code in ABSENCES for e in step.args[2])
                listed[lesson.term] += len(courses[lesson.class_id].attending(lesson))
    shares = {term: absent[term] / listed[term] for term in listed}
    assert max(shares, key=lambda term: shares[term]) == 3
    assert 0.05 <= sum(absent.values()) / sum(listed.values()) <= 0.09
