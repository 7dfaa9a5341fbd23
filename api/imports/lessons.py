"""Which lesson a row of marks is about."""

from __future__ import annotations

from collections import defaultdict
from datetime import date

import msgspec

from api.imports import cells
from api.imports.draft import Draft
from api.imports.plan import AddLesson, RecordTopic, Ref
from api.imports.tables import Row
from domain import values
from domain.journal.state import Journal
from domain.refusals import Invalid


class ReadMark(msgspec.Struct):
    """A row of which every cell could be read."""

    class_ref: Ref
    pupil: Ref
    subject: Ref
    day: date
    number: int | None
    value: str
    work_type: Ref
    weight: str
    comment: str


class Lessons:
    """Lessons of the journals by class, subject and day; with `create` also those it adds."""

    def __init__(self, draft: Draft, *, create: bool) -> None:
        self.draft = draft
        self.create = create
        self.added: dict[Ref, AddLesson] = {}
        self._lessons: dict[tuple[Ref, Ref, date], list[Ref]] = defaultdict(list)
        self._busy: dict[tuple[Ref, date, int], Ref] = {}

    def index(self, class_id: Ref, journal: Journal) -> None:
        """Learn the lessons of a class."""
        for lesson_id, lesson in journal.lessons.items():
            if not lesson.cancelled:
                self._lessons[class_id, lesson.subject_id, lesson.date].append(lesson_id)
                self._busy[class_id, lesson.date, lesson.number] = lesson_id

    def lesson(self, mark: ReadMark, row: Row) -> Ref | None:
        """The one lesson of this mark; None after telling why there is not one."""
        journal = self.draft.known.journals[mark.class_ref]
        found = [
            ref
            for ref in self._lessons.get((mark.class_ref, mark.subject, mark.day), ())
            if self._fits(ref, journal, mark)
        ]
        if len(found) == 1:
            return found[0]
        what = f"«{row.text('subject')}» {mark.day:%d.%m.%Y}"
        if len(found) > 1:
            self.draft.findings.error(
                "import.lesson", f"{what} — не один урок: укажите «№ урока»", row.number
            )
        elif self.create:
            return self._add(mark, journal, row)
        else:
            number = "" if mark.number is None else f" № {mark.number}"
            self.draft.findings.error(
                "import.lesson", f"в {journal.name} нет урока {what}{number}", row.number
            )
        return None

    def _fits(self, ref: Ref, journal: Journal, mark: ReadMark) -> bool:
        if ref in self.added:
            return mark.number in (None, self.added[ref].number)
        lesson = journal.lessons[ref]
        return mark.number in (None, lesson.number) and journal.attends(mark.pupil, lesson)

    def _add(self, mark: ReadMark, journal: Journal, row: Row) -> Ref | None:
        findings, before = self.draft.findings, self.draft.findings.errors
        if mark.number is None:
            findings.error("import.number", "чтобы завести урок, нужен «№ урока»", row.number)
            return None
        if (mark.class_ref, mark.day, mark.number) in self._busy:
            findings.error(
                "import.lesson",
                f"{mark.day:%d.%m.%Y} на {mark.number}-м уроке в {journal.name} другой предмет",
                row.number,
            )
        teacher = self._teacher(mark, journal, row)
        topic = row.text("topic")
        try:
            topic = values.class_text(topic, what="Тема урока") if topic else ""
        except Invalid as refusal:
            findings.refusal(refusal, row.number)
        if findings.errors > before:
            return None
        ref = self.draft.new()
        lesson = AddLesson(
            row=row.number,
            ref=ref,
            class_ref=mark.class_ref,
            date=mark.day,
            number=mark.number,
            subject_ref=mark.subject,
            teacher_ref=teacher,
        )
        self.added[ref] = lesson
        self._lessons[mark.class_ref, mark.subject, mark.day].append(ref)
        self._busy[mark.class_ref, mark.day, mark.number] = ref
        self.draft.add(lesson)
        if topic:
            self.draft.add(
                RecordTopic(row=row.number, class_ref=mark.class_ref, lesson_ref=ref, topic=topic)
            )
        return ref

    def _teacher(self, mark: ReadMark, journal: Journal, row: Row) -> Ref:
        """The teacher of the row, else the only one assigned to the subject that day."""
        written = row.text("teacher")
        if written:
            found = self.draft.staff.get(cells.fold(written), [])
        else:
            found = sorted(
                {
                    one.teacher_id
                    for one in journal.assignments.values()
                    if one.subject_id == mark.subject and one.span.covers(mark.day)
                }
            )
        if len(found) == 1:
            return found[0]
        self.draft.findings.error(
            "import.teacher",
            f"учитель «{written}» не найден или не один"
            if written
            else "неясно, чей это урок: заполните столбец «Учитель»",
            row.number,
        )
        return ""
