"""What the tests of red flags do in a small school, and the flags that it raises."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from domain.access import Actor
from domain.journal.facts import SubstitutionAppointed
from domain.journal.term_marks import NewTermMark
from domain.office.facts import Appointment
from domain.office.signal_commands import Flag
from domain.school import MarkInput
from domain.values import AttendanceCode, ReasonCode, Role
from domain.writing import Answer
from projections import redflags
from projections.redflags import Filters, Found
from tests.ground import YEAR, number, request
from tests.projections.life import MONDAY, Life

LATER = datetime(2027, 6, 1, tzinfo=UTC)


def flags(at: Life, code: str | None = None, now: datetime = LATER, **how: Any) -> list[Found]:
    """The flags of a code as of a moment, those with the newest facts first."""
    at.fold_all()
    found, _ = at.read(redflags.red_flags, Filters(code=code, **how), now)
    listed: list[Found] = found
    return listed


def in_order(at: Life, lesson: str, **codes: AttendanceCode) -> None:
    """A lesson that was held: its topic and who was there."""
    at.must(at.topic(lesson))
    at.must(at.attendance(lesson, **codes))


def column(at: Life, lesson: str, name: str, many: int, value: str = "3") -> list[str]:
    """So many marks of Anna's, in turn of all pupils; their ids."""
    given = [
        MarkInput(number(f"{name}/{n}"), at.pupils[n % 5], value, at.ground.work_type_id)
        for n in range(many)
    ]
    at.must(at.school.give_marks(at.class_id, lesson, given, by=at.anna, request=request()))
    return [one.mark_id for one in given]


def corrected(
    at: Life, mark_id: str, value: str = "4", by: Actor | None = None, saw: str = "3"
) -> int:
    """A mark is corrected; answers the position."""
    answer = at.school.correct_mark(
        at.class_id,
        mark_id,
        saw=saw,
        value=value,
        reason_code=ReasonCode.TYPO,
        by=by or at.anna,
        request=request(),
    )
    return at.must(answer).position


def term_mark(
    at: Life, pupil: str, value: str, *, code: ReasonCode | None = None, text: str = ""
) -> Answer:
    """Anna's mark of the second term."""
    return at.school.issue_term_marks(
        at.class_id,
        at.ground.subject_id,
        2,
        [NewTermMark(pupil, value, reason_code=code)],
        reasons={pupil: text},
        by=at.anna,
        request=request(),
    )


def deputy_stands_in(at: Life, by: Actor) -> None:
    """Tanya, the deputy, substitutes for Anna and gives a mark; `by` has appointed her."""
    appointed = Appointment(at.tanya.person_id, Role.DEPUTY, MONDAY)
    at.must(at.school.appoint(YEAR, appointed, by=at.office, request=request()))
    order = SubstitutionAppointed(
        number("order"), at.tanya.person_id, at.anna.person_id, MONDAY, MONDAY
    )
    at.must(at.school.appoint_substitute(at.class_id, order, by=by, request=request()))
    lesson = at.lessons[6]  # Monday
    for answer in (
        at.school.record_topic(at.class_id, lesson, "Дроби", by=at.tanya, request=request()),
        at.school.take_attendance(at.class_id, lesson, [], by=at.tanya, request=request()),
        at.mark(lesson, at.pupils[0], "4", "good", by=at.tanya),
    ):
        at.must(answer)


def looked_into(at: Life, flag: Found, word: str) -> None:
    """Somebody else than whom it is about says what was found out."""
    at.must(
        at.school.review_red_flag(
            YEAR,
            Flag(flag.code, flag.position, flag.by_id),
            word,
            by=at.office,
            request=request(),
        )
    )
