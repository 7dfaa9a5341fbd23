"""Form 9: «Проверка журнала»: what was looked at, remarks, answers, acceptance."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from domain.calendar import local_date
from domain.journal.control_facts import CHECKED_LABELS, Checked
from projections import control
from projections.control import Inspection, Remark, Wanted
from projections.names import shown
from projections.reports.ground import Ground
from projections.reports.paper import NUMBER, Cell, Column, Part, Report, days, numbered

FORM = "inspections"
TITLE = "Проверка журналов: замечания и устранение"
COLUMNS = (
    NUMBER,
    Column("day", "Проверено", "day"),
    Column("place", "Класс, предмет, учитель", width=24),
    Column("checked", "Что проверялось", width=20),
    Column("remark", "Замечание"),
    Column("due", "Срок", "day"),
    Column("resolved", "Устранено", width=20),
    Column("accepted", "Принято", width=18),
)
NOTHING = "замечаний нет"


async def build(ground: Ground) -> Report:
    """Inspections of days with their remarks, the oldest first."""
    since, until = ground.days()
    asked = ground.asked
    wanted = Wanted(year=asked.year, class_id=asked.class_id, teacher_id=asked.teacher_id)

    def inside(at: datetime) -> bool:
        return since <= local_date(at, ground.zone) <= until

    looked = [
        one
        for one in await control.inspections(ground.conn, ground.schema, wanted)
        if inside(one.at) and one.position <= ground.position
    ]
    remarks = [
        one
        for one in await control.remarks(ground.conn, ground.schema, wanted)
        if inside(one.inspected_at) and one.position <= ground.position
    ]
    remarked = {one.inspection_id for one in remarks}
    rows: list[tuple[datetime, tuple[Cell, ...]]] = [
        (one.inspected_at, _remark(ground, one)) for one in remarks
    ]
    if asked.teacher_id is None:
        rows += [
            (one.at, _looked(ground, one)) for one in looked if one.inspection_id not in remarked
        ]
    rows.sort(key=lambda one: (one[0], str(one[1])))
    nothing = "Замечаний не было." if looked else "Проверок не было."
    return Report(
        FORM,
        TITLE,
        (
            ("Период", days(since, until)),
            ("Проверок", str(len(looked))),
            ("Замечаний", str(len(remarks))),
        ),
        (Part(COLUMNS, numbered(cells for _, cells in rows), empty=nothing),),
        ground.position,
        ground.moment,
        ("Номера записей ведут в журнал событий: там стоит, чем замечание устранено.",),
        ("Заместитель директора",),
    )


def _looked(ground: Ground, one: Inspection) -> tuple[Cell, ...]:
    place = one.class_name if not one.subjects else f"{one.class_name}, {', '.join(one.subjects)}"
    day = local_date(one.at, ground.zone).isoformat()
    return (day, place, _checked(one.checked), NOTHING, None, "", "")


def _remark(ground: Ground, one: Remark) -> tuple[Cell, ...]:
    steps = [step for step in one.steps if step.position <= ground.position]
    opened = next((step for step in steps if step.kind == "opened"), None)
    last: dict[str, Any] = {step.kind: step for step in steps}
    resolved, accepted = last.get("resolved"), last.get("accepted")
    lesson = f" (урок {one.lesson_date:%d.%m.%Y})" if one.lesson_date else ""
    kind = CHECKED_LABELS[Checked(one.kind)]
    due: date = steps[-1].due_date if steps else one.due_date
    return (
        local_date(one.inspected_at, ground.zone).isoformat(),
        ", ".join(filter(None, (one.class_name, one.subject, shown(one.teacher)))),
        _checked(one.checked),
        f"{kind}{lesson}: {opened.text if opened else ''}",
        due.isoformat(),
        _resolved(ground, resolved),
        f"{_day(ground, accepted.at)}, {shown(accepted.by)}" if accepted else "",
    )


def _resolved(ground: Ground, step: Any) -> str:
    if step is None:
        return ""
    records = ", ".join(f"№ {position}" for position in step.positions)
    return "; ".join(filter(None, (_day(ground, step.at), step.text, records)))


def _day(ground: Ground, at: datetime) -> str:
    return f"{local_date(at, ground.zone):%d.%m.%Y}"


def _checked(kinds: Any) -> str:
    if len(set(kinds)) == len(Checked):
        return "всё"
    return ", ".join(CHECKED_LABELS[Checked(one)] for one in kinds)
