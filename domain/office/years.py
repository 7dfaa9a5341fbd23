"""What a calendar of a school year may be."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from domain.calendar import Calendar, Term
from domain.refusals import Invalid

GRADE_LEVELS = range(1, 12)
WEEKDAYS = range(1, 8)


def check_calendar(calendar: Calendar) -> None:
    """Raises Invalid for terms, tracks, vacations or days that are no school year."""
    # Weeks and terms are counted day by day: a typing error of a century must not get that far.
    first, last = date(calendar.year, 7, 1), date(calendar.year + 1, 8, 31)
    _check_terms(calendar.terms, first, last)
    _check_weekdays(calendar.weekdays)
    known: set[int] = set()
    for track in calendar.tracks:
        levels = set(track.grade_levels)
        if not levels or not levels <= set(GRADE_LEVELS):
            raise Invalid("calendar.track", "Свои учебные периоды бывают у параллелей от 1 до 11.")
        if levels & known:
            raise Invalid("calendar.track_twice", "Параллель указана в двух делениях года.")
        known |= levels
        if track.terms:
            _check_terms(track.terms, first, last)
        _check_weekdays(track.weekdays)
    for one in calendar.vacations:
        if not one.name.strip():
            raise Invalid("calendar.vacation", "У каникул нет названия.")
        if one.ends < one.starts or not first <= one.starts <= one.ends <= last:
            raise Invalid(
                "calendar.vacation", f"«{one.name}»: даты каникул перепутаны или не в этом году."
            )
        if not set(one.grade_levels) <= set(GRADE_LEVELS):
            raise Invalid("calendar.vacation", f"«{one.name}»: параллели бывают от 1 до 11.")
    days = [one.day for one in calendar.working_days]
    if len(set(days)) < len(days) or any(
        not first <= one.day <= last or one.as_weekday not in WEEKDAYS
        for one in calendar.working_days
    ):
        raise Invalid("calendar.working_day", "Рабочий выходной указан дважды или с ошибкой.")


def _check_weekdays(weekdays: Sequence[int]) -> None:
    if len(set(weekdays)) < len(weekdays) or not set(weekdays) <= set(WEEKDAYS):
        raise Invalid("calendar.weekdays", "Дни недели — это числа от 1 до 7, каждое один раз.")


def _check_terms(terms: Sequence[Term], first: date, last: date) -> None:
    if not all(first <= term.starts and term.ends <= last for term in terms):
        raise Invalid(
            "calendar.terms",
            f"Учебные периоды должны лежать между {first:%d.%m.%Y} и {last:%d.%m.%Y}.",
        )
    previous: date | None = None
    for term in terms:
        if term.ends < term.starts or (previous is not None and term.starts <= previous):
            raise Invalid("calendar.terms", "Учебные периоды пересекаются или идут не по порядку.")
        previous = term.ends
    if not terms:
        raise Invalid("calendar.terms", "В учебном году нет ни одного периода.")
    if len({term.number for term in terms}) < len(terms):
        raise Invalid("calendar.terms", "Два учебных периода с одним номером.")
