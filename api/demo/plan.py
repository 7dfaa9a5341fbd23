"""The whole demonstration as a list of steps in the order of time, and what there is to find."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import msgspec

from api.demo.attainments import Attainments
from api.demo.brought import Brought
from api.demo.class_teacher import ClassTeacher
from api.demo.classroom import UNGRADED, Classroom
from api.demo.control import Control
from api.demo.course import ClassYear, class_year
from api.demo.curriculum import FIRST_DIVIDED, SUBJECTS, WORKS
from api.demo.families import Families
from api.demo.fill_checks import weekly
from api.demo.flaws import Flaws, Planted, Planter
from api.demo.handouts import handouts
from api.demo.lesson_plans import plans
from api.demo.office import Office, first_grade_rest, fresh_ids
from api.demo.population import LAST_GRADE, Population, populate
from api.demo.recipe import Recipe
from api.demo.requests import FATES, WAITING
from api.demo.staffing import Staff, assign, hire
from api.demo.steps import TICK, Lesson, Step, on
from api.demo.timetable import timetables
from api.demo.year import school_calendar
from domain.calendar import Term
from domain.journal.facts import LessonAdded
from domain.school import MarkInput
from domain.values import Role

_REST = "Дополнительные каникулы первоклассников"
#: Last year's flaws are in this term.
_EARLIER_TERM = 2
#: From the oldest: whose class teacher has forgotten the letters. Those after it forget a week.
_FORGETFUL = 3


class Plan(msgspec.Struct):
    """`steps` in order; `courses` of every year; `planted` flaws."""

    recipe: Recipe
    staff: Staff
    population: Population
    courses: dict[int, list[ClassYear]]
    steps: list[Step]
    planted: list[Planted]

    @property
    def year(self) -> int:
        """This school year."""
        return max(self.courses)


def plan(recipe: Recipe) -> Plan:
    """Think the school up, all but the accounts: some three seconds and 70 MB for two years."""
    staff = hire(recipe)
    population = populate(recipe)
    ids = recipe.chance("vocabulary")
    subject_ids = fresh_ids(ids, (s.key for s in SUBJECTS))
    work_ids = fresh_ids(ids, (w.key for w in WORKS))
    courses = _courses(recipe, staff, population, subject_ids)
    flaws = Flaws()
    steps: list[Step] = []
    steps += _plant(recipe, staff, courses, flaws, subject_ids, work_ids)
    office = Office(recipe, staff, population, subject_ids, work_ids)
    rooms: list[Classroom] = []
    brought = Brought(population.transfers)
    for stage in recipe.stages():
        own = courses[stage.year]
        steps += office.year(stage, own, flaws)
        for course in own:
            rooms.append(Classroom(recipe, course, flaws, subject_ids, work_ids, brought))
            if course.school_class.grade_level == UNGRADED:
                flaws.cancelled |= {one.lesson_id: _REST for one in first_grade_rest(course)}
            if course.school_class.grade_level == LAST_GRADE:
                steps += office.graduation(course)
        steps += office.irregular(own, flaws)
        if recipe.plan.whole_years and stage.year != max(courses):
            steps += office.archive(stage)
        control = Control(recipe, staff, stage, own, flaws)
        steps += control.year(current=stage.year == max(courses))
    flaws.substitutions.clear()
    flaws.helpers.clear()
    over = _last_over(recipe, courses)
    forgetful = courses[over[0]][-_FORGETFUL:][0].class_id if over else ""
    for room in rooms:
        room.live()
        teacher = ClassTeacher(recipe, room.course, flaws, _gap(courses, room.course))
        steps += [*teacher.live(room.steps), *teacher.results()]
        forgets = room.course.class_id == forgetful
        families = Families(recipe, room.course, flaws, over, forgets=forgets)
        steps += families.letters()
        if room.course in courses[max(courses)]:
            steps += families.signatures()
        told = Attainments(recipe, room.course, flaws, subject_ids)
        steps += [*told.words(), *told.defences()]
        if room.course in courses[max(courses)]:
            steps += handouts(recipe, room.course, room.steps)
            steps += plans(recipe.chance("КТП", room.course.class_id), room.course, subject_ids)
    steps += weekly(courses)
    end = on(recipe.today, -1)
    lived = [step for step in steps if step.at <= end]
    lived.sort(key=lambda step: step.at // TICK)
    return Plan(recipe, staff, population, courses, lived, flaws.planted)


def _last_over(recipe: Recipe, courses: dict[int, list[ClassYear]]) -> tuple[int, int] | None:
    """Year and number of the last term that is over."""
    lived = [
        (year, term.number)
        for year, own in sorted(courses.items())
        for term in own[0].calendar.terms
        if term.number in own[0].terms and term.ends < recipe.today
    ]
    return lived[-1] if lived else None


def _gap(courses: dict[int, list[ClassYear]], course: ClassYear) -> str:
    """What the class teachers of two classes of this year have forgotten."""
    *_, one, other = courses[max(courses)]
    gaps = {one.class_id: "unsigned_week", other.class_id: "unexplained_absences"}
    return gaps.get(course.class_id, "")


def _courses(
    recipe: Recipe, staff: Staff, population: Population, subject_ids: dict[str, str]
) -> dict[int, list[ClassYear]]:
    stages = recipe.stages()
    loads = assign(
        recipe.chance("loads"), staff, [population.classes[stage.year] for stage in stages]
    )
    found: dict[int, list[ClassYear]] = {}
    for stage in stages:
        classes = population.classes[stage.year]
        weeks = timetables(recipe.chance("timetable", stage.year), classes, loads)
        found[stage.year] = [
            class_year(
                recipe,
                one,
                school_calendar(stage.year),
                loads[one.class_id],
                population.members[one.class_id],
                weeks[one.class_id],
                subject_ids,
                stage.terms,
            )
            for one in classes
        ]
    return found


def _plant(
    recipe: Recipe,
    staff: Staff,
    courses: dict[int, list[ClassYear]],
    flaws: Flaws,
    subject_ids: dict[str, str],
    work_ids: dict[str, str],
) -> Iterator[Step]:
    """Flaws of the last closed term, and of a term of last year."""
    places = [recipe.anchor()]
    if recipe.plan.whole_years:
        earlier = (recipe.stages()[0].year, _EARLIER_TERM)
        places = [earlier, *places] if earlier not in places else places
    for year, number in places:
        term = school_calendar(year).terms[number - 1]
        own = courses[year]
        chance = recipe.chance("flaws", year, number)
        lessons = [one for course in own for one in course.lessons]
        deputy = staff.office[Role.DEPUTY].person_id
        small = not recipe.plan.whole_years
        planter = Planter(chance, flaws, term, lessons, deputy, small=small)
        flaws.silent[year, number] = 1 if small else 3
        graded = [c.class_id for c in own if c.school_class.grade_level != UNGRADED]
        divided = [c.class_id for c in own if c.school_class.grade_level >= FIRST_DIVIDED]
        planter.plant(graded, divided)
        _plant_of_term(recipe, own, term, flaws, last=(year, number) == places[-1])
        yield from _attempts(recipe, staff, own[-1], term, flaws, subject_ids, work_ids)
    flaws.deputy = staff.office[Role.DEPUTY].person_id
    for course in courses[max(courses)]:
        for member in course.members:
            if not member.child.diary:
                flaws.note(
                    "no_consent",
                    class_id=course.class_id,
                    pupil_id=member.child.id,
                    guardian_id=member.child.guardians[0],
                )
            elif not member.child.paper:
                flaws.note("no_paper", class_id=course.class_id, pupil_id=member.child.id)


def _plant_of_term(
    recipe: Recipe, own: list[ClassYear], term: Term, flaws: Flaws, *, last: bool
) -> None:
    """A pupil who is ill all the term; in the last one also requests and a term opened again. Of
    a year that is in the archive nobody asks anything any more.
    """
    divided = [one for one in own if one.school_class.grade_level >= FIRST_DIVIDED]
    course = divided[len(divided) // 2]
    there = [m for m in course.members if m.since <= term.starts and m.until is None]
    consenting = [m.child for m in there if m.child.diary]
    child = consenting[len(consenting) // 2]
    flaws.long_ill[course.class_id, term.number] = child.id
    flaws.note(
        "long_ill",
        class_id=course.class_id,
        pupil_id=child.id,
        term=term.number,
        since=term.starts.isoformat(),
        until=term.ends.isoformat(),
    )
    if last:
        archived = recipe.plan.whole_years and own[0].calendar.year < recipe.stages()[-1].year
        fates = [one for one in FATES if one != WAITING or not archived]
        flaws.asked[divided[0].class_id, term.number] = tuple(fates)
        place = (divided[-1].class_id, term.number)
        number = recipe.chance("an order to open a term again").between(10, 99)
        order = flaws.reopened[place] = f"{number}-У"
        flaws.note("reopened_term", class_id=place[0], term=term.number, order_no=order)


def _attempts(
    recipe: Recipe,
    staff: Staff,
    course: ClassYear,
    term: Term,
    flaws: Flaws,
    subject_ids: dict[str, str],
    work_ids: dict[str, str],
) -> Iterator[Step]:
    """A lesson on a Saturday, and a mark by the deputy director: both are refused."""
    chance = recipe.chance("attempts", course.class_id, term.number)
    lessons = [one for one in course.lessons if one.term == term.number]
    lesson = _of_subject(lessons, "hist")
    day = lesson.day + timedelta(days=6 - lesson.day.isoweekday())
    subject = subject_ids[lesson.subject]
    new = LessonAdded(chance.id(), day, 1, subject, lesson.teacher_id)
    at = on(day, 11 * 60)
    code = "lesson.not_a_school_day"
    yield Step(at, lesson.teacher_id, "add_lesson", (course.class_id, new), expect=code)
    details = {"class_id": course.class_id, "subject_id": subject}
    flaws.note(
        "mark_without_lesson_refused",
        date=day.isoformat(),
        by=lesson.teacher_id,
        code=code,
        **details,
    )
    deputy = staff.office[Role.DEPUTY].person_id
    pupil = course.on(lesson.day)[0].child.id
    column = (MarkInput(chance.id(), pupil, "4", work_ids["answer"]),)
    code = "lesson.unknown"
    what = (course.class_id, chance.id(), column)
    yield Step(at, deputy, "give_marks", what, expect=code)
    flaws.note(
        "mark_without_lesson_refused",
        date=day.isoformat(),
        by=deputy,
        code=code,
        **details,
    )


def _of_subject(lessons: list[Lesson], subject: str) -> Lesson:
    own = [one for one in lessons if one.subject == subject]
    return own[len(own) // 2]
