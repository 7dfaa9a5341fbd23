"""Names, their order and a date on the papers of an archive."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from domain.people.facts import Name
from projections.archive.people import named


def short(name: Name | None) -> str:
    """«Иванова Анна»; of who was erased, that."""
    return f"{name.family} {name.given}" if name else named(None)


def key(names: Mapping[str, Name], person_id: str) -> tuple[str, str]:
    """By name; who was erased comes last."""
    name = names.get(person_id)
    return (name.sort_key if name else "\uffff", person_id)


def years(year: int) -> str:
    """«2025/2026»."""
    return f"{year}/{year + 1}"


def date(at: datetime | None) -> list[int]:
    """Of a document: PDF/A wants one."""
    return [at.year, at.month, at.day] if at else [1970, 1, 1]
