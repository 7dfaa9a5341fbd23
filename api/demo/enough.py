"""Накопляемость: how many marks the regulation asks for, and who of a class has fewer."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

from api.demo.course import ClassYear
from api.demo.flaws import Flaws
from api.demo.population import Child
from api.demo.steps import Lesson
from domain.calendar import Term, monday
from domain.regulation import Regulation
from projections.compliance.term_end import hours_a_week

Place = tuple[str, int | None, int]  # subject, group, term

_RULES = Regulation()
#: A teacher keeps so many lessons in hand for each mark that is lacking: children fall ill.
_IN_HAND = 3.0
#: A pupil who is overlooked ends with so many marks fewer than needed.
_OVERLOOKED_BY = 2
#: At most so many marks are left to be given in a lesson that is still to come.
_A_LESSON = 2


class Enough:
    """Marks of a class in the running term, counted as they are given."""

    def __init__(self, course: ClassYear, flaws: Flaws) -> None:
        self._course = course
        self._flaws = flaws
        self._needed: dict[Place, int] = {}
        self._places: dict[Place, list[str]] = defaultdict(list)
        self._count: dict[tuple[str, str], int] = defaultdict(int)
        self._overlooked: dict[tuple[str, int], str] = {}  # subject, term → pupil
        for one in course.lessons:
            if one.lesson_id not in flaws.cancelled:
                self._places[one.subject, one.group, one.term].append(one.lesson_id)

    def add(self, pupil_id: str, subject: str, marks: int = 1) -> None:
        """So many marks more; an annulled one is one fewer."""
        self._count[pupil_id, subject] += marks

    def needed(self, lesson: Lesson) -> int:
        """Marks that a pupil needs in the subject and term of a lesson, by its hours a week."""
        place = (lesson.subject, lesson.group, lesson.term)
        if place not in self._needed:
            term = self._course.calendar.term(lesson.term)
            days = self._course.calendar.school_days(term) if term else ()
            hours = hours_a_week(len(self._places[place]), len({monday(day) for day in days}))
            graded = self._course.school_class.grade_level not in _RULES.ungraded_levels
            self._needed[place] = _RULES.marks_for(hours) if graded else 0
        return self._needed[place]

    def lacking(self, lesson: Lesson, child: Child) -> int:
        """Marks that this pupil still is to get: of one who is overlooked, fewer; of one who is
        ill all the term, none.
        """
        if self._flaws.long_ill.get((lesson.class_id, lesson.term)) == child.id:
            return 0
        spared = self._overlooked.get((lesson.subject, lesson.term)) == child.id
        wanted = self.needed(lesson) - _OVERLOOKED_BY * spared
        return max(0, wanted - self._count[child.id, lesson.subject])

    def exceeds(self, lesson: Lesson, child: Child) -> bool:
        """This pupil has more marks than needed."""
        return self._count[child.id, lesson.subject] > self.needed(lesson)

    def left(self, lesson: Lesson) -> int:
        """Lessons of the subject that are still to be held and filled in this term."""
        place = self._places[lesson.subject, lesson.group, lesson.term]
        later = place[place.index(lesson.lesson_id) + 1 :]
        return sum(one not in self._flaws.unfilled for one in later)

    def pressing(self, lesson: Lesson, child: Child) -> bool:
        """The lessons that are left are few for the marks that are lacking: this pupil is asked."""
        return self.lacking(lesson, child) * _IN_HAND > self.left(lesson)

    def overdue(self, lesson: Lesson, child: Child, given: int = 0) -> int:
        """Marks that no later lesson can bring any more, after those `given` in this one."""
        return max(0, self.lacking(lesson, child) - given - _A_LESSON * self.left(lesson))

    def spared(self, lesson: Lesson, child: Child) -> bool:
        """The teacher overlooks this pupil: planted."""
        if (lesson.class_id, lesson.subject, lesson.term) not in self._flaws.overlooked:
            return False
        chosen = self._overlooked.setdefault((lesson.subject, lesson.term), child.id)
        return chosen == child.id and not self.lacking(lesson, child)

    def end(self, term: Term, subject_ids: Mapping[str, str]) -> None:
        """List everybody who was there all the term and has too few marks in a subject."""
        last = {
            (one.subject, one.group): one
            for one in self._course.lessons
            if one.term == term.number and one.lesson_id not in self._flaws.cancelled
        }
        for (subject, _), lesson in last.items():
            for member in self._course.attending(lesson):
                marks, needed = self._count[member.child.id, subject], self.needed(lesson)
                if marks < needed and member.since <= term.starts:
                    self._flaws.note(
                        "few_marks",
                        class_id=self._course.class_id,
                        pupil_id=member.child.id,
                        subject_id=subject_ids[subject],
                        term=term.number,
                        marks=marks,
                        needed=needed,
                    )
        self._count.clear()
