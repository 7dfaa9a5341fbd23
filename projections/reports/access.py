"""Form 6: «Отчёт о доступе к классному журналу»: who wrote what and when, with what stood there
before, why, for whom, under which sign-in, and whether it was late.
"""

from __future__ import annotations

from datetime import datetime, time
from typing import Any, LiteralString
from zoneinfo import ZoneInfo

import msgspec

from domain.refusals import Invalid
from domain.values import ATTENDANCE_LABELS, REASON_LABELS, AttendanceCode, ReasonCode
from projections.compliance.lateness import LATE
from projections.names import shown
from projections.reports.ground import Ground
from projections.reports.paper import Cell, Column, Line, Part, Report, days
from projections.trail.words import KIND_LABELS

FORM = "access"
TITLE = "Отчёт о доступе к классному журналу"
MOST = 3_000
MOST_DAYS = 400
COLUMNS = (
    Column("class", "Класс", width=5),
    Column("subject", "Предмет", width=11),
    Column("at", "Когда", "moment", width=11),
    Column("by", "Пользователь", width=13),
    Column("lesson", "Дата урока", "day", width=10),
    Column("term", "Период", width=7),
    Column("action", "Действие", width=13),
    Column("pupil", "Ученик", width=12),
    Column("old", "Было", width=7),
    Column("new", "Стало", width=10),
    Column("reason", "Причина", width=10),
    Column("acting_for", "За кого", width=8),
    Column("remarks", "Особое", width=9),
    Column("session", "Сеанс", width=6),
    Column("ip", "Адрес входа", width=8),
    Column("position", "№ записи", "count", width=7),
)
#: what is unusual about a line, in the order of its columns
ODD = (
    "с опозданием",
    "после отметки за период",
    "ученик отсутствовал",
    "замещающий",
    "перенесено",
)

_OF_LINE: LiteralString = """
    SELECT c.name, c.grade_level, s.name, t.at, b.short_name, t.lesson_date, t.term, t.kind,
        p.short_name, t.old_value, t.value, t.reason_code, v.body, t.tier, f.short_name, e.state,
        {s}.sign_in_address(convert_from(e.state, 'UTF8')::jsonb->>'session'),
        """
_LINES: LiteralString = """, t.after_term_mark, t.absent_pupil, t.by_substitute, t.imported,
        t.position, count(*) OVER ()
    FROM {s}.trail_v1 t
    JOIN {s}.directory_class c USING (class_id)
    LEFT JOIN {s}.directory_subject s ON (s.year, s.subject_id) = (c.year, t.subject_id)
    LEFT JOIN {s}.directory_person p ON p.person_id = t.pupil_id
    LEFT JOIN {s}.directory_person b ON b.person_id = t.by
    LEFT JOIN {s}.directory_person f ON f.person_id = t.acting_for
    LEFT JOIN {s}.payload v ON v.id = t.text_id AND t.kind !~ 'comment'
        AND t.kind ~ '(corrected|annulled|issued|requested)$'
    LEFT JOIN {s}.compliance_lesson q ON q.lesson_id = t.lesson_id
    JOIN {s}.facts e ON e.notification_id = t.position
    WHERE t.position <= %(at)s AND t.at BETWEEN %(since)s AND %(until)s
        AND (%(class)s::uuid IS NULL OR t.class_id = %(class)s)
        AND (%(subject)s::uuid IS NULL OR t.subject_id = %(subject)s)
        AND (%(by)s::uuid IS NULL OR t.by = %(by)s)
    ORDER BY t.position DESC, t.ordinal LIMIT %(most)s
"""


class _Envelope(msgspec.Struct):
    session: str = ""


_envelope = msgspec.json.Decoder(_Envelope).decode


async def build(ground: Ground) -> Report:
    """Changes of days, the newest first. Raises Invalid, NotFound."""
    since, until = ground.days()
    if (until - since).days > MOST_DAYS:
        raise Invalid("report.days", "Выберите не больше года.")
    zone, asked = ZoneInfo(ground.zone), ground.asked
    found = await ground.rows(
        _OF_LINE + LATE + _LINES,
        since=datetime.combine(since, time.min, zone),
        until=datetime.combine(until, time.max, zone),
        subject=asked.subject_id,
        by=asked.teacher_id,
        most=MOST,
        **{"class": asked.class_id},
    )
    heads = [("Период", days(since, until))]
    if asked.class_id:
        heads.insert(0, ("Класс", (await ground.school_class()).name))
    every = found[0][-1] if found else 0
    notes = [
        "Показаны записи о журнале: кто, когда, что стояло прежде, почему, за кого и вовремя ли.",
        "«Сеанс» — начало номера входа; полный номер и доказательство — по № записи.",
    ]
    if every > len(found):
        notes.insert(0, f"Записей за эти дни {every}; показаны последние {len(found)}.")
    return Report(
        FORM,
        TITLE,
        (*heads, ("Записей", str(every))),
        (Part(COLUMNS, tuple(_line(ground, one) for one in found)),),
        ground.position,
        ground.moment,
        tuple(notes),
    )


def _line(ground: Ground, found: tuple[Any, ...]) -> Line:
    (
        class_name,
        level,
        subject,
        at,
        by,
        lesson_date,
        term,
        kind,
        pupil,
        old,
        new,
        reason_code,
        reason,
        tier,
        acting_for,
        state,
        ip,
        *odd,
        position,
        _,
    ) = found
    known = ground.terms(level)
    inside = (one for one in known if lesson_date and one.starts <= lesson_date <= one.ends)
    about = next((one for one in known if one.number == term), None) or next(inside, None)
    why = [REASON_LABELS[ReasonCode(reason_code)] if reason_code else "", reason or "", tier or ""]
    cells: tuple[Cell, ...] = (
        class_name,
        subject,
        at.isoformat(),
        shown(by),
        lesson_date and lesson_date.isoformat(),
        about.name if about else "",
        KIND_LABELS[kind],
        shown(pupil) if pupil is not None else "",
        _value(old),
        _value(new),
        "; ".join(filter(None, why)),
        shown(acting_for) if acting_for is not None else "",
        ", ".join(words for words, is_so in zip(ODD, odd, strict=True) if is_so),
        _envelope(state).session[:6],
        ip,
        position,
    )
    return Line(cells)


def _value(value: str | None) -> str:
    """A mark or words as they are, a code of attendance in its sign."""
    if value is not None and value in AttendanceCode.__members__:
        return ATTENDANCE_LABELS[AttendanceCode(value)][0] or "присутствовал"
    return value or ""
