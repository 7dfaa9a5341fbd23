"""`letopis import marks`: marks of lessons, one per row."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import date

from api.imports import cells
from api.imports.draft import Draft, Known
from api.imports.lessons import Lessons, ReadMark
from api.imports.names import (
    CLASS,
    PERSON,
    BadName,
    class_key,
    class_name,
    name_key,
    person,
    short_key,
)
from api.imports.plan import GiveMark, Plan, Ref, is_new, stable_id
from api.imports.tables import Column, Row, read_table
from domain import values
from domain.journal.state import Journal
from domain.refusals import Invalid

COLUMNS = (
    CLASS,
    *PERSON,
    Column("subject", ("Предмет", "Дисциплина", "Учебный предмет")),
    Column("date", ("Дата урока", "Дата", "Число")),
    Column("number", ("№ урока", "Номер урока", "Урок №", "Урок")),
    Column("value", ("Отметка", "Оценка", "Балл")),
    Column("work_type", ("Вид работы", "Тип работы", "Форма контроля", "Тип задания", "За что")),
    Column("weight", ("Вес", "Вес отметки", "Коэффициент")),
    Column("comment", ("Комментарий", "Примечание", "Комментарий учителя")),
    Column("topic", ("Тема урока", "Тема")),
    Column("teacher", ("Учитель", "ФИО учителя", "Преподаватель")),
    Column("ordinal", ("№", "№ п/п", "п/п")),
)
NEEDED = (
    ("class",),
    ("family", "full"),
    ("subject",),
    ("date",),
    ("value",),
    ("work_type",),
)
_LONGEST_COMMENT = 1_000
_MAX_LESSON_NUMBER = 15


def plan_marks(data: bytes, known: Known, *, create_lessons: bool = False) -> Plan:
    """The plan of a file of marks. Raises Invalid when the file is no such table.

    A mark on a date without a lesson is an error; `create_lessons` (moving from another journal)
    adds the lesson instead, with the topic and the teacher of the row.
    """
    draft = Draft(known, "marks", data)
    table = read_table(
        data, COLUMNS, NEEDED, draft.findings, layout=known.layout, of_year=known.year
    )
    marks = _Marks(draft, create_lessons=create_lessons)
    for row in table:
        marks.read(row)
    marks.finish()
    return draft.plan(table)


class _Marks:
    def __init__(self, draft: Draft, *, create_lessons: bool) -> None:
        self.draft = draft
        self.lessons = Lessons(draft, create=create_lessons)
        office = draft.known.office
        self.pupils: dict[Ref, dict[str, list[Ref]]] = {}
        self.work_types = {
            cells.fold(words): one.work_type_id
            for one in office.work_types.values()
            for words in (one.abbr, one.name)
        }
        self.given: Counter[tuple[Ref, Ref, Ref, str]] = Counter()
        self.work_marked: set[tuple[Ref, Ref, Ref]] = set()
        self.same_rows: dict[tuple[Ref, Ref, Ref, str], list[int]] = defaultdict(list)

    def _index(self, class_id: Ref, journal: Journal) -> None:
        """Pupils and marks of a class, at its first row."""
        self.lessons.index(class_id, journal)
        index = self.draft.by_name(journal.pupils)
        for pupil_id in sorted(journal.pupils):
            name = self.draft.known.names.get(pupil_id)
            if name is not None and short_key(name) != name_key(name):
                index.setdefault(short_key(name), []).append(pupil_id)
        self.pupils[class_id] = index
        for mark in journal.marks.values():
            if mark.value is not None:
                self.given[mark.lesson_id, mark.pupil_id, mark.work_type_id, mark.value] += 1
                self.work_marked.add((mark.lesson_id, mark.pupil_id, mark.work_type_id))

    def read(self, row: Row) -> None:
        """One row: one mark. Every unreadable cell of the row is told."""
        if (mark := self._cells(row)) is None:
            return
        lesson = self.lessons.lesson(mark, row)
        if lesson is None:
            return
        mark_id = stable_id(self.draft.file_sha256, f"mark {row.tag}")
        journal = self.draft.known.journals[mark.class_ref]
        if mark_id in journal.marks:
            self.draft.unchanged += 1
            return
        work = (lesson, mark.pupil, mark.work_type)
        key = (*work, mark.value)
        if self.given[key] and not is_new(lesson):
            self.given[key] -= 1  # a row of another file that says what the journal says
            self.draft.unchanged += 1
            return
        if work in self.work_marked:
            self.draft.findings.notice(
                "import.second_mark",
                "за эту работу у ученика уже есть отметка; будет добавлена ещё одна",
                row.number,
            )
        self.same_rows[key].append(row.number)
        self.draft.add(
            GiveMark(
                row=row.number,
                class_ref=mark.class_ref,
                lesson_ref=lesson,
                pupil_ref=mark.pupil,
                mark_id=mark_id,
                value=mark.value,
                work_type_ref=mark.work_type,
                weight=mark.weight,
                comment=mark.comment,
            )
        )

    def _cells(self, row: Row) -> ReadMark | None:
        findings, before = self.draft.findings, self.draft.findings.errors
        class_ref, journal = self._class(row)
        day, number = self._when(row)
        value = cells.mark(row.cell("value"))
        try:
            values.mark_value(value)
        except Invalid as refusal:
            if value:
                findings.refusal(refusal, row.number)
            else:
                findings.error("import.no_mark", "отметка не указана", row.number)
        subject = self._named(row, "subject", self.draft.subjects, "предмет", "предмета")
        work_type = self._named(row, "work_type", self.work_types, "вид работы", "вида работы")
        weight = self._weight(row, work_type)
        comment = row.text("comment")
        if len(comment) > _LONGEST_COMMENT:
            findings.error(
                "import.comment", f"комментарий длиннее {_LONGEST_COMMENT} знаков", row.number
            )
        pupil = self._pupil(row, class_ref, journal, day) if journal else None
        if findings.errors > before or day is None or pupil is None:
            return None
        return ReadMark(class_ref, pupil, subject, day, number, value, work_type, weight, comment)

    def _class(self, row: Row) -> tuple[Ref, Journal | None]:
        try:
            key = class_key(*class_name(row.text("class")))
        except BadName as error:
            self.draft.findings.error("import.class", str(error), row.number)
            return "", None
        class_ref = self.draft.classes.get(key, "")
        journal = self.draft.known.journals.get(class_ref)
        if journal is None:
            self.draft.findings.error(
                "import.class", f"класса «{row.text('class')}» в школе нет", row.number
            )
        elif class_ref not in self.pupils:
            self._index(class_ref, journal)
        return class_ref, journal

    def _when(self, row: Row) -> tuple[date | None, int | None]:
        day = number = None
        try:
            day = cells.day(row.cell("date"))
        except ValueError as error:
            reason = str(error) if row.text("date") else "дата урока не указана"
            self.draft.findings.error("import.date", reason, row.number)
        if row.text("number"):
            try:
                number = cells.whole(row.cell("number"))
            except ValueError as error:
                self.draft.findings.error("import.number", f"номер урока {error}", row.number)
            else:
                if number > _MAX_LESSON_NUMBER:
                    self.draft.findings.error(
                        "import.number", f"номер урока {number} слишком велик", row.number
                    )
        return day, number

    def _named(self, row: Row, key: str, index: dict[str, Ref], what: str, of_what: str) -> Ref:
        written = row.text(key)
        found = index.get(cells.fold(written), "")
        if not written:
            self.draft.findings.error(f"import.{key}", f"{what} не указан", row.number)
        elif not found:
            self.draft.findings.error(
                f"import.{key}", f"{of_what} «{written}» в школе нет", row.number
            )
        return found

    def _weight(self, row: Row, work_type: Ref) -> str:
        try:
            if row.text("weight"):
                return values.weight(cells.decimal(row.cell("weight")))
        except Invalid as refusal:
            self.draft.findings.refusal(refusal, row.number)
        except ValueError as error:
            self.draft.findings.error("import.weight", f"вес {error}", row.number)
        known = self.draft.known.office.work_types.get(work_type)
        return known.weight if known else ""

    def _pupil(self, row: Row, class_ref: Ref, journal: Journal, day: date | None) -> Ref | None:
        try:
            name = person(row)
        except BadName as error:
            self.draft.findings.error("import.name", str(error), row.number)
            return None
        found = self.pupils[class_ref].get(name_key(name), [])
        if len(found) > 1 and day is not None:
            found = [pupil for pupil in found if journal.enrolled(pupil, day)]
        if len(found) > 1:
            reason = (
                f"в {journal.name} не один «{name.full}»: напишите отчество, "
                "а полным тёзкам внесите отметки вручную"
            )
        elif not found:
            reason = f"в {journal.name} нет ученика «{name.full}»"
        elif day is not None and not journal.enrolled(found[0], day):
            reason = f"«{name.full}» {day:%d.%m.%Y} не числится в {journal.name}"
        else:
            return found[0]
        self.draft.findings.error("import.pupil", reason, row.number)
        return None

    def finish(self) -> None:
        """Equal rows are told aloud: two marks or one written twice, only a person knows."""
        for rows in self.same_rows.values():
            if len(rows) > 1:
                self.draft.findings.notice(
                    "import.equal_rows",
                    "одинаковые строки: в журнал войдёт столько же отметок",
                    *rows,
                )
        if self.lessons.added:
            self.draft.findings.notice(
                "import.new_lessons",
                f"будут заведены уроки вне расписания: {len(self.lessons.added)}",
            )
