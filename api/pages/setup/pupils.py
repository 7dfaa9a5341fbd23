"""Pupils of a class with their guardians, a line for each."""

from __future__ import annotations

from typing import Any

from api.pages.setup.form import Ask, Order, StepForm, field, listed, name_of, since_of
from domain.people.facts import Name
from domain.refusals import Invalid
from projections import directory


async def _show(ask: Ask) -> dict[str, Any]:
    known = await directory.calendar_of(ask.conn, ask.schema, ask.year)
    return {
        "classes": await directory.classes(ask.conn, ask.schema, ask.year, ask.today),
        "fields": field(ask.form, ("class_id", "names", "order_no")),
        "since": ask.form.one("since") or since_of(ask, known and known[0]),
    }


async def _send(order: Order) -> None:
    form, school, year = order.form, order.school, order.year
    class_id, since = order.needed("class_id", "класс"), form.day("since")
    lines = [_line(line) for line in listed(form.one("names"))]
    if not lines:
        raise Invalid("form.nobody", "Напишите, кого зачислить: по одному ученику в строке.")
    pupils = [order.id_of(f"pupil {number}") for number in range(len(lines))]
    for pupil_id, (name, _) in zip(pupils, lines, strict=True):
        order.add(school.register_person(year, pupil_id, "pupil", name, **order.how()))
    answer = school.enrol_pupils(class_id, pupils, since, form.one("order_no"), **order.how())
    order.add(answer)
    for number, (pupil_id, (_, guardians)) in enumerate(zip(pupils, lines, strict=True)):
        for which, guardian in enumerate(guardians):
            guardian_id = order.id_of(f"guardian {number} {which}")
            order.add(
                school.register_person(year, guardian_id, "guardian", guardian, **order.how())
            )
            order.add(school.link_guardian(year, pupil_id, guardian_id, since, **order.how()))


def _line(line: str) -> tuple[Name, list[Name]]:
    """«Петров Пётр; Петрова Ольга, Петров Олег»."""
    pupil, _, guardians = line.partition(";")
    return name_of(pupil), [name_of(one) for one in guardians.split(",") if one.strip()]


FORM = StepForm("Ученики", "year/pupils.html", _show, _send)
