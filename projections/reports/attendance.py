"""Form 5: «Посещаемость класса»: pupils by days, lessons and whole days missed, by their reason."""

from __future__ import annotations

from domain.class_rates import percent
from domain.refusals import Invalid
from domain.values import ABSENCES
from projections.reports import presence
from projections.reports.class_teacher import ABSENCE_COLUMNS, absences
from projections.reports.ground import Ground
from projections.reports.paper import NAME, NUMBER, Cell, Column, Line, Part, Report, days
from projections.reports.presence import Attendance, Missed

FORM = "attendance"
TITLE = "Посещаемость класса"
MOST_DAYS = 62


async def build(ground: Ground) -> Report:
    """Days of a class, a month as a rule. Raises NotFound, Invalid."""
    of = await ground.school_class()
    since, until = ground.days()
    if (until - since).days >= MOST_DAYS:
        raise Invalid("report.days", f"Выберите не больше {MOST_DAYS} дней.")
    pupils = (await ground.pupils(since, until, of.class_id)).get(of.class_id, [])
    away = await presence.attendance(ground, of.class_id, since, until)
    dates = sorted({one.day for one in away.lessons})
    columns = (
        NUMBER,
        NAME,
        *(Column(day.isoformat(), f"{day:%d.%m}", "mark", width=5) for day in dates),
    )
    by_pupil = {one.pupil_id: away.by_day(one.pupil_id) for one in pupils}
    lines = [
        Line(
            (
                number,
                one.name,
                *(_day(away, by_pupil[one.pupil_id].get(day, [])) for day in dates),
            )
        )
        for number, one in enumerate(pupils, 1)
    ]
    missed = [
        sum(code in ABSENCES for own in by_pupil.values() for code in own.get(day, []))
        for day in dates
    ]
    if lines:
        lines.append(Line((None, "Пропущено уроков", *missed), "total"))
    totals = [
        Line((number, one.name, *_totals(away.missed(one.pupil_id))))
        for number, one in enumerate(pupils, 1)
    ]
    totals.append(Line((None, "Всего", *_totals(away.total(pupils))), "total"))
    return Report(
        FORM,
        TITLE,
        (
            ("Класс", of.name),
            ("Период", days(since, until)),
            ("Классный руководитель", of.teacher),
        ),
        (
            Part(
                columns,
                tuple(lines) if dates else (),
                "По дням",
                empty="За эти дни посещаемость не отмечена.",
                notes=("н — пропущен весь день, число — столько уроков из него.",),
            ),
            Part(
                (
                    NUMBER,
                    NAME,
                    *ABSENCE_COLUMNS,
                    Column("share", "Посещено, %", "percent", width=10),
                ),
                tuple(totals),
                "Итоги",
            ),
        ),
        ground.position,
        ground.moment,
        (
            (
                "Полный день — когда пропущены все уроки ученика (или столько, сколько говорит"
                " положение). Опоздание — не пропуск."
            ),
        ),
        ("Классный руководитель",),
    )


def _day(away: Attendance, codes: list[str]) -> Cell:
    """What stands in the cell of a day: «н», how many lessons, or nothing."""
    if away.whole(codes) is not None:
        return "н"
    return sum(code in ABSENCES for code in codes) or None


def _totals(of: Missed) -> tuple[Cell, ...]:
    return (*absences(of), percent(of.held - of.missed, of.held) or None)
