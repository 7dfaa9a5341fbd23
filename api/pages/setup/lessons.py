"""Lessons of the terms: the timetable laid over the calendar."""

from __future__ import annotations

from typing import Any

from api.pages.setup.form import Ask, Order, StepForm
from domain.refusals import Invalid
from projections import office


async def _show(ask: Ask) -> dict[str, Any]:
    return {"terms": await office.terms_of_classes(ask.conn, ask.schema, ask.year)}


async def _send(order: Order) -> None:
    chosen = order.form.many("place")
    if not chosen:
        raise Invalid("form.terms", "Отметьте, для каких классов и периодов составить уроки.")
    for place in chosen:
        class_id, _, term = place.partition(".")
        if not term.isdecimal():
            raise Invalid("form.strange", "Форма открыта слишком давно: откройте страницу ещё раз.")
        order.add(order.school.schedule_lessons(class_id, int(term), **order.how()))


FORM = StepForm("Уроки периодов", "year/lessons.html", _show, _send)
