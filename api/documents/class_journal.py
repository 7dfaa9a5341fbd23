"""Pages of class journals with names (PDF/A), subject by subject: for the people's bag."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from api.documents.named import date, key, short
from api.documents.typesetting import PLAIN, forget, pdf
from domain.calendar import Term
from domain.office.archive_facts import ArchiveAnnotated
from domain.people.facts import Name
from domain.values import ATTENDANCE_LABELS, LESSON_KIND_LABELS, AttendanceCode, LessonKind
from projections.archive.sheets import FOLDER, folder_of, plain
from projections.archive.year import ClassBook, Lesson, Year

COLUMNS = 26  # lessons side by side
TOGETHER = 4  # pages that Typst remembers at once: forgetting takes a quarter of a page's time
FOOT = (
    "Из архива людей и ведомостей. Те же отметки без имён, по записям журнала, — в архиве журнала,"
    " в папке sheets. Звёздочка: к отметке есть пояснение по акту."
)
Place = tuple[str, str]  # subject, subgroup ("" for the whole class)


def pages(
    school: str, year: Year, book: ClassBook, names: Mapping[str, Name]
) -> Iterator[tuple[str, bytes]]:
    """(name in the bag, PDF/A-3b) of every subject of a class, in order."""
    for number, (place, lessons) in enumerate(_places(year, book), 1):
        subject = year.subjects.get(place[0], place[0])
        name = f"{FOLDER}/{folder_of(book)}-journal-{number:02}-{plain(subject)}.pdf"
        page = pdf("class_journal", _page(school, year, book, names, place, lessons), PLAIN)
        if number % TOGETHER == 0:
            forget()
        yield name, page
    forget()


def _places(year: Year, book: ClassBook) -> list[tuple[Place, list[tuple[str, Lesson]]]]:
    """Subjects and subgroups by name, each with its lessons that were not cancelled, in order."""
    found: dict[Place, list[tuple[str, Lesson]]] = defaultdict(list)
    for number, one in book.lessons.items():
        if not one.cancelled:
            found[one.subject_id, one.subgroup_id or ""].append((number, one))
    for lessons in found.values():
        lessons.sort(key=lambda one: (one[1].date, one[1].number, one[0]))

    def by_name(one: tuple[Place, Any]) -> tuple[str, str, Place]:
        subject, subgroup = one[0]
        return (year.subjects.get(subject, subject), book.subgroups.get(subgroup, ""), one[0])

    return sorted(found.items(), key=by_name)


def _page(
    school: str,
    year: Year,
    book: ClassBook,
    names: Mapping[str, Name],
    place: Place,
    lessons: Sequence[tuple[str, Lesson]],
) -> dict[str, Any]:
    subject, subgroup = place
    told = [
        one
        for one in year.annotations
        if (one.class_id, one.subject_id) == (book.class_id, subject)
    ]
    cells = _cells(book, lessons, {one.mark_id for one in told})
    pupils = sorted(
        {pupil for _, pupil in cells} if subgroup else book.pupils,
        key=lambda one: key(names, one),
    )
    title = year.subjects.get(subject, subject)
    group = book.subgroups.get(subgroup, "")
    taught = {names[one.teacher_id].short for _, one in lessons if one.teacher_id in names}
    return {
        "title": f"Классный журнал: {title}" + (f", {group}" if group else ""),
        "subject": title,
        "school": school,
        "class": book.name,
        "years": f"{year.year}/{year.year + 1}",
        "teacher": f"Учитель: {', '.join(sorted(taught))}" if taught else "",
        "parts": list(_parts(year, book, names, subject, lessons, cells, pupils)),
        "said": [_said(names, one) for one in told],
        "lessons": [
            {
                "day": f"{one.date:%d.%m.%Y}",
                "kind": LESSON_KIND_LABELS[LessonKind(one.kind)] if one.kind else "",
                "topic": f"{one.topic} («{one.title}»)" if one.title else one.topic,
                "homework": " / ".join(one.homework.values()),
            }
            for _, one in lessons
        ],
        "foot": FOOT,
        "date": date(year.archived_at),
    }


def _cells(
    book: ClassBook, lessons: Sequence[tuple[str, Lesson]], annotated: set[str | None]
) -> dict[tuple[str, str], str]:
    """(lesson, pupil) → absence and marks as on paper; a star where an act says otherwise."""
    here = {number for number, _ in lessons}
    found: dict[tuple[str, str], list[str]] = defaultdict(list)
    for (lesson, pupil), code in book.absences.items():
        if lesson in here and code is not AttendanceCode.PRESENT:
            found[lesson, pupil].append(ATTENDANCE_LABELS[code][0])
    for mark_id, mark in book.marks.items():
        if mark.lesson_id in here and mark.value:
            star = "*" if mark_id in annotated else ""
            found[mark.lesson_id, mark.pupil_id].append(f"{mark.value}{star}")
    return {place: " ".join(of) for place, of in found.items()}


def _parts(
    year: Year,
    book: ClassBook,
    names: Mapping[str, Name],
    subject: str,
    lessons: Sequence[tuple[str, Lesson]],
    cells: Mapping[tuple[str, str], str],
    pupils: Sequence[str],
) -> Iterator[dict[str, Any]]:
    """Terms, of a long one several pages; the mark of the term stands on the last."""
    for term in year.calendar.of(book.grade_level).terms:
        inside = [one for one in lessons if _within(term, one[1])]
        pages_of = [inside[at : at + COLUMNS] for at in range(0, len(inside), COLUMNS)]
        for number, chunk in enumerate(pages_of, 1):
            last = number == len(pages_of)
            yield {
                "name": term.name if number == 1 else f"{term.name}, продолжение",
                "ends": last,
                "days": [f"{one.date:%d.%m}" for _, one in chunk],
                "rows": [
                    {
                        "name": short(names.get(pupil)),
                        "cells": [cells.get((lesson, pupil), "") for lesson, _ in chunk],
                        "mark": book.results.get((pupil, subject, str(term.number)), ""),
                    }
                    for pupil in pupils
                ],
            }


def _within(term: Term, lesson: Lesson) -> bool:
    return term.starts <= lesson.date <= term.ends


def _said(names: Mapping[str, Name], one: ArchiveAnnotated) -> str:
    of = "отметка урока" if one.mark_id else f"{one.term} период" if one.term else "год"
    return (
        f"{short(names.get(one.pupil_id))}, {of}: вместо «{one.was}» следует читать"
        f" «{one.should_be}», акт № {one.act_no}."
    )
