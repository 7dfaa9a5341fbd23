"""The forecast in words: a reason for the teacher, a range and what changes it for the family.

A family never reads a chance of a 2; nobody reads a word about the child.
"""

from __future__ import annotations

from collections.abc import Sequence

from domain.forecast.method import Forecast
from domain.forecast.parameters import Parameters
from domain.forecast.prior import Cell
from domain.forecast.whatif import enough, fives_needed, likely, outcomes

_SHOWN = 0.05  # less likely marks are not named
FEW = "Мало данных: отметок ещё не хватает, чтобы что-нибудь ожидать."
_NUMBERS = {
    2: "две",
    3: "три",
    4: "четыре",
    5: "пять",
    6: "шесть",
    7: "семь",
    8: "восемь",
}


def comma(number: float, places: int = 2) -> str:
    """A decimal with a comma."""
    return f"{number:.{places}f}".replace(".", ",")


def marks_of(count: int) -> str:
    """«5 отметок», «1 отметка»."""
    tens, ones = count % 100, count % 10
    if ones == 1 and tens != 11:  # noqa: PLR2004
        return f"{count} отметка"
    if 2 <= ones <= 4 and not 12 <= tens <= 14:  # noqa: PLR2004
        return f"{count} отметки"
    return f"{count} отметок"


def by_marks(count: int) -> str:
    """«по 1 отметке», «по 5 отметкам»."""
    one = marks_of(count).endswith("отметка")
    return f"по {count} {'отметке' if one else 'отметкам'}"


def quoted(marks: Sequence[str]) -> str:
    """«4» или «5»."""
    return " или ".join(f"«{mark}»" for mark in marks)


def reason(cell: Cell, found: Forecast) -> str:
    """Why this is expected, for the teacher."""
    if not enough(cell):
        return FEW
    of = "прошлая четверть и другие предметы" if cell.before.n else "класс и другие предметы"
    chances = ", ".join(
        f"«{mark}» — {chance:.0%}".replace("%", "\u00a0%")
        for mark, chance in zip("2345", found.chances, strict=True)
        if chance >= _SHOWN
    )
    ahead = round(found.ahead.marks)
    parts = [
        f"Сейчас {comma(cell.now.mean)} {by_marks(cell.now.n)}.",
        f"Обычный уровень {comma(found.ahead.usual)} ({of}).",
        f"Впереди ещё примерно {marks_of(ahead)}." if ahead else "Отметок впереди не видно.",
        f"Ожидаем {comma(found.mean)} ± {comma(1.2816 * found.sd)}: {chances}.",
        f"Вес собственных отметок этой четверти {found.own_share:.0%}.".replace("%", "\u00a0%"),
    ]
    if found.not_attested >= _SHOWN:
        parts.append("Отметок может не хватить для аттестации.")
    return " ".join(parts)


def for_family(cell: Cell, found: Forecast, p: Parameters) -> list[str]:
    """What the family reads: what is expected now, and what would change it."""
    return [*expected(cell, found, p), *changes(cell, found, p)]


def expected(cell: Cell, found: Forecast, p: Parameters) -> list[str]:
    """What is expected now, and what the mark still lacks."""
    if not enough(cell):
        return [FEW]
    return [so_far(cell), *outlook(cell, found), *lacking(cell, p)]


def so_far(cell: Cell) -> str:
    """The mean of now: a fact."""
    return f"Сейчас средний балл {comma(cell.now.mean)} {by_marks(cell.now.n)}."


def lacking(cell: Cell, p: Parameters) -> list[str]:
    """Marks that the term mark still lacks: a fact, too."""
    if cell.now.n >= p.min_marks:
        return []
    lack = marks_of(p.min_marks - cell.now.n)
    return [f"Для отметки за период не хватает ещё: {lack}. Спросите учителя."]


def outlook(cell: Cell, found: Forecast) -> list[str]:
    """What is expected."""
    if not enough(cell):
        return [FEW]
    return [f"Если так пойдёт дальше, за период выйдет {quoted(likely(found))}."]


def changes(cell: Cell, found: Forecast, p: Parameters) -> list[str]:
    """«Что будет, если»."""
    if not enough(cell):
        return []
    lines = []
    best = int(likely(found)[-1])
    needed = fives_needed(cell, found, p, best + 1) if best < 5 else None  # noqa: PLR2004
    if needed == 1:
        lines.append(f"До «{best + 1}» хватит, если следующая отметка — «5».")
    elif needed:
        fives = "отметки" if needed < 5 else "отметок"  # noqa: PLR2004 - Russian plurals
        lines.append(f"До «{best + 1}» хватит, если {_NUMBERS[needed]} {fives} подряд — «5».")
    words = {"5": "пятёрки", "4": "четвёрки", "3": "тройки"}
    lines += [
        f"Если следующие три отметки — {words[str(one.marks[0])]}, выйдет {quoted(one.likely)}."
        for one in outcomes(cell, found, p)
    ]
    return lines
