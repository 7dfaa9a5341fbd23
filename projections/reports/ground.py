"""What a report stands on: the log at a position, a period, the rules, the list of a class."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, LiteralString

import msgspec
from psycopg import AsyncConnection

from domain.calendar import Term, local_date
from domain.refusals import Invalid, NotFound
from domain.regulation import RATES_OF, Regulation
from projections import directory
from projections.names import shown
from projections.sql import Row, rows

Conn = AsyncConnection[Any]
#: the number of the «term» that is the whole year
YEAR = 0


class Asked(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a form is filled for. `term` 0: the year; `viewer_id`: whose own weeks are shown before
    their check is closed, None: nobody's; `family`: figures of few pupils are hidden (1.12).
    """

    year: int
    term: int = YEAR
    class_id: str | None = None
    subject_id: str | None = None
    teacher_id: str | None = None
    pupil_id: str | None = None
    since: date | None = None
    until: date | None = None
    viewer_id: str | None = None
    family: bool = False


class SchoolClass(msgspec.Struct, frozen=True):
    """A class of the year."""

    class_id: str
    name: str
    grade_level: int
    teacher: str


class Pupil(msgspec.Struct, frozen=True):
    """On the list of a class at some time of a period: `until` is the first day without, None when
    still there on its last day.
    """

    pupil_id: str
    name: str
    since: date
    until: date | None


_TERMS: LiteralString = """
    SELECT grade_level, term, name, starts, ends FROM {s}.register_term
    WHERE year = %(year)s AND valid_from <= %(at)s AND %(at)s < valid_to ORDER BY term
"""
_CLASSES: LiteralString = """
    SELECT c.class_id::text, c.name, c.grade_level, t.full_name FROM {s}.directory_class c
    LEFT JOIN LATERAL (
        SELECT p.full_name FROM {s}.directory_class_teacher ct
        JOIN {s}.directory_person p USING (person_id)
        WHERE ct.class_id = c.class_id AND ct.position <= %(at)s
            AND ct.since <= %(day)s AND (ct.until IS NULL OR %(day)s < ct.until)
        ORDER BY ct.position DESC LIMIT 1
    ) t ON true
    WHERE c.year = %(year)s AND (%(class)s::uuid IS NULL OR c.class_id = %(class)s)
    ORDER BY c.grade_level, c.letter
"""
_PUPILS: LiteralString = """
    SELECT r.class_id::text, r.pupil_id::text, p.full_name, min(r.since),
        bool_or(r.until IS NULL OR %(until)s < r.until), max(r.until)
    FROM {s}.register_roster r
    JOIN {s}.directory_class c USING (class_id)
    LEFT JOIN {s}.directory_person p ON p.person_id = r.pupil_id
    WHERE c.year = %(year)s AND (%(class)s::uuid IS NULL OR r.class_id = %(class)s)
        AND r.valid_from <= %(at)s AND %(at)s < r.valid_to
        AND r.since <= %(until)s AND (r.until IS NULL OR %(since)s < r.until)
    GROUP BY r.class_id, r.pupil_id, p.full_name ORDER BY max(p.sort_key), r.pupil_id
"""


