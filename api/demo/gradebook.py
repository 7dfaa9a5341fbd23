"""Marks of a class: columns, corrections, debts, term marks, and what is wrong with them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import timedelta

from api.demo import grading
from api.demo.brought import Brought
from api.demo.corrections import Corrections
from api.demo.course import ClassYear
from api.demo.curriculum import BY_KEY, WORK, WORK_OF_KIND, Work
from api.demo.enough import Enough
from api.demo.flaws import Flaws
from api.demo.grading import Given
from api.demo.population import Child
from api.demo.recipe import Recipe
from api.demo.requests import asked_on, requests
from api.demo.steps import Lesson, Step, on
from api.demo.year import closing_day
from domain.calendar import Term
from domain.journal.marks import NewDebt
from domain.journal.term_marks import NewTermMark
from domain.regulation import Regulation
from domain.school import MarkInput
from domain.values import LessonKind, ReasonCode

#: After these minutes of the day of the last lesson the term marks are issued.
_ISSUE_MINUTE = 21 * 60 + 30
_DELAYS = ((0, 1, 2, 3, 4), (30, 30, 20, 12, 8))
_ALL, _FEW = 0.92, 3
_ASKED, _OWN, _COMMENTED = 0.87, 0.2, 0.012
_DEBT, _DEBT_DAYS, _PAID = 0.6, 14, 0.5


class Gradebook:
    """One class in one year."""

    def __init__(
        self,
        recipe: Recipe,
        course: ClassYear,
        flaws: Flaws,
        subject_ids: Mapping[str, str],
        work_ids: Mapping[str, str],
        steps: list[Step],
        brought: Brought,
    ) -> None:
        self._recipe = recipe
        self._course = course
        self._flaws = flaws
        self._subject_ids = subject_ids
        self._work_ids = work_ids
        self._steps = steps
        self._brought = brought
        self._chance = recipe.chance("marks", course.class_id)
        self._marks: dict[tuple[str, int | None], list[Given]] = defaultdict(list)
        self._enough = Enough(course, flaws)
        self._debts: dict[tuple[str, str, int | None], tuple[str, int, str]] = {}
        self._issue: dict[tuple[str, int | None], int] = {}
        self._extra: dict[str, Given] = {}
        self._corrections = Corrections(self._chance, course.class_id, steps)
        self._last = {(x.subject, x.group, x.term): x.day for x in course.lessons}

    # -- lessons -----------------------------------------------------------------------------

    def lesson(
        self, lesson: Lesson, here: Sequence[Child], away: Sequence[Child], at: int, by: str
    ) -> None:
        """The marks of a lesson, when they come, and what is done to them afterwards."""
        if lesson.left == 0:
            self._issue[lesson.subject, lesson.group] = on(lesson.day, _ISSUE_MINUTE)
        kind = self._course.texts[lesson.lesson_id].kind
        work = self._work(lesson, kind)
        own = by == lesson.teacher_id
        punctual = lesson.lesson_id not in self._flaws.late
        if kind is LessonKind.CONTROL:
            ill = self._flaws.long_ill.get((lesson.class_id, lesson.term))
            self._raise_debts(lesson, [one for one in away if one.id != ill], at, by)
        if work is not None and own and punctual:
            at = self._later(lesson, at)
        paid: list[tuple[str, str]] = []
        column = self._column(lesson, here, work, paid, at, by)
        extra = self._extra.pop(lesson.lesson_id, None)
        if extra is not None:
            extra.at, extra.by = at, by
            column.append((extra, WORK["answer"]))
        self._give(lesson, column, at, by)
        for debt_id, mark_id in paid:
            self._steps.append(Step(at, by, "resolve_debt", (lesson.class_id, debt_id, mark_id)))
        if own and punctual:
            spare = [one for one, _ in column if self._spare(lesson, one.pupil_id)]
            self._corrections.second_thoughts(spare, self._limit(lesson))
        for one, _ in column:
            if one.annulled:
                self._enough.add(one.pupil_id, lesson.subject, -1)

    def _work(self, lesson: Lesson, kind: LessonKind) -> Work | None:
        """The work of the whole class, or None: single pupils are asked."""
        if lesson.subject == "rus" and kind is LessonKind.CONTROL and self._chance.happens(0.6):
            return WORK["dictation"]
        if kind in WORK_OF_KIND:
            return WORK_OF_KIND[kind]
        if BY_KEY[lesson.subject].tests and self._chance.happens(_OWN):
            return WORK["own" if self._chance.happens(0.7) else "quiz"]
        return None

    def _column(
        self,
        lesson: Lesson,
        here: Sequence[Child],
        work: Work | None,
        paid: list[tuple[str, str]],
        at: int,
        by: str,
    ) -> list[tuple[Given, Work]]:
        """Marks and their works; debts that they settle are added to `paid`."""
        subject = BY_KEY[lesson.subject]
        hardness = grading.item(self._chance, subject)
        column: list[tuple[Given, Work]] = []

        def mark(child: Child, kind: Work) -> Given:
            value = grading.mark(self._chance, child, subject, kind, hardness)
            one = self._given(lesson, child.id, value, kind, by, at)
            column.append((one, kind))
            return one

        for child in here:
            if self._enough.spared(lesson, child):
                continue
            before = len(column)
            debt = self._pays(lesson, child) if by == lesson.teacher_id else None
            if debt is not None:
                paid.append((debt, mark(child, WORK["control"]).mark_id))
            elif self._asked(lesson, child, whole=work is not None):
                mark(child, work or WORK["home" if self._chance.happens(0.35) else "answer"])
                if work is WORK["dictation"]:
                    mark(child, WORK["grammar"])
            for _ in range(self._enough.overdue(lesson, child, len(column) - before)):
                mark(child, WORK["answer"])
        return column

    def must_come(self, lesson: Lesson, child: Child) -> bool:
        """It is the last lesson in which this pupil can get the marks that are lacking."""
        return self._enough.overdue(lesson, child) > 0 and not self._enough.left(lesson)

    def _spare(self, lesson: Lesson, pupil_id: str) -> bool:
        """The mark may be annulled: others are left, or lessons in which to get them."""
        child = next(m.child for m in self._course.members if m.child.id == pupil_id)
        return self._enough.left(lesson) > 1 or self._enough.exceeds(lesson, child)

    def _pays(self, lesson: Lesson, child: Child) -> str | None:
        """A debt of before, when the pupil makes the work up today."""
        key = (child.id, lesson.subject, lesson.group)
        debt_id, since, _ = self._debts.get(key, ("", lesson.day.toordinal(), ""))
        if lesson.day.toordinal() - since > _FEW and self._chance.happens(_PAID):
            del self._debts[key]
            return debt_id
        return None

    def certain_mark(self, lesson: Lesson, child: Child, value: str) -> str:
        """A mark that comes with the column of the lesson, also of somebody who is not there."""
        number = self._chance.id()
        self._extra[lesson.lesson_id] = Given(
            number,
            lesson.lesson_id,
            child.id,
            value,
            WORK["answer"].weight,
            lesson.teacher_id,
            lesson.day.toordinal(),
            0,
            touched=True,
        )
        return number

    def refused(self, lesson: Lesson, child: Child, by: str, code: str, subject: str) -> None:
        """An attempt at a mark that the journal refuses."""
        wanted = MarkInput(self._chance.id(), child.id, "5", self._work_ids["answer"])
        what = (lesson.class_id, lesson.lesson_id, (wanted,))
        at = on(lesson.day, 16 * 60)
        self._steps.append(Step(at, by, "give_marks", what, expect=code))
        self._flaws.note(
            "mark_without_lesson_refused",
            class_id=lesson.class_id,
            lesson_id=lesson.lesson_id,
            date=lesson.day.isoformat(),
            by=by,
            subject=subject,
            code=code,
        )

    def _asked(self, lesson: Lesson, child: Child, *, whole: bool) -> bool:
        share = _ALL if whole else BY_KEY[lesson.subject].asked * _ASKED
        return self._chance.happens(share) or self._enough.pressing(lesson, child)

    def _later(self, lesson: Lesson, at: int) -> int:
        """Works of the whole class are marked at home, but before the term mark."""
        days = self._chance.weighted(*_DELAYS)
        if not days:
            return at
        evening = on(lesson.day + timedelta(days=days), 18 * 60 + self._chance.between(0, 12) * 10)
        return min(evening, self._limit(lesson))

    def _limit(self, lesson: Lesson) -> int:
        """Before the term mark of the subject is issued."""
        last = self._last[lesson.subject, lesson.group, lesson.term]
        return on(last, _ISSUE_MINUTE - 20)

    def _given(
        self, lesson: Lesson, pupil_id: str, value: str, work: Work, by: str, at: int
    ) -> Given:
        day = lesson.day.toordinal()
        number = self._chance.id()
        own = by == lesson.teacher_id
        return Given(number, lesson.lesson_id, pupil_id, value, work.weight, by, day, at, own)

    def _give(self, lesson: Lesson, column: list[tuple[Given, Work]], at: int, by: str) -> None:
        if not column:
            return
        inputs = []
        for one, work in column:
            comment = (
                self._chance.pick(grading.COMMENTS) if self._chance.happens(_COMMENTED) else ""
            )
            work_id = self._work_ids[work.key]
            inputs.append(MarkInput(one.mark_id, one.pupil_id, one.value, work_id, comment=comment))
            self._enough.add(one.pupil_id, lesson.subject)
        what = (lesson.class_id, lesson.lesson_id, tuple(inputs))
        self._steps.append(Step(at, by, "give_marks", what))
        self._marks[lesson.subject, lesson.group] += [one for one, _ in column]

    def _raise_debts(self, lesson: Lesson, away: Sequence[Child], at: int, by: str) -> None:
        debts = []
        for child in away:
            key = (child.id, lesson.subject, lesson.group)
            known = key in self._debts
            if not known and lesson.left > _FEW and self._chance.happens(_DEBT):
                number = self._chance.id()
                self._debts[key] = (number, lesson.day.toordinal(), lesson.teacher_id)
                due = lesson.day + timedelta(days=_DEBT_DAYS)
                debts.append(NewDebt(number, child.id, self._work_ids["control"], due))
        if debts:
            what = (lesson.class_id, lesson.lesson_id, tuple(debts))
            self._steps.append(Step(at, by, "raise_debts", what))

    # -- the end of a term -------------------------------------------------------------------

    def end(self, term: Term) -> None:
        """Night deeds, requests, term marks, deeds after them."""
        marks = [one for given in self._marks.values() for one in given if one.own]
        for burst in self._flaws.bursts:
            if burst.class_id == self._course.class_id and term.starts <= burst.night <= term.ends:
                chosen = self._corrections.burst(marks, burst)
                self._flaws.note(
                    "night_burst",
                    class_id=burst.class_id,
                    by=burst.teacher_id,
                    date=burst.night.isoformat(),
                    session=burst.session,
                    mark_ids=[one.mark_id for one in chosen],
                )
        for double in self._flaws.doubles:
            if (
                double.class_id == self._course.class_id
                and term.starts <= double.night <= term.ends
            ):
                chosen = self._corrections.double(marks, double)
                self._flaws.note(
                    "two_places",
                    class_id=double.class_id,
                    by=double.teacher_id,
                    date=double.night.isoformat(),
                    session=double.session,
                    mark_ids=[one.mark_id for one in chosen],
                )
        class_id = self._course.class_id
        self._steps += requests(self._recipe, self._flaws, class_id, term, self._askable(term))
        for (subject, group), issued in self._issue.items():
            self._issue_marks(term, subject, group, issued)
        wanted = self._flaws.after_term.get((self._course.class_id, term.number), 0)
        self._after_term(term, wanted)
        self._forgive(term)
        self._enough.end(term, self._subject_ids)
        self._brought.leave(self._course.class_id, term, self._marks)
        self._marks.clear()
        self._debts.clear()
        self._issue.clear()

    def _askable(self, term: Term) -> list[Given]:
        """Own marks without a history whose term mark comes after a request would be answered."""
        answered = on(asked_on(term) + timedelta(days=2), 0)
        return [
            one
            for (subject, group), marks in sorted(self._marks.items(), key=lambda kv: str(kv[0]))
            for one in marks
            if one.own and not one.touched and self._issue.get((subject, group), 0) > answered
        ]

    def _issue_marks(self, term: Term, subject: str, group: int | None, at: int) -> None:
        marks = grading.by_pupil(self._marks[subject, group])
        teacher = next(
            row.teacher.id
            for row in self._course.load.given
            if (row.subject.key, row.group) == (subject, group)
        )
        last = next(
            one
            for one in reversed(self._course.lessons)
            if (one.subject, one.group, one.term) == (subject, group, term.number)
        )
        on_list = self._course.attending(last)
        column: list[NewTermMark] = []
        reasons: dict[str, str] = {}
        for pupil in (member.child.id for member in on_list):
            brought = self._brought.of(self._course.class_id, term, pupil, subject)
            value, mean, kinder = self._term_mark([*brought, *marks.get(pupil, [])])
            why = ReasonCode.OTHER if kinder else None
            column.append(NewTermMark(pupil, value, mean, why))
            if kinder and self._is_silent(term, pupil, subject, value):
                continue
            if kinder:
                reasons[pupil] = grading.WHY_ANOTHER[int(value) % len(grading.WHY_ANOTHER)]
        if column:
            what = (self._course.class_id, self._subject_ids[subject], term.number, tuple(column))
            self._steps.append(Step(at, teacher, "issue_term_marks", what, {"reasons": reasons}))

    def _is_silent(self, term: Term, pupil: str, subject: str, value: str) -> bool:
        """This teacher does not say why the mark is another one than the suggested."""
        key = (self._course.calendar.year, term.number)
        if not self._flaws.silent.get(key):
            return False
        self._flaws.silent[key] -= 1
        self._flaws.note(
            "term_mark_without_reason",
            class_id=self._course.class_id,
            pupil_id=pupil,
            subject_id=self._subject_ids[subject],
            term=term.number,
            value=value,
        )
        return True

    def _term_mark(self, marks: list[Given]) -> tuple[str, str, bool]:
        return grading.term_mark(self._chance, Regulation(), marks)

    def _forgive(self, term: Term) -> None:
        """No debt is left when the term is closed: the teacher has taken the work orally."""
        at = on(closing_day(term) - timedelta(days=1), 20 * 60 + 30)
        for debt_id, _, teacher in self._debts.values():
            what = (self._course.class_id, debt_id)
            self._steps.append(Step(at, teacher, "resolve_debt", what))

    def _after_term(self, term: Term, wanted: int) -> None:
        """Marks corrected when the term mark stands already and the term is still open."""
        deadline = closing_day(term) - timedelta(days=1)
        for (subject, group), marks in sorted(self._marks.items(), key=lambda kv: str(kv[0])):
            issued = self._issue.get((subject, group))
            recent = self._corrections.improvable(marks, deadline)
            if not wanted or issued is None or not recent:
                continue
            wanted -= 1
            one = self._chance.pick(recent)
            old = one.value
            at = on(deadline, 20 * 60)
            self._corrections.correct(one, at, ReasonCode.REWORK, str(int(old) + 1))
            self._flaws.note(
                "mark_after_term_mark",
                class_id=self._course.class_id,
                lesson_id=one.lesson_id,
                mark_id=one.mark_id,
                pupil_id=one.pupil_id,
                subject_id=self._subject_ids[subject],
                term=term.number,
                old_value=old,
                value=one.value,
                by=one.by,
            )
