"""Subjects and kinds of work."""

from __future__ import annotations

from typing import Any

from api.pages.setup.form import Ask, Order, StepForm, field, listed
from domain.office.facts import Subject, WorkType
from domain.refusals import Invalid
from projections import directory

PARTS = 3
#: what most schools begin with: name; abbreviation; weight
USUAL = """Ответ на уроке; О; 1
Домашняя работа; ДЗ; 1
Самостоятельная работа; С; 1,5
Контрольная работа; К; 2"""


async def _show(ask: Ask) -> dict[str, Any]:
    kinds = await directory.work_types(ask.conn, ask.schema, ask.year)
    return {
        "subjects": await directory.subjects(ask.conn, ask.schema, ask.year),
        "work_types": kinds,
        "fields": field(ask.form, ("names", "kinds")),
        "usual": "" if kinds else USUAL,
    }


async def _send(order: Order) -> None:
    form, school = order.form, order.school
    kinds = [_kind(line) for line in listed(form.one("kinds"))]
    for name in dict.fromkeys(listed(form.one("names"))):
        new = Subject(order.id_of(f"subject {name}"), name)
        order.add(school.introduce_subject(order.year, new, **order.how()))
    for name, abbr, weight in kinds:
        kind = WorkType(order.id_of(f"kind {name}"), name, abbr, weight)
        order.add(school.introduce_work_type(order.year, kind, **order.how()))


def _kind(line: str) -> tuple[str, str, str]:
    parts = [part.strip() for part in line.split(";")]
    if len(parts) != PARTS or not all(parts):
        raise Invalid("form.kind", f"«{line}»: пишите так: Контрольная работа; К; 2.")
    return parts[0], parts[1], parts[2].replace(",", ".")


FORM = StepForm("Предметы и виды работ", "year/words.html", _show, _send)
