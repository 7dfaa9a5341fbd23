"""What may be put in the place of a number of the regulation: kinds of values, each with its check.

A kind answers the value as the regulation keeps it (decimals with two places), or says what to put
in. Unknown types are refused, too: the value may come from a form, from JSON or from a program.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any, TypeAlias

import msgspec

HUNDREDTH = Decimal("0.01")
LEVELS = range(1, 12)
MOST_HOURS, MOST_MARKS = 40, 60


class NotSaneError(ValueError):
    """The value cannot be a rule; the message says what can, in Russian, for the end of a label."""


class Whole(msgspec.Struct, frozen=True):
    """A whole number of something; `unit`: 1 день, 2 дня, 5 дней. `none`: what nought means."""

    least: int
    most: int
    unit: tuple[str, str, str]
    none: str = ""

    def tidied(self, value: Any) -> int:
        """The number. Raises NotSaneError."""
        if _is_whole(value) and self.least <= value <= self.most:
            return int(value)
        raise NotSaneError(f"нужно целое число от {self.least} до {self.most}")


class Share(msgspec.Struct, frozen=True):
    """A part of a whole: more than 0, at most 1."""

    def tidied(self, value: Any) -> str:
        """Two places. Raises NotSaneError."""
        number = _decimal(value)
        if number is None or not 0 < number <= 1:
            raise NotSaneError("нужна доля больше 0 и не больше 1, например 0.75")
        return str(number)


class Choice(msgspec.Struct, frozen=True):
    """One of some names; each with its words."""

    names: Mapping[str, str]

    def tidied(self, value: Any) -> str:
        """The name. Raises NotSaneError."""
        if isinstance(value, str) and value in self.names:
            return value
        known = "; ".join(f"{name} — {words}" for name, words in self.names.items())
        raise NotSaneError(f"выберите одно из: {known}")


class Flag(msgspec.Struct, frozen=True):
    """Yes or no, in words."""

    yes: str
    no: str

    def tidied(self, value: Any) -> bool:
        """The answer. Raises NotSaneError."""
        if isinstance(value, bool):
            return value
        raise NotSaneError("ответьте «да» или «нет»")


class Levels(msgspec.Struct, frozen=True):
    """Grade levels, none as well."""

    def tidied(self, value: Any) -> tuple[int, ...]:
        """In order. Raises NotSaneError."""
        if isinstance(value, list | tuple) and all(_is_whole(one) for one in value):
            levels = tuple(sorted(value))
            if len(set(levels)) == len(levels) and all(one in LEVELS for one in levels):
                return levels
        raise NotSaneError("назовите параллели от 1 до 11, каждую один раз")


class Thresholds(msgspec.Struct, frozen=True):
    """From which average on a pupil has 3, 4, 5."""

    def tidied(self, value: Any) -> tuple[str, str, str]:
        """Two places each. Raises NotSaneError."""
        if isinstance(value, list | tuple) and len(value) == 3:  # noqa: PLR2004 - 3, 4 and 5
            numbers = [_decimal(one) for one in value]
            if all(one is not None and 1 < one <= 5 for one in numbers):  # noqa: PLR2004 - marks
                three, four, five = (one or Decimal(0) for one in numbers)
                if three < four < five:
                    return str(three), str(four), str(five)
        raise NotSaneError("нужны три числа от 1 до 5 по возрастанию, например 2.50, 3.50 и 4.50")


class MarksByHours(msgspec.Struct, frozen=True):
    """Hours a week → marks a term that are needed."""

    def tidied(self, value: Any) -> tuple[tuple[int, int], ...]:
        """By rising hours. Raises NotSaneError."""
        if isinstance(value, list | tuple) and value and all(_is_pair(one) for one in value):
            pairs = tuple((hours, marks) for hours, marks in value)
            hours, marks = (list(column) for column in zip(*pairs, strict=True))
            rising = hours == sorted(set(hours)) and marks == sorted(marks)
            few, many = (
                min(hours[0], marks[0]) >= 1,
                hours[-1] > MOST_HOURS or marks[-1] > MOST_MARKS,
            )
            if rising and few and not many:
                return pairs
        raise NotSaneError(
            "нужны пары «часов в неделю — отметок за период» по возрастанию часов;"
            " при большем числе часов отметок не меньше"
        )


class Words(msgspec.Struct, frozen=True):
    """A name of its own."""

    most: int

    def tidied(self, value: Any) -> str:
        """Without spaces around. Raises NotSaneError."""
        if isinstance(value, str) and value.isprintable() and 0 < len(value.strip()) <= self.most:
            return value.strip()
        raise NotSaneError(f"дайте название не длиннее {self.most} знаков")


Kind: TypeAlias = Whole | Share | Choice | Flag | Levels | Thresholds | MarksByHours | Words


def _decimal(value: Any) -> Decimal | None:
    """A decimal string that has two places at most, with two; None when it is none."""
    if not isinstance(value, str):
        return None
    try:
        number = Decimal(value)
        places = number.quantize(HUNDREDTH)
    except InvalidOperation:
        return None
    return places if number.is_finite() and places == number else None


def _is_whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _is_pair(value: Any) -> bool:
    return (
        isinstance(value, list | tuple)
        and len(value) == 2  # noqa: PLR2004 - a pair
        and all(_is_whole(one) for one in value)
    )
