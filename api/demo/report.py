"""Who lives in the demonstration and what is wrong there: `letopis demo --json`, and accounts."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import msgspec

from api.auth.logins import login
from api.auth.store import Look
from api.demo import names
from api.demo.course import ClassYear
from api.demo.curriculum import FIRST_DIVIDED
from api.demo.flaws import Planted
from api.demo.looks import looks_of
from api.demo.plan import Plan, plan
from api.demo.population import Child
from api.demo.recipe import SCHOOL_NAME, SLUG, Recipe
from api.demo.staffing import Human, Teacher
from domain.people.facts import Name
from domain.values import Role

#: Families per class with accounts of their own.
_FAMILIES = {"school": 2, "small": 2}


class Account(msgspec.Struct, frozen=True, omit_defaults=True):
    """Somebody who can sign in. The password is for the demonstration only."""

    role: Role
    name: str
    login: str
    password: str
    person_id: str
    class_id: str | None = None
    children: tuple[dict[str, str], ...] = ()


class Silent(msgspec.Struct, frozen=True):
    """A guardian with an account whose password nobody knows: so that the school is a whole one.

    `arrived`: the credentials were taken, and a password of one's own stands in their place.
    """

    person_id: str
    login: str
    arrived: bool


class Listing(msgspec.Struct, frozen=True):
    """What is kept of a plan when it has been carried out.

    `lonely`: guardians without a consent, who are listed with the flaw instead of the people.
    """

    people: tuple[Account, ...]
    lonely: dict[str, Account]
    silent: tuple[Silent, ...]
    planted: tuple[Planted, ...]
    looks: tuple[Look, ...]

    @property
    def accounts(self) -> tuple[Account, ...]:
        """Everybody who can sign in, each once."""
        return (*self.people, *self.lonely.values())


_LISTINGS: dict[Recipe, Listing] = {}


def listing(recipe: Recipe, thought: Plan | None = None) -> Listing:
    """Logins, passwords and flaws of a demonstration; the same every time, thought up once."""
    if recipe not in _LISTINGS:
        thought = thought or plan(recipe)
        clerk = _Clerk(thought)
        people, lonely = clerk.people()
        silent, planted = clerk.others()
        arrived = {one.person_id for one in (*people, *lonely.values())}
        arrived |= {one.person_id for one in silent if one.arrived}
        looks, unopened = looks_of(thought, arrived)
        flaws = (*thought.planted, *planted, *unopened)
        _LISTINGS[recipe] = Listing(people, lonely, silent, flaws, looks)
    return _LISTINGS[recipe]


class _Clerk:
    """Gives out logins, each person one."""

    def __init__(self, thought: Plan) -> None:
        self._plan = thought
        self._chance = thought.recipe.chance("passwords")
        self._taken: set[str] = set()
        self._seen: set[str] = set()
        # Older classes first: whoever takes the first of a role sees marks and subgroups.
        self._courses = sorted(
            thought.courses[thought.year],
            key=lambda course: (
                course.school_class.grade_level < FIRST_DIVIDED,
                -course.school_class.grade_level,
                course.school_class.letter,
            ),
        )
        today = thought.recipe.today
        held = (lesson.day for c in self._courses for lesson in c.lessons if lesson.day <= today)
        self._day = max(held, default=today)
        self._wards: dict[str, list[tuple[Child, ClassYear]]] = defaultdict(list)
        for course in self._courses:
            for member in course.members:
                for guardian in member.child.guardians:
                    self._wards[guardian].append((member.child, course))

    def people(self) -> tuple[tuple[Account, ...], dict[str, Account]]:
        staff = self._plan.staff
        people = [self._account(role, human) for role, human in staff.office.items()]
        homerooms = {course.load.homeroom.id: course.class_id for course in self._courses}
        for teacher in sorted(staff.teachers, key=self._interest):
            class_id = homerooms.get(teacher.id)
            role = Role.CLASS_TEACHER if class_id else Role.TEACHER
            people.append(self._account(role, teacher.human, class_id))
        families = _FAMILIES[self._plan.recipe.size]
        for course in self._courses:
            people += self._families(course, families)
        refused = [c for c in self._courses for m in c.members if not m.child.diary]
        lonely: dict[str, Account] = {}
        for course in refused:
            for member in course.members:
                guardian = member.child.guardians[0]
                if not member.child.diary and guardian not in self._seen:
                    lonely[guardian] = self._parent(guardian)
        return tuple(people), lonely

    def others(self) -> tuple[tuple[Silent, ...], list[Planted]]:
        """All other guardians; one in a class of subgroups has not come for the credentials yet,
        and one of the youngest class was never given any.
        """
        found: list[Silent] = []
        planted: list[Planted] = []
        for course in self._courses:
            left = [
                (guardian, member.child.id)
                for member in course.members
                if member.until is None
                for guardian in member.child.guardians
                if guardian not in self._seen
            ]
            left = list({guardian: (guardian, child) for guardian, child in left}.values())
            for place, (guardian, child) in enumerate(left):
                self._seen.add(guardian)
                never = place == 0 and course is self._courses[-1]
                waits = place == 0 and course.school_class.grade_level >= FIRST_DIVIDED
                if never or waits:
                    flaw = {"class_id": course.class_id, "pupil_id": child, "person_id": guardian}
                    kind = "no_credentials" if never else "credentials_not_taken"
                    planted.append({"kind": kind, **flaw})
                if not never:
                    human = self._plan.population.guardians[guardian]
                    name = login(human.name, self._taken)
                    found.append(Silent(guardian, name, arrived=not waits))
        return tuple(found), planted

    def _interest(self, teacher: Teacher) -> tuple[int, int]:
        """Teachers with lessons today (or on the last school day) in the first class come first."""
        lessons = [
            (number, lesson.teacher_id)
            for number, course in enumerate(self._courses)
            for lesson in course.lessons
            if lesson.day == self._day
        ]
        first = sum(who == teacher.id and not number for number, who in lessons)
        return (-first, -sum(who == teacher.id for _, who in lessons))

    def _families(self, course: ClassYear, number: int) -> list[Account]:
        """Parents with consents for all of their children, and one pupil of a class."""
        found: list[Account] = []
        for member in course.members:
            guardian = member.child.guardians[0]
            consents = all(child.diary for child, _ in self._wards[guardian])
            if len(found) < number and consents and guardian not in self._seen:
                found.append(self._parent(guardian))
        pupil = next(m.child for m in course.members if m.child.diary)
        found.append(self._account(Role.PUPIL, pupil.human, course.class_id))
        if course.school_class.grade_level >= FIRST_DIVIDED:
            pupil = [m.child for m in course.members if m.child.diary][-1]
            found.append(self._account(Role.PUPIL, pupil.human, course.class_id))
        return found

    def _parent(self, guardian: str) -> Account:
        children = tuple(
            {"pupil_id": child.id, "class_id": course.class_id}
            for child, course in self._wards[guardian]
        )
        human = self._plan.population.guardians[guardian]
        return self._account(Role.PARENT, human, None, children)

    def _account(
        self,
        role: Role,
        human: Human,
        class_id: str | None = None,
        children: tuple[dict[str, str], ...] = (),
    ) -> Account:
        self._seen.add(human.person_id)
        name: Name = human.name
        return Account(
            role,
            name.full,
            login(name, self._taken),
            names.password(self._chance),
            human.person_id,
            class_id,
            children,
        )


def accounts(recipe: Recipe) -> tuple[Account, ...]:
    """Everybody who is to be able to sign in to this demonstration."""
    return listing(recipe).accounts


def silent(recipe: Recipe) -> tuple[Silent, ...]:
    """Guardians with an account that nobody signs in to."""
    return listing(recipe).silent


def looks(recipe: Recipe) -> tuple[Look, ...]:
    """Lines of the access log: what families have looked at in this demonstration."""
    return listing(recipe).looks


def report(recipe: Recipe) -> dict[str, Any]:
    """The document of `letopis demo --json` (JSON-ready): school, people, planted flaws."""
    listed = listing(recipe)
    planted = []
    for flaw in listed.planted:
        account = listed.lonely.get(flaw.get("guardian_id", ""))
        known = {"login": account.login, "password": account.password} if account else {}
        planted.append({**flaw, **known})
    return {
        "school": SLUG,
        "school_name": SCHOOL_NAME,
        "school_id": recipe.school_id,
        "size": recipe.size,
        "today": recipe.today.isoformat(),
        "people": msgspec.to_builtins(listed.people),
        "planted": planted,
    }
