"""What families of the demonstration have looked at: lines of the access log, as a door notes them.

Diaries of the last week (clauses 1.12, 2.2.11), and the last letter of the class teacher (4.1.в).
"""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from datetime import timedelta

from api.auth.store import Look
from api.demo.chance import Chance
from api.demo.flaws import Planted
from api.demo.plan import Plan
from api.demo.recipe import ZONE
from api.demo.steps import Step, on
from api.demo.year import utc
from domain.calendar import local_date
from domain.journal.outcome_facts import Delivery

_DAYS, _DAILY = 7, 0.35
_EVENING, _UNTIL = 17 * 60, 22 * 60
#: A letter of the late evening is opened on one of the next days; at the latest before today.
_OPENED_AFTER, _FROM, _SOON = (1, 3), 7 * 60, 600


def looks_of(plan: Plan, arrived: AbstractSet[str]) -> tuple[tuple[Look, ...], list[Planted]]:
    """(looks in order of time, letters that nobody opened) of those who have come in: `arrived`."""
    chance = plan.recipe.chance("looks")
    found = [*_diaries(plan, arrived, chance)]
    planted: list[Planted] = []
    closed = {
        (flaw["class_id"], flaw["pupil_id"])
        for flaw in plan.planted
        if flaw["kind"] == "unsigned_diary"
    }
    for step in _last_letters(plan):
        class_id, pupils, term = step.args
        for pupil_id in pupils:
            for guardian in _guardians(plan, class_id, pupil_id):
                if guardian not in arrived:
                    continue  # who has not taken the credentials is listed with them
                if (class_id, pupil_id) in closed:
                    flaw = {"class_id": class_id, "pupil_id": pupil_id, "term": term}
                    planted.append({"kind": "letter_unopened", "person_id": guardian, **flaw})
                    continue
                found.append(_look(_opened(plan, chance, step.at), guardian, "letter", pupil_id))
    return tuple(sorted(found)), planted


def _diaries(plan: Plan, arrived: AbstractSet[str], chance: Chance) -> Iterator[Look]:
    """Some evening or other, the own child's."""
    for course in plan.courses[plan.year]:
        for member in course.on(plan.recipe.today):
            if not member.child.diary:
                continue
            for guardian in member.child.guardians:
                for back in range(1, _DAYS):
                    if guardian in arrived and chance.happens(_DAILY):
                        day = plan.recipe.today - timedelta(days=back)
                        at = on(day, chance.between(_EVENING, _UNTIL)) + chance.between(0, 59)
                        yield _look(at, guardian, "diary", member.child.id)


def _opened(plan: Plan, chance: Chance, sent: int) -> int:
    """When a letter was opened; a letter of yesterday still on that evening."""
    day = local_date(utc(sent), ZONE) + timedelta(days=chance.between(*_OPENED_AFTER))
    if day < plan.recipe.today:
        return on(day, chance.between(_FROM, _UNTIL)) + chance.between(0, 59)
    return min(sent + chance.between(_SOON, 5 * _SOON), on(plan.recipe.today, -1))


def _last_letters(plan: Plan) -> list[Step]:
    """Letters of this year's last term that has any, into cabinets."""
    classes = {course.class_id for course in plan.courses[plan.year]}
    sent = [
        step
        for step in plan.steps
        if step.do == "send_parent_reports"
        and step.args[0] in classes
        and step.kwargs["how"] is Delivery.CABINET
    ]
    last = max((step.args[2] for step in sent), default=0)
    return [step for step in sent if step.args[2] == last]


def _guardians(plan: Plan, class_id: str, pupil_id: str) -> tuple[str, ...]:
    members = plan.population.members[class_id]
    return next(one.child.guardians for one in members if one.child.id == pupil_id)


def _look(at: int, guardian: str, act: str, pupil_id: str) -> Look:
    return Look(utc(at), guardian, None, act, pupil_id, "ok", "guardian")
