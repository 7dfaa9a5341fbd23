"""A diary document from its states. Pure; the parts that pupils share are rendered once a week."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, date, timedelta
from functools import lru_cache
from typing import Any, NamedTuple

import orjson

from domain.bells import at as ringing
from domain.calendar import Bell, Calendar
from domain.journal.file_facts import FileKind
from domain.values import ATTENDANCE_LABELS, AttendanceCode
from projections.diary.state import (
    CANCELLED,
    HELD,
    File,
    Homework,
    Klass,
    Lesson,
    Mark,
    Touch,
    Week,
    Year,
)
from projections.files import file_url
from projections.marks import history_url
from projections.names import shown

Names = Callable[[str], str | None]

_PRESENT = str(AttendanceCode.PRESENT)
_LABELS = {str(code): label for code, (_, label) in ATTENDANCE_LABELS.items()}
_NOT_TAKEN = b',"attendance":null'


class Prepared(NamedTuple):
    """A lesson as every pupil of it sees it, and what differs."""

    day: date
    head: bytes  # without the closing brace
    taken: bool
    lesson: Lesson
    members: frozenset[str] | None
    homework: bytes
    individual: tuple[tuple[Homework, bytes], ...]
    plain: bytes  # all of it for a pupil without marks, exceptions or work of their own


class PreparedWeek(NamedTuple):
    """The lessons of a class's week in order, and the days' kinds."""

    lessons: list[tuple[str, Prepared]]
    titles: dict[str, str]
    special: frozenset[str]  # pupils to whom some lesson does not apply as it is
    divided: bool  # some lesson is a subgroup's: who enrols later may be in none


def week_name(monday: date) -> str:
    """«2026-W47»."""
    year, week, _ = monday.isocalendar()
    return f"{year}-W{week:02}"


def prepare(class_id: str, klass: Klass, week: Week, year: Year, names: Names) -> PreparedWeek:
    """Everything of a class's week that does not depend on the pupil."""
    days = {lesson.date for lesson in week.lessons.values()}
    bells = {day: year.bells.on(class_id, day) for day in days}
    ordered = sorted(
        week.lessons.items(),
        key=lambda item: (item[1].date, item[1].number, item[1].subgroup_id or "", item[0]),
    )
    lessons = [
        (number, _prepared(number, lesson, bells[lesson.date], klass, year, names))
        for number, lesson in ordered
    ]
    special = {pupil for _, one in lessons for pupil in one.lesson.codes}
    for _, one in lessons:
        for individual, _ in one.individual:
            special |= set(individual.individual_for)
    titles = {number: lesson.title for number, lesson in ordered if lesson.title}
    divided = any(one.members is not None for _, one in lessons)
    return PreparedWeek(lessons, titles, frozenset(special), divided)


def _prepared(
    lesson_id: str,
    lesson: Lesson,
    bells: Sequence[Bell],
    klass: Klass,
    year: Year,
    names: Names,
) -> Prepared:
    bell = ringing(bells, lesson.number)
    substitute = klass.substitute(lesson.teacher_id, lesson.date)
    status = lesson.status
    if status != CANCELLED and (lesson.topic is not None or lesson.taken):
        status = HELD
    files = [_file(lesson_id, one) for one in lesson.files]
    head = orjson.dumps(
        {
            "lesson_id": lesson_id,
            "number": lesson.number,
            "starts_at": bell and bell.starts,
            "ends_at": bell and bell.ends,
            "subject": year.subjects.get(lesson.subject_id, ""),
            "teacher": _name(names, lesson.teacher_id),
            "substituted_by": substitute and _name(names, substitute),
            "room": lesson.room,
            "status": status,
            "topic": lesson.topic,
            "no_homework": lesson.no_homework,
            **({"files": files} if files else {}),  # few lessons have any
        }
    )
    attached = [one for one in files if one["kind"] == FileKind.HOMEWORK]
    common = [_homework(one, attached) for one in lesson.homework if not one.individual_for]
    individual = tuple((one, _homework(one, [])) for one in lesson.homework if one.individual_for)
    members = (
        None
        if lesson.subgroup_id is None
        else klass.members(lesson.subject_id, lesson.subgroup_id, lesson.date)
    )
    homework = b",".join(common)
    attendance = _said(_PRESENT, 0) if lesson.taken else _NOT_TAKEN
    plain = _joined(head[:-1], homework, attendance, ())
    return Prepared(
        lesson.date, head[:-1], lesson.taken, lesson, members, homework, individual, plain
    )


def _joined(head: bytes, homework: bytes, attendance: bytes, marks: Sequence[bytes]) -> bytes:
    return b"".join(
        (head, b',"homework":[', homework, b"]", attendance, b',"marks":[', b",".join(marks), b"]}")
    )


def _name(names: Names, person_id: str) -> str:
    name = names(person_id)
    return "" if name is None else shown(name)


def _file(lesson_id: str, one: File) -> dict[str, Any]:
    there = one.body_id != ""  # else erased
    return {
        "file_id": one.file_id,
        "name": one.name,
        "kind": one.kind,
        "media_type": one.media,
        "size": one.size,
        "url": file_url(lesson_id, one.file_id) if there else None,
    }


