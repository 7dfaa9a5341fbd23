"""What a personal token may be good for: a closed list. Nothing that needs a person is on it."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from domain.values import Role

PREFIX = "lt_"  # so that a token in a place where it should not be is found by its look


class Scope(StrEnum):
    """One line of the list."""

    READ_DIARY = "read:diary"
    READ_JOURNAL = "read:journal"
    READ_TRAIL = "read:trail"
    WRITE_JOURNAL = "write:journal"


#: in words, for the page
WORDS = {
    Scope.READ_DIARY: "читать дневники",
    Scope.READ_JOURNAL: "читать журналы классов",
    Scope.READ_TRAIL: "читать историю изменений",
    Scope.WRITE_JOURNAL: "вести журнал: темы, задания, отметки",
}
READING = frozenset(one for one in Scope if one.startswith("read:"))
FAMILY = frozenset({Role.PARENT, Role.PUPIL})


def grantable(roles: Iterable[str]) -> list[Scope]:
    """Scopes that a person of these roles may give to a token; the rights of each day cut them."""
    return list(Scope) if not FAMILY.issuperset(roles) else [Scope.READ_DIARY]


def reach(scopes: Iterable[str], *, reading: bool) -> frozenset[str]:
    """Which of a token's scopes a request of this kind may use."""
    return frozenset(one for one in scopes if (one in READING) == reading)
