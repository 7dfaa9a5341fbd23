"""How the demonstration school amends its «Положение»: once a year, by an order of the director."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from api.demo.recipe import Recipe
from api.demo.steps import Step, on
from domain.rules import Amendment

#: the second Monday of the year at school, after the first inspection
_MONTH, _DAY, _MINUTE = 9, 14, 11 * 60
_SUMMARY_SHEETS_YEARS = 70


def amended(recipe: Recipe, year: int, director: str) -> Iterator[Step]:
    """The summary sheets are kept for longer; everything else stays."""
    longer = Amendment(
        {
            "version": f"kukarino-{year}-2",
            "retention.summary_sheets": _SUMMARY_SHEETS_YEARS,
        }
    )
    number = recipe.chance("an order about the regulation", year).between(100, 999)
    at = on(date(year, _MONTH, _DAY), _MINUTE)
    yield Step(at, director, "adopt_regulation", (year, longer, f"{number}-У"))
