"""Pages of class journals with names (PDF/A), subject by subject: for the people's bag."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from api.documents.letters import BOX, Letters
from api.documents.named import date, key, short, years
from api.documents.paper import INSIDE, MM, Column, Paper
from api.documents.typesetting import Typeset
from domain.calendar import Term
from domain.office.archive_facts import ArchiveAnnotated
from domain.people.facts import Name
from domain.values import ATTENDANCE_LABELS, LESSON_KIND_LABELS, AttendanceCode, LessonKind
from projections.archive.sheets import FOLDER, folder_of, plain
from projections.archive.year import ClassBook, Lesson, Year

COLUMNS = 26  # lessons side by side
NUMBER, NAME, MARK = round(7 * MM), round(46 * MM), round(11 * MM)
DAY, KIND = round(18 * MM), round(30 * MM)
HEADS = ("№", "Фамилия, имя")
LESSON_HEADS = ("Дата", "Вид", "Тема", "Задание")
TOTAL, SAID, LESSONS = "За период", "Пояснения по актам", "Темы и задания"
NUMBERS = "0123456789 · из"
FOOT = (
    "Из архива людей и ведомостей. Те же отметки без имён, по записям журнала, — в архиве журнала,"
    " в папке sheets. Звёздочка: к отметке есть пояснение по акту."
)
BOXES = f"{BOX} — знак, которого нет в шрифте; он есть в архиве журнала."
Place = tuple[str, str]  # subject, subgroup ("" for the whole class)
Cells = Mapping[str, Mapping[str, str]]  # lesson → pupil → absence and marks


class Part(NamedTuple):
    """Lessons side by side, a row (name, cells, mark of the term) for each pupil. `ends`: the
    marks of the term are on it.
    """

    name: str
    ends: bool
    days: list[str]
    rows: list[tuple[str, list[str], str]]


class Page(NamedTuple):
    """The journal of a subject. `lessons`: day, kind, topic, homework; `said`: of acts."""

    title: str
    about: str
    foot: str
    parts: list[Part]
    said: list[str]
    lessons: list[tuple[str, str, str, str]]


def pages(
    school: str, year: Year, book: ClassBook, names: Mapping[str, Name], typeset: Typeset
) -> Iterator[tuple[str, bytes]]:
    """(name in the bag, PDF/A-3b) of every subject of a class, in order."""
    cells = _cells(year, book)
    found = [
        (place, _page(school, year, book, names, place, lessons, cells))
        for place, lessons in _places(year, book)
    ]
    if not found:
        return
    plain_texts = [text for _, page in found for text in _plain(page)]
    bold_texts = [text for _, page in found for text in _bold(page)]
    letters = Letters(plain_texts, bold_texts, date(year.archived_at), typeset)
    for number, (place, page) in enumerate(found, 1):
        subject = year.subjects.get(place[0], place[0])
        name = f"{FOLDER}/{folder_of(book)}-journal-{number:02}-{plain(subject)}.pdf"
        boxes = bool(letters.missing) and not letters.missing.isdisjoint(
            "".join((*_plain(page), *_bold(page)))
        )
        paper = _drawn(Paper(letters), page, boxes=boxes)
        yield name, paper.written(page.title, school, page.foot)


def _plain(page: Page) -> Iterator[str]:
    """What is not bold."""
    yield from (
        page.about,
        page.foot,
        NUMBERS,
        *HEADS,
        *LESSON_HEADS,
        TOTAL,
        FOOT,
        BOXES,
        *page.said,
    )
    for part in page.parts:
        yield from part.days
        for name, cells, _ in part.rows:
            yield name
            yield from set(cells)
    for lesson in page.lessons:
        yield from lesson


def _bold(page: Page) -> Iterator[str]:
    yield from (page.title, SAID, LESSONS)
    for part in page.parts:
        yield part.name
        yield from {mark for _, _, mark in part.rows}


def _drawn(paper: Paper, page: Page, *, boxes: bool) -> Paper:
    paper.heading(page.title, 1300)
    paper.paragraph(page.about)
    for number, part in enumerate(page.parts):
        if number:
            paper.page()
        paper.heading(part.name, 1050)
        _grid(paper, part)
    if page.said:
        paper.heading(SAID, 1050)
        for line in page.said:
            paper.paragraph(line)
    paper.page()
    paper.heading(LESSONS, 1050)
    wide = (INSIDE - DAY - KIND) // 2
    columns = [
        Column(width, size, inset=300)
        for width, size in ((DAY, 900), (KIND, 800), (wide, 900), (wide, 800))
    ]
    paper.table(columns, LESSON_HEADS, page.lessons)
    paper.paragraph(FOOT, 750, dark=True)
    if boxes:
        paper.paragraph(BOXES, 750, dark=True)
    return paper


def _grid(paper: Paper, part: Part) -> None:
    rest = INSIDE - NUMBER - NAME - part.ends * MARK
    lesson = Column(rest // len(part.days), 800, middle=True, upright=True)
    columns = [Column(NUMBER, middle=True), Column(NAME), *([lesson] * len(part.days))]
    head = [*HEADS, *part.days]
    if part.ends:
        columns.append(Column(MARK, middle=True, bold=True, upright=True))
        head.append(TOTAL)
    rows = (
        [str(number), name, *cells, *([mark] if part.ends else [])]
        for number, (name, cells, mark) in enumerate(part.rows, 1)
    )
    paper.table(columns, head, rows)


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
    cells: Cells,
) -> Page:
    subject, subgroup = place
    told = [
        one
        for one in year.annotations
        if (one.class_id, one.subject_id) == (book.class_id, subject)
    ]
    of_group = (pupil for number, _ in lessons for pupil in cells.get(number, ()))
    pupils = sorted(
        set(of_group) if subgroup else book.pupils,
        key=lambda one: key(names, one),
    )
    title = year.subjects.get(subject, subject)
    group = book.subgroups.get(subgroup, "")
    taught = {names[one.teacher_id].short for _, one in lessons if one.teacher_id in names}
    teachers = f" Учитель: {', '.join(sorted(taught))}" if taught else ""
    return Page(
        title=f"Классный журнал: {title}" + (f", {group}" if group else ""),
        about=f"{school}. Класс {book.name}, {years(year.year)} учебный год.{teachers}",
        foot=f"{book.name}, {title}, {years(year.year)}",
        parts=list(_parts(year, book, names, subject, lessons, cells, pupils)),
        said=[_said(names, one) for one in told],
        lessons=[
            (
                f"{one.date:%d.%m.%Y}",
                LESSON_KIND_LABELS[LessonKind(one.kind)] if one.kind else "",
                f"{one.topic} («{one.title}»)" if one.title else one.topic,
                " / ".join(one.homework.values()),
            )
            for _, one in lessons
        ],
    )


def _cells(year: Year, book: ClassBook) -> Cells:
    """Of the whole class, as on paper; a star where an act says otherwise."""
    annotated = {one.mark_id for one in year.annotations}
    found: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for (lesson, pupil), code in book.absences.items():
        if code is not AttendanceCode.PRESENT:
            found[lesson][pupil].append(ATTENDANCE_LABELS[code][0])
    for mark_id, mark in book.marks.items():
        if mark.value:
            star = "*" if mark_id in annotated else ""
            found[mark.lesson_id][mark.pupil_id].append(f"{mark.value}{star}")
    return {
        lesson: {pupil: " ".join(signs) for pupil, signs in of.items()}
        for lesson, of in found.items()
    }


def _parts(
    year: Year,
    book: ClassBook,
    names: Mapping[str, Name],
    subject: str,
    lessons: Sequence[tuple[str, Lesson]],
    cells: Cells,
    pupils: Sequence[str],
) -> Iterator[Part]:
    """Terms, of a long one several pages; the mark of the term stands on the last."""
    called = [short(names.get(pupil)) for pupil in pupils]
    for term in year.calendar.of(book.grade_level).terms:
        inside = [one for one in lessons if _within(term, one[1])]
        pages_of = [inside[at : at + COLUMNS] for at in range(0, len(inside), COLUMNS)]
        for number, chunk in enumerate(pages_of, 1):
            here = [cells.get(lesson, {}) for lesson, _ in chunk]
            yield Part(
                name=term.name if number == 1 else f"{term.name}, продолжение",
                ends=number == len(pages_of),
                days=[f"{one.date:%d.%m}" for _, one in chunk],
                rows=[
                    (
                        name,
                        [of.get(pupil, "") for of in here],
                        book.results.get((pupil, subject, str(term.number)), ""),
                    )
                    for pupil, name in zip(pupils, called, strict=True)
                ],
            )


def _within(term: Term, lesson: Lesson) -> bool:
    return term.starts <= lesson.date <= term.ends


def _said(names: Mapping[str, Name], one: ArchiveAnnotated) -> str:
    of = "отметка урока" if one.mark_id else f"{one.term} период" if one.term else "год"
    return (
        f"{short(names.get(one.pupil_id))}, {of}: вместо «{one.was}» следует читать"
        f" «{one.should_be}», акт № {one.act_no}."
    )
