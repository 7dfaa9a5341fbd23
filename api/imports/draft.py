"""What a planner works with: what the school knows, and the plan under its pencil."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import date

import msgspec

from api.imports.cells import fold
from api.imports.findings import Findings
from api.imports.layout import Layout
from api.imports.names import class_key, name_key
from api.imports.plan import (
    AnyOperation,
    FormClass,
    IntroduceSubject,
    Kind,
    Plan,
    Ref,
    RegisterPerson,
)
from api.imports.tables import Table
from domain.journal.state import Journal
from domain.office.state import Office
from domain.people.facts import Name, PersonKind


class Known(msgspec.Struct, kw_only=True):
    """What a school knows of one year before an import.

    `names` of the vault by person id; `journals` of this year and of the last one by class id;
    `guardians` of a pupil by pupil id; `layout`: how its people read the file.
    """

    school: str
    office: Office
    journals: dict[str, Journal] = {}
    last_year: dict[str, Journal] = {}
    names: dict[str, Name] = {}
    guardians: dict[str, tuple[str, ...]] = {}
    layout: Layout = Layout()

    @property
    def year(self) -> int:
        """The year of its September."""
        return self.office.calendar.year

    @property
    def starts(self) -> date:
        """The first day of the first term, else 1 September."""
        terms = self.office.calendar.terms
        return terms[0].starts if terms else date(self.year, 9, 1)


class Draft:
    """Operations and findings in the making. New things get «+1», «+2» … in order of the file."""

    def __init__(self, known: Known, kind: Kind, data: bytes) -> None:
        self.known = known
        self.kind = kind
        self.file_sha256 = hashlib.sha256(data).hexdigest()
        self.findings = Findings()
        self.operations: list[AnyOperation] = []
        self.unchanged = 0
        self._new = 0
        self.classes: dict[str, Ref] = {
            class_key(one.grade_level, one.letter): class_id
            for class_id, one in known.office.classes.items()
        }
        self.class_names: dict[Ref, str] = {
            class_id: f"{one.grade_level}{one.letter}"
            for class_id, one in known.office.classes.items()
        }
        self.subjects: dict[str, Ref] = {
            fold(one.name): subject_id for subject_id, one in known.office.subjects.items()
        }
        self.staff: dict[str, list[Ref]] = self.by_name(
            {appointment.person_id for appointment in known.office.staff}
        )

    def by_name(self, person_ids: Iterable[str]) -> dict[str, list[Ref]]:
        """Persons by the key of their full name; namesakes share a key."""
        index: dict[str, list[Ref]] = {}
        for person_id in sorted(person_ids):
            if name := self.known.names.get(person_id):
                index.setdefault(name_key(name), []).append(person_id)
        return index

    def new(self) -> Ref:
        """The next reference."""
        self._new += 1
        return f"+{self._new}"

    def add(self, operation: AnyOperation) -> None:
        self.operations.append(operation)

    def form_class(self, grade_level: int, letter: str, row: int) -> Ref:
        """The class, formed by the plan when the school has none of this name."""
        key = class_key(grade_level, letter)
        if key not in self.classes:
            self.classes[key] = ref = self.new()
            self.class_names[ref] = f"{grade_level}{letter}"
            self.add(FormClass(row=row, ref=ref, grade_level=grade_level, letter=letter))
        return self.classes[key]

    def register(self, kind: PersonKind, name: Name, row: int) -> Ref:
        """A new person."""
        ref = self.new()
        self.add(RegisterPerson(row=row, ref=ref, person_kind=kind, name=name))
        return ref

    def subject(self, name: str, row: int) -> Ref:
        """The subject, introduced by the plan when the school has none of this name."""
        key = fold(name)
        if key not in self.subjects:
            self.subjects[key] = ref = self.new()
            self.add(IntroduceSubject(row=row, ref=ref, name=name))
            self.findings.notice("import.new_subject", f"предмет «{name}» будет введён", row)
        return self.subjects[key]

    def plan(self, table: Table) -> Plan:
        """The frozen plan."""
        return Plan(
            kind=self.kind,
            school=self.known.school,
            year=self.known.year,
            file_sha256=self.file_sha256,
            source=table.source,
            rows=len(table.rows),
            unchanged=self.unchanged,
            operations=tuple(self.operations),
            findings=self.findings.shown,
            errors=self.findings.errors,
            notices=self.findings.notices,
        )
