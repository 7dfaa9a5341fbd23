"""`letopis import plan`: КТП, the plans of lessons of the subjects of the file."""

from __future__ import annotations

from api.imports import cells
from api.imports.draft import Draft, Known
from api.imports.plan import AdoptLessonPlan, Plan, Ref, stable_id
from api.imports.tables import Column, Row, read_table
from api.imports.timetable import known_class, known_subgroup, known_subject
from domain.journal.plan_facts import PlannedLesson
from domain.values import LESSON_KIND_LABELS, LessonKind

COLUMNS = (
    Column("class", ("Класс",)),
    Column("subject", ("Предмет", "Дисциплина")),
    Column("subgroup", ("Подгруппа", "Группа")),
    Column("number", ("№ урока", "Номер урока", "Урок", "№", "№ п/п")),
    Column("topic", ("Тема", "Тема урока")),
    Column("kind", ("Вид урока", "Вид", "Тип урока")),
    Column("title", ("Название работы", "Работа")),
    Column("homework", ("Домашнее задание", "ДЗ", "Д/з")),
    Column("hours", ("Часы", "Кол-во часов", "Количество часов", "Часов")),
    Column(
        "date",
        ("Дата", "Дата по плану", "По плану", "Дата по факту", "По факту"),
        many=True,
        dropped="дни уроков журнал берёт из расписания",
    ),
)
NEEDED = (("class",), ("subject",), ("topic",))

Place = tuple[Ref, Ref, Ref | None]


def plan_lessons(data: bytes, known: Known) -> Plan:
    """The plan of a КТП. Raises Invalid when the file is no such table."""
    draft = Draft(known, "plan", data)
    table = read_table(data, COLUMNS, NEEDED, draft.findings, layout=known.layout)
    plans = _Plans(draft)
    for row in table:
        plans.read(row)
    plans.finish()
    return draft.plan(table)


class _Plans:
    def __init__(self, draft: Draft) -> None:
        self.draft = draft
        self.lessons: dict[Place, list[PlannedLesson]] = {}
        self.rows: dict[Place, int] = {}

    def read(self, row: Row) -> None:
        """One lesson of a plan; lessons are numbered in the order of the file."""
        findings = self.draft.findings
        errors = findings.errors
        class_ref, subject = known_class(self.draft, row), known_subject(self.draft, row)
        if findings.errors > errors:
            return
        known = self.draft.known
        journal = known.journals[class_ref]
        subgroup = known_subgroup(self.draft, journal, subject, known.office.calendar.ends, row)
        kind, hours = self._kind(row), self._whole(row, "hours", 1)
        place = (class_ref, subject, subgroup)
        number = len(self.lessons.get(place, ())) + 1
        told = self._whole(row, "number", number)
        if told != number:
            findings.error(
                "import.number", f"урок плана № {told}, а по порядку № {number}", row.number
            )
        if findings.errors == errors:
            self.rows.setdefault(place, row.number)
            self.lessons.setdefault(place, []).append(
                PlannedLesson(
                    number,
                    row.text("topic"),
                    kind,
                    row.text("title"),
                    row.text("homework"),
                    hours,
                )
            )

    def finish(self) -> None:
        """The same file read again changes nothing."""
        for place, lessons in self.lessons.items():
            class_ref, subject, subgroup = place
            what = f"plan of {class_ref} {subject} {subgroup or ''}"
            plan_id = stable_id(self.draft.file_sha256, what)
            if plan_id in self.draft.known.journals[class_ref].plans:
                self.draft.unchanged += len(lessons)
            else:
                self.draft.add(
                    AdoptLessonPlan(
                        row=self.rows[place],
                        class_ref=class_ref,
                        subject_ref=subject,
                        subgroup_ref=subgroup,
                        plan_id=plan_id,
                        lessons=tuple(lessons),
                    )
                )

    def _kind(self, row: Row) -> LessonKind:
        written = cells.fold(row.text("kind"))
        if not written:
            return LessonKind.LESSON
        for kind, label in LESSON_KIND_LABELS.items():
            if cells.fold(label) == written or cells.fold(label).split()[0] == written:
                return kind
        self.draft.findings.error(
            "import.kind", f"вид урока «{row.text('kind')}» не знаком", row.number
        )
        return LessonKind.LESSON

    def _whole(self, row: Row, key: str, usual: int) -> int:
        if not row.text(key):
            return usual
        try:
            return cells.whole(row.cell(key))
        except ValueError as error:
            self.draft.findings.error("import.number", str(error), row.number)
            return usual
