"""What the write door of the database refuses whatever a caller sends."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from threading import Barrier

import psycopg
import pytest

from domain.engine import Engine
from domain.journal.facts import LessonAdded, TeacherAssigned
from domain.office.facts import ClassFormed
from domain.people.facts import Name
from domain.refusals import Conflict
from domain.school import MarkInput, School
from tests.ground import SINCE, TODAY, YEAR, Ground, engine_on, lay, number, request, school_on
from tests.ground import register as register_school

OTHER = number("one/7б")


@dataclass(frozen=True)
class TwoClasses:
    """7а with its lessons, and 7б where Anna teaches as well."""

    url: str
    engine: Engine
    school: School
    ground: Ground
    lesson_id: str

    @property
    def head(self) -> int:
        return self.engine.log("one").head().position


@pytest.fixture
def two(database: str) -> Iterator[TwoClasses]:
    register_school(database, "one")
    with engine_on(database) as engine:
        school = school_on(engine, "one")
        ground = lay(school)
        by, anna = ground.operator, ground.teacher
        school.form_class(YEAR, ClassFormed(OTHER, 7, "б"), by=by, request=request()).result(10)
        zimin, boris = Name("Зимин", "Олег"), Name("Зимин", "Борис")
        for answer in (
            school.register_person(
                YEAR, number("one/pupil 99"), "pupil", zimin, by=by, request=request()
            ),
            school.register_person(
                YEAR, number("one/boris"), "staff", boris, by=by, request=request()
            ),
        ):
            answer.result(10)
        school.enrol_pupils(OTHER, [number("one/pupil 99")], SINCE, by=by, request=request())
        assigned = TeacherAssigned(number("other"), anna.person_id, ground.subject_id, SINCE)
        school.assign_teacher(OTHER, assigned, by=by, request=request()).result(10)
        lesson_id = min(
            engine.world("one").journal(ground.class_id).lessons.items(), key=lambda e: e[1].date
        )[0]
        yield TwoClasses(database, engine, school, ground, lesson_id)


def extra(two: TwoClasses, lesson_id: str) -> LessonAdded:
    anna = two.ground.teacher.person_id
    return LessonAdded(lesson_id, TODAY.date(), 5, two.ground.subject_id, anna)


def test_a_lesson_does_not_come_under_the_number_of_another_classs_lesson(
    two: TwoClasses,
) -> None:
    head = two.head
    with pytest.raises(Conflict) as refused:
        two.school.add_lesson(
            OTHER, extra(two, two.lesson_id), by=two.ground.teacher, request=request()
        ).result(10)
    assert refused.value.code == "log.conflict"
    assert two.head == head


def test_an_assignment_does_not_come_under_another_classs_number(two: TwoClasses) -> None:
    taken = TeacherAssigned(
        number("one/assignment"), number("one/boris"), two.ground.subject_id, SINCE
    )
    with pytest.raises(Conflict):
        two.school.assign_teacher(OTHER, taken, by=two.ground.operator, request=request()).result(
            10
        )


def test_a_mark_does_not_come_under_another_classs_number_and_its_neighbours_are_written(
    two: TwoClasses,
) -> None:
    by, work_type = two.ground.teacher, two.ground.work_type_id
    there = number("lesson of 7б")
    two.school.add_lesson(OTHER, extra(two, there), by=by, request=request()).result(10)

    def give(class_id: str, lesson_id: str, pupil: str, mark: str) -> int:
        column = [MarkInput(number(mark), pupil, "5", work_type)]
        answer = two.school.give_marks(class_id, lesson_id, column, by=by, request=request())
        return answer.result(10).facts

    pupil, stranger = two.ground.pupils[0], number("one/pupil 99")
    assert give(two.ground.class_id, two.lesson_id, pupil, "mark") == 1
    with pytest.raises(Conflict):
        give(OTHER, there, stranger, "mark")
    assert give(OTHER, there, stranger, "another mark") == 1


def test_erasing_a_persons_texts_leaves_other_peoples_texts_alone(two: TwoClasses) -> None:
    by = two.ground.operator
    zoya = number("zoya")
    two.school.register_person(
        YEAR, zoya, "staff", Name("Зоина", "Зоя"), by=by, request=request()
    ).result(10)
    with psycopg.connect(two.url) as conn:
        row = conn.execute(
            "SELECT id::text FROM school_one.payload WHERE subject = %s",
            (two.ground.teacher.person_id,),
        ).fetchone()
    assert row is not None
    two.school.erase_payloads(YEAR, zoya, [row[0]], "акт № 1", by=by, request=request()).result(10)
    with psycopg.connect(two.url) as conn:
        left = conn.execute(
            "SELECT count(*) FROM school_one.payload WHERE id = %s", (row[0],)
        ).fetchone()
    assert left == (1,)


def test_a_pupil_is_enrolled_by_one_of_two_processes_at_once(two: TwoClasses) -> None:
    """Each has its own engine and connections, and has read that the pupil is in no class."""
    newcomer = number("newcomer")
    by = two.ground.operator
    name = Name("Новиков", "Ян")
    two.school.register_person(YEAR, newcomer, "pupil", name, by=by, request=request()).result(10)
    with engine_on(two.url) as second:
        other = school_on(second, "one")
        both = ((two.school, two.ground.class_id), (other, OTHER))
        for school, class_id in both:  # both have everything in memory, as of the same position
            again = school.enrol_pupils(
                class_id, [number("one/pupil 99")], SINCE, by=by, request=request()
            )
            with suppress(Conflict):
                again.result(10)
        at_once = Barrier(len(both))

        def enrol(school: School, class_id: str) -> str:
            at_once.wait(10)
            answer = school.enrol_pupils(class_id, [newcomer], SINCE, by=by, request=request())
            try:
                answer.result(10)
            except Conflict as refusal:
                return refusal.code
            return "enrolled"

        with ThreadPoolExecutor(len(both)) as threads:
            answers = sorted(threads.map(lambda one: enrol(*one), both))
    assert answers == ["enrolled", "roster.in_another_class"]
    with psycopg.connect(two.url) as conn:
        facts = conn.execute(
            "SELECT count(*) FROM school_one.facts WHERE topic = 'journal.pupil-enrolled'"
            " AND position(%s in convert_from(state, 'UTF8')) > 0",
            (newcomer,),
        ).fetchone()
    assert facts == (1,)