def _homework(one: Homework, attached: Sequence[dict[str, Any]]) -> bytes:
    return _kept(
        orjson.dumps(
            {
                "homework_id": one.homework_id,
                "text": one.text,
                "due_date": one.due_date,
                "individual": bool(one.individual_for),
                "attachments": attached,
            }
        )
    )


def _kept(said: bytes) -> bytes:
    """A copy to be kept: what orjson answers sits at the beginning of kilobytes."""
    return said[:-1] + said[-1:]


def _attendance(prepared: Prepared, pupil_id: str) -> bytes:
    if not prepared.taken:
        return _NOT_TAKEN
    found = prepared.lesson.codes.get(pupil_id)
    return _said(*found) if found else _said(_PRESENT, 0)


def _said(code: str, minutes: int) -> bytes:
    said = _SAID.get((code, minutes))
    if said is None:
        label = f"{_LABELS[code]} на {minutes} мин." if minutes else _LABELS[code]
        said = b',"attendance":' + orjson.dumps({"code": code, "label": label})
        _SAID[code, minutes] = said
    return said


_SAID: dict[tuple[str, int], bytes] = {}


def _mark(mark: Mark, title: str | None, year: Year) -> bytes:
    if mark.said is not None and mark.said[0] == title:
        return mark.said[1]
    name, abbr = year.work_types.get(mark.work_type_id, ("", ""))
    shown_mark: dict[str, Any] = {
        "mark_id": mark.mark_id,
        "value": mark.value,
        "weight": mark.weight,
        "work_type": {"name": name, "abbr": abbr},
        "title": title,
        "comment": mark.comment,
        "given_at": mark.given_at,
        "corrected": mark.was is not None,
        "history_url": history_url(mark.mark_id),
    }
    if mark.was is not None:
        shown_mark["was"] = mark.was
    said = _kept(orjson.dumps(shown_mark))
    mark.said = (title, said)
    return said


def lessons_of(
    pupil_id: str,
    klass: Klass,
    prepared: PreparedWeek,
    year: Year,
    marks: Iterable[Mark],
) -> list[tuple[date, bytes]]:
    """The lessons of a pupil in a class's week, in order, each with its day."""
    cells: dict[str, list[bytes]] = {}
    for mark in marks:
        if mark.value:
            title = prepared.titles.get(mark.lesson_id)
            cells.setdefault(mark.lesson_id, []).append(_mark(mark, title, year))
    spans: Sequence[tuple[date, date | None]] = klass.roster.get(pupil_id, [])
    always = len(spans) == 1 and spans[0][1] is None
    since = spans[0][0] if always else date.max
    if always and not prepared.divided and pupil_id not in prepared.special:
        return [
            (one.day, _with_marks(one, cells[number]) if number in cells else one.plain)
            for number, one in prepared.lessons
            if one.day >= since
        ]
    found = []
    for lesson_id, one in prepared.lessons:
        if one.members is not None and pupil_id not in one.members:
            continue
        if one.day < since and (always or not klass.enrolled(pupil_id, one.day)):
            continue
        homework = one.homework
        for individual, said in one.individual:
            if pupil_id in individual.individual_for:
                homework = homework + b"," + said if homework else said
        attendance = _attendance(one, pupil_id)
        marks_of = cells.get(lesson_id, ())
        found.append((one.day, _joined(one.head, homework, attendance, marks_of)))
    return found


def _with_marks(one: Prepared, marks: Sequence[bytes]) -> bytes:
    """The plain lesson with marks in the list that ends it."""
    return one.plain[:-2] + b",".join(marks) + b"]}"


def document(
    pupil: dict[str, Any],
    klass: dict[str, Any],
    monday: date,
    calendar: Calendar,
    lessons: Sequence[tuple[date, bytes]],
    touch: Touch,
) -> bytes:
    """The document of contract.md, UTF-8 JSON. lessons: of the week, by day and number."""
    by_day: dict[date, list[bytes]] = {}
    for day, lesson in lessons:
        by_day.setdefault(day, []).append(lesson)
    frame = _frame(calendar, monday)
    head = orjson.dumps(
        {
            "pupil": pupil,
            "class": klass,
            "week": frame.name,
            "term": frame.term,
            "as_of": {"position": touch.position, "moment": touch.at.astimezone(UTC)},
        }
    )
    parts = [
        opening + b",".join(by_day.get(day, ())) + b"]}"
        for day, opening, always in frame.days
        if always or day in by_day
    ]
    return b"".join((head[:-1], b',"days":[', b",".join(parts), b"]}"))


class _Frame(NamedTuple):
    """A week of a calendar: its name, its term, the beginning of each day."""

    name: str
    term: dict[str, Any] | None
    days: list[tuple[date, bytes, bool]]  # day, JSON up to its lessons, shown without lessons


@lru_cache(maxsize=512)
def _frame(calendar: Calendar, monday: date) -> _Frame:
    last = max(calendar.weekdays, default=5)
    week = [monday + timedelta(n) for n in range(7)]
    term = next((found for day in week if (found := calendar.term_of(day))), None)
    return _Frame(
        week_name(monday),
        None
        if term is None
        else {
            "number": term.number,
            "name": term.name,
            "starts": term.starts,
            "ends": term.ends,
        },
        [
            (
                day,
                orjson.dumps({"date": day, "kind": calendar.day_kind(day).upper()})[:-1]
                + b',"lessons":[',
                n < last,
            )
            for n, day in enumerate(week)
        ],
    )