class Ground:
    """One report under the pen: the connection, the place in the log, the moment it is of.

    What the projections keep of later positions is left out, so that the same place gives the same
    figures. Names are today's: what has left the vault is gone from the past as well.
    """

    def __init__(
        self,
        conn: Conn,
        schema: str,
        asked: Asked,
        *,
        position: int,
        moment: datetime,
        zone: str,
        school: str = "",
    ) -> None:
        self.conn, self.schema, self.asked, self.school = conn, schema, asked, school
        self.position, self.moment, self.zone = position, moment, zone
        self.today = local_date(moment, zone)
        self.rules = Regulation()
        self._terms: dict[int, list[Term]] = {}

    async def open(self) -> Ground:
        """Terms and rules of the year. Raises NotFound."""
        rules = await directory.regulation_of(self.conn, self.schema, self.asked.year)
        if rules is None:
            raise NotFound("year.unknown", "Такого учебного года в журнале нет.")
        self.rules = rules
        for level, *term in await self.rows(_TERMS, year=self.asked.year):
            self._terms.setdefault(level, []).append(Term(*term))
        return self

    async def rows(self, text: LiteralString, **names: Any) -> list[Row]:
        """Rows of a statement as of the position, which is %(at)s."""
        return await rows(self.conn, self.schema, text, **{"at": self.position, **names})

    def terms(self, grade_level: int) -> list[Term]:
        """Terms of a grade level, in order."""
        return self._terms.get(grade_level, [])

    @property
    def first_day(self) -> date:
        """The first school day of the year."""
        return min(one.starts for known in self._terms.values() for one in known)

    def period(self, grade_level: int = 0) -> Term:
        """The term that is asked for, or the year as one. Raises NotFound."""
        found = self.period_of(grade_level)
        if found is None:
            raise NotFound("term.unknown", "Такого учебного периода нет.")
        return found

    def period_of(self, grade_level: int) -> Term | None:
        """The same, or None: the eldest have half-years where others have quarters."""
        known = self.terms(grade_level) or next(iter(self._terms.values()), [])
        number = self.asked.term
        if number == YEAR and known:
            name = f"{self.asked.year}/{self.asked.year + 1} учебный год"
            return Term(YEAR, name, known[0].starts, known[-1].ends)
        return next((one for one in known if one.number == number), None)

    def days(self) -> tuple[date, date]:
        """The days that are asked for, else the month so far. Raises Invalid."""
        until = self.asked.until or self.today
        since = self.asked.since or until.replace(day=1)
        if until < since:
            raise Invalid("report.days", "Последний день раньше первого.")
        return since, until

    def last_day(self, term: Term) -> date:
        """The last day of a term, or today while it goes on."""
        return max(term.starts, min(term.ends, self.today))

    async def classes(self, class_id: str | None = None) -> list[SchoolClass]:
        """Classes of the year, or one of them."""
        found = await self.rows(
            _CLASSES, year=self.asked.year, day=self.today, **{"class": class_id}
        )
        return [
            SchoolClass(number, name, level, "" if teacher is None else shown(teacher))
            for number, name, level, teacher in found
        ]

    async def school_class(self) -> SchoolClass:
        """The class that is asked for. Raises NotFound."""
        found = await self.classes(self.asked.class_id) if self.asked.class_id else []
        if not found:
            raise NotFound("class.unknown", "Такого класса нет.")
        return found[0]

    async def class_in_term(self) -> tuple[SchoolClass, Term, date, list[Pupil]]:
        """The class that is asked for, its period with the last day to tell of, and who was on the
        list in it. Raises NotFound.
        """
        of = await self.school_class()
        term = self.period(of.grade_level)
        last = self.last_day(term)
        listed = await self.pupils(term.starts, last, of.class_id)
        return of, term, last, listed.get(of.class_id, [])

    async def pupils(
        self, since: date, until: date, class_id: str | None = None
    ) -> dict[str, list[Pupil]]:
        """class → who was on its list on a day of [since, until], in the order of names."""
        found = await self.rows(
            _PUPILS, year=self.asked.year, since=since, until=until, **{"class": class_id}
        )
        lists: dict[str, list[Pupil]] = {}
        for of_class, pupil_id, name, came, stays, left in found:
            one = Pupil(pupil_id, shown(name), came, None if stays else left)
            lists.setdefault(of_class, []).append(one)
        return lists

    @property
    def denominator(self) -> str:
        """How rates are counted, in words."""
        return (
            f"Знаменатель успеваемости, качества и СОУ: {RATES_OF[self.rules.rates_of]}"
            f" (положение «{self.rules.version}»)."
        )


def staying(pupils: list[Pupil]) -> list[Pupil]:
    """Those who are on the list on the last day: the others are in no rate."""
    return [one for one in pupils if one.until is None]
