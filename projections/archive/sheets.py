"""Sheets of an archive as CSV: of every class its pupils, lessons, marks, absences and summary.

Ids in place of names; semicolons, UTF-8 with a mark, as Excel of a Russian school opens them. What
a spreadsheet would take for a formula gets an apostrophe before it.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence

from domain.journal.state import council_cells
from domain.office.archive_facts import ArchiveAnnotated
from domain.values import ATTENDANCE_LABELS, COUNCIL_LABELS, AttendanceCode
from projections.archive.year import ClassBook, Year
from projections.projection import Placed

FOLDER = "data/sheets"
RESULTS = ("year", "exam", "final")
_FORMULA = frozenset("=+-@\t\r")
_LATIN = dict(
    zip(
        "абвгдежзийклмнопрстуфхцчшщъыьэюя",
        "a b v g d e zh z i j k l m n o p r s t u f h c ch sh shch q y x eh yu ya".split(),
        strict=True,
    )
)


def sheets(year: Year, annotations: Iterable[Placed] = ()) -> Iterator[tuple[str, bytes]]:
    """(name of the file in the bag, its bytes), in order."""
    classes = [(folder_of(book), book) for book in year.in_order()]
    yield (
        f"{FOLDER}/classes.csv",
        csv_of(
            ("папка", "класс", "class_id", "класс. руководитель (id)"),
            (
                (folder, book.name, book.class_id, year.teachers.get(book.class_id, ""))
                for folder, book in classes
            ),
        ),
    )
    for folder, book in classes:
        yield f"{FOLDER}/{folder}/absences.csv", _absences(year, book)
        yield f"{FOLDER}/{folder}/lessons.csv", _lessons(year, book)
        yield f"{FOLDER}/{folder}/marks.csv", _marks(year, book)
        yield f"{FOLDER}/{folder}/pupils.csv", _pupils(book)
        yield f"{FOLDER}/{folder}/summary.csv", summary(year, book)
    told = [one for one in annotations if isinstance(one.fact, ArchiveAnnotated)]
    if told:
        yield f"{FOLDER}/annotations.csv", _annotations(year, told)


def folder_of(book: ClassBook) -> str:
    """«7а» → 07a: names of files are plain everywhere."""
    return f"{book.grade_level:02}{plain(book.letter)}"


def plain(text: str) -> str:
    """«Русский язык» → russkiy_yazyk, as a part of a file's name."""
    letters = [_LATIN.get(sign, sign) for sign in text.lower().replace("ё", "е")]
    latin = "".join(letters)
    return "".join(sign if sign.isascii() and sign.isalnum() else "_" for sign in latin)


def _pupils(book: ClassBook) -> bytes:
    rows = (
        (pupil_id, since.isoformat(), until.isoformat() if until else "")
        for pupil_id, spans in sorted(book.pupils.items())
        for since, until in spans
    )
    return csv_of(("pupil_id", "с", "по (первый день без)"), rows)


def _lessons(year: Year, book: ClassBook) -> bytes:
    ordered = sorted(book.lessons.items(), key=lambda one: (one[1].date, one[1].number, one[0]))
    return csv_of(
        (
            "дата",
            "урок",
            "предмет",
            "подгруппа",
            "учитель (id)",
            "состоялся",
            "тема",
            "вид",
            "название работы",
            "домашнее задание",
            "lesson_id",
        ),
        (
            (
                one.date.isoformat(),
                one.number,
                year.subjects.get(one.subject_id, one.subject_id),
                book.subgroups.get(one.subgroup_id or "", ""),
                one.teacher_id,
                "отменён" if one.cancelled else "да" if one.taken else "посещаемость не отмечена",
                one.topic,
                one.kind,
                one.title,
                " / ".join(one.homework.values()),
                lesson_id,
            )
            for lesson_id, one in ordered
        ),
    )


