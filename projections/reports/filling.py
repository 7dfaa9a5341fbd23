"""Form 10: «Контроль заполнения»: weeks of teachers and groups, what is in time, late, missing."""

from __future__ import annotations

from datetime import date

from domain.calendar import monday
from domain.duties import DUTY_LABELS, Duty, Status
from domain.refusals import Invalid
from domain.weeks import week_of
from projections import compliance
from projections.compliance import Counts
from projections.compliance import Line as Lesson
from projections.reports.ground import Ground
from projections.reports.paper import Cell, Column, Line, Part, Report, days

FORM = "filling"
TITLE = "Контроль заполнения журналов"
MOST_DAYS = 200
_STATUSES = ((Status.ON_TIME, "вовр."), (Status.LATE, "позже"), (Status.MISSING, "нет"))
COLUMNS = (
    Column("week", "Неделя с", "day", width=10),
    Column("teacher", "Учитель", width=17),
    Column("group", "Класс, предмет"),
    Column("lessons", "Уроков", "count", width=6),
    *(
        Column(f"{duty}:{status}", words, "count", DUTY_LABELS[duty], 6)
        for duty in Duty
        for status, words in _STATUSES
    ),
    Column("delay", "Макс. задержка, ч", "figure", width=9),
)


async def build(ground: Ground) -> Report:
    """Weeks of a teacher, of a class or of the school. Raises Invalid."""
    since, until = ground.days()
    if (until - since).days > MOST_DAYS:
        raise Invalid("report.days", f"Выберите не больше {MOST_DAYS} дней.")
    asked, conn, schema = ground.asked, ground.conn, ground.schema
    place = (conn, schema, asked.year)
    book = await compliance.book(*place, since, until, asked.class_id, teacher_id=asked.teacher_id)
    closed = {
        week
        for week, one in (await compliance.closed_weeks(*place)).items()
        if one.position <= ground.position
    }
    names = await compliance.staff_names(conn, schema)
    halves = await compliance.subgroup_names(conn, schema, asked.year)
    held = [one for one in book.lines if one.lesson.excuse(ground.moment) is None]
    seen = [one for one in held if week_of(one.date) in closed or one.teacher_id == asked.viewer_id]
    left_out = {monday(one.date) for one in held} - {monday(one.date) for one in seen}
    judged = compliance.judge(seen, ground.moment)
    groups = compliance.counted_by(judged, _key)
    order = {teacher: place for place, teacher in enumerate(names)}
    lines = [
        Line((week.isoformat(), names.get(teacher, ""), _words(key, halves), *_figures(of)))
        for (week, teacher, *key), of in sorted(
            groups.items(),
            key=lambda one: (one[0][0], order.get(one[0][1], -1), one[0]),
        )
    ]
    if lines:
        every = compliance.counted(judged)
        lines.append(Line((None, "Всего", "", *_figures(every)), "total"))
    notes = ["Отменённые уроки и каникулы не считаются; поздняя запись вовремя не становится."]
    if left_out:
        notes.append(f"Недель, проверка которых ещё не закрыта и потому не вошла: {len(left_out)}.")
    return Report(
        FORM,
        TITLE,
        (
            ("Период", days(since, until)),
            ("Учитель", names.get(asked.teacher_id or "", "")),
            ("Уроков", str(len(seen))),
        ),
        (Part(COLUMNS, tuple(lines), empty="Уроков, которые вам видны, за эти дни нет."),),
        ground.position,
        ground.moment,
        tuple(notes),
        ("Заместитель директора",),
    )


def _key(one: Lesson) -> tuple[date, str, str, str, str]:
    return monday(one.date), one.teacher_id, one.class_name, one.subject, one.subgroup_id or ""


def _words(key: list[str], halves: dict[str, str]) -> str:
    class_name, subject, subgroup_id = key
    return ", ".join(filter(None, (class_name, subject, halves.get(subgroup_id, ""))))


def _figures(of: Counts) -> tuple[Cell, ...]:
    hours = (100 * of.greatest_delay_minutes + 30) // 60
    return (
        of.lessons,
        *(of.of(duty, status) for duty in Duty for status, _ in _STATUSES),
        f"{hours // 100}.{hours % 100:02}" if hours else None,
    )
