"""Another value of the regulation: what is not sane is refused by name before it is adopted.

What each number is called, which clause it is of and what may be put in: `domain.rule_table`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import msgspec

from domain.refusals import Conflict, Invalid
from domain.regulation import PRESETS, Regulation
from domain.rule_kinds import NotSaneError
from domain.rule_table import BY_FIELD, RULES, Rule


class Change(NamedTuple):
    """A number that differs between two regulations."""

    rule: Rule
    old: Any
    new: Any


class Amendment(NamedTuple):
    """What is to be different: everything as in a preset (None: as it is now), then these values.

    values: field → value, fields as in `RULES`.
    """

    values: Mapping[str, Any]
    preset: str | None = None

    def of(self, now: Regulation) -> Regulation:
        """The regulation that is meant. Raises Invalid."""
        if self.preset is not None:
            now = preset_of(self.preset)
        return made(of_fields(now) | dict(self.values))


def preset_of(name: str) -> Regulation:
    """A preset by its name. Raises Invalid."""
    found = PRESETS.get(name)
    if found is None:
        known = ", ".join(f"«{one}»" for one in PRESETS)
        raise Invalid("regulation.preset", f"Готовой редакции «{name}» нет. Есть: {known}.")
    return found


def value_of(regulation: Regulation, field: str) -> Any:
    """The value of a field of `RULES`."""
    value: Any = regulation
    for part in field.split("."):
        value = getattr(value, part)
    return value


def of_fields(regulation: Regulation) -> dict[str, Any]:
    """field → value, in the order of `RULES`."""
    return {rule.field: value_of(regulation, rule.field) for rule in RULES}


def made(fields: Mapping[str, Any]) -> Regulation:
    """A sane regulation of all its fields, as `of_fields` names them. Raises Invalid.

    The refusal is called after the field: `regulation.fill_days`.
    """
    if unknown := sorted(fields.keys() - BY_FIELD.keys()):
        raise Invalid("regulation.unknown_field", f"Такого правила нет: {', '.join(unknown)}.")
    parts: dict[str, dict[str, Any]] = {"": {}}
    for rule in RULES:
        part, _, name = rule.field.rpartition(".")
        try:
            value = rule.kind.tidied(fields[rule.field])
        except NotSaneError as fault:
            raise _refusal(rule, str(fault)) from None
        parts.setdefault(part, {})[name] = value
    whole = parts.pop("")
    kinds = {one.name: one.type for one in msgspec.structs.fields(Regulation)}
    regulation = Regulation(**whole, **{name: kinds[name](**of) for name, of in parts.items()})
    if regulation.red_flags.day_until <= regulation.red_flags.day_from:
        raise _refusal(BY_FIELD["red_flags.day_until"], "ночь начинается позже, чем кончается")
    return regulation


def tidied(regulation: Regulation) -> Regulation:
    """The regulation with its values as they are kept. Raises Invalid for what is not sane."""
    return made(of_fields(regulation))


def changes(old: Regulation, new: Regulation) -> list[Change]:
    """What differs, in the order of `RULES`."""
    return [
        Change(rule, value_of(old, rule.field), value_of(new, rule.field))
        for rule in RULES
        if value_of(old, rule.field) != value_of(new, rule.field)
    ]


def require_free_version(known: Mapping[str, Regulation], new: Regulation) -> None:
    """A version names one regulation for ever; `known`: version → what was adopted under its name.

    Raises Conflict.
    """
    if known.get(new.version, new) != new:
        raise Conflict(
            "regulation.version_taken",
            f"Под названием «{new.version}» уже принято другое. Дайте редакции новое название.",
            field="version",
        )


def of_clause(clause: str) -> list[Rule]:
    """The numbers that belong to a clause."""
    return [rule for rule in RULES if clause in rule.clauses]


def _refusal(rule: Rule, what: str) -> Invalid:
    name = rule.field.rpartition(".")[2]
    return Invalid(f"regulation.{name}", f"«{rule.label}»: {what}.", field=rule.field)
