"""What families are told, and when (clauses 2.2.8–2.2.11): kinds, paces, hours. Pure.

One publication hour and quiet hours for a school; per person and kind at once, once a day, once a
week or not at all. The choice is about letters and about words on one's own devices, each of its
own: inside the program everything is shown at once.
"""

from __future__ import annotations

from datetime import datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

import msgspec

from domain.refusals import Invalid


class Kind(StrEnum):
    """What a notice is about."""

    MARK = "MARK"
    MARK_CHANGED = "MARK_CHANGED"
    ABSENCE = "ABSENCE"
    HOMEWORK = "HOMEWORK"
    RESULT = "RESULT"
    REMARK = "REMARK"
    CONSENT_ENDING = "CONSENT_ENDING"


class Pace(StrEnum):
    """How soon a letter comes."""

    AT_ONCE = "AT_ONCE"
    DAILY = "DAILY"
    WEEKLY = "WEEKLY"
    OFF = "OFF"


class Channel(StrEnum):
    """How somebody is told: inside the program, by letter, on a device of one's own."""

    INBOX = "inbox"
    EMAIL = "email"
    PUSH = "push"


KIND_LABELS: dict[Kind, str] = {
    Kind.MARK: "Новые отметки",
    Kind.MARK_CHANGED: "Исправленные отметки",
    Kind.ABSENCE: "Пропуски и опоздания",
    Kind.HOMEWORK: "Домашние задания",
    Kind.RESULT: "Отметки за период и год, письма об успехах",
    Kind.REMARK: "Комментарии учителей",
    Kind.CONSENT_ENDING: "Согласие скоро закончится",
}
PACE_LABELS: dict[Pace, str] = {
    Pace.AT_ONCE: "сразу",
    Pace.DAILY: "раз в день",
    Pace.WEEKLY: "раз в неделю",
    Pace.OFF: "не писать",
}
#: who has chosen nothing is told what cannot wait at once, and the rest by a letter a day
USUAL: dict[Kind, Pace] = {
    Kind.MARK: Pace.DAILY,
    Kind.MARK_CHANGED: Pace.AT_ONCE,
    Kind.ABSENCE: Pace.AT_ONCE,
    Kind.HOMEWORK: Pace.OFF,
    Kind.RESULT: Pace.DAILY,
    Kind.REMARK: Pace.DAILY,
    Kind.CONSENT_ENDING: Pace.DAILY,
}
#: on a device: a word that there is something new costs a glance; homework comes every evening
USUAL_PUSH: dict[Kind, Pace] = {
    **dict.fromkeys(Kind, Pace.AT_ONCE),
    Kind.HOMEWORK: Pace.OFF,
    Kind.CONSENT_ENDING: Pace.DAILY,
}
#: what somebody wants who has chosen nothing; inside the program there is no choice
USUAL_OF: dict[Channel, dict[Kind, Pace]] = {Channel.EMAIL: USUAL, Channel.PUSH: USUAL_PUSH}
#: all that leaves the school towards a device: what is new stands behind the sign-in
PUSH_WORD = "Есть новое в дневнике"
#: a fact's topic without its prefix → what it tells a family
KIND_OF: dict[str, Kind] = {
    "mark-given": Kind.MARK,
    "mark-corrected": Kind.MARK_CHANGED,
    "mark-annulled": Kind.MARK_CHANGED,
    "mark-commented": Kind.REMARK,
    "pupil-commented": Kind.REMARK,
    "pupil-comment-corrected": Kind.REMARK,
    "attendance-taken": Kind.ABSENCE,
    "attendance-corrected": Kind.ABSENCE,
    "homework-assigned": Kind.HOMEWORK,
    "homework-corrected": Kind.HOMEWORK,
    "term-mark-issued": Kind.RESULT,
    "term-mark-corrected": Kind.RESULT,
    "term-mark-annulled": Kind.RESULT,
    "year-mark-issued": Kind.RESULT,
    "year-mark-corrected": Kind.RESULT,
    "exam-mark-recorded": Kind.RESULT,
    "exam-mark-corrected": Kind.RESULT,
    "final-mark-issued": Kind.RESULT,
    "final-mark-corrected": Kind.RESULT,
    "parent-report-sent": Kind.RESULT,
}
#: what is told at once waits so long for more of the same lesson: a letter, not one a mark
GATHER = timedelta(minutes=10)
LAST_HOUR = 23


class Hours(msgspec.Struct, frozen=True):
    """When a school writes: digests at `publish`, nothing in the quiet hours; whole hours of the
    school's zone. weekday: of the weekly digest, 1 is Monday.
    """

    publish: int = 18
    quiet_from: int = 21
    quiet_until: int = 7
    weekday: int = 5

    def check(self) -> None:
        """Raises Invalid for hours that no day has and for a digest in the quiet hours."""
        hours = (self.publish, self.quiet_from, self.quiet_until)
        if not all(0 <= one <= LAST_HOUR for one in hours) or not 1 <= self.weekday <= 7:  # noqa: PLR2004 - days
            raise Invalid("notice_hours.bounds", "Час — от 0 до 23, день недели — от 1 до 7.")
        if self.quiet(self.publish):
            raise Invalid(
                "notice_hours.quiet", "Час рассылки попадает в тихие часы: письма не уйдут."
            )

    def quiet(self, hour: int) -> bool:
        """Nobody is written to in this hour; equal bounds mean that there are no quiet hours."""
        if self.quiet_from <= self.quiet_until:
            return self.quiet_from <= hour < self.quiet_until
        return hour >= self.quiet_from or hour < self.quiet_until


def due(pace: Pace, at: datetime, zone: str, hours: Hours) -> datetime | None:
    """When a letter about something told at a moment (aware) is to go; None for never."""
    if pace is Pace.OFF:
        return None
    here = at.astimezone(ZoneInfo(zone))
    if pace is Pace.AT_ONCE:
        then = (at + GATHER).astimezone(ZoneInfo(zone))
        return _at(then, hours.quiet_until) if hours.quiet(then.hour) else then
    today = _on(here, hours.publish)
    then = today if here < today else _on(here + timedelta(days=1), hours.publish)
    if pace is Pace.WEEKLY:
        then = _on(then + timedelta(days=(hours.weekday - then.isoweekday()) % 7), hours.publish)
    return then


def _on(day: datetime, hour: int) -> datetime:
    return datetime.combine(day.date(), time(hour), day.tzinfo)


def _at(then: datetime, hour: int) -> datetime:
    """The next such hour."""
    morning = _on(then, hour)
    return morning if then < morning else _on(then + timedelta(days=1), hour)
