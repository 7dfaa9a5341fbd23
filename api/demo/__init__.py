"""The demonstration school: two years of an invented school, through the one write door.

    recipe = Recipe("school", date.today())   # the same recipe is the same school, fact by fact
    build(recipe, open_log, report=...)        # first time, or after an interruption
    found = find(log)                          # later: which demonstration is this, is it whole?
    report(found.recipe)                       # people with passwords, planted flaws

`docs/demo.md` says what is in it.
"""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

import msgspec

from api.demo.driver import BrokenDemoError, Driver, Progress
from api.demo.plan import plan
from api.demo.recipe import DIRECTOR_ID, SCHOOL_NAME, SLUG, ZONE, Recipe, SizeName, parse
from api.demo.report import Account, Silent, accounts, listing, looks, report, silent
from api.demo.steps import TICK, Step, on
from domain.people.account_commands import Handing
from domain.people.facts import AccountIssued
from domain.values import Role
from domain.world import Streams
from domain.writing import Log

__all__ = [
    "SCHOOL_NAME",
    "SLUG",
    "ZONE",
    "Account",
    "BrokenDemoError",
    "Found",
    "Progress",
    "Recipe",
    "Silent",
    "SizeName",
    "accounts",
    "build",
    "find",
    "looks",
    "report",
    "silent",
    "steps",
]


class Found(msgspec.Struct, frozen=True):
    """A demonstration in a log; `whole` False: it was interrupted, `build` it again."""

    recipe: Recipe
    whole: bool


def find(log: Streams) -> Found | None:
    """The demonstration that a school's log holds, or None for an empty or a real school."""
    facts = list(log.facts(UUID(DIRECTOR_ID), 0))
    recipe = parse(facts[0].envelope.session) if facts else None
    if recipe is None:
        return None
    # The director's account is the last thing of all.
    return Found(recipe, any(isinstance(one.fact, AccountIssued) for one in facts))


def steps(recipe: Recipe) -> list[Step]:
    """Everything that is done, in order: school life, then accounts are handed out."""
    thought = plan(recipe)
    at = on(recipe.today, -1)
    administrator = thought.staff.office[Role.ADMINISTRATOR].person_id
    listed = listing(recipe, thought)
    handed = [a.person_id for a in listed.accounts if a.person_id != DIRECTOR_ID]
    arrived = [one.person_id for one in listed.silent if one.arrived]
    year = thought.year
    families = [Handing(one.person_id, one.person_id) for one in listed.silent]
    return [
        *thought.steps,
        Step(at - TICK, administrator, "issue_accounts", (year, families)),
        *(
            Step(at, one, "receive_accounts", (year, [Handing(one, one)], "password"))
            for one in arrived
        ),
        *(
            Step(at, administrator, "issue_accounts", (year, [Handing(person, person)]))
            for person in (*handed, DIRECTOR_ID)
        ),
    ]


def build(
    recipe: Recipe,
    open_log: Callable[[str], Log],
    *,
    slug: str = SLUG,
    secret: str = "",
    progress: Callable[[Progress], None] = lambda _: None,
) -> int:
    """Write the demonstration into an empty school, or go on with an interrupted one.

    open_log: as the engine takes it; the school `slug` is registered with `recipe.school_id`.
    secret: the installation's, under which documents lie in the vault.
    progress is called after each append. Answers the number of facts written now. The caller
    creates `accounts(recipe)` in the account store afterwards. Raises BrokenDemoError.
    """
    return Driver(recipe, open_log, slug=slug, secret=secret).run(steps(recipe), progress)