def _marks(year: Year, book: ClassBook) -> bytes:
    rows = []
    for mark_id, one in book.marks.items():
        lesson = book.lessons[one.lesson_id]
        rows.append(
            (
                lesson.date.isoformat(),
                lesson.number,
                year.subjects.get(lesson.subject_id, lesson.subject_id),
                one.pupil_id,
                one.value or "аннулирована",
                year.work_types.get(one.work_type_id, one.work_type_id),
                one.weight.replace(".", ","),
                one.changes,
                mark_id,
            )
        )
    rows.sort()
    head = ("дата", "урок", "предмет", "pupil_id", "отметка", "вид работы", "вес")
    return csv_of((*head, "исправлений", "mark_id"), rows)


def _absences(year: Year, book: ClassBook) -> bytes:
    rows = []
    for (lesson_id, pupil_id), code in book.absences.items():
        lesson = book.lessons.get(lesson_id)
        if lesson is not None and code is not AttendanceCode.PRESENT:
            subject = year.subjects.get(lesson.subject_id, lesson.subject_id)
            sign, words = ATTENDANCE_LABELS[code]
            rows.append((lesson.date.isoformat(), lesson.number, subject, pupil_id, sign, words))
    rows.sort()
    return csv_of(("дата", "урок", "предмет", "pupil_id", "знак", "что это"), rows)


def columns(year: Year, book: ClassBook) -> list[tuple[str, str]]:
    """(key in `results`, heading) of a summary: terms of the class, then what ends the year."""
    terms = year.calendar.of(book.grade_level).terms
    ends = zip(RESULTS, ("год", "экзамен", "итог"), strict=True)
    return [*((str(one.number), one.name) for one in terms), *ends]


def subjects_of(year: Year, book: ClassBook) -> list[tuple[str, str]]:
    """(subject, name) of a class that has lessons or marks in it, by name."""
    known = {one.subject_id for one in book.lessons.values()}
    known |= {subject for _, subject, _ in book.results}
    return sorted(((one, year.subjects.get(one, one)) for one in known), key=lambda one: one[1])


def summary(year: Year, book: ClassBook) -> bytes:
    """Сводная ведомость: a row for every pupil and subject."""
    heads = columns(year, book)
    rows = []
    for pupil_id in sorted(book.pupils):
        told = (book.council.get(key) for key in council_cells(pupil_id))
        council = "; ".join(
            f"{COUNCIL_LABELS[one.decision]}, протокол {one.protocol_no}" for one in told if one
        )
        for subject_id, name in subjects_of(year, book):
            values = [book.results.get((pupil_id, subject_id, key), "") for key, _ in heads]
            rows.append((pupil_id, name, *values, council))
    return csv_of(("pupil_id", "предмет", *(head for _, head in heads), "педсовет"), rows)


def _annotations(year: Year, told: Sequence[Placed]) -> bytes:
    rows = []
    for one in told:
        fact = one.fact
        if isinstance(fact, ArchiveAnnotated):
            subject = year.subjects.get(fact.subject_id, fact.subject_id)
            of = fact.mark_id or (f"период {fact.term}" if fact.term else "год")
            book = year.classes.get(fact.class_id)
            place = (one.position, one.body.at.isoformat(), book.name if book else fact.class_id)
            rows.append((*place, fact.pupil_id, subject, of, fact.was, fact.should_be, fact.act_no))
    head = ("запись №", "когда", "класс", "pupil_id", "предмет", "отметка", "стоит")
    return csv_of((*head, "должно быть", "акт №"), rows)


def csv_of(head: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """A table as Excel of a Russian school opens it, without formulas."""
    out = io.StringIO()
    table = csv.writer(out, delimiter=";", lineterminator="\r\n")
    table.writerow(head)
    table.writerows(
        [f"'{one}" if type(one) is str and one[:1] in _FORMULA else one for one in row]
        for row in rows
    )
    return b"\xef\xbb\xbf" + out.getvalue().encode()
