"""Classes: formed, with their class teacher and shift."""

from __future__ import annotations

from typing import Any

from api.pages.setup.form import Ask, Order, StepForm, field, since_of
from domain.office.bell_commands import SHIFTS
from domain.office.facts import ClassFormed, ClassTeacherAppointed
from domain.office.years import GRADE_LEVELS
from domain.refusals import Invalid
from projections import directory


async def _show(ask: Ask) -> dict[str, Any]:
    known = await directory.calendar_of(ask.conn, ask.schema, ask.year)
    return {
        "classes": await directory.classes(ask.conn, ask.schema, ask.year, ask.today),
        "staff": await directory.people(ask.conn, ask.schema, None, "staff"),
        "levels": GRADE_LEVELS,
        "shifts": SHIFTS,
        "fields": field(ask.form, ("class_id", "grade_level", "letter", "person_id", "shift")),
        "since": ask.form.one("since") or since_of(ask, known and known[0]),
    }


async def _send(order: Order) -> None:
    form, school, year = order.form, order.school, order.year
    class_id, since = form.number("class_id"), form.day("since")
    if class_id is None:
        level, letter = form.one("grade_level"), form.one("letter")
        if not level.isdecimal() or not letter:
            raise Invalid("form.class", "Укажите параллель и литеру.")
        class_id = order.id_of("class")
        new = ClassFormed(class_id, int(level), letter.lower())
        order.add(school.form_class(year, new, **order.how()))
    if (teacher := form.number("person_id")) is not None:
        head = ClassTeacherAppointed(class_id, teacher, since)
        order.add(school.appoint_class_teacher(year, head, **order.how()))
    shift = form.one("shift")
    if shift.isdecimal() and int(shift) != 1:
        order.add(school.assign_shift(year, class_id, int(shift), since, **order.how()))


FORM = StepForm("Классы", "year/classes.html", _show, _send)
