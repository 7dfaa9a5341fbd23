"""People who do anything at all with class 7а, sensible and not, from one seed."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import date, timedelta
from uuid import UUID

from domain.calendar import TimetableEntry
from domain.codec import Envelope, Recorded
from domain.fact import Fact
from domain.journal import (
    closing,
    control,
    day_changes,
    lesson_plans,
    lessons,
    marks,
    movement,
    records,
    rescheduling,
    roster,
    term_marks,
)
from domain.journal import facts as f
from domain.journal.control_facts import Checked, JournalInspected
from domain.journal.plan_facts import PlannedLesson
from domain.journal.state import Journal, term_cell
from domain.office.state import Office
from domain.refusals import Refusal
from domain.values import MARKS, AttendanceCode, LessonKind, PayloadRef, ReasonCode
from domain.world import fold, office_id
from tests.cast import (
    ALGEBRA,
    ANNA,
    ANSWER,
    BORIS,
    CLASS_7A,
    CLASS_7B,
    CONTROL,
    ENGLISH,
    FIRST_HALF,
    MASHA,
    NEWCOMER,
    PETYA,
    SCHOOL,
    SECOND_HALF,
    TANYA,
    VERA,
    YOLKIN,
    an_id,
)
from tests.domain import a_busy_class_teacher, a_busy_office
from tests.domain.seventh_a import ENGLISH_1, LESSON, OFFICE, ROSTER, SCHEDULED, TOMORROW, moment
from tests.specs import YEAR, envelope

PUPILS = [PETYA, MASHA, YOLKIN, NEWCOMER]
LESSONS = [LESSON, LESSON, ENGLISH_1, TOMORROW, an_id("ещё один")]
INSPECTIONS = [an_id(f"проверка {n}") for n in range(2)]
REMARKS = [an_id(f"замечание {n}") for n in range(2)]
IDS = [an_id(f"номер {n}") for n in range(6)]
REF = PayloadRef(an_id("текст"), "A" * 43)


class BusyClass:
    """The journal, everything that was written in it, and a hand that picks."""

    def __init__(self, seed: int) -> None:
        self.pick = random.Random(seed)
        self.journal = Journal(CLASS_7A)
        self.office = Office(office_id(SCHOOL, YEAR))
        stream = UUID(self.office.office_id)
        fold(self.office, [Recorded(stream, n, envelope(), x) for n, x in enumerate(OFFICE, 1)])
        self.rows: list[tuple[Envelope, Fact]] = []
        self.at = moment(date(2026, 9, 3), "12:00:00")
        self.who = ANNA
        for fact in (*ROSTER, SCHEDULED):
            self.write(fact)

    def write(self, fact: Fact) -> None:
        """Fold one fact, as the engine does before the append."""
        one = envelope(self.who, self.at)
        self.rows.append((one, fact))
        number = len(self.rows)
        fold(self.journal, [Recorded(UUID(CLASS_7A), number, one, fact)])

    def step(self) -> list[Fact]:
        """Somebody tries something; answers the facts of it, not written yet."""
        self.at += self.pick.choice([*[timedelta(minutes=5)] * 9, timedelta(days=1)])
        self.who = self.pick.choice([ANNA, ANNA, TANYA])
        try:
            return self.pick.choice(ATTEMPTS)(self)
        except Refusal:
            return []

    def new_id(self) -> str:
        return str(UUID(int=self.pick.getrandbits(128), version=4))

    def day(self) -> date:
        return date(2026, 9, 1) + timedelta(days=self.pick.randrange(14))

    def value(self) -> str:
        return self.pick.choice(["5", "4", "3", self.pick.choice(MARKS), "6"])

    def id(self) -> str:
        return self.pick.choice(IDS)

    def pupil(self) -> str:
        return self.pick.choice(PUPILS)

    def lesson(self) -> str:
        return self.pick.choice(LESSONS)

    def mark(self) -> str:
        """Mostly one that is there."""
        there = list(self.journal.marks)
        return self.pick.choice(there) if there and self.pick.random() < 0.8 else self.id()

    def seen(self, mark_id: str) -> str:
        """Mostly what is there."""
        mark = self.journal.marks.get(mark_id)
        value = mark.value if mark else None
        return value if value and self.pick.random() < 0.8 else self.value()

    def why(self) -> ReasonCode:
        return self.pick.choice(list(ReasonCode))

    def text(self) -> str:
        return self.pick.choice(["Дроби", "Ёж", "Уравнения", "Present Perfect", ""])


Attempt = Callable[[BusyClass], list[Fact]]


def give(c: BusyClass) -> list[Fact]:
    column = [
        marks.NewMark(c.id(), c.pupil(), c.value(), c.pick.choice([ANSWER, CONTROL]))
        for _ in range(c.pick.randint(1, 2))
    ]
    return marks.give_marks(c.journal, c.office, c.lesson(), column, c.at)


def correct(c: BusyClass) -> list[Fact]:
    number = c.mark()
    return marks.correct_mark(
        c.journal,
        c.office,
        number,
        saw=c.seen(number),
        value=c.value(),
        reason_code=c.why(),
        reason=None,
        by=c.who,
        at=c.at,
    )


def annul(c: BusyClass) -> list[Fact]:
    number = c.mark()
    return marks.annul_mark(
        c.journal,
        c.office,
        number,
        saw=c.seen(number),
        reason_code=c.why(),
        reason=REF,
        by=c.who,
        at=c.at,
    )


def comment(c: BusyClass) -> list[Fact]:
    return marks.comment_mark(c.journal, c.id(), REF)


def owe(c: BusyClass) -> list[Fact]:
    debt = marks.NewDebt(c.id(), c.pupil(), ANSWER, c.day())
    return marks.raise_debts(c.journal, c.office, c.lesson(), [debt], c.at)


def settle(c: BusyClass) -> list[Fact]:
    debt_id = c.pick.choice([*c.journal.debts, c.id()])
    return marks.resolve_debt(c.journal, debt_id, c.pick.choice([None, c.mark()]))


def term_mark(c: BusyClass) -> list[Fact]:
    column = [term_marks.NewTermMark(c.pupil(), c.value())]
    return [*term_marks.issue_term_marks(c.journal, c.office, ALGEBRA, 1, column)]


def other_term_mark(c: BusyClass) -> list[Fact]:
    pupil = c.pupil()
    there = c.journal.term_marks.get(term_cell(pupil, ALGEBRA, 1))
    return term_marks.correct_term_mark(
        c.journal,
        c.office,
        pupil,
        ALGEBRA,
        1,
        saw=there or c.value(),
        value=c.value(),
        reason_code=c.why(),
        reason=None,
    )


def no_term_mark(c: BusyClass) -> list[Fact]:
    pupil = c.pupil()
    there = c.journal.term_marks.get(term_cell(pupil, ALGEBRA, 1))
    return term_marks.annul_term_mark(
        c.journal,
        c.office,
        pupil,
        ALGEBRA,
        1,
        saw=there or c.value(),
        reason_code=c.why(),
        reason=c.pick.choice([None, REF]),
        by=c.who,
        at=c.at,
    )


def close(c: BusyClass) -> list[Fact]:
    seldom = 1 if c.pick.random() < 0.1 else 2
    return closing.close_term(c.journal, c.office, seldom)


def topic(c: BusyClass) -> list[Fact]:
    kind = c.pick.choice(list(LessonKind))
    return records.record_topic(c.journal, c.lesson(), c.text(), kind, c.text(), c.at)


def attendance(c: BusyClass) -> list[Fact]:
    entries = []
    for pupil in c.pick.sample(PUPILS, c.pick.randint(0, 2)):
        code = c.pick.choice(list(AttendanceCode))
        minutes = c.pick.choice([0, 5, 15]) if code is AttendanceCode.LATE else 0
        entries.append(f.AttendanceEntry(pupil, code, minutes))
    return records.take_attendance(c.journal, c.lesson(), entries, c.at)


def homework(c: BusyClass) -> list[Fact]:
    alone = c.pick.choice([(), (), (c.pupil(),)])
    return records.assign_homework(
        c.journal, c.lesson(), c.id(), c.text(), c.day(), alone, REF if alone else None, c.at
    )


def no_homework(c: BusyClass) -> list[Fact]:
    return records.declare_no_homework(c.journal, c.lesson(), c.at)


def move(c: BusyClass) -> list[Fact]:
    return lessons.move_lesson(c.journal, c.office, c.lesson(), c.day(), c.pick.randint(1, 3))


def cancel(c: BusyClass) -> list[Fact]:
    return lessons.cancel_lesson(c.journal, c.lesson(), c.text())


def add(c: BusyClass) -> list[Fact]:
    group = c.pick.choice([None, FIRST_HALF, SECOND_HALF])
    subject = ENGLISH if group else ALGEBRA
    number = c.pick.choice([LESSONS[-1], *IDS])
    new = f.LessonAdded(number, c.day(), c.pick.randint(1, 3), subject, ANNA, group)
    return lessons.add_lesson(c.journal, c.office, new)


def enrol(c: BusyClass) -> list[Fact]:
    return movement.enrol(c.journal, c.pupil(), c.day(), movement.Order())


def depart(c: BusyClass) -> list[Fact]:
    return movement.depart(c.journal, c.pupil(), c.day(), movement.Order(), CLASS_7B)


def bring(c: BusyClass) -> list[Fact]:
    """Somebody arrives from 7б with a mark."""
    told = f.CarriedMark(c.id(), ALGEBRA, date(2026, 9, 1), c.value(), ANSWER, "1.00")
    old = Journal(CLASS_7B, carried={(pupil := c.pupil()): {told.mark_id: told}})
    return movement.carry(old, c.office, c.journal, pupil, c.day())


def another_week(c: BusyClass) -> list[Fact]:
    week = [TimetableEntry(c.pick.randint(1, 5), c.pick.randint(1, 3), ALGEBRA, ANNA)]
    today = c.at.date()
    return rescheduling.reschedule(
        c.journal, c.office.calendar, lambda _: week, c.day(), today, c.new_id
    )


def plan(c: BusyClass) -> list[Fact]:
    lessons = [PlannedLesson(1, c.text()), PlannedLesson(2, "Повторение", hours=2)]
    return lesson_plans.adopt_plan(c.journal, c.office, c.id(), ALGEBRA, None, lessons)


def other_room(c: BusyClass) -> list[Fact]:
    return day_changes.change_room(c.journal, c.lesson(), c.text()[:20])


def split(c: BusyClass) -> list[Fact]:
    halves = (
        f.Subgroup(FIRST_HALF, "1", tuple(c.pick.sample(PUPILS, 2))),
        f.Subgroup(SECOND_HALF, "2", (c.pupil(),)),
    )
    order = f.SubgroupSplitOrdered(ENGLISH, c.day(), "1", c.day(), halves)
    return roster.split(c.journal, order)


def assign(c: BusyClass) -> list[Fact]:
    teacher = c.pick.choice([ANNA, BORIS])
    until = c.pick.choice([None, c.day()])
    new = f.TeacherAssigned(c.id(), teacher, ALGEBRA, c.day(), None, until)
    return roster.assign(c.journal, new)


def release(c: BusyClass) -> list[Fact]:
    there = [*c.journal.assignments, c.id()]
    return roster.release(c.journal, c.pick.choice(there), c.day())


def substitute(c: BusyClass) -> list[Fact]:
    new = f.SubstitutionAppointed(c.id(), TANYA, ANNA, c.day(), c.day())
    return roster.substitute(c.journal, new)


def inspect(c: BusyClass) -> list[Fact]:
    today = c.at.date()
    checked = tuple(c.pick.sample(list(Checked), c.pick.choice([0, 6, 6, 6])))
    new = JournalInspected(c.pick.choice(INSPECTIONS), c.day(), today, checked, 1, "9f" * 32)
    return control.inspect_journal(c.journal, c.office, new, today)


def remark(c: BusyClass) -> list[Fact]:
    lesson, subject = c.pick.choice([(None, ALGEBRA), (None, None), (c.lesson(), ENGLISH)])
    number, kind = c.pick.choice(REMARKS), c.pick.choice(list(Checked))
    new = control.NewRemark(number, kind, lesson, subject, ANNA)
    of = c.pick.choice(INSPECTIONS)
    return control.open_remark(c.journal, c.office, of, new, REF, c.at.date())


def handle_remark(c: BusyClass) -> list[Fact]:
    """Answered, and then accepted or returned, or too early."""
    number, by = c.pick.choice(REMARKS), c.pick.choice([ANNA, VERA])
    chance = c.pick.random()
    if chance < 0.6:
        return control.resolve_remark(c.journal, number, (c.pick.randrange(9),), None)
    if chance < 0.75:
        return control.accept_remark(c.journal, number, by)
    return control.return_remark(c.journal, c.office, number, REF, by, c.at.date())


#: What is done often is named often.
ATTEMPTS: tuple[Attempt, ...] = (
    *(give, give, give, correct, correct, correct, annul, comment, owe, settle),
    *(topic, topic, attendance, attendance, attendance, homework, homework, no_homework),
    *(move, cancel, add, enrol, depart, bring, another_week, other_room, plan),
    *(split, assign, release, substitute),
    *(term_mark, other_term_mark, no_term_mark, close),
    *(inspect, inspect, remark, remark, handle_remark, handle_remark),
    *a_busy_class_teacher.TRIES,
    *(move, move, attendance),
    *a_busy_office.ATTEMPTS,
)
