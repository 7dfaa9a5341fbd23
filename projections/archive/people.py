"""The people of an archived year: the other bag, which is kept apart and can be written anew
without somebody.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any, LiteralString
from uuid import UUID

import orjson
import psycopg
from psycopg.rows import tuple_row

from domain.people.facts import Name
from projections.archive.sheets import csv_of
from projections.archive.year import Year
from projections.sql import bound
from projections.vault_names import vault_names

#: Texts that belong to the record of a year. Conversations, papers of consents, applications,
#: documents about absences and scans stay in the vault alone and are not kept with the archive.
KEPT = ("name", "comment", "homework", "reason", "red-flag", "remark", "title")

_STAFF: LiteralString = (
    "SELECT DISTINCT person_id::text FROM {s}.directory_staff WHERE year = %s"
    " UNION SELECT teacher_id::text FROM {s}.directory_assignment WHERE class_id = ANY (%s)"
    " UNION SELECT substitute_id::text FROM {s}.directory_substitution WHERE class_id = ANY (%s)"
)
_GUARDIANS: LiteralString = (
    "SELECT DISTINCT pupil_id::text, guardian_id::text FROM {s}.directory_guardian"
    " WHERE pupil_id = ANY (%s) ORDER BY 1, 2"
)
_TEXTS: LiteralString = (
    "SELECT id::text, subject::text, kind, body, salt FROM {s}.payload"
    " WHERE kind = ANY (%s) AND (id = ANY (%s) OR kind = 'name' AND subject = ANY (%s)) ORDER BY id"
)


class People:
    """Who was in the year, by name as far as the vault still has it."""

    def __init__(self, conn: psycopg.Connection[Any], schema: str, year: Year) -> None:
        self._conn = conn
        self._schema = schema
        classes = [UUID(one) for one in year.classes]
        self.pupils = sorted({pupil for one in year.classes.values() for pupil in one.pupils})
        self.guardians = self._rows(_GUARDIANS, [UUID(one) for one in self.pupils])
        found = self._rows(_STAFF, year.year, classes, classes)
        self.staff = sorted({one for (one,) in found} | set(year.teachers.values()))
        self.names = vault_names(conn, schema, self.everybody)

    @property
    def everybody(self) -> list[str]:
        """Ids of pupils, guardians and staff."""
        return sorted({*self.pupils, *self.staff, *(who for _, who in self.guardians)})

    def files(self, year: Year, refs: Collection[str]) -> Iterator[tuple[str, bytes]]:
        """(name in the bag, content), without the sheets. refs: texts that the facts refer to."""
        yield "data/people.csv", self._people(year)
        kinship = (
            (pupil, self._full(pupil), who, self._full(who)) for pupil, who in self.guardians
        )
        head = ("pupil_id", "ученик", "guardian_id", "законный представитель")
        yield "data/guardians.csv", csv_of(head, kinship)
        yield "data/texts.jsonl", b"".join(self._texts(refs))

    def _people(self, year: Year) -> bytes:
        classes: dict[str, list[str]] = {}
        for book in year.in_order():
            for pupil in book.pupils:
                classes.setdefault(pupil, []).append(book.name)
        kinds = {who: "законный представитель" for _, who in self.guardians}
        kinds |= dict.fromkeys(self.staff, "сотрудник") | dict.fromkeys(self.pupils, "ученик")
        rows = [
            (self._full(one), kinds[one], ", ".join(classes.get(one, ())), one)
            for one in sorted(self.everybody, key=self._sort_key)
        ]
        return csv_of(("фамилия, имя, отчество", "кто", "класс", "person_id"), rows)

    def _texts(self, refs: Collection[str]) -> Iterator[bytes]:
        numbers = [UUID(one) for one in refs]
        people = [UUID(one) for one in self.everybody]
        for number, subject, kind, body, salt in self._rows(_TEXTS, list(KEPT), numbers, people):
            row = {"id": number, "subject": subject, "kind": kind, "body": body, "salt": salt.hex()}
            yield orjson.dumps(row) + b"\n"

    def _full(self, person_id: str) -> str:
        name = self.names.get(person_id)
        return name.full if name else ""

    def _sort_key(self, person_id: str) -> tuple[str, str]:
        name = self.names.get(person_id)
        return (name.sort_key if name else "\uffff", person_id)

    def _rows(self, text: LiteralString, *arguments: Any) -> list[tuple[Any, ...]]:
        with self._conn.cursor(row_factory=tuple_row, binary=True) as cursor:
            return cursor.execute(bound(text, self._schema), arguments).fetchall()


def named(name: Name | None) -> str:
    """A name on a sheet."""
    return name.full if name else "данные удалены"
