"""4.1.д: «Ведомость учителя» for a period, with the place of every record in the log: whoever has
the log can count again. CSV for Excel; nothing in it is a formula.
"""

from __future__ import annotations

import csv
import io
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from api.compliance import Period
from domain.duties import DUTY_LABELS, REASON_LABELS, Duty, Reason, Status
from projections import compliance

STATUS_LABELS: dict[Status, str] = {
    Status.ON_TIME: "вовремя",
    Status.LATE: "с опозданием",
    Status.MISSING: "нет записи",
    Status.PENDING: "срок не вышел",
    Status.NOT_REQUIRED: "не требуется",
}
COLUMNS = (
    "дата",
    "урок",
    "класс",
    "предмет",
    "подгруппа",
    "что",
    "срок",
    "записано",
    "итог",
    "опоздание, мин",
    "почему не требуется",
    "№ записи в журнале",
    "id урока",
)
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def sheet(
    found: Period, teacher_id: str, since: date, until: date, now: datetime
) -> dict[str, Any]:
    """The sheet as JSON."""
    counts = compliance.counted(found.judged)
    delay = next(iter(found.delays_json(now)), None)
    return {
        "teacher_id": teacher_id,
        "teacher": found.teachers.get(teacher_id, ""),
        "from": since.isoformat(),
        "to": until.isoformat(),
        "weeks_left_out": found.weeks_left_out,
        "figures": counts.json(),
        "delay": delay and {name: delay[name] for name in delay if not name.startswith("teacher")},
        "lessons": [
            compliance.lesson_json(one, found.teachers, found.subgroups) for one in found.judged
        ],
    }


def as_csv(told: dict[str, Any], zone: str, position: int) -> bytes:
    """A line for every duty of every lesson; the last line says of which log it was counted."""
    file = io.StringIO()
    writer = csv.writer(file, delimiter=";", lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for lesson in told["lessons"]:
        for duty, verdict in lesson["duties"].items():
            reason = verdict["reason"]
            writer.writerow(
                map(
                    plain,
                    (
                        _day(lesson["date"]),
                        lesson["number"],
                        lesson["class_name"],
                        lesson["subject"],
                        lesson["subgroup"] or "",
                        DUTY_LABELS[Duty(duty)],
                        _moment(verdict["due_at"], zone),
                        _moment(verdict["recorded_at"], zone),
                        STATUS_LABELS[Status(verdict["status"])],
                        verdict["minutes_late"] or "",
                        REASON_LABELS[Reason(reason)] if reason else "",
                        verdict["position"] or "",
                        lesson["lesson_id"],
                    ),
                )
            )
    writer.writerow([plain(f"{told['teacher']}; по записям журнала до № {position}")])
    return b"\xef\xbb\xbf" + file.getvalue().encode()


def plain(value: object) -> str:
    """A cell that no spreadsheet takes for a formula."""
    text = str(value)
    return f"'{text}" if text.startswith(_FORMULA) else text


def _day(value: str) -> str:
    return f"{date.fromisoformat(value):%d.%m.%Y}"


def _moment(value: str | None, zone: str) -> str:
    if value is None:
        return ""
    return f"{datetime.fromisoformat(value).astimezone(ZoneInfo(zone)):%d.%m.%Y %H:%M:%S}"
