"""The regulation for a reader: clauses, numbers, figures; its history; what a change does."""

from __future__ import annotations

from datetime import UTC
from itertools import pairwise
from typing import Any

from api.caller import Caller
from api.house import Door
from api.regulation_links import linked
from api.rule_words import words
from domain import rules
from domain.clauses import CLAUSES
from domain.readings import READINGS
from domain.refusals import NotFound
from domain.regulation import Regulation
from domain.rule_table import Rule
from projections import regulations
from projections.directory import class_teacher_of
from projections.effects import Effect, effects
from projections.figures import Figure, context_of, figures
from projections.regulations import Adopted


async def described(caller: Caller, year: int) -> dict[str, Any]:
    """The regulation of a year: `{year, version, preset, since, order_no, by, clauses[…]}`.

    The live figures are the staff's, with the links that open for the caller. Raises NotFound.
    """
    door = caller.door
    async with door.reading() as (conn, schema):
        history = await regulations.history(conn, schema, year)
        context = await context_of(conn, schema, year, door.house.clock())
        found = await figures(conn, schema, context) if caller.staff and context else {}
        own = await class_teacher_of(conn, schema, caller.person_id, door.rights.today())
    if not history:
        raise unknown_year()
    last = history[-1]
    return {
        "year": year,
        **adopted_json(last),
        "clauses": [
            {
                "clause": number,
                "about": clause.gist,
                "rule": clause.now or None,
                "parameters": [
                    parameter_json(one, last.regulation) for one in rules.of_clause(number)
                ],
                "readings": [one._asdict() for one in READINGS.get(number, ())],
                "figures": [
                    linked(figure_json(one), caller.roles, own) for one in found.get(number, ())
                ],
            }
            for number, clause in CLAUSES.items()
        ],
    }


async def history_of(door: Door, year: int) -> list[dict[str, Any]]:
    """Every regulation of a year, the newest first, each with what it changed. Raises NotFound."""
    found = await adoptions(door, year)
    lines = [
        adopted_json(one) | {"changes": changes_json(before.regulation, one.regulation)}
        for before, one in pairwise(found)
    ]
    return [adopted_json(found[0]) | {"changes": []}, *lines][::-1]


async def adoptions(door: Door, year: int) -> list[Adopted]:
    """Every regulation of a year, the one in force last. Raises NotFound."""
    async with door.reading() as (conn, schema):
        found = await regulations.history(conn, schema, year)
    if not found:
        raise unknown_year()
    return found


async def previewed(door: Door, year: int, amendment: rules.Amendment) -> dict[str, Any]:
    """What an amendment would change, and what that does to the year; nothing is written.

    `{year, version, changes[…], effects[…]}`. Raises NotFound, Invalid.
    """
    now = (await adoptions(door, year))[-1].regulation
    new = amendment.of(now)
    async with door.reading() as (conn, schema):
        context = await context_of(conn, schema, year, door.house.clock())
        found = await effects(conn, schema, context, new) if context else []
    return {
        "year": year,
        "version": new.version,
        "changes": changes_json(now, new),
        "effects": [effect_json(one) for one in found],
    }


def unknown_year() -> NotFound:
    """Nothing of that year."""
    return NotFound("year.unknown", "Такого учебного года нет.")


def adopted_json(one: Adopted) -> dict[str, Any]:
    """Which version, since when, by whom and by which order."""
    return {
        "version": one.regulation.version,
        "preset": one.regulation.preset,
        "since": one.at.astimezone(UTC).isoformat(),
        "position": one.position,
        "order_no": one.order_no,
        "by": one.by,
    }


def parameter_json(rule: Rule, regulation: Regulation) -> dict[str, Any]:
    """A number of the regulation."""
    value = rules.value_of(regulation, rule.field)
    return {"field": rule.field, "label": rule.label, "value": value, "text": words(rule, value)}


def changes_json(old: Regulation, new: Regulation) -> list[dict[str, Any]]:
    """What differs, in order: field, clause, old and new, as they are kept and in words."""
    return [
        {
            "field": one.rule.field,
            "clause": one.rule.clauses[0],
            "label": one.rule.label,
            "old": one.old,
            "new": one.new,
            "old_text": words(one.rule, one.old),
            "new_text": words(one.rule, one.new),
        }
        for one in rules.changes(old, new)
    ]


def figure_json(one: Figure) -> dict[str, Any]:
    """A live figure; `share` in per cent, None of nothing, and then `why` says why."""
    return {
        "text": one.text,
        "good": one.good,
        "total": one.total,
        "share": one.share,
        "missing": one.missing,
        "href": one.href or None,
        "why": None if one.total else one.why,
        "places": [
            {"name": place.name, "href": place.href, "missing": place.missing or None}
            for place in one.places
        ],
    }


def effect_json(one: Effect) -> dict[str, Any]:
    """How many of what would be otherwise."""
    return {
        "effect": one.name,
        "clause": one.clause,
        "text": one.text,
        "count": one.count,
        "total": one.total,
    }
