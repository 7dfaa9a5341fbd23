"""Who teaches what: subgroups by an order (clause 3.3.5), teachers of the subjects of a class."""

from __future__ import annotations

from datetime import date
from typing import Any

from api.pages.setup.form import Ask, Order, StepForm, since_of
from domain.journal.facts import Subgroup, SubgroupSplitOrdered, TeacherAssigned
from domain.refusals import Invalid
from projections import directory, office

MOST_GROUPS = 3


async def _of_class(ask: Ask) -> dict[str, Any]:
    """The class of the query, if it is chosen."""
    class_id = ask.form.number("class_id")
    known = await directory.calendar_of(ask.conn, ask.schema, ask.year)
    starts = known[0].starts if known else ask.today
    day = max(ask.today, starts)
    card = await directory.class_card(ask.conn, ask.schema, class_id, day) if class_id else None
    return {
        "classes": await directory.classes(ask.conn, ask.schema, ask.year, ask.today),
        "subjects": await directory.subjects(ask.conn, ask.schema, ask.year),
        "card": card,
        "class_id": class_id or "",
        "since": ask.form.one("since") or since_of(ask, known and known[0]),
    }


async def _show_groups(ask: Ask) -> dict[str, Any]:
    found = await _of_class(ask)
    subject_id = ask.form.number("subject_id") or ""
    groups = [
        one
        for one in (found["card"]["subgroups"] if found["card"] else ())
        if one["subject_id"] == subject_id
    ]
    of_pupil = {
        pupil: str(number) for number, one in enumerate(groups, 1) for pupil in one["pupils"]
    }
    sent = dict(ask.form.under("group-"))
    return found | {
        "subject_id": subject_id,
        "groups": range(1, MOST_GROUPS + 1),
        "of_pupil": of_pupil | sent,
        "order_no": ask.form.one("order_no"),
        "order_date": ask.form.one("order_date") or ask.today.isoformat(),
    }


async def _send_groups(order: Order) -> None:
    form = order.form
    class_id, subject_id = order.needed("class_id", "класс"), order.needed("subject_id", "предмет")
    members: dict[str, list[str]] = {}
    for pupil_id, number in form.under("group-"):
        members.setdefault(number, []).append(pupil_id)
    if not members:
        raise Invalid("form.groups", "Отметьте, кто в какой подгруппе.")
    groups = tuple(
        Subgroup(order.id_of(f"group {number}"), f"{number} группа", tuple(pupils))
        for number, pupils in sorted(members.items())
    )
    split = SubgroupSplitOrdered(
        subject_id, form.day("since"), form.one("order_no"), form.day("order_date"), groups
    )
    order.add(order.school.split_class(class_id, split, **order.how()))


async def _show_teachers(ask: Ask) -> dict[str, Any]:
    found = await _of_class(ask)
    card = found["card"]
    teachers = await office.teachers_on(
        ask.conn, ask.schema, ask.year, date.fromisoformat(found["since"])
    )
    places = []
    for subject in found["subjects"]:
        groups = [
            one
            for one in (card["subgroups"] if card else ())
            if one["subject_id"] == subject["subject_id"]
        ]
        for group in groups or [{"subgroup_id": "", "name": ""}]:
            place = (subject["subject_id"], group["subgroup_id"] or None)
            led = [
                one["teacher"]
                for one in (card["assignments"] if card else ())
                if (one["subject_id"], one["subgroup_id"]) == place and one["until"] is None
            ]
            places.append(
                {
                    "field": f"teacher-{place[0]}.{place[1] or ''}",
                    "subject": subject["name"],
                    "group": group["name"],
                    "led": ", ".join(led),
                }
            )
    return found | {"places": places, "teachers": teachers}


async def _send_teachers(order: Order) -> None:
    form = order.form
    class_id, since = order.needed("class_id", "класс"), form.day("since")
    chosen = form.under("teacher-")
    if not chosen:
        raise Invalid("form.teachers", "Выберите учителя хотя бы одного предмета.")
    for place, teacher_id in chosen:
        subject_id, _, subgroup_id = place.partition(".")
        new = TeacherAssigned(
            order.id_of(f"assignment {place}"), teacher_id, subject_id, since, subgroup_id or None
        )
        order.add(order.school.assign_teacher(class_id, new, **order.how()))


SUBGROUPS = StepForm("Подгруппы", "year/subgroups.html", _show_groups, _send_groups)
ASSIGNMENTS = StepForm("Кто что ведёт", "year/assignments.html", _show_teachers, _send_teachers)
