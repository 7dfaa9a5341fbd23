"""The desk at which an import is prepared and committed, by whatever door it came."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import date, datetime
from hashlib import sha256
from typing import Literal, NamedTuple, cast

import msgspec

from api.imports import class_lists, lesson_plan, marks, staff, timetable
from api.imports.carry import Carrier
from api.imports.class_lists import plan_classes
from api.imports.draft import Known
from api.imports.findings import Findings
from api.imports.layout import Layout
from api.imports.lesson_plan import plan_lessons
from api.imports.marks import plan_marks
from api.imports.plan import AnyOperation, Plan, Ref, RegisterPerson
from api.imports.rehearsal import Part, Rehearsal, as_decision, requests_of
from api.imports.staff import plan_staff
from api.imports.tables import AS_IT_STANDS, Column
from api.imports.timetable import plan_timetable
from api.oneroster.planning import plan_bundle
from domain.access import Actor
from domain.engine import Engine
from domain.office.state import Office
from domain.people.facts import Name
from domain.refusals import Conflict, Invalid, Refusal
from domain.school import School
from domain.world import Streams, office_id
from domain.writing import Command, Request

FileKind = Literal["classes", "staff", "marks", "timetable", "plan", "oneroster"]
KINDS: tuple[FileKind, ...] = ("classes", "staff", "marks", "timetable", "plan", "oneroster")

_NEW_YEAR_MONTH = 8  # lists of the coming year are imported in August
_NO_REQUEST = Request(b"", b"")  # a rehearsal records nothing

#: kind → the columns that are looked for, and which of them there must be
COLUMNS: dict[FileKind, tuple[Sequence[Column], Sequence[tuple[str, ...]]]] = {
    "classes": (class_lists.COLUMNS, class_lists.NEEDED),
    "staff": (staff.COLUMNS, staff.NEEDED),
    "marks": (marks.COLUMNS, marks.NEEDED),
    "timetable": (timetable.COLUMNS, timetable.NEEDED),
    "plan": (lesson_plan.COLUMNS, lesson_plan.NEEDED),
}
#: called with (parts committed, parts, facts committed)
Progress = Callable[[int, int, int], None]


class Desk(NamedTuple):
    """What an import needs of an installation.

    names: full names of persons out of the vault, by id; clock: aware UTC; ids: fresh UUIDv4
    strings; salts: fresh 128-bit salts, base64url.
    """

    slug: str
    school_id: str
    log: Streams
    names: Callable[[Collection[str]], Mapping[str, Name]]
    clock: Callable[[], datetime]
    ids: Callable[[], str]
    salts: Callable[[], str]


class Prepared(NamedTuple):
    """Plans of one or several files, and their facts ready for the log (none if there are errors).

    The files are imported together: all or none.
    """

    plans: tuple[Plan, ...]
    parts: list[Part]
    nonce: str
    known: Known | None = None  # what the only plan was made on

    @property
    def plan(self) -> Plan:
        """The only plan."""
        [plan] = self.plans
        return plan

    @property
    def errors(self) -> int:
        """How many errors stop the commit."""
        return sum(plan.errors for plan in self.plans)

    @property
    def hash(self) -> str:
        """The plan's hash; of several plans, SHA-256 over their hashes."""
        if len(self.plans) == 1:
            return self.plan.hash
        return sha256("".join(plan.hash for plan in self.plans).encode()).hexdigest()

    @property
    def facts(self) -> int:
        """How many facts will be recorded."""
        return sum(len(part.facts) for part in self.parts)


class Imported(NamedTuple):
    """What a commit has recorded: facts, and the last position in the school's log."""

    facts: int
    position: int | None


def current_year(day: date) -> int:
    """The school year that a list of this day is meant for."""
    return day.year if day.month >= _NEW_YEAR_MONTH else day.year - 1


