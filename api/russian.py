"""Russian numbers, for pages and for what is not a page."""

from __future__ import annotations

from typing import Any

from domain import values


def comma(value: Any) -> str:
    """A decimal as Russians write it: «4,42»; empty for None."""
    return "" if value is None else values.comma(str(value))


def plural(number: int, one: str, few: str, many: str) -> str:
    """«1 урок», «2 урока», «5 уроков»."""
    if number // 10 % 10 == 1:  # 11 to 19
        return f"{number} {many}"
    return f"{number} {({1: one, 2: few, 3: few, 4: few}).get(number % 10, many)}"


def sorting(text: str) -> str:
    """The key that words are ordered by: case aside, Ё next to Е."""
    return text.lower().replace("ё", "е\uffff")
