"""What deadlines are computed from: a year's calendar and bells, and its regulations by day."""

from __future__ import annotations

from datetime import date, timedelta

import msgspec

from domain.bells import Bells
from domain.calendar import Calendar
from domain.duties import Deadlines, deadlines
from domain.regulation import Regulation


class InForce(msgspec.Struct, array_like=True):
    """A regulation from a day on."""

    since: date
    regulation: Regulation


class Year(msgspec.Struct):
    """A school year."""

    year: int
    office_id: str
    zone: str
    calendar: Calendar
    bells: Bells
    rules: list[InForce]

    @property
    def by_the_day(self) -> bool:
        """Every deadline is the end of a day: which lesson is a class's last makes no odds."""
        return all(one.regulation.homework_due == "lesson_day" for one in self.rules)

    def regulation(self, day: date) -> Regulation:
        """The regulation in force on a lesson's day."""
        found = self.rules[0].regulation
        for one in self.rules:
            if one.since <= day:
                found = one.regulation
        return found

    def adopt(self, regulation: Regulation, today: date) -> date:
        """Another regulation, for lessons of later days: nobody is late by a rule that came after
        the lesson. Answers its first day.
        """
        since = today + timedelta(days=1)
        self.rules = [*(one for one in self.rules if one.since < since), InForce(since, regulation)]
        return since

    def due(
        self, class_id: str, day: date, number: int, last: int, known: date | None
    ) -> Deadlines:
        """The deadlines of a lesson, by the regulation and the bells of its day."""
        rule, bells = self.regulation(day), self.bells.on(class_id, day)
        return deadlines(day, number, last, rule, bells, self.zone, known=known)

    def off(self, day: date, grade_level: int) -> bool:
        """Nothing is taught that day in these classes."""
        return not self.calendar.of(grade_level).is_school_day(day)
