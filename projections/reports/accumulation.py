"""Form 11: «Накопляемость отметок»: how many a pupil needs by the hours a week, who has fewer."""

from __future__ import annotations

import msgspec

from domain.calendar import monday
from domain.class_rates import percent
from domain.refusals import NotFound
from projections import compliance, directory
from projections.compliance.term_end import COUNTED, hours_a_week
from projections.reports import marks
from projections.reports.ground import YEAR, Ground, Pupil, staying
from projections.reports.paper import Column, Line, Part, Report
from projections.reports.subject_teacher import members

FORM = "accumulation"
TITLE = "Накопляемость отметок"
COLUMNS = (
    Column("name", "Предмет, группа", width=24, pinned=True),
    Column("teacher", "Учитель", width=17),
    Column("hours", "Часов в неделю", "count", width=9),
    Column("needed", "Нужно отметок", "count", width=8),
    Column("pupils", "Учеников", "count", width=9),
    Column("enough", "Хватает", "count", width=8),
    Column("share", "Есть, %", "percent", width=8),
    Column("short", "У кого меньше"),
)


class Group(msgspec.Struct, frozen=True):
    """A subject or half of it. `marks`: pupil → how many marks count; `late`: came meanwhile."""

    subject_id: str
    subgroup_id: str | None
    title: str
    teacher: str
    hours: int
    needed: int
    pupils: list[Pupil]
    marks: dict[str, int]
    late: set[str]

    @property
    def obliged(self) -> list[Pupil]:
        """Who was there from the first day on."""
        return [one for one in self.pupils if one.pupil_id not in self.late]

    @property
    def short(self) -> list[Pupil]:
        """Who of them has fewer than needed."""
        return [one for one in self.obliged if self.marks[one.pupil_id] < self.needed]


async def groups(ground: Ground) -> list[Group]:
    """Groups of the class and term that are asked for. Raises NotFound."""
    if ground.asked.term == YEAR:
        raise NotFound("term.unknown", "Выберите четверть: за год накопляемость не считают.")
    of = await ground.school_class()
    term = ground.period(of.grade_level)
    last = ground.last_day(term)
    asked = ground.asked
    calendar = await directory.calendar_of(ground.conn, ground.schema, asked.year)
    weeks = 0
    if calendar is not None:
        own = calendar[0].of(of.grade_level)
        weeks = len({monday(day) for day in own.school_days(term)})
    book = await compliance.book(
        ground.conn, ground.schema, asked.year, term.starts, term.ends, of.class_id
    )
    planned: dict[tuple[str, str | None], list[compliance.Line]] = {}
    for line in book.lines:
        if line.lesson.excuse(ground.moment) is None:
            planned.setdefault((line.subject_id, line.subgroup_id), []).append(line)
    pupils = staying((await ground.pupils(term.starts, last, of.class_id)).get(of.class_id, []))
    counted: dict[tuple[str, str], int] = {}
    for one in await marks.current(ground, term.starts, last, of.class_id):
        if one.value in COUNTED:
            place = one.subject_id, one.pupil_id
            counted[place] = counted.get(place, 0) + 1
    names = await compliance.staff_names(ground.conn, ground.schema)
    halves = await members(ground, last)
    found = []
    for (subject, half), lines in sorted(
        planned.items(), key=lambda one: (one[1][0].subject, one[0][1] or "")
    ):
        if asked.subject_id not in (None, subject):
            continue
        hours = hours_a_week(len(lines), weeks)
        title, inside = halves.get(half or "", ("", None))
        here = [one for one in pupils if inside is None or one.pupil_id in inside]
        graded = any(line.lesson.graded for line in lines)
        found.append(
            Group(
                subject,
                half,
                ", ".join(filter(None, (lines[0].subject, title))),
                names.get(lines[-1].teacher_id, ""),
                hours,
                ground.rules.marks_for(hours) if graded else 0,
                here,
                {one.pupil_id: counted.get((subject, one.pupil_id), 0) for one in here},
                {one.pupil_id for one in here if one.since > term.starts},
            )
        )
    return found


async def build(ground: Ground) -> Report:
    """A line for every group of a class. Raises NotFound."""
    of = await ground.school_class()
    found = await groups(ground)
    lines = []
    for one in found:
        asked = one.obliged
        have = sum(min(one.marks[who.pupil_id], one.needed) for who in asked)
        lines.append(
            Line(
                (
                    one.title,
                    one.teacher,
                    one.hours,
                    one.needed or None,
                    len(one.pupils),
                    len(asked) - len(one.short) if one.needed else None,
                    percent(have, one.needed * len(asked)) or None,
                    "; ".join(f"{who.name} ({one.marks[who.pupil_id]})" for who in one.short),
                )
            )
        )
    needed = ", ".join(f"{hours} ч — {marks}" for hours, marks in ground.rules.marks_needed)
    return Report(
        FORM,
        TITLE,
        (
            ("Класс", of.name),
            ("Период", ground.period(of.grade_level).name),
            ("Классный руководитель", of.teacher),
        ),
        (Part(COLUMNS, tuple(lines), empty="Уроков в этом периоде нет."),),
        ground.position,
        ground.moment,
        (
            f"Нужно отметок за период по часам в неделю: {needed}. н/а и осв — не отметки.",
            (
                "«Есть, %»: отметок у ученика считается не больше, чем нужно, чтобы лишние одного"
                " не закрыли нехватку другого."
            ),
            "Кто пришёл в класс после начала периода, тот не в счёт.",
        ),
        ("Классный руководитель",),
    )
