"""What a demonstration is made of: size, day and seed. The same recipe is the same school."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Literal

import msgspec

from api.demo.chance import Chance
from api.demo.year import closing_day, school_calendar, school_year
from domain.calendar import Term

SizeName = Literal["small", "school"]

SLUG = "kukarino"
SCHOOL_NAME = "МКОУ Кукаринская ОШ"
ZONE = "Europe/Moscow"

#: The director is the same person in every demonstration: the log is recognised by this stream.
DIRECTOR_ID = Chance("letopis demonstration", "director").id()


class Size(msgspec.Struct, frozen=True):
    """Classes of this year, pupils in a class (least, most), teachers by post."""

    classes: tuple[str, ...]
    pupils: tuple[int, int]
    posts: dict[str, int]
    whole_years: bool


SIZES: dict[SizeName, Size] = {
    "school": Size(
        classes=("1а", "2а", "3а", "4а", "5а", "5б", "6а", "7а", "7б", "8а", "9а"),
        pupils=(22, 27),
        posts={
            "primary": 5,
            "rus": 3,
            "math": 2,
            "eng": 3,
            "it": 1,
            "phys": 1,
            "bio": 1,
            "chem": 1,
            "geo": 1,
            "hist": 2,
            "pe": 2,
            "mus": 1,
            "art": 1,
            "tech": 1,
        },
        whole_years=True,
    ),
    "small": Size(
        classes=("1а", "5а", "7а"),
        pupils=(12, 15),
        posts={
            "primary": 1,
            "rus": 1,
            "math": 1,
            "eng": 2,
            "it": 1,
            "phys": 1,
            "bio": 1,
            "geo": 1,
            "hist": 1,
            "pe": 1,
            "mus": 1,
            "art": 1,
            "tech": 1,
        },
        whole_years=False,
    ),
}


class Stage(msgspec.Struct, frozen=True):
    """A school year of the demonstration and the numbers of its terms that are lived through."""

    year: int
    terms: tuple[int, ...]


class Recipe(msgspec.Struct, frozen=True):
    """`today` is the first day about which nothing is recorded yet."""

    size: SizeName
    today: date
    seed: int = 1

    @property
    def session(self) -> str:
        """The session of the demonstration's own deeds: it carries the recipe into the log."""
        return f"demo.{self.size}.{self.seed}.{self.today.isoformat()}"

    @property
    def school_id(self) -> str:
        """Every demonstration is a school of its own."""
        return self.chance("school").id()

    @property
    def plan(self) -> Size:
        """Its size."""
        return SIZES[self.size]

    def chance(self, *name: object) -> Chance:
        """A stream of chance of this demonstration."""
        return Chance(self.size, self.seed, self.today, *name)

    def stages(self) -> tuple[Stage, ...]:
        """Last year and this year; a small one has the last closed term and what came after."""
        year = school_year(self.today)
        everything = [(y, term.number) for y in (year - 1, year) for term in terms_of(y)]
        if not self.plan.whole_years:
            closed = [i for i, one in enumerate(everything) if closed_before(one, self.today)]
            everything = everything[closed[-1] :]
        return tuple(
            Stage(y, tuple(number for other, number in everything if other == y))
            for y in sorted({y for y, _ in everything} | {year})
        )

    def anchor(self) -> tuple[int, int]:
        """Year and number of the last term that is over and closed: flaws are planted there."""
        lived = [(stage.year, number) for stage in self.stages() for number in stage.terms]
        return [one for one in lived if closed_before(one, self.today)][-1]


def parse(session: str) -> Recipe | None:
    """The recipe that a session carries, or None for anybody else's session."""
    match session.split("."):
        case ["demo", ("small" | "school") as size, seed, today]:
            return Recipe(size, date.fromisoformat(today), int(seed))
        case _:
            return None


def terms_of(year: int) -> tuple[Term, ...]:
    """Terms of a year."""
    return school_calendar(year).terms


def closed_before(term: tuple[int, int], today: date) -> bool:
    """The term had been closed by the deputy director before today."""
    year, number = term
    period = school_calendar(year).term(number)
    return period is not None and closing_day(period) + timedelta(days=1) < today
