"""When a reminder still helps and does not yet nag. Pure."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from domain.calendar import Calendar, Term
from domain.duties import Deadlines

#: how long before the deadline; of a deadline at midnight the evening is enough
LEAD = timedelta(hours=1)
LEAD_OF_A_DAY = timedelta(hours=7)
#: a deadline that falls together with the end of the lesson: so long before
DURING_THE_LESSON = timedelta(minutes=20)


def homework_from(due: Deadlines, homework_due: str) -> datetime:
    """From when on a teacher is reminded of a lesson's homework: after the lesson and not long
    before the deadline; at the latest twenty minutes before it.
    """
    lead = LEAD_OF_A_DAY if homework_due == "lesson_day" else LEAD
    return max(due.day_due - lead, min(due.ends_at, due.day_due - DURING_THE_LESSON))


#: so long before its end a term ends soon: there is time for a lesson or two
SOON = timedelta(days=14)


def term_ending(calendar: Calendar, today: date) -> Term | None:
    """The term that ends soon, or None; calendar: of the class's grade level."""
    term = calendar.term_of(today)
    return term if term is not None and term.ends - SOON <= today else None
