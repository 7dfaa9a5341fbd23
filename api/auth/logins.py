"""Logins in Latin letters, made from names."""

from __future__ import annotations

from domain.people.facts import Name

MOST_CHARACTERS = 40
_LATIN = dict(
    zip(
        "абвгдеёжзийклмнопрстуфхцчшщъыьэюя",
        "a b v g d e e zh z i y k l m n o p r s t u f h ts ch sh sch  y  e yu ya".split(" "),
        strict=True,
    )
)


def latin(text: str) -> str:
    """«Воробьёва» → «vorobeva»; what is neither Russian nor a-z is left out."""
    letters = text.lower()
    return "".join(_LATIN.get(one, one if "a" <= one <= "z" else "") for one in letters)


def login(name: Name, taken: set[str]) -> str:
    """«sokolova.ep», with a number when somebody has it already; added to `taken`."""
    family = latin(name.family)[:MOST_CHARACTERS] or "user"
    base = f"{family}.{latin(name.given)[:1]}{latin(name.patronymic)[:1]}"
    free, number = base, 1
    while free in taken:
        number += 1
        free = f"{base}{number}"
    taken.add(free)
    return free


def in_parts(full: str) -> Name:
    """«Антонова Анна Андреевна» in its parts."""
    family, _, rest = full.strip().partition(" ")
    given, _, patronymic = rest.strip().partition(" ")
    return Name(family, given, patronymic.strip())
