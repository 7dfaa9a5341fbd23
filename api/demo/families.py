"""Families and their class teacher: the letter about a term that is over (clause 4.1.в), and the
weeks of the diary that families sign (clause 2.2.9).
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from api.demo.course import ClassYear
from api.demo.curriculum import FIRST_DIVIDED
from api.demo.flaws import Flaws
from api.demo.population import Child, Member
from api.demo.recipe import Recipe
from api.demo.steps import AS_READ, Step, on
from domain.calendar import Term, monday
from domain.journal.outcome_facts import Delivery

#: On the last day of a term, when the term marks stand; on a Sunday.
_LATE, _SUNDAY_EVENING = 22 * 60, 19 * 60
_A_WEEK, _SUNDAY = timedelta(days=7), timedelta(days=6)
#: So many weeks ago the school asked families to sign; one of a class has not for so many.
_SINCE, _MISSED = 5, 2


class Families:
    """Of one class in one year. last: (year, number) of the last term that is over, anywhere;
    forgets: the class teacher has sent no letters about that one.
    """

    def __init__(
        self,
        recipe: Recipe,
        course: ClassYear,
        flaws: Flaws,
        last: tuple[int, int] | None,
        *,
        forgets: bool,
    ) -> None:
        self._recipe = recipe
        self._course = course
        self._flaws = flaws
        self._last = last
        self._forgets = forgets
        self._chance = recipe.chance("families", course.class_id)

    def letters(self) -> Iterator[Step]:
        """To the cabinets of those with a consent; to the others on paper."""
        course = self._course
        for term in course.calendar.terms:
            if term.number not in course.terms or term.ends >= self._recipe.today:
                continue
            if self._forgets and (course.calendar.year, term.number) == self._last:
                self._flaws.note(
                    "letters_not_sent",
                    class_id=course.class_id,
                    teacher_id=course.load.homeroom.id,
                    term=term.number,
                )
                continue
            yield from self._letters(term)

    def _letters(self, term: Term) -> Iterator[Step]:
        there = self._course.on(term.ends)
        with_diary = tuple(one.child.id for one in there if self._reads(one))
        others = tuple(one.child.id for one in there if not self._reads(one))
        for pupils, how in ((with_diary, Delivery.CABINET), (others, Delivery.PAPER)):
            if pupils:
                what = (self._course.class_id, pupils, term.number)
                yield Step(
                    on(term.ends, _LATE),
                    self._course.load.homeroom.id,
                    "send_parent_reports",
                    what,
                    {"position": AS_READ, "how": how},
                )

    def signatures(self) -> Iterator[Step]:
        """The last weeks with lessons that are over; one family of a divided class has stopped."""
        weeks = self._weeks()[-_SINCE:]
        gap = self._gap(weeks)
        for first in weeks:
            for member in self._course.on(self._lessons(first)):
                child = member.child
                if not self._reads(member) or (child is gap and first in weeks[-_MISSED:]):
                    continue
                guardian = self._chance.pick(child.guardians)
                at = on(first + _SUNDAY, _SUNDAY_EVENING)
                what = (self._course.class_id, child.id, first)
                yield Step(at, guardian, "acknowledge_diary", what, {"position": AS_READ})

    def _gap(self, weeks: list[date]) -> Child | None:
        if self._course.school_class.grade_level < FIRST_DIVIDED or len(weeks) <= _MISSED:
            return None
        there = self._course.on(self._recipe.today)
        child = self._chance.pick([one.child for one in there if self._reads(one)])
        self._flaws.note(
            "unsigned_diary",
            class_id=self._course.class_id,
            pupil_id=child.id,
            guardian_ids=list(child.guardians),
            mondays=[one.isoformat() for one in weeks[-_MISSED:]],
        )
        return child

    def _weeks(self) -> list[date]:
        """Mondays, in order."""
        mondays = {
            monday(one.day)
            for one in self._course.lessons
            if one.lesson_id not in self._flaws.cancelled
        }
        return sorted(one for one in mondays if one + _A_WEEK <= self._recipe.today)

    def _lessons(self, first: date) -> date:
        """The last day of lessons of a week."""
        return max(one.day for one in self._course.lessons if monday(one.day) == first)

    def _reads(self, member: Member) -> bool:
        """The family gave its consent at the first meeting of the year, or of a year before."""
        return member.child.diary and member.since == self._course.calendar.terms[0].starts
