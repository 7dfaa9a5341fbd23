"""An import plan: what will be recorded, decided before anything is, and the same every time.

A plan names new things by references («+1»), so that its hash does not depend on their random ids.
"""

from __future__ import annotations

import hashlib
from datetime import date
from typing import Literal
from uuid import UUID

import msgspec

from api.imports.findings import Finding
from domain.calendar import TimetableEntry
from domain.journal.plan_facts import PlannedLesson
from domain.people.facts import Name, PersonKind
from domain.values import Role

#: The id of a thing that exists, or «+n» for the n-th new thing of the plan.
Ref = str
Kind = Literal["classes", "staff", "marks", "timetable", "plan", "oneroster", "oulad", "k12"]

_PREFIX = b"letopis import plan 1\n"


class Operation(msgspec.Struct, frozen=True, omit_defaults=True, tag_field="op", kw_only=True):
    """One thing to record; `row` is the first row of the file that asks for it."""

    row: int


class FormClass(Operation, frozen=True, tag="form-class"):
    ref: Ref
    grade_level: int
    letter: str


class RegisterPerson(Operation, frozen=True, tag="register-person"):
    ref: Ref
    person_kind: PersonKind
    name: Name


class DescribePupil(Operation, frozen=True, tag="describe-pupil"):
    """A day of birth or an address of a pupil who is known."""

    ref: Ref
    name: Name


class EnrolPupil(Operation, frozen=True, tag="enrol-pupil"):
    class_ref: Ref
    pupil_ref: Ref
    since: date
    order_no: str = ""


class LinkGuardian(Operation, frozen=True, tag="link-guardian"):
    pupil_ref: Ref
    guardian_ref: Ref
    since: date


class IntroduceSubject(Operation, frozen=True, tag="introduce-subject"):
    ref: Ref
    name: str


class IntroduceWorkType(Operation, frozen=True, tag="introduce-work-type"):
    ref: Ref
    name: str
    abbr: str
    weight: str


class AppointStaff(Operation, frozen=True, tag="appoint-staff"):
    person_ref: Ref
    role: Role
    since: date


class AppointClassTeacher(Operation, frozen=True, tag="appoint-class-teacher"):
    class_ref: Ref
    person_ref: Ref
    since: date


class AssignTeacher(Operation, frozen=True, tag="assign-teacher"):
    class_ref: Ref
    person_ref: Ref
    subject_ref: Ref
    since: date


class AdoptTimetable(Operation, frozen=True, tag="adopt-timetable"):
    """The whole week of a class; its subjects, teachers and subgroups are known already."""

    class_ref: Ref
    since: date
    entries: tuple[TimetableEntry, ...]


class AdoptLessonPlan(Operation, frozen=True, tag="adopt-lesson-plan"):
    """`plan_id` comes from the file: the same file is the same plan for ever."""

    class_ref: Ref
    subject_ref: Ref
    plan_id: str
    lessons: tuple[PlannedLesson, ...]
    subgroup_ref: Ref | None = None


class AddLesson(Operation, frozen=True, tag="add-lesson"):
    ref: Ref
    class_ref: Ref
    date: date
    number: int
    subject_ref: Ref
    teacher_ref: Ref


class RecordTopic(Operation, frozen=True, tag="record-topic"):
    class_ref: Ref
    lesson_ref: Ref
    topic: str


class GiveMark(Operation, frozen=True, tag="give-mark"):
    """`mark_id` comes from the file and the row: the same row is the same mark for ever."""

    class_ref: Ref
    lesson_ref: Ref
    pupil_ref: Ref
    mark_id: str
    value: str
    work_type_ref: Ref
    weight: str
    comment: str = ""


AnyOperation = (
    FormClass
    | RegisterPerson
    | DescribePupil
    | EnrolPupil
    | LinkGuardian
    | IntroduceSubject
    | IntroduceWorkType
    | AppointStaff
    | AppointClassTeacher
    | AssignTeacher
    | AdoptTimetable
    | AdoptLessonPlan
    | AddLesson
    | RecordTopic
    | GiveMark
)


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """All of an import. It may be committed when `errors` is 0, and then whole or not at all.

    `school` is the slug, `year` that of the September. `findings` are those shown; `errors` and
    `notices` count all. `unchanged` rows of the file are in the journal already.
    """

    kind: Kind
    school: str
    year: int
    file_sha256: str
    source: str
    rows: int
    unchanged: int
    operations: tuple[AnyOperation, ...]
    findings: tuple[Finding, ...]
    errors: int
    notices: int

    def canonical(self) -> bytes:
        """The bytes under the hash: one JSON object, members in the order of this class."""
        return _PREFIX + msgspec.json.encode(self, order="deterministic")

    @property
    def hash(self) -> str:
        """SHA-256 of the canonical bytes, 64 hexadecimal digits."""
        return hashlib.sha256(self.canonical()).hexdigest()


def is_new(ref: Ref) -> bool:
    """Whether the reference is to a thing of this plan."""
    return ref.startswith("+")


def stable_id(file_sha256: str, what: str) -> str:
    """An id that a repeat of the same import finds again: UUID version 4 in form, from a hash.

    It comes from the whole file's hash and a place in it, never from a person.
    """
    digest = hashlib.sha256(f"{file_sha256}\n{what}".encode()).digest()
    return str(UUID(bytes=digest[:16], version=4))
