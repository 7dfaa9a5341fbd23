"""Who teaches what: posts filled with people, classes given to teachers, homerooms."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

import msgspec

from api.demo import names
from api.demo.chance import Chance
from api.demo.curriculum import PRIMARY_ARTS, SubjectPlan, posts_of, subjects_of
from api.demo.recipe import DIRECTOR_ID, Recipe
from domain.people.facts import Name
from domain.values import Role

#: Posts that a small school does not fill are done by these.
_INSTEAD = {"safe": ("chem", "bio"), "chem": ("bio",), "primary arts": ("primary",)}


class Human(msgspec.Struct, frozen=True):
    """A person of the school."""

    person_id: str
    name: Name
    female: bool = True


class Teacher(msgspec.Struct, frozen=True):
    """A teacher, the post and the room."""

    human: Human
    post: str
    room: str

    @property
    def id(self) -> str:
        return self.human.person_id


class Staff(msgspec.Struct, frozen=True):
    """Everybody who works here."""

    office: dict[Role, Human]
    teachers: tuple[Teacher, ...]

    def of_post(self, post: str) -> list[Teacher]:
        """Teachers of a post, or of the one that does its work."""
        for one in (post, *_INSTEAD.get(post, ())):
            found = [teacher for teacher in self.teachers if teacher.post == one]
            if found:
                return found
        raise LookupError(f"nobody teaches {post}")


def hire(recipe: Recipe) -> Staff:
    """The staff of a demonstration: surnames differ."""
    chance = recipe.chance("staff")
    taken: set[str] = set()

    def human(person_id: str, *, female: bool) -> Human:
        family = names.surname(chance)
        while family in taken:
            family = names.surname(chance)
        taken.add(family)
        return Human(person_id, names.adult(chance, family, female=female), female)

    office = {
        Role.DIRECTOR: human(DIRECTOR_ID, female=True),
        Role.DEPUTY: human(chance.id(), female=True),
        Role.SECRETARY: human(chance.id(), female=True),
        Role.ADMINISTRATOR: human(chance.id(), female=False),
        Role.AUDITOR: human(chance.id(), female=False),
    }
    teachers: list[Teacher] = []
    for post, number in recipe.plan.posts.items():
        for _ in range(number):
            female = not chance.happens(0.6 if post in ("pe", "tech", "phys") else 0.06)
            room = "спортзал" if post == "pe" else f"каб. {len(teachers) + 1}"
            teachers.append(Teacher(human(chance.id(), female=female), post, room))
    return Staff(office, tuple(teachers))


class SchoolClass(msgspec.Struct, frozen=True):
    """A class of one year. `line` is the same in all years of these children."""

    class_id: str
    year: int
    grade_level: int
    letter: str
    line: str

    @property
    def name(self) -> str:
        return f"{self.grade_level}{self.letter}"


class Given(msgspec.Struct, frozen=True):
    """A subject of a class given to a teacher; `group` 0 or 1 where the class is divided."""

    assignment_id: str
    subject: SubjectPlan
    teacher: Teacher
    group: int | None


class Load(msgspec.Struct, frozen=True):
    """Who teaches a class in a year, and its class teacher."""

    given: tuple[Given, ...]
    homeroom: Teacher


def assign(chance: Chance, staff: Staff, years: Sequence[Sequence[SchoolClass]]) -> dict[str, Load]:
    """class_id → who teaches it. A teacher goes on with a class in the next year."""
    kept: dict[tuple[str, str, int], Teacher] = {}
    homerooms: dict[str, Teacher] = {}
    loads: dict[str, Load] = {}
    for classes in years:
        hours: dict[str, int] = defaultdict(int)
        rows: dict[str, list[Given]] = {one.class_id: [] for one in classes}
        _count_kept(classes, kept, hours)
        arts_last = sorted(
            (
                (subject.key in PRIMARY_ARTS, index, one, subject)
                for index, one in enumerate(classes)
                for subject in subjects_of(one.grade_level)
            ),
            key=lambda row: row[:2],
        )
        for _, _, one, subject in arts_last:
            posts = posts_of(subject, one.grade_level)
            used: list[Teacher] = []
            for group, post in enumerate(posts):
                key = (one.line, post, group)
                teacher = kept.get(key)
                if teacher is None or post == "primary arts":
                    free = [t for t in staff.of_post(post) if t not in used]
                    teacher = min(free, key=lambda t: (hours[t.id], t.room))
                    kept[key] = teacher
                    hours[teacher.id] += _hours_of_post(one.grade_level, post)
                used.append(teacher)
                row = Given(chance.id(), subject, teacher, group if len(posts) > 1 else None)
                rows[one.class_id].append(row)
        taken: set[str] = set()
        for one in classes:
            own = rows[one.class_id]
            homeroom = _homeroom(one, own, homerooms.get(one.line), taken)
            homerooms[one.line] = homeroom
            taken.add(homeroom.id)
            loads[one.class_id] = Load(tuple(own), homeroom)
    return loads


def _count_kept(
    classes: Sequence[SchoolClass],
    kept: dict[tuple[str, str, int], Teacher],
    hours: dict[str, int],
) -> None:
    """Those who go on with a class have its hours already when the others are given out."""
    for one in classes:
        for (line, post, _), teacher in kept.items():
            if line == one.line:
                hours[teacher.id] += _hours_of_post(one.grade_level, post)


def _hours_of_post(grade_level: int, post: str) -> int:
    return sum(
        subject.hours[grade_level - 1]
        for subject in subjects_of(grade_level)
        if post in posts_of(subject, grade_level)
    )


def _homeroom(
    one: SchoolClass, own: Sequence[Given], before: Teacher | None, taken: set[str]
) -> Teacher:
    """The teacher of before if still there; else the one with most hours who is free."""
    if before is not None and before.id not in taken and any(g.teacher == before for g in own):
        return before
    hours: dict[str, int] = defaultdict(int)
    for row in own:
        hours[row.teacher.id] += row.subject.hours[one.grade_level - 1]
    by_id = {row.teacher.id: row.teacher for row in own}
    return max(by_id.values(), key=lambda t: (t.id not in taken, hours[t.id], t.room))
