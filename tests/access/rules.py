"""What a caller type promises: who passes, who is forbidden, to whom there is nothing to find.

A new route needs nothing here. A new caller type of `api/deps.py` needs one rule in `RULES`: for a
person and the thing that the request names, one of the four outcomes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from enum import IntEnum

from domain.permissions import ADMINISTRATION, PERMISSIONS, Act, Scope, holders
from domain.values import Role
from tests import cast as c
from tests.access.ground import NO_THING, SEVENTH_A, SEVENTH_B, Person, Thing


class Outcome(IntEnum):
    """What the door answers, from the kindest to the most reserved."""

    OPEN = 0
    DECIDED = 1  # the door lets pass; what is inside decides
    FORBIDDEN = 2  # 403: it is known that the thing exists
    HIDDEN = 3  # 404, in the same words as about a thing that does not exist


Rule = Callable[[Person, Thing], Outcome]
_STAFF = {*ADMINISTRATION, Role.AUDITOR, Role.CLASS_TEACHER, Role.TEACHER}


def staff(person: Person) -> bool:
    """Works in the school."""
    return person.role in _STAFF


def reads_class(person: Person, thing: Thing) -> bool:
    """The class of the thing is one's own, or one reads all."""
    return person.role in ADMINISTRATION or thing.of_class in person.classes


def knows(person: Person, thing: Thing) -> bool:
    """It is no secret from the person that the thing exists."""
    opened = person.role is Role.AUDITOR  # which journals are open to an auditor: test_grants.py
    return opened or reads_class(person, thing) or thing.pupil_id in person.children


def _decided(person: Person, thing: Thing) -> Outcome:
    return Outcome.DECIDED if thing is NO_THING or knows(person, thing) else Outcome.HIDDEN


def _among(person: Person, passing: Iterable[Role]) -> Outcome:
    if person.role in set(passing):
        return Outcome.OPEN
    return Outcome.FORBIDDEN if staff(person) else Outcome.HIDDEN


def _staff(person: Person, thing: Thing) -> Outcome:
    return _decided(person, thing) if staff(person) else Outcome.HIDDEN


def _teacher(person: Person, thing: Thing) -> Outcome:
    return Outcome.HIDDEN if person.role is Role.AUDITOR else _staff(person, thing)


def _class_reader(person: Person, thing: Thing) -> Outcome:
    if person.role is Role.AUDITOR:
        return Outcome.DECIDED
    return Outcome.OPEN if reads_class(person, thing) else Outcome.HIDDEN


def _class_keeper(person: Person, thing: Thing) -> Outcome:
    if person.role is Role.AUDITOR:
        return Outcome.DECIDED
    if person.role in holders(Act.ISSUE_ACCOUNTS) or thing.of_class in person.ward:
        return Outcome.OPEN
    return Outcome.FORBIDDEN if reads_class(person, thing) else Outcome.HIDDEN


def _diary_reader(person: Person, thing: Thing) -> Outcome:
    if person.role in ADMINISTRATION or thing.of_class in person.ward:
        return Outcome.OPEN
    if thing.of_class in person.teaches:
        return Outcome.FORBIDDEN
    if thing.pupil_id in person.children:
        return Outcome.OPEN if person.children[thing.pupil_id] else Outcome.FORBIDDEN
    return Outcome.HIDDEN


def _mark_reader(person: Person, thing: Thing) -> Outcome:
    return (_class_reader if staff(person) else _diary_reader)(person, thing)


#: in whose lessons a pupil of the cast sits
_CLASSES = {c.PETYA: SEVENTH_A, c.MASHA: SEVENTH_A, c.NEWCOMER: SEVENTH_B}


def _lesson_reader(person: Person, thing: Thing) -> Outcome:
    if staff(person):
        return _class_reader(person, thing)
    own = {_CLASSES[one] for one, consented in person.children.items() if consented}
    return Outcome.OPEN if thing.of_class in own else Outcome.HIDDEN


def _trail_reader(person: Person, thing: Thing) -> Outcome:
    if person.role is Role.AUDITOR:
        return Outcome.DECIDED
    may = person.role in ADMINISTRATION or thing.of_class in person.ward
    return Outcome.OPEN if may else Outcome.HIDDEN


def _flag_reader(person: Person, _: Thing) -> Outcome:
    return _among(person, PERMISSIONS[Act.READ_RED_FLAGS])


def _administration(person: Person, _: Thing) -> Outcome:
    return max(_among(person, ADMINISTRATION), Outcome.DECIDED)  # of all four, or of some of them


def _webhook_keeper(person: Person, _: Thing) -> Outcome:
    return max(_among(person, holders(Act.KEEP_WEBHOOKS)), Outcome.DECIDED)  # one that there is


#: caller type → rule. `anyone` is tested apart: nobody need be signed in.
RULES: dict[str, Rule] = {
    "signed_in_at_all": _decided,
    "signed_in": _decided,
    "informed": _decided,
    "fresh": _decided,
    "staff": _staff,
    "teacher": _teacher,
    "administration": _administration,
    "fresh_administration": _administration,
    "inspector": lambda person, _: _among(person, holders(Act.REQUEST_CHECK)),
    "job_reader": lambda person, _: _among(person, holders(Act.READ_JOBS)),
    "job_runner": lambda person, _: _among(person, holders(Act.RUN_JOB)),
    "webhook_keeper": _webhook_keeper,
    "class_reader": _class_reader,
    "class_keeper": _class_keeper,
    "fresh_class_keeper": _class_keeper,
    "diary_reader": _diary_reader,
    "mark_reader": _mark_reader,
    "lesson_reader": _lesson_reader,
    "trail_reader": _trail_reader,
    "flag_reader": _flag_reader,
    "change_reader": lambda person, _: _decided(person, NO_THING),
}
#: what nearly every route asks for besides its own caller type
_GENERAL = {"signed_in_at_all", "signed_in", "fresh"}


def outcome(callers: set[str], person: Person, thing: Thing, act: Act | None = None) -> Outcome:
    """What is promised of a route: by its caller type, then (of a write whose endpoint is called
    like an act) by the table of permissions.
    """
    unknown = callers - RULES.keys()
    assert not unknown, f"say in RULES of tests/access/rules.py who passes {sorted(unknown)}"
    types = callers - _GENERAL or callers
    promised = max(RULES[one](person, thing) for one in types)
    if act is None or promised > Outcome.DECIDED or person.role is Role.AUDITOR:
        return promised
    return Outcome.OPEN if _may(act, person, thing) else Outcome.FORBIDDEN


_OF_DEFENCES = {Act.RECORD_DEFENCE, Act.CORRECT_DEFENCE, Act.ANNUL_DEFENCE}


def _may(act: Act, person: Person, thing: Thing) -> bool:
    scope = PERMISSIONS[act].get(person.role)
    if act in _OF_DEFENCES and scope is Scope.OWN_SUBJECT:
        return thing.of_class in person.teaches  # whatever the subject
    own = person.ward if scope is Scope.OWN_CLASS else {"anna"} & {person.login}
    return scope is Scope.SCHOOL or (scope is not None and (thing.of_class in own or bool(own)))
