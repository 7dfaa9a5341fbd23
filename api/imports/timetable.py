"""`letopis import timetable`: the week of each class of the file, whole."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from api.imports import cells
from api.imports.draft import Draft, Known
from api.imports.names import BadName, class_key, class_name
from api.imports.plan import AdoptTimetable, Plan, Ref
from api.imports.tables import Column, Row, read_table
from domain.calendar import TimetableEntry
from domain.journal.state import Journal

COLUMNS = (
    Column("class", ("Класс",)),
    Column("weekday", ("День недели", "День")),
    Column("number", ("Урок", "№ урока", "Номер урока")),
    Column("subject", ("Предмет", "Дисциплина")),
    Column("teacher", ("Учитель", "Преподаватель", "ФИО учителя")),
    Column("subgroup", ("Подгруппа", "Группа")),
    Column("room", ("Кабинет", "Каб.", "Аудитория")),
    Column("since", ("Действует с", "С какого дня", "С")),
    Column("ordinal", ("№", "№ п/п", "п/п")),
)
NEEDED = (("class",), ("weekday",), ("number",), ("subject",))

WEEKDAYS = ("понедельник", "вторник", "среда", "четверг", "пятница", "суббота", "воскресенье")
_SHORT = ("пн", "вт", "ср", "чт", "пт", "сб", "вс")


class _Week(NamedTuple):
    """The lines of a class so far, and the first row of them."""

    row: int
    since: date
    entries: list[TimetableEntry]


def plan_timetable(data: bytes, known: Known) -> Plan:
    """The plan of a timetable. Raises Invalid when the file is no such table."""
    draft = Draft(known, "timetable", data)
    table = read_table(data, COLUMNS, NEEDED, draft.findings, layout=known.layout)
    weeks = _Weeks(draft)
    for row in table:
        weeks.read(row)
    weeks.finish()
    return draft.plan(table)


class _Weeks:
    def __init__(self, draft: Draft) -> None:
        self.draft = draft
        self.weeks: dict[Ref, _Week] = {}
        self.staff = teachers(draft)

    def read(self, row: Row) -> None:
        """One line of a week."""
        findings = self.draft.findings
        errors = findings.errors
        class_ref = known_class(self.draft, row)
        subject = known_subject(self.draft, row)
        weekday = self._weekday(row)
        number, since = self._number(row), self._since(row)
        if findings.errors > errors or weekday is None or number is None or since is None:
            return
        journal = self.draft.known.journals[class_ref]
        week = self.weeks.setdefault(class_ref, _Week(row.number, since, []))
        if week.since != since:
            findings.error(
                "import.date", "у одного класса расписание действует с разных дней", row.number
            )
            return
        subgroup = known_subgroup(self.draft, journal, subject, since, row)
        teacher = self._teacher(journal, subject, subgroup, row)
        if teacher is not None:
            entry = TimetableEntry(weekday, number, subject, teacher, subgroup, row.text("room"))
            week.entries.append(entry)

    def finish(self) -> None:
        """A week that is in force already changes nothing."""
        office = self.draft.known.office
        for class_ref, week in self.weeks.items():
            ordered = sorted(
                week.entries, key=lambda e: (e.weekday, e.number, e.subgroup_id or "", e.teacher_id)
            )
            in_force = office.timetable(class_ref, week.since)
            if set(in_force) == set(ordered):
                self.draft.unchanged += len(ordered)
            else:
                self.draft.add(
                    AdoptTimetable(
                        row=week.row,
                        class_ref=class_ref,
                        since=week.since,
                        entries=tuple(ordered),
                    )
                )

    def _weekday(self, row: Row) -> int | None:
        written = cells.fold(row.text("weekday"))
        for words in (WEEKDAYS, _SHORT):
            if written.rstrip(".") in words:
                return words.index(written.rstrip(".")) + 1
        self.draft.findings.error(
            "import.weekday", f"дня недели «{row.text('weekday')}» нет", row.number
        )
        return None

    def _number(self, row: Row) -> int | None:
        try:
            return cells.whole(row.cell("number"))
        except ValueError as error:
            self.draft.findings.error("import.number", str(error), row.number)
            return None

    def _since(self, row: Row) -> date | None:
        if not row.text("since"):
            return self.draft.known.starts
        try:
            return cells.day(row.cell("since"))
        except ValueError as error:
            self.draft.findings.error("import.date", str(error), row.number)
            return None

    def _teacher(
        self, journal: Journal, subject: Ref, subgroup: Ref | None, row: Row
    ) -> Ref | None:
        """The teacher of the row, else the only one who has the subject in the class."""
        written = row.text("teacher")
        if written:
            found = self.staff.get(cells.fold(written)) or self.staff.get(_initials(written), [])
        else:
            found = sorted(
                {
                    one.teacher_id
                    for one in journal.assignments.values()
                    if one.subject_id == subject
                    and one.subgroup_id in (None, subgroup)
                    and one.span.until is None
                }
            )
        if len(found) == 1:
            return found[0]
        self.draft.findings.error(
            "import.teacher",
            f"учитель «{written}» не найден или не один"
            if written
            else "неясно, кто ведёт урок: заполните столбец «Учитель»",
            row.number,
        )
        return None


def teachers(draft: Draft) -> dict[str, list[Ref]]:
    """Who works in the school or teaches a class, by full name and by «Ким О. Ю.»."""
    assigned = {
        one.teacher_id
        for journal in draft.known.journals.values()
        for one in journal.assignments.values()
    }
    everybody = assigned | {ref for refs in draft.staff.values() for ref in refs}
    found = draft.by_name(everybody)
    for ref in sorted(everybody & draft.known.names.keys()):
        found.setdefault(_initials(draft.known.names[ref].short), []).append(ref)
    return found


def _initials(written: str) -> str:
    """«Ким О. Ю.» and «Ким О.Ю.» alike."""
    return cells.fold(written).replace(". ", ".")


def known_class(draft: Draft, row: Row) -> Ref:
    """The class of a row, "" and an error when the school has none."""
    try:
        return draft.classes[class_key(*class_name(row.text("class")))]
    except BadName as error:
        draft.findings.error("import.class", str(error), row.number)
    except KeyError:
        draft.findings.error(
            "import.class",
            f"класса «{row.text('class')}» в школе нет: сначала загрузите списки классов",
            row.number,
        )
    return ""


def known_subject(draft: Draft, row: Row) -> Ref:
    """The subject of a row, "" and an error when the school has none."""
    found = draft.subjects.get(cells.fold(row.text("subject")))
    if found is None:
        draft.findings.error(
            "import.subject",
            f"предмета «{row.text('subject')}» в школе нет: сначала введите его",
            row.number,
        )
    return found or ""


def known_subgroup(draft: Draft, journal: Journal, subject: Ref, day: date, row: Row) -> Ref | None:
    """The subgroup of a row by its place in the order («1», «2 группа»); None for the class."""
    written = row.text("subgroup")
    if not written:
        return None
    split = journal.split(subject, day)
    groups = list(split.members) if split else []
    digits = "".join(filter(str.isdigit, written))
    if digits and 0 < int(digits) <= len(groups):
        return groups[int(digits) - 1]
    draft.findings.error(
        "import.subgroup",
        f"подгруппы «{written}» нет: в приказе о делении их {len(groups)}, пишите номер",
        row.number,
    )
    return None