class Preparation:
    """Plans and rehearses files one after another in one private world; records nothing.

    A later file finds what an earlier one will have brought.
    """

    def __init__(self, desk: Desk, by: Actor) -> None:
        self.at = desk.clock()
        self._desk = desk
        self._by = by
        self.known: Known | None = None
        self._nonce = desk.ids()
        self._names: dict[str, Name] = {}
        self._rehearsal = Rehearsal(desk.log, self.at, desk.ids)
        # School asks nothing of its engine but `submit`.
        self.school = School(
            cast("Engine", self._rehearsal),
            desk.slug,
            desk.school_id,
            ids=self._rehearsal.new_id,
            salts=desk.salts,
        )

    def add(
        self,
        kind: FileKind,
        data: bytes,
        *,
        year: int | None = None,
        create_lessons: bool = False,
        layout: Layout = AS_IT_STANDS,
    ) -> Plan:
        """Plan one file and decide the plan. Raises Invalid (no such table), NotFound (year)."""
        year = current_year(self.at.date()) if year is None else year
        known = self._known(year, families=kind in ("classes", "oneroster"))
        self.known = known = msgspec.structs.replace(known, layout=layout)
        if kind == "classes":
            plan = plan_classes(data, known)
        elif kind == "staff":
            plan = plan_staff(data, known)
        elif kind == "oneroster":
            plan = plan_bundle(data, known)
        elif kind == "timetable":
            plan = plan_timetable(data, known)
        elif kind == "plan":
            plan = plan_lessons(data, known)
        else:
            plan = plan_marks(data, known, create_lessons=create_lessons)
        return plan if plan.errors else self._rehearsed(plan)

    def done(self, plans: tuple[Plan, ...]) -> Prepared:
        """Ready for the commit, unless some plan has errors."""
        parts = [] if any(plan.errors for plan in plans) else self._rehearsal.parts
        return Prepared(plans, parts, self._nonce, self.known if len(plans) == 1 else None)

    def _known(self, year: int, *, families: bool) -> Known:
        """What the school knows of a year. Raises NotFound when the year is not open."""
        world, school_id = self._rehearsal.world, self._desk.school_id
        office = world.office(school_id, year)
        before = world.state(office_id(school_id, year - 1), Office)
        journals = {class_id: world.journal(class_id) for class_id in office.classes}
        last_year = {class_id: world.journal(class_id) for class_id in before.classes}
        people = {one.person_id for one in (*office.staff, *before.staff)}
        for journal in (*journals.values(), *last_year.values()):
            people.update(journal.pupils)
            people.update(one.teacher_id for one in journal.assignments.values())
        guardians: dict[str, tuple[str, ...]] = {}
        if families:
            for journal in journals.values():
                for pupil in journal.pupils:
                    guardians[pupil] = tuple(world.person(pupil).guardians)
                    people.update(guardians[pupil])
        unknown = people - self._names.keys()
        if unknown:
            self._names.update(self._desk.names(unknown))
        return Known(
            school=self._desk.slug,
            office=office,
            journals=journals,
            last_year=last_year,
            names=self._names,
            guardians=guardians,
        )

    def _rehearsed(self, plan: Plan) -> Plan:
        """Decide every operation in order. Refusals become errors of their rows."""
        carrier = Carrier(
            self.school, plan.year, ids=self._rehearsal.new_id, by=self._by, request=_NO_REQUEST
        )
        findings, failed, told, row = Findings(), set[Ref](), set[tuple[int, str]](), 0
        for one in plan.operations:
            if one.row != row:
                self._rehearsal.begin_row()
                row = one.row
            lost = not failed.isdisjoint(_refs(one))  # the reason has been told already
            try:
                if not lost:
                    carrier.carry(one).result()
            except Refusal as refusal:
                if (one.row, refusal.message) not in told:
                    findings.refusal(refusal, one.row)
                told.add((one.row, refusal.message))
                lost = True
            if lost and (ref := getattr(one, "ref", None)):
                failed.add(ref)
            elif isinstance(one, RegisterPerson):
                self._names[carrier.id_of(one.ref)] = one.name
        if not findings.errors:
            return plan
        shown = (*findings.shown, *plan.findings)
        return msgspec.structs.replace(plan, findings=shown, errors=findings.errors)


def _refs(one: AnyOperation) -> list[Ref]:
    return [getattr(one, field) for field in one.__struct_fields__ if field.endswith("ref")]


def prepare(
    desk: Desk,
    kind: FileKind,
    data: bytes,
    *,
    by: Actor,
    year: int | None = None,
    create_lessons: bool = False,
    layout: Layout = AS_IT_STANDS,
) -> Prepared:
    """Read a file, plan it and rehearse the plan; nothing is recorded. layout: how a person reads
    its columns.

    Raises Invalid (no such table), NotFound (the year is not open).
    """
    preparation = Preparation(desk, by)
    plan = preparation.add(kind, data, year=year, create_lessons=create_lessons, layout=layout)
    return preparation.done((plan,))


def commit(
    prepared: Prepared,
    engine: Engine,
    *,
    by: Actor,
    plan_hash: str | None = None,
    progress: Progress = lambda _done, _parts, _facts: None,
) -> Imported:
    """Record a prepared import through the write door, all of it.

    Up to 5,000 facts are one append. A longer import comes in parts, each all or nothing; if it is
    interrupted, the same command finishes it. Raises Invalid (the plan has errors), Conflict (it is
    not the plan of `plan_hash`, or the journal has changed since), Busy.
    """
    parts, its_hash = prepared.parts, prepared.hash
    if prepared.errors:
        raise Invalid("import.errors", "В файле есть ошибки: ничего не записано.")
    if plan_hash is not None and plan_hash.lower() != its_hash:
        raise Conflict(
            "import.plan_changed",
            "План уже не тот, что был показан: изменился файл или журнал. Посмотрите новый план.",
            hash=its_hash,
        )
    facts, position = 0, None
    slug = prepared.plans[0].school
    for number, (part, request) in enumerate(
        zip(parts, requests_of(its_hash, prepared.nonce, parts), strict=True), start=1
    ):
        receipt = engine.submit(slug, Command(by, as_decision(part), request)).result()
        facts, position = facts + receipt.facts, receipt.position
        progress(number, len(parts), facts)
    return Imported(facts, position)
