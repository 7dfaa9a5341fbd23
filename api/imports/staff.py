"""`letopis import staff`: who works at the school, in what roles, teaching what to whom."""

from __future__ import annotations

import re
from datetime import date

from api.imports import cells
from api.imports.draft import Draft, Known
from api.imports.names import PERSON, BadName, class_key, class_name, name_key, person
from api.imports.plan import AppointClassTeacher, AppointStaff, AssignTeacher, Plan, Ref
from api.imports.tables import Column, Row, read_table
from domain.values import Role

COLUMNS = (
    *PERSON,
    Column("role", ("Должность", "Роль", "Должности", "Роли")),
    Column("subjects", ("Предмет", "Предметы", "Преподаваемый предмет", "Преподаёт")),
    Column("classes", ("Классы", "Класс", "Ведёт в классах")),
    Column("homeroom", ("Классное руководство", "Классный руководитель", "Кл. руководство")),
    Column("since", ("Дата приёма", "Принят", "Работает с", "Дата назначения")),
    Column("login", ("Логин",), dropped="учётную запись заводит команда letopis user add"),
    Column(
        "private",
        (
            "Телефон",
            "E-mail",
            "Email",
            "Электронная почта",
            "Дата рождения",
            "СНИЛС",
            "Адрес",
            "Пол",
            "Стаж",
            "Категория",
            "Образование",
        ),
        many=True,
        dropped="этих данных журнал не хранит",
    ),
    Column("ordinal", ("№", "№ п/п", "п/п", "Табельный номер")),
)
NEEDED = (("family", "full"), ("role",))

#: The beginning of a post as schools write it, in the order of trying.
_POSTS: tuple[tuple[str, Role], ...] = (
    ("заместитель директора", Role.DEPUTY),
    ("зам. директора", Role.DEPUTY),
    ("зам директора", Role.DEPUTY),
    ("замдиректора", Role.DEPUTY),
    ("завуч", Role.DEPUTY),
    ("директор", Role.DIRECTOR),
    ("учитель", Role.TEACHER),
    ("преподаватель", Role.TEACHER),
    ("секретарь", Role.SECRETARY),
    ("делопроизводитель", Role.SECRETARY),
    ("администратор", Role.ADMINISTRATOR),
    ("аудитор", Role.AUDITOR),
    ("инспектор", Role.AUDITOR),
    ("ревизор", Role.AUDITOR),
)
_KNOWN_POSTS = "директор, заместитель директора, учитель, секретарь, администратор, аудитор"


def plan_staff(data: bytes, known: Known) -> Plan:
    """The plan of a staff list. Raises Invalid when the file is no such table."""
    draft = Draft(known, "staff", data)
    table = read_table(data, COLUMNS, NEEDED, draft.findings, layout=known.layout)
    staff = Staff(draft)
    for row in table:
        staff.read(row)
    staff.finish()
    return draft.plan(table)


