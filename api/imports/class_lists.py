"""`letopis import classes`: pupils by class, and their guardians."""

from __future__ import annotations

from datetime import date

import msgspec

from api.imports import cells
from api.imports.draft import Draft, Known
from api.imports.names import (
    CLASS,
    PERSON,
    BadName,
    class_key,
    class_name,
    full_name,
    name_key,
    person,
    short_key,
)
from api.imports.plan import (
    AppointClassTeacher,
    DescribePupil,
    EnrolPupil,
    LinkGuardian,
    Plan,
    Ref,
    is_new,
)
from api.imports.tables import Column, Row, read_table
from domain.people.facts import Name

_NOT_KEPT = "этих данных журнал не хранит"
COLUMNS = (
    CLASS,
    *PERSON,
    Column("since", ("Дата зачисления", "Зачислен", "Зачислен с", "Дата прибытия")),
    Column("order", ("Приказ", "Номер приказа", "Приказ о зачислении")),
    Column(
        "guardian",
        (
            "Родитель",
            "ФИО родителя",
            "Родители",
            "Законный представитель",
            "ФИО законного представителя",
            "Представитель",
            "Мать",
            "Отец",
            "ФИО матери",
            "ФИО отца",
            "Опекун",
        ),
        many=True,
    ),
    Column("household", ("Семья", "Код семьи")),
    Column("class_teacher", ("Классный руководитель", "Кл. руководитель")),
    Column("birth", ("Дата рождения", "День рождения", "Д.р.")),
    Column("sex", ("Пол",), dropped=_NOT_KEPT),
    Column("address", ("Адрес", "Адрес проживания", "Место жительства")),
    Column("document", ("СНИЛС", "Свидетельство о рождении", "Паспорт"), dropped=_NOT_KEPT),
    Column(
        "contact",
        ("Телефон", "Телефон родителя", "E-mail", "Email", "Электронная почта", "Почта"),
        many=True,
        dropped=_NOT_KEPT,
    ),
    Column("ordinal", ("№", "№ п/п", "п/п", "Номер")),
)
NEEDED = (("class",), ("family", "full"))


def plan_classes(data: bytes, known: Known) -> Plan:
    """The plan of a class list. Raises Invalid when the file is no such table."""
    draft = Draft(known, "classes", data)
    table = read_table(data, COLUMNS, NEEDED, draft.findings, layout=known.layout)
    lists = ClassLists(draft)
    for row in table:
        lists.read(row)
    lists.finish()
    return draft.plan(table)


def _described(name: Name, row: Row) -> Name:
    """With the day of birth and the address of the row. Raises ValueError."""
    born = cells.day(row.cell("birth")) if row.text("birth") else None
    return msgspec.structs.replace(name, born=born, address=row.text("address"))


