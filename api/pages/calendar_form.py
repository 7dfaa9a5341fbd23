"""The days of a school year in a form: terms of every grade level and vacations, a line each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import NamedTuple

import msgspec

from api.pages.forms import Sent
from domain.calendar import Calendar, Term, Vacation
from domain.refusals import Invalid


class Line(NamedTuple):
    """One line: what it is called, its field, both days."""

    label: str
    field: str
    starts: date
    ends: date


def lines(calendar: Calendar) -> list[Line]:
    """Every span of the calendar, in one order."""
    return [
        Line(label, f"d{number}", one.starts, one.ends)
        for number, (label, one) in enumerate(_spans(calendar))
    ]


def corrected(calendar: Calendar, form: Sent) -> Calendar:
    """The calendar with the days of the form; what the form does not say stays. Raises Invalid."""
    told = iter([(_day(form, one, "s"), _day(form, one, "e")) for one in lines(calendar)])

    def terms(known: Sequence[Term]) -> tuple[Term, ...]:
        # `known` first: what is not asked for stays in the iterator
        return tuple(
            msgspec.structs.replace(one, starts=starts, ends=ends)
            for one, (starts, ends) in zip(known, told, strict=False)
        )

    own = terms(calendar.terms)
    tracks = tuple(msgspec.structs.replace(one, terms=terms(one.terms)) for one in calendar.tracks)
    vacations = tuple(
        msgspec.structs.replace(one, starts=starts, ends=ends)
        for one, (starts, ends) in zip(calendar.vacations, told, strict=False)
    )
    return msgspec.structs.replace(calendar, terms=own, tracks=tracks, vacations=vacations)


def levels(numbers: Sequence[int]) -> str:
    """«1, 10, 11 классы»."""
    return f"{', '.join(map(str, numbers))} {'класс' if len(numbers) == 1 else 'классы'}"


def _spans(calendar: Calendar) -> Iterator[tuple[str, Term | Vacation]]:
    for term in calendar.terms:
        yield term.name, term
    for track in calendar.tracks:
        for term in track.terms:
            yield f"{term.name} ({levels(track.grade_levels)})", term
    for one in calendar.vacations:
        whose = f" ({levels(one.grade_levels)})" if one.grade_levels else ""
        yield f"{one.name}{whose}", one


def _day(form: Sent, line: Line, end: str) -> date:
    told = form.one(line.field + end)
    if not told:
        return line.starts if end == "s" else line.ends
    try:
        return date.fromisoformat(told)
    except ValueError:
        raise Invalid("form.day", f"«{line.label}»: такого дня нет.") from None
