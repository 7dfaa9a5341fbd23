"""Children, families and classes: who is in which class from when to when."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

import msgspec

from api.demo import names
from api.demo.curriculum import FIRST_DIVIDED, SUBJECTS
from api.demo.recipe import Recipe
from api.demo.staffing import Human, SchoolClass
from api.demo.year import school_calendar

LAST_GRADE = 9
#: Class of this year and number of the child whose guardians have given no consent (clause 1.11).
_WITHOUT_CONSENT = (("5а", 4), ("3а", 7), ("8а", 2), ("9а", 11))
#: The same for a consent that was noted down while its paper is still to be brought (4.2.г).
_WITHOUT_PAPER = (("5а", 9), ("7а", 3), ("9а", 5))
#: Standard deviations on the scale of marks (design: the forecast's generator).
_COMMON, _OWN, _CLASS, _CLASS_SUBJECT = 0.58, 0.22, 0.12, 0.17
_TRUANT_SHAPE, _TRUANT_MEAN = 0.35, 0.014
_SECOND_GUARDIAN, _SIBLING, _EMAIL = 0.35, 0.22, 0.3


class Child(msgspec.Struct, frozen=True):
    """A pupil. `levels`: what is added to the level of a subject; `truancy` per lesson."""

    human: Human
    guardians: tuple[str, ...]
    levels: dict[str, float]
    truancy: float
    diary: bool
    email: bool
    paper: bool = True  # of the consent to the diary: the class teacher has it

    @property
    def id(self) -> str:
        return self.human.person_id


class Member(msgspec.Struct, frozen=True):
    """A child on the list of a class; `until` is the first day without."""

    child: Child
    since: date
    until: date | None = None

    def on(self, day: date) -> bool:
        """On the list that day."""
        return self.since <= day and (self.until is None or day < self.until)


class Transfer(msgspec.Struct, frozen=True):
    """From one class of the year to another."""

    child: Child
    old: str
    new: str
    day: date


class Population(msgspec.Struct):
    """Everybody who learns here, and their guardians."""

    classes: dict[int, list[SchoolClass]]
    members: dict[str, list[Member]]
    guardians: dict[str, Human]
    transfers: list[Transfer]

    def children(self, year: int) -> Iterable[Child]:
        """Children of a year, each once."""
        found = {m.child.id: m.child for c in self.classes[year] for m in self.members[c.class_id]}
        return found.values()


def populate(recipe: Recipe) -> Population:
    """Classes of every stage and their children."""
    chance = recipe.chance("population")
    stages = recipe.stages()
    last = stages[-1].year
    lines = {name: (int(name[:-1]), name[-1]) for name in recipe.plan.classes}
    if len(stages) > 1 and recipe.plan.whole_years:
        lines["выпуск"] = (LAST_GRADE + 1, "а")
    population = Population({}, {}, {}, [])
    families: list[tuple[str, str, tuple[str, ...]]] = []
    children: dict[str, list[Child]] = {
        line: _children(recipe, line, grade, families, population.guardians)
        for line, (grade, _) in lines.items()
    }
    movements = recipe.plan.whole_years
    for stage in stages:
        classes = [
            SchoolClass(chance.id(), stage.year, grade - (last - stage.year), letter, line)
            for line, (grade, letter) in lines.items()
            if 1 <= grade - (last - stage.year) <= LAST_GRADE
        ]
        classes.sort(key=lambda one: (one.grade_level, one.letter))
        population.classes[stage.year] = classes
        opening = school_calendar(stage.year).terms[0].starts
        for one in classes:
            population.members[one.class_id] = [
                Member(child, opening) for child in children[one.line]
            ]
        if movements:
            _move(population, classes, children)
            movements = False
        for one in classes:
            population.members[one.class_id].sort(key=lambda m: m.child.human.name.sort_key)
    return population


def _children(
    recipe: Recipe,
    line: str,
    grade: int,
    families: list[tuple[str, str, tuple[str, ...]]],
    guardians: dict[str, Human],
) -> list[Child]:
    chance = recipe.chance("children", line)
    shift = chance.normal(0, _CLASS) - 0.05 * (min(grade, LAST_GRADE) - 6)
    subjects = {s.key: chance.normal(0, _CLASS_SUBJECT) + shift for s in SUBJECTS}
    found = []
    for number in range(chance.between(*recipe.plan.pupils)):
        if families and chance.happens(_SIBLING):
            family, father, parents = families.pop(0)
        else:
            family, father = names.surname(chance), names.father(chance)
            mother = names.adult(chance, family, female=True)
            adults = [Human(chance.id(), mother, female=True)]
            if chance.happens(_SECOND_GUARDIAN):
                name = names.adult(chance, family, female=False, given=father)
                adults.append(Human(chance.id(), name, female=False))
            guardians.update({adult.person_id: adult for adult in adults})
            parents = tuple(adult.person_id for adult in adults)
            if chance.happens(0.5):
                families.append((family, father, parents))
        female = chance.happens(0.5)
        human = Human(
            chance.id(), names.pupil(chance, family, father, female=female), female=female
        )
        common = chance.normal(0, _COMMON)
        truancy = chance.gamma(_TRUANT_SHAPE, _TRUANT_MEAN / _TRUANT_SHAPE)
        found.append(
            Child(
                human,
                parents,
                {key: common + level + chance.normal(0, _OWN) for key, level in subjects.items()},
                min(0.2, truancy * 2.718 ** (-0.8 * common)),
                diary=(line, number) not in _WITHOUT_CONSENT,
                email=chance.happens(_EMAIL),
                paper=(line, number) not in _WITHOUT_PAPER,
            )
        )
    return found


def _move(
    population: Population, classes: list[SchoolClass], children: dict[str, list[Child]]
) -> None:
    """Last year's movements: one leaves, one comes, one changes to the parallel class."""
    calendar = school_calendar(classes[0].year)
    divided = [one for one in classes if one.grade_level >= FIRST_DIVIDED]
    leaving, coming = divided[0], divided[-2]
    day = calendar.terms[2].starts + timedelta(days=14)
    child = children[leaving.line].pop()
    members = population.members[leaving.class_id]
    members[-1] = Member(child, members[-1].since, day)
    first = population.members[coming.class_id][0]
    arrival = calendar.terms[1].starts
    population.members[coming.class_id][0] = Member(first.child, arrival)
    pairs = [
        (a, b)
        for a in divided
        for b in divided
        if a.grade_level == b.grade_level and a.letter < b.letter
    ]
    old, new = pairs[0]
    day = calendar.terms[2].starts + timedelta(weeks=3)  # with the marks of the term so far
    moved = children[old.line].pop(1)
    children[new.line].append(moved)
    members = population.members[old.class_id]
    index = next(i for i, m in enumerate(members) if m.child is moved)
    members[index] = Member(moved, members[index].since, day)
    population.members[new.class_id].append(Member(moved, day))
    population.transfers.append(Transfer(moved, old.class_id, new.class_id, day))


def groups_on(members: Iterable[Member], day: date) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Two subgroups of those on the list that day: every other one by name, and whoever came later
    after them, so that nobody changes the subgroup in the middle of a term.
    """
    there = sorted((m for m in members if m.on(day)), key=lambda member: member.since)
    present = [member.child.id for member in there]
    return tuple(present[::2]), tuple(present[1::2])
