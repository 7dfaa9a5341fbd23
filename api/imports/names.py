"""Names of people and classes as they stand in lists: read, checked, compared."""

from __future__ import annotations

import re

from api.imports.cells import fold, is_mixed, russian_lookalikes, text
from api.imports.tables import Column, Row
from domain.people.facts import Name

#: «Мамедов Али Расул оглы»: the only patronymics of two words.
_TURKIC = frozenset({"оглы", "оглу", "кызы", "гызы", "улы", "уулу"})
_PART = re.compile(r"[^\W\d_]+(?:[-' ][^\W\d_]+)*\.?")
_CLASS = re.compile(r"(\d{1,2})[\s\-_]*(?:[\"'«»„“”]*)\s*(.*?)\s*[\"'«»„“”]*")
_LAST_GRADE = 11
_LONGEST_LETTER = 15  # «литера» is a word in some schools: «10 физмат»
_LONGEST_PART = 80

FAMILY = Column("family", ("Фамилия", "Фамилия ученика", "Фамилия сотрудника"))
GIVEN = Column("given", ("Имя", "Имя ученика", "Имя сотрудника"))
PATRONYMIC = Column("patronymic", ("Отчество", "Отчество ученика", "Отчество сотрудника"))
FULL = Column(
    "full",
    (
        "ФИО",
        "Ф.И.О.",
        "ФИО ученика",
        "Ф.И.О. ученика",
        "ФИО обучающегося",
        "ФИО сотрудника",
        "ФИО учителя",
        "Фамилия, имя, отчество",
        "Фамилия имя",
        "Ученик",
        "Обучающийся",
        "Учащийся",
        "Сотрудник",
        "Педагог",
        "ФИО педагога",
    ),
)
PERSON = (FAMILY, GIVEN, PATRONYMIC, FULL)
CLASS = Column("class", ("Класс", "Класс обучения", "Класс/группа"))


class BadName(ValueError):  # noqa: N818 - as the refusals of the domain
    """A name or class that cannot be read; the message is a Russian reason."""


def person(row: Row) -> Name:
    """The person of a row, from three columns or from one. Raises BadName."""
    family, given = row.text("family"), row.text("given")
    if family or given:
        return _checked(family, given, row.text("patronymic"))
    return full_name(row.text("full"))


def full_name(words: str) -> Name:
    """«Фамилия Имя Отчество» of one cell; two words are a name without patronymic.

    Raises BadName, also where it is unclear which word is which.
    """
    parts = words.split()
    if not parts:
        raise BadName("не указаны фамилия и имя")
    two_words = fold(parts[-1]) in _TURKIC
    if len(parts) > (4 if two_words else 3):
        raise BadName(
            f"«{words}»: неясно, где фамилия, а где имя; разнесите их по столбцам "
            "«Фамилия», «Имя», «Отчество»"
        )
    return _checked(parts[0], " ".join(parts[1:2]), " ".join(parts[2:]))


def _checked(family: str, given: str, patronymic: str) -> Name:
    if not family:
        raise BadName(f"у «{given}» не указана фамилия")
    if not given:
        raise BadName(f"у «{family}» не указано имя")
    patronymic = "" if patronymic in ("-", "–", "—", "нет") else patronymic
    for part in (family, given, patronymic):
        if part and (not _PART.fullmatch(part) or len(part) > _LONGEST_PART):
            raise BadName(f"«{part}» не похоже на имя человека")
        if is_mixed(part):
            raise BadName(f"в «{part}» смешаны русские и латинские буквы")
    if given.endswith("."):
        raise BadName(f"«{family} {given}»: вместо инициалов нужно имя полностью")
    return Name(family=family, given=given, patronymic=patronymic)


def name_key(name: Name) -> str:
    """Equal for two spellings of one full name (Ё/Е, case, hyphens)."""
    return fold(name.full)


def short_key(name: Name) -> str:
    """Family and given name: what a list without patronymics can be matched by."""
    return fold(f"{name.family} {name.given}")


def class_name(cell: str) -> tuple[int, str]:
    """Grade level and letter: «7а», «7 «А»», «7-А класс», «7A» with a Latin A. Raises BadName."""
    written = re.sub(r"\s*кл(?:асс)?\.?$", "", text(cell), flags=re.IGNORECASE)
    if not written:
        raise BadName("не указан класс")
    found = _CLASS.fullmatch(written)
    if found is None or not 1 <= int(found[1]) <= _LAST_GRADE:
        raise BadName(f"класс «{text(cell)}» не читается: напишите, например, 7а")
    letter = russian_lookalikes(found[2]).lower() if len(found[2]) == 1 else found[2].lower()
    if len(letter) == 1 and letter.isascii() and letter.isalpha():
        raise BadName(f"класс «{text(cell)}»: литера «{letter}» латинская")
    if len(letter) > _LONGEST_LETTER:
        raise BadName(f"литера класса «{text(cell)}» длиннее {_LONGEST_LETTER} знаков")
    return int(found[1]), letter


def class_key(grade_level: int, letter: str) -> str:
    """Equal for two spellings of one class: «7а»."""
    return f"{grade_level}{fold(letter)}"
