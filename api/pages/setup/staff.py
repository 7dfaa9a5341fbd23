"""Who works in the school: new people with a role, or another role of somebody known."""

from __future__ import annotations

from typing import Any

from api.pages.setup.form import Ask, Order, StepForm, field, listed, name_of
from domain.office.facts import Appointment
from domain.refusals import Invalid
from domain.values import Role
from projections import directory

ROLES = {
    Role.TEACHER: "учитель",
    Role.DEPUTY: "заместитель директора",
    Role.DIRECTOR: "директор",
    Role.SECRETARY: "секретарь",
    Role.ADMINISTRATOR: "администратор",
    Role.AUDITOR: "проверяющий",
}


async def _show(ask: Ask) -> dict[str, Any]:
    held = await directory.appointed(ask.conn, ask.schema, ask.year, ask.today)
    staff = await directory.people(ask.conn, ask.schema, None, "staff")
    return {
        "staff": [
            one | {"roles": [ROLES[role] for role in ROLES if (one["person_id"], role) in held]}
            for one in staff
        ],
        "roles": {str(role): words for role, words in ROLES.items()},
        "fields": field(ask.form, ("names", "role", "person_id")),
        "since": ask.form.one("since") or ask.today.isoformat(),
    }


async def _send(order: Order) -> None:
    form, school, year = order.form, order.school, order.year
    if form.one("role") not in {str(role) for role in ROLES}:
        raise Invalid("form.role", "Выберите должность.")
    role, since = Role(form.one("role")), form.day("since")
    names = [name_of(line) for line in listed(form.one("names"))]
    known = form.number("person_id")
    if not names and known is None:
        raise Invalid("form.nobody", "Напишите, кого принять, или выберите того, кто уже работает.")
    people = [known] if known else []
    for number, name in enumerate(names):
        person_id = order.id_of(f"staff {number}")
        people.append(person_id)
        order.add(school.register_person(year, person_id, "staff", name, **order.how()))
    for person_id in people:
        order.add(school.appoint(year, Appointment(person_id, role, since), **order.how()))


FORM = StepForm("Сотрудники", "year/staff.html", _show, _send)
