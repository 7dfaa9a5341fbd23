"""What a class teacher and the families try in a busy class, sensible and not."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from domain.fact import Fact
from domain.journal import absences, lesson_files, outcomes
from domain.journal.absence_facts import AbsenceAnnounced, DiaryAcknowledged
from domain.journal.file_facts import FileKind, LessonFileAttached
from domain.journal.outcome_facts import DefenceKind, Delivery, Level, ProjectDefenceRecorded
from domain.values import AttendanceCode, PayloadRef
from tests.cast import ALGEBRA, an_id

if TYPE_CHECKING:
    from tests.domain.a_busy_class import BusyClass

REF = PayloadRef(an_id("текст"), "A" * 43)
CODES = list(AttendanceCode)
MONDAYS = [date(2026, 8, 31), date(2026, 9, 7)]


def explain(c: BusyClass) -> list[Fact]:
    """Mostly everything that pupils have missed."""
    missed = [
        (pupil, lesson_id)
        for lesson_id, lesson in c.journal.lessons.items()
        for pupil, code in (lesson.attendance or {}).items()
        if code is absences.UNEXPLAINED
    ]
    code = c.pick.choice([*CODES, *sorted(absences.REASONS)])
    if missed and c.pick.random() < 0.7:
        new = [absences.NewReason(pupil, code, (lesson_id,)) for pupil, lesson_id in missed]
        return absences.set_reasons(c.journal, new)
    one = absences.NewReason(c.pupil(), code, (), c.day(), c.day(), REF)
    return absences.set_reasons(c.journal, [one])


def sign(c: BusyClass) -> list[Fact]:
    return absences.confirm_week(c.journal, c.office.regulation, c.pick.choice(MONDAYS), c.at)


def warn(c: BusyClass) -> list[Fact]:
    new = AbsenceAnnounced(c.id(), c.pupil(), c.day(), c.day(), c.pick.choice(CODES), REF)
    return absences.announce(c.journal, new, c.at)


def read(c: BusyClass) -> list[Fact]:
    new = DiaryAcknowledged(c.pupil(), c.id(), c.pick.choice(MONDAYS), c.pick.randrange(9))
    return absences.acknowledge(c.journal, new, c.at)


def say(c: BusyClass) -> list[Fact]:
    ref = PayloadRef(c.id(), "A" * 43)
    return outcomes.comment_pupil(c.journal, c.id(), c.pupil(), ALGEBRA, ref)


def defend(c: BusyClass) -> list[Fact]:
    kind = c.pick.choice(list(DefenceKind))
    new = ProjectDefenceRecorded(
        c.id(), c.pupil(), kind, c.value(), c.day(), REF, REF, "application/pdf", "9f" * 32
    )
    return outcomes.record_defence(c.journal, c.office, new, c.at)


def defend_anew(c: BusyClass) -> list[Fact]:
    there = c.journal.classroom.defences
    number = c.pick.choice([*there, c.id()])
    return [
        *outcomes.correct_defence(
            c.journal,
            number,
            saw=there[number].value if number in there else "5",
            value=c.value(),
            on=c.day(),
            reason_code=c.why(),
            reason=REF,
            file=None,
            sealed=None,
            at=c.at,
        )
    ]


def undo_a_defence(c: BusyClass) -> list[Fact]:
    there = c.journal.classroom.defences
    number = c.pick.choice([*there, c.id()])
    saw = there[number].value if number in there else "5"
    return outcomes.annul_defence(c.journal, number, saw=saw, reason_code=c.why(), reason=REF)


def _result(c: BusyClass, saw: Level | None) -> outcomes.NewResult:
    """Mostly of who has seen what stands there."""
    seen = saw if c.pick.random() < 0.8 else c.pick.choice([None, *Level])
    return outcomes.NewResult(c.pupil(), c.pick.choice(list(Level)), c.pick.choice([None, 7]), seen)


def examine(c: BusyClass) -> list[Fact]:
    number = c.id()
    work = c.journal.classroom.works.get(number)
    one = _result(c, None)
    if work and one.pupil_id in work.results:
        one = outcomes.NewResult(one.pupil_id, one.level, one.points, work.results[one.pupil_id][0])
    on = work.on if work else c.day()
    return outcomes.record_work(c.journal, number, "Работа", on, 20, [one], c.at)


def level(c: BusyClass) -> list[Fact]:
    one = _result(c, None)
    seen = c.journal.classroom.levels.get(one.pupil_id)
    new = outcomes.NewResult(one.pupil_id, one.level, saw=seen)
    return outcomes.record_levels(c.journal, [new], c.at)


def annotate(c: BusyClass) -> list[Fact]:
    hidden, note = c.pick.choice([True, False]), c.pick.choice([None, REF])
    return outcomes.annotate_forecast(
        c.journal, c.office, c.pupil(), ALGEBRA, c.at, hidden=hidden, note=note
    )


def send(c: BusyClass) -> list[Fact]:
    how = c.pick.choice(list(Delivery))
    letters = outcomes.Letters(1, c.pick.randrange(9), how, {c.pupil(): (c.id(),)})
    return outcomes.send_letters(c.journal, letters, c.day())


def hand_out(c: BusyClass) -> list[Fact]:
    kind, sha256 = c.pick.choice(list(FileKind)), c.pick.choice(["9f", "7e"]) * 32
    new = LessonFileAttached(
        c.id(), c.lesson(), kind, REF, REF, "application/pdf", c.pick.randint(1, 9), sha256
    )
    return lesson_files.attach_file(c.journal, new, c.at)


def take_away(c: BusyClass) -> list[Fact]:
    lesson_id = c.lesson()
    lesson = c.journal.lessons.get(lesson_id)
    number = c.pick.choice([*(lesson.files if lesson else ()), c.id()])
    return lesson_files.remove_file(c.journal, lesson_id, number, c.at)


TRIES = (
    *(explain, explain, sign, warn, read, say, say),
    *(hand_out, hand_out, take_away),
    *(defend, defend_anew, undo_a_defence, examine, level, annotate, send),
)
