"""What another regulation would say of the records of this term: in time, late, missing.

Hypothetical, as a regulation judges only lessons after it: as if it had been in force all term.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from datetime import date, datetime

import msgspec

from domain.bells import Bells
from domain.calendar import local_date
from domain.duties import Duty, Lesson, Status, deadlines
from domain.regulation import Regulation
from projections import compliance, office
from projections.compliance import Line
from projections.effects.effect import Effect
from projections.figures.figure import Conn, Context

_FIELDS = (
    "fill_days",
    "homework_due",
    "written_work_days",
    "no_homework_levels",
    "ungraded_levels",
)
#: effect → clause, duties, what they are called
GROUPS = {
    "day": ("4.2.а-4", (Duty.TOPIC, Duty.HOMEWORK), "тем и домашних заданий"),
    "fill": ("4.2.а-3", (Duty.ATTENDANCE, Duty.MARKS), "записей о посещаемости и отметках"),
}
OUTCOMES = {
    Status.LATE: "было бы позже срока",
    Status.MISSING: "считалось бы пропущенными",
    Status.ON_TIME: "было бы вовремя, а сейчас нет",
}


async def records_judged(
    conn: Conn, schema: str, context: Context, new: Regulation
) -> list[Effect]:
    """Records of the term so far that would be late or missing, or would be so no more."""
    if all(getattr(context.regulation, name) == getattr(new, name) for name in _FIELDS):
        return []
    term = context.term
    until = min(context.today, term.ends)
    bells = await office.bells_of(conn, schema, context.year) or Bells()
    book = await compliance.book(conn, schema, context.year, term.starts, until)
    # Seconds of arithmetic for a large school: not on the loop that serves everybody.
    return await asyncio.to_thread(_counted, book.lines, context, new, bells)


def _counted(
    lines: Sequence[Line], context: Context, new: Regulation, bells: Bells
) -> list[Effect]:
    moved = dict.fromkeys(((group, outcome) for group in GROUPS for outcome in OUTCOMES), 0)
    totals = dict.fromkeys(GROUPS, 0)
    for line, other in zip(lines, _under(lines, new, bells, context.zone), strict=True):
        for group, (_, duties, _) in GROUPS.items():
            for duty in duties:
                was = line.lesson.verdict(duty, context.now).status
                will = other.verdict(duty, context.now).status
                totals[group] += Status.NOT_REQUIRED not in (was, will)
                if (outcome := _outcome(was, will)) is not None:
                    moved[group, outcome] += 1
    since = f"если бы редакция действовала с начала периода «{context.term.name}»"
    return [
        Effect(
            f"{group}_{outcome.lower()}",
            GROUPS[group][0],
            f"{GROUPS[group][2]} {OUTCOMES[outcome]}, {since}",
            count,
            totals[group],
        )
        for (group, outcome), count in moved.items()
        if count
    ]


def _outcome(was: Status, will: Status) -> Status | None:
    """What it would become, None when it stays as good as it is."""
    bad = (Status.LATE, Status.MISSING)
    if was == will or (was not in bad and will not in bad):
        return None
    return will if will in bad else Status.ON_TIME


def _under(lines: Sequence[Line], new: Regulation, bells: Bells, zone: str) -> Iterable[Lesson]:
    """The same lessons as the other regulation asks for them."""
    last: dict[tuple[str, date], int] = {}
    for one in lines:
        if one.lesson.cancelled_at is None:
            place = one.class_id, one.date
            last[place] = max(last.get(place, 0), one.number)
    for one in lines:
        due = deadlines(
            one.date,
            one.number,
            last.get((one.class_id, one.date), one.number),
            new,
            bells.on(one.class_id, one.date),
            zone,
            known=_known(one.lesson.due.day_due, one.date, zone),
        )
        yield msgspec.structs.replace(
            one.lesson,
            due=due,
            homework=one.grade_level not in new.no_homework_levels,
            graded=one.grade_level not in new.ungraded_levels,
        )


def _known(day_due: datetime, day: date, zone: str) -> date | None:
    """The day from which time counts, when a lesson was planned after it had been held."""
    counted_from = local_date(day_due, zone)
    return counted_from if counted_from > day else None
