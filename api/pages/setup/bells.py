"""Bells of every shift, a line for each lesson."""

from __future__ import annotations

import re
from typing import Any

from api.pages.setup.form import Ask, Order, StepForm, listed
from domain.bells import Bells, Schedule
from domain.calendar import Bell
from domain.office.bell_commands import SHIFTS
from domain.refusals import Invalid
from projections import directory, office

LINE = re.compile(r"(\d{1,2})\D+([0-2]?\d[:.][0-5]\d)\D+([0-2]?\d[:.][0-5]\d)")


async def _show(ask: Ask) -> dict[str, Any]:
    book = await office.bells_of(ask.conn, ask.schema, ask.year) or Bells()
    known = await directory.calendar_of(ask.conn, ask.schema, ask.year)
    day = max(ask.today, known[0].starts) if known else ask.today
    told = {
        shift: ask.form.one(f"shift{shift}")
        or _text(book.of_shift(shift, day) if shift == 1 or _has(book, shift) else ())
        for shift in SHIFTS
    }
    return {"shifts": told, "since": ask.form.one("since") or day.isoformat(), "order_no": ""}


async def _send(order: Order) -> None:
    ask, form = order.ask, order.form
    book = await office.bells_of(ask.conn, ask.schema, ask.year) or Bells()
    # those of single weekdays are not on this form, and stay
    kept = [one for one in book.adopted[-1].schedules if one.weekdays] if book.adopted else []
    usual = [
        Schedule(f"{shift} смена", tuple(map(_bell, lines)), shift)
        for shift in SHIFTS
        if (lines := listed(form.one(f"shift{shift}")))
    ]
    answer = order.school.adopt_bells(
        order.year, form.day("since"), [*usual, *kept], form.one("order_no"), **order.how()
    )
    order.add(answer)


def _has(book: Bells, shift: int) -> bool:
    return any(one.shift == shift for since in book.adopted[-1:] for one in since.schedules)


def _text(bells: tuple[Bell, ...]) -> str:
    return "\n".join(f"{one.number} {one.starts}–{one.ends}" for one in bells)


def _bell(line: str) -> Bell:
    found = LINE.fullmatch(line)
    if found is None:
        raise Invalid("form.bell", f"«{line}»: пишите так: 1 08:30–09:15.")
    number, starts, ends = (one.replace(".", ":") for one in found.groups())
    return Bell(int(number), starts.rjust(5, "0"), ends.rjust(5, "0"))


FORM = StepForm("Звонки и смены", "year/bells.html", _show, _send)