class Staff:
    """Rows of a staff list into the operations of a draft."""

    def __init__(self, draft: Draft) -> None:
        self.draft = draft
        office = draft.known.office
        self.roles = {(one.person_id, one.role) for one in office.staff if one.until is None}
        self.assigned = {
            (class_id, one.teacher_id, one.subject_id)
            for class_id, journal in draft.known.journals.items()
            for one in journal.assignments.values()
            if one.span.until is None and one.subgroup_id is None
        }
        self.class_teachers: dict[Ref, Ref] = {
            class_id: one.person_id for class_id, one in office.class_teachers.items()
        }
        self.rows: dict[str, list[int]] = {}

    def read(self, row: Row) -> None:
        """One row: one person, or one more line about the same person."""
        findings = self.draft.findings
        errors, before = findings.errors, len(self.draft.operations)
        try:
            name = person(row)
        except BadName as error:
            findings.error("import.name", str(error), row.number)
            return
        roles = self._roles(row)
        classes = self._classes(row, "classes")
        homeroom = self._classes(row, "homeroom")
        subjects = _parts(row.cell("subjects"))
        try:
            since = cells.day(row.cell("since")) if row.text("since") else self.draft.known.starts
        except ValueError as error:
            findings.error("import.date", str(error), row.number)
            return
        if classes and not subjects:
            findings.error("import.subject", "указаны классы, но не указан предмет", row.number)
        if findings.errors > errors:
            return
        key = name_key(name)
        found = self.draft.staff.get(key, [])
        if len(found) > 1:
            findings.error(
                "import.namesakes",
                f"в школе работают однофамильцы «{name.full}»: неясно, о ком строка",
                row.number,
            )
            return
        who = found[0] if found else self.draft.register("staff", name, row.number)
        self.draft.staff[key] = [who]
        self.rows.setdefault(key, []).append(row.number)
        since = max(since, self.draft.known.starts)  # appointments are of this school year
        for role in roles:
            if (who, role) not in self.roles:
                self.roles.add((who, role))
                self.draft.add(AppointStaff(row=row.number, person_ref=who, role=role, since=since))
        for subject in subjects:
            self._assign(who, self.draft.subject(subject, row.number), classes, row, since)
        for class_ref in homeroom:
            self._homeroom(class_ref, who, row, since)
        self.draft.unchanged += len(self.draft.operations) == before

    def _assign(self, who: Ref, subject: Ref, classes: list[Ref], row: Row, since: date) -> None:
        for class_ref in classes:
            if (class_ref, who, subject) not in self.assigned:
                self.assigned.add((class_ref, who, subject))
                self.draft.add(
                    AssignTeacher(
                        row=row.number,
                        class_ref=class_ref,
                        person_ref=who,
                        subject_ref=subject,
                        since=since,
                    )
                )

    def _homeroom(self, class_ref: Ref, who: Ref, row: Row, since: date) -> None:
        if self.class_teachers.get(class_ref) != who:
            self.class_teachers[class_ref] = who
            self.draft.add(
                AppointClassTeacher(
                    row=row.number, class_ref=class_ref, person_ref=who, since=since
                )
            )

    def _roles(self, row: Row) -> list[Role]:
        """Roles of a row; «классный руководитель» is said by the column of its class."""
        roles: list[Role] = []
        for post in _parts(row.cell("role")):
            folded = cells.fold(post)
            role = next((role for start, role in _POSTS if folded.startswith(start)), None)
            if role is not None:
                roles += [] if role in roles else [role]
            elif folded.startswith("классный руководитель"):
                if not row.text("homeroom"):
                    self.draft.findings.error(
                        "import.homeroom",
                        "классный руководитель без столбца «Классное руководство» с классом",
                        row.number,
                    )
            else:
                self.draft.findings.error(
                    "import.role", f"должность «{post}» не знакома ({_KNOWN_POSTS})", row.number
                )
        if not row.text("role"):
            self.draft.findings.error("import.role", "не указана должность", row.number)
        return roles

    def _classes(self, row: Row, key: str) -> list[Ref]:
        """Classes of the school; a staff list does not form new ones."""
        found = []
        for written in _parts(row.cell(key)):
            try:
                found.append(self.draft.classes[class_key(*class_name(written))])
            except BadName as error:
                self.draft.findings.error("import.class", str(error), row.number)
            except KeyError:
                self.draft.findings.error(
                    "import.class",
                    f"класса «{written}» в школе нет: сначала загрузите списки классов",
                    row.number,
                )
        return found

    def finish(self) -> None:
        """Rows with one name are one person; that is said aloud."""
        for rows in self.rows.values():
            if len(rows) > 1:
                self.draft.findings.notice(
                    "import.same_person", "строки с одним ФИО — об одном сотруднике", *rows
                )


def _parts(cell: cells.Cell) -> list[str]:
    """Parts of a cell that lists several things; a line break in the cell divides as well."""
    listed = re.split(r"[,;/\n]", cell) if isinstance(cell, str) else [cell]
    return [words for part in listed if (words := cells.text(part))]