class ClassLists:
    """Rows of class lists into the operations of a draft."""

    def __init__(self, draft: Draft) -> None:
        self.draft = draft
        known = draft.known
        self.pupils: dict[Ref, dict[str, list[Ref]]] = {}
        #: class of last year → its pupils: who is in 7а now was in 6а a year ago
        self.last_year = {
            class_key(journal.grade_level + 1, journal.letter): journal
            for journal in known.last_year.values()
        }
        self.promoted: dict[Ref, dict[str, list[Ref]]] = {}
        self.seen: dict[tuple[Ref, str], list[int]] = {}
        self.elsewhere: dict[str, list[tuple[Ref, int]]] = {}
        self.named_guardians: dict[str, list[int]] = {}
        self.households: dict[tuple[str, str], Ref] = {}
        self.class_teachers: dict[Ref, Ref] = {
            class_id: one.person_id for class_id, one in known.office.class_teachers.items()
        }
        self.were_promoted = 0

    def read(self, row: Row) -> None:
        """One row: one pupil. Several errors of a row are all told."""
        errors = self.draft.findings.errors
        grade_level, letter, name, since = 0, "", None, None
        guardians: list[Name] = []
        try:
            grade_level, letter = class_name(row.text("class"))
        except BadName as error:
            self._error("import.class", error, row)
        try:
            name = person(row)
        except BadName as error:
            self._error("import.name", error, row)
        try:
            name = name and _described(name, row)
        except ValueError as error:
            self._error("import.date", error, row)
        try:
            since = cells.day(row.cell("since")) if row.text("since") else self.draft.known.starts
        except ValueError as error:
            self._error("import.date", error, row)
        for cell in row.cells("guardian"):
            try:
                guardians += [full_name(cells.text(cell))] if cells.text(cell) else []
            except BadName as error:
                self._error("import.name", BadName(f"представитель: {error}"), row)
        if self.draft.findings.errors == errors and name is not None and since is not None:
            class_ref = self.draft.form_class(grade_level, letter, row.number)
            if class_ref not in self.pupils:
                self._index(class_ref, class_key(grade_level, letter))
            self._teacher_of(class_ref, row, since)
            self._pupil(class_ref, name, since, guardians, row)

    def _index(self, class_ref: Ref, key: str) -> None:
        """Pupils of a class and of its last year, at its first row."""
        now = self.draft.known.journals.get(class_ref)
        before = self.last_year.get(key)
        self.pupils[class_ref] = self.draft.by_name(now.pupils if now else ())
        self.promoted[class_ref] = self.draft.by_name(before.pupils if before else ())

    def _pupil(
        self, class_ref: Ref, name: Name, since: date, guardians: list[Name], row: Row
    ) -> None:
        key = name_key(name)
        rows = self.seen.setdefault((class_ref, key), [])
        rows.append(row.number)
        self.elsewhere.setdefault(key, []).append((class_ref, row.number))
        if len(rows) > 1:
            return  # told by `finish`, all rows together
        here = self.pupils[class_ref].get(key, [])
        if len(here) > 1:
            self.draft.findings.error(
                "import.namesakes",
                f"в {self.draft.class_names[class_ref]} уже учатся однофамильцы «{name.full}»: "
                "неясно, о ком строка",
                row.number,
            )
            return
        if here:
            pupil = here[0]
            if self.draft.known.journals[class_ref].pupils[pupil][-1].until is not None:
                self.draft.findings.notice(
                    "import.departed",
                    f"«{name.full}» выбыл из {self.draft.class_names[class_ref]}: "
                    "вернуть его может только приказ, строка пропущена",
                    row.number,
                )
                return
            before = len(self.draft.operations)
            self._describe(pupil, name, row)
            self._guardians(pupil, since, guardians, row)
            self.draft.unchanged += len(self.draft.operations) == before
            return
        if self._similar(class_ref, name, row):
            return
        former = self.promoted[class_ref].get(key, [])
        if len(former) == 1:
            pupil = former[0]
            self.were_promoted += 1
            self._describe(pupil, name, row)
        else:
            pupil = self.draft.register("pupil", name, row.number)
        self.draft.add(
            EnrolPupil(
                row=row.number,
                class_ref=class_ref,
                pupil_ref=pupil,
                since=since,
                order_no=row.text("order"),
            )
        )
        self._guardians(pupil, since, guardians, row)

    def _describe(self, pupil: Ref, said: Name, row: Row) -> None:
        """What the file says anew of a pupil who is known: an empty cell says nothing."""
        known = self.draft.known.names[pupil]
        born, address = said.born or known.born, said.address or known.address
        if (born, address) != (known.born, known.address):
            name = msgspec.structs.replace(known, born=born, address=address)
            self.draft.add(DescribePupil(row=row.number, ref=pupil, name=name))

    def _similar(self, class_ref: Ref, name: Name, row: Row) -> bool:
        """Tell a pupil of the class who differs only by a missing patronymic."""
        for pupils in self.pupils[class_ref].values():
            known = self.draft.known.names[pupils[0]]
            lacks = not known.patronymic or not name.patronymic
            if lacks and short_key(known) == short_key(name):
                self.draft.findings.error(
                    "import.similar",
                    f"в {self.draft.class_names[class_ref]} уже есть «{known.full}»: если это он "
                    "же, напишите отчество одинаково",
                    row.number,
                )
                return True
        return False

    def _guardians(self, pupil: Ref, since: date, guardians: list[Name], row: Row) -> None:
        """Guardians are matched within the pupil's family only: a namesake is no relative."""
        known = self.draft.known
        linked = self.draft.by_name(() if is_new(pupil) else known.guardians.get(pupil, ()))
        for name in guardians:
            key = name_key(name)
            if key in linked:
                continue
            household = (cells.fold(row.text("household")), key)
            guardian = self.households.get(household) if household[0] else None
            if guardian is None:
                guardian = self.draft.register("guardian", name, row.number)
                self.named_guardians.setdefault(key, []).append(row.number)
                self.households[household] = guardian
            linked[key] = [guardian]
            self.draft.add(
                LinkGuardian(row=row.number, pupil_ref=pupil, guardian_ref=guardian, since=since)
            )

    def _teacher_of(self, class_ref: Ref, row: Row, since: date) -> None:
        written = row.text("class_teacher")
        if not written:
            return
        found = self.draft.staff.get(cells.fold(written), [])
        if len(found) != 1:
            reason = "не найден среди сотрудников" if not found else "не один такой сотрудник"
            self.draft.findings.error(
                "import.class_teacher", f"классный руководитель «{written}»: {reason}", row.number
            )
        elif self.class_teachers.get(class_ref) != found[0]:
            if class_ref in self.class_teachers and is_new(class_ref):
                self.draft.findings.error(
                    "import.class_teacher",
                    f"у {self.draft.class_names[class_ref]} в файле два классных руководителя",
                    row.number,
                )
            self.class_teachers[class_ref] = found[0]
            self.draft.add(
                AppointClassTeacher(
                    row=row.number, class_ref=class_ref, person_ref=found[0], since=since
                )
            )

    def finish(self) -> None:
        """What is seen only when the whole file has been read."""
        findings = self.draft.findings
        for (class_ref, _), rows in self.seen.items():
            if len(rows) > 1:
                findings.error(
                    "import.namesakes",
                    f"в {self.draft.class_names[class_ref]} дважды один и тот же ученик; если это "
                    "полные тёзки, оставьте одного, а второго зачислите на странице класса",
                    *rows,
                )
        for places in self.elsewhere.values():
            if len({class_ref for class_ref, _ in places}) > 1:
                classes = ", ".join(self.draft.class_names[class_ref] for class_ref, _ in places)
                findings.notice(
                    "import.same_name",
                    f"тёзки в разных классах ({classes}): это будут разные ученики",
                    *(row for _, row in places),
                )
        for rows in self.named_guardians.values():
            if len(rows) > 1:
                findings.notice(
                    "import.same_guardian",
                    "представители с одинаковым ФИО станут разными людьми; если это один "
                    "человек, дайте этим строкам общий код в столбце «Семья»",
                    *rows,
                )
        if self.were_promoted:
            findings.notice(
                "import.promoted",
                f"переведены из прошлогодних классов: {self.were_promoted}",
            )

    def _error(self, code: str, error: ValueError, row: Row) -> None:
        self.draft.findings.error(code, str(error), row.number)
