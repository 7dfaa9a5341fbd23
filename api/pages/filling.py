"""What the pages about how journals are filled say: words, tags and links for figures."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any
from urllib.parse import urlencode

from api.compliance import Asked, Debt, Week, week_answer
from api.documents.teacher_sheet import STATUS_LABELS
from api.pages import wording
from api.pages.today import register_url
from domain.duties import DUTY_LABELS, REASON_LABELS, Duty, Reason, Status
from projections import compliance
from projections.compliance import Line

DUTIES = [(str(duty), DUTY_LABELS[duty]) for duty in Duty]
TAGS = {
    Status.ON_TIME: "ok",
    Status.LATE: "warn",
    Status.MISSING: "bad",
    Status.PENDING: "",
    Status.NOT_REQUIRED: "",
}
#: what is wrong, the worst first: status → its words in a cell
WRONG = ((Status.MISSING, "нет"), (Status.LATE, "позже"))
#: the deputy's pages
PAGES = (
    ("/compliance", "Неделя"),
    ("/compliance/marks", "Недели без отметок"),
    ("/compliance/terms", "К концу четверти"),
    ("/compliance/plans", "План и факт"),
    ("/compliance/delays", "От урока до дневника"),
    ("/availability", "Доступность"),
)
KINDS = {
    "teachers": ("teacher_id", "teacher", "По учителям"),
    "classes": ("class_id", "class_name", "По классам"),
    "subjects": ("subject_id", "subject", "По предметам"),
}
_DAY_MIN, _HOUR_MIN = 24 * 60, 60
_FEW_DAYS = 3  # with more of them nobody counts hours


def length(minutes: int) -> str:
    """«35 мин», «4 ч 10 мин», «2 дня 3 ч»."""
    if minutes < _HOUR_MIN:
        return f"{minutes} мин"
    if minutes < _DAY_MIN:
        hours, rest = divmod(minutes, _HOUR_MIN)
        return f"{hours} ч {rest} мин" if rest else f"{hours} ч"
    days, rest = divmod(minutes, _DAY_MIN)
    said = wording.plural(days, "день", "дня", "дней")
    return f"{said} {rest // _HOUR_MIN} ч" if days < _FEW_DAYS and rest >= _HOUR_MIN else said


def due_words(due: datetime, now: datetime, zone: str) -> str:
    """«сегодня до 23:59», «завтра до 23:59», «до 12.11, 23:59»; when it is over, by how much."""
    if due < now:
        return f"просрочено на {length(int((now - due).total_seconds()) // 60)}"
    local = wording.local(due, zone)
    days = (local.date() - wording.local(now, zone).date()).days
    names = {0: "сегодня до", 1: "завтра до"}
    if days in names:
        return f"{names[days]} {local:%H:%M}"
    return f"до {local:%d.%m}, {local:%H:%M}"


def debts_page(
    found: list[Debt],
    subgroups: dict[str, str],
    now: datetime,
    zone: str,
    closed: Callable[[Line], bool] = lambda _: False,
) -> dict[str, Any]:
    """«Мои долги»: a row for each lesson, what can still be in time first; `closed`: lies in a
    closed term, where nothing can be written any more.
    """

    def lesson(item: Debt) -> str:
        return item[0].line.lesson_id

    rows: list[dict[str, Any]] = []
    for _, group in groupby(sorted(found, key=lesson), lesson):
        own = sorted(group, key=lambda item: item[2].due_at or now)
        line = own[0][0].line
        told = compliance.lesson_json(own[0][0], {}, subgroups)
        pending = [item for item in own if item[2].status is Status.PENDING]
        first = (pending or own)[0][2].due_at or now
        rows.append(
            {
                "place": place_words(told),
                "date": f"{wording.SHORT_WEEKDAYS[line.date.weekday()]}, {wording.day(line.date)}",
                "number": line.number,
                "url": register_url(told, panel=True),
                "soon": bool(pending),
                "shut": closed(line),
                "first": first,
                "duties": [
                    {
                        "name": DUTY_LABELS[duty],
                        "tag": "warn" if verdict.status is Status.PENDING else "bad",
                        "due": due_words(verdict.due_at or now, now, zone),
                    }
                    for _, duty, verdict in own
                ],
            }
        )
    rows.sort(key=lambda row: row["first"])
    open_ones = [row for row in rows if not row["shut"]]
    return {
        "soon": [row for row in open_ones if row["soon"]],
        "over": [row for row in open_ones if not row["soon"]],
        "shut": [row for row in rows if row["shut"]],
        "words": wording.plural(len(rows), "урок", "урока", "уроков"),
    }


def place_words(lesson: dict[str, Any]) -> str:
    """«7а · Алгебра», «7а · Английский язык, 2 группа»."""
    group = f", {lesson['subgroup']}" if lesson["subgroup"] else ""
    return f"{lesson['class_name']} · {lesson['subject']}{group}"


def week_page(asked: Asked, week: Week, chosen: dict[str, str], weeks: list[str]) -> dict[str, Any]:
    """«Заполнение журналов»: figures of a week by what was chosen, lessons behind a figure."""
    told = week_answer(asked, week)
    by = chosen["by"] if chosen["by"] in KINDS else "teachers"
    key, name, _ = KINDS[by]
    query = {"week": week.week, "by": by}
    return {
        "week": week.week,
        "words": wording.week_in_words(week.starts),
        "year_words": str(week.ends.year),
        "visible": week.visible,
        "own": asked.own,
        "opens": wording.moment(week.opens_at, week.zone),
        "previous": _week_link(week, -1),
        "next": _week_link(week, 1) if week.opens_at <= week.now else "",
        "weeks": [{"week": one, "words": _days(one)} for one in reversed(weeks)],
        "last_closed": weeks[-1] if weeks else "",
        "closed": told["closed"] and _closed(told["closed"], week.zone),
        "lessons": told["total"]["lessons"],
        "total": _figures(told["total"], {"week": week.week, "by": by}),
        "tabs": [
            {
                "href": f"/compliance?{urlencode({'week': week.week, 'by': one})}",
                "text": text,
                "current": one == by,
            }
            for one, (_, _, text) in KINDS.items()
        ],
        "by": by,
        "rows": [
            {
                "name": row[name],
                "url": _row_url(by, row[key], week),
                "lessons": row["lessons"],
                "delay": length(row["greatest_delay_minutes"])
                if row["greatest_delay_minutes"]
                else "",
                "unfilled": row.get("unfilled_groups", 0),
                "unscheduled": row.get("unscheduled", 0),
                "cells": _figures(row, query | {key: row[key]}),
            }
            for row in sorted(told[by], key=_trouble)
        ],
        "unfilled": [
            {
                "place": place_words(one),
                "teacher": one["teacher"],
                "lessons": one["lessons"],
                "url": _silent(week, one),
            }
            for one in told["groups"]
            if one["filled"]["status"] in (Status.MISSING, Status.LATE)
        ],
        **_listed(week, chosen),
    }


def _silent(week: Week, group: dict[str, Any]) -> str:
    """The lessons of a group that had no record within the week."""
    query = {
        "week": week.week,
        **{name: group[name] for name in ("teacher_id", "class_id", "subject_id")},
        "duty": str(Duty.ATTENDANCE),
        "status": str(group["filled"]["status"]).lower(),
    }
    return f"/compliance?{urlencode(query)}#lessons"


def _days(week: str) -> str:
    return wording.week_in_words(compliance.days_of(week)[0])


def _week_link(week: Week, step: int) -> str:
    other = week.starts + step * timedelta(days=7)
    return f"/compliance?week={compliance.week_of(other)}"


def _row_url(by: str, number: str, week: Week) -> str:
    if by != "teachers":
        return ""
    days = urlencode({"from": week.starts.isoformat(), "to": week.ends.isoformat()})
    return f"/compliance/teachers/{number}?{days}"


def _trouble(row: dict[str, Any]) -> tuple[int, int, int]:
    """Rows with something missing first, then late; Python keeps the order of names."""
    duties = row["duties"].values()
    return (
        -sum(one["missing"] for one in duties),
        -sum(one["late"] for one in duties),
        -row.get("unfilled_groups", 0),
    )


def _figures(row: dict[str, Any], query: dict[str, str]) -> list[dict[str, Any]]:
    """A cell for each duty: what is wrong, each number a link to its lessons."""
    cells = []
    for duty, label in DUTIES:
        counts = row["duties"].get(duty, {})

        def one(status: Status, words: str, *, of: str = duty, have: Any = counts) -> Any:
            more = urlencode(query | {"duty": of, "status": str(status).lower()})
            return {
                "count": have.get(str(status).lower(), 0),
                "words": words,
                "tag": TAGS[status],
                "url": f"/compliance?{more}#lessons",
            }

        wrong = [found for status, words in WRONG if (found := one(status, words))["count"]]
        cells.append(
            {
                "duty": label,
                "wrong": wrong,
                "good": one(Status.ON_TIME, "вовремя"),
                "pending": one(Status.PENDING, "срок не вышел"),
            }
        )
    return cells


def _closed(closed: dict[str, Any], zone: str) -> dict[str, Any]:
    return {
        "at": wording.moment(closed["closed_at"], zone),
        "position": wording.grouped(closed["position"]),
        "checked": wording.grouped(closed["checked_position"]),
    }


def _listed(week: Week, chosen: dict[str, str]) -> dict[str, Any]:
    """The lessons behind a figure."""
    if not (chosen["duty"] and chosen["status"]):
        return {"listed": None, "listed_title": ""}
    duty, status = Duty(chosen["duty"]), Status(chosen["status"].upper())
    fields = ("teacher_id", "class_id", "subject_id")
    lessons = [
        compliance.lesson_json(one, week.teachers, week.subgroups)
        for one in compliance.judge(week.lines, week.now)
        if one.verdicts[duty].status is status
    ]
    found = [
        lesson
        for lesson in lessons
        if all(chosen[field] in ("", lesson[field]) for field in fields)
    ]
    return {
        "listed": [lesson_row(one, str(duty), week.zone) for one in found],
        "listed_title": f"{DUTY_LABELS[duty].capitalize()}: {STATUS_LABELS[status]}",
    }


def lesson_row(lesson: dict[str, Any], duty: str, zone: str) -> dict[str, Any]:
    """A lesson in a list, with one of its duties."""
    verdict = lesson["duties"][duty]
    status = Status(verdict["status"])
    recorded, due, reason = verdict["recorded_at"], verdict["due_at"], verdict["reason"]
    position = verdict["position"]
    return {
        "place": place_words(lesson),
        "teacher": lesson["teacher"],
        "date": f"{wording.day(lesson['date'])}, {lesson['number']}\u2011й урок",
        "url": register_url(lesson, panel=False),
        "duty": DUTY_LABELS[Duty(duty)],
        "tag": TAGS[status],
        "status": STATUS_LABELS[status],
        "due": due and wording.moment(due, zone),
        "recorded": recorded and f"{wording.local(recorded, zone):%d.%m.%Y %H:%M:%S}",
        "late": length(verdict["minutes_late"]) if verdict["minutes_late"] else "",
        "reason": REASON_LABELS[Reason(reason)] if reason else "",
        "position": "" if position is None else wording.grouped(position),
    }


def pages(current: str) -> list[dict[str, Any]]:
    """The deputy's pages, one of them open."""
    return [{"href": href, "text": text, "current": href == current} for href, text in PAGES]
