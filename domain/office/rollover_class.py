"""What a class takes along to the next school year: its teachers, subgroups and plans. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from uuid import NAMESPACE_URL, uuid5

from domain.journal.facts import Subgroup, SubgroupSplitOrdered, TeacherAssigned
from domain.office import facts as f
from domain.office.bell_facts import ShiftAssigned
from domain.office.next_calendar import next_calendar
from domain.office.rollover_plan import Issue, Wishes
from domain.office.rollover_steps import (
    AdoptPlan,
    AppointClassTeacher,
    AssignShift,
    AssignTeacher,
    Enrol,
    FormClass,
    Split,
    Step,
)
from domain.office.school_years import Division, KnownClass, SchoolYear, Taught

#: whose teachers and subgroups go on together
STAGES = (range(1, 5), range(5, 10), range(10, 12))


class ClassPencil:
    """The draft under way: what is known, and the steps so far."""

    def __init__(
        self,
        school_id: str,
        old: SchoolYear,
        new: SchoolYear | None,
        wishes: Wishes,
    ) -> None:
        self.school_id = school_id
        self.old, self.new, self.wishes = old, new, wishes
        self.year = old.calendar.year + 1
        drafted = wishes.calendar or next_calendar(old.calendar)
        self.calendar = new.calendar if new else drafted
        self.steps: list[Step] = []
        self.issues: list[Issue] = []
        self.there = {one.class_id: one for one in new.classes} if new else {}
        self.listed = {p.pupil_id for one in self.there.values() for p in one.pupils}
        self.subjects: dict[str, str] = {}  # subject of the old year → the same in the new one
        self.formed: dict[tuple[int, str], str] = {one.key: i for i, one in self.there.items()}

    def id_of(self, what: str) -> str:
        """The id of a thing that the rollover makes: the same every time."""
        return str(uuid5(NAMESPACE_URL, f"letopis:{self.school_id}:rollover:{self.year}:{what}"))

    # -- the year ------------------------------------------------------------------------------

    def form(
        self, one: KnownClass, level: int, letter: str, new_id: str, pupils: tuple[str, ...]
    ) -> None:
        since = self.calendar.of(level).terms[0].starts
        known = self.there.get(new_id)
        if known is None:
            self.steps.append(FormClass(f.ClassFormed(new_id, level, letter)))
        shift = self.old.bells.shift_of(one.class_id, self.old.calendar.ends)
        told = self.new is not None and new_id in self.new.bells.shifts
        if shift > 1 and not told:
            self.steps.append(AssignShift(ShiftAssigned(new_id, shift, since)))
        same_stage = any(one.grade_level in stage and level in stage for stage in STAGES)
        self._class_teacher(one, new_id, since, known, same_stage=same_stage)
        if pupils:
            self.steps.append(self._enrol(new_id, pupils, since))
        pattern = self._pattern(level, letter)
        wanted = {t.subject_id for t in self._living(pattern)} if pattern else set()
        wanted |= set() if wanted else {t.subject_id for t in self._living(one) if same_stage}
        groups: dict[str, str] = {}
        if same_stage:
            for division in one.divisions:
                if division.subject_id in wanted:
                    groups |= self._split(division, new_id, since, known, pupils)
        own = self._living(one) if same_stage else []
        for subject_id in sorted(wanted):
            rows = [t for t in own if t.subject_id == subject_id]
            rows = rows or [t for t in self._living(pattern) if t.subject_id == subject_id]
            self._assign(one, rows, new_id, since, known, groups)
        self._plans(wanted, level, letter, new_id, known)

    def _enrol(self, new_id: str, pupils: tuple[str, ...], since: date) -> Enrol:
        self.listed.update(pupils)
        return Enrol(new_id, pupils, since, self.wishes.order_no, self.wishes.order_date)

    def _class_teacher(
        self,
        one: KnownClass,
        new_id: str,
        since: date,
        known: KnownClass | None,
        *,
        same_stage: bool,
    ) -> None:
        if not one.teachers or not same_stage or (known and known.teachers):
            return
        if self._gone(one.teachers[-1]):
            why = f"классный руководитель {one.name} больше не работает: назначьте другого"
            self._issue("class_teacher.gone", why, one.class_id, one.teachers[-1])
            return
        new = f.ClassTeacherAppointed(new_id, one.teachers[-1], since)
        self.steps.append(AppointClassTeacher(new))

    def _split(
        self,
        division: Division,
        new_id: str,
        since: date,
        known: KnownClass | None,
        pupils: Sequence[str],
    ) -> dict[str, str]:
        """old subgroup → new one of the subject."""
        subject_id = self.subjects[division.subject_id]
        ids = {g.subgroup_id: self.id_of(f"subgroup:{g.subgroup_id}") for g in division.groups}
        if known and any(d.subject_id == subject_id for d in known.divisions):
            there = {g.subgroup_id for d in known.divisions for g in d.groups}
            return {old: new for old, new in ids.items() if new in there}
        if self.wishes.order_date is None or not self.wishes.order_no.strip():
            return {}
        already = {p.pupil_id for p in known.pupils} if known else set()
        members = {*pupils, *already}
        parts = tuple(
            Subgroup(
                ids[g.subgroup_id],
                g.name,
                tuple(pupil for pupil in g.pupils if pupil in members),
            )
            for g in division.groups
        )
        if not any(part.pupils for part in parts):
            return {}
        order = (self.wishes.order_no, self.wishes.order_date)
        self.steps.append(Split(new_id, SubgroupSplitOrdered(subject_id, since, *order, parts)))
        return ids

    def _assign(
        self,
        one: KnownClass,
        rows: Sequence[Taught],
        new_id: str,
        since: date,
        known: KnownClass | None,
        groups: dict[str, str],
    ) -> None:
        taught = known.taught if known else ()
        for row in rows:
            subject_id = self.subjects[row.subject_id]
            group = groups.get(row.subgroup_id) if row.subgroup_id else None
            number = self.id_of(f"assignment:{new_id}:{subject_id}:{row.assignment_id}")
            if number in {t.assignment_id for t in taught}:
                continue
            name = next(s.name for s in self.old.subjects if s.subject_id == row.subject_id)
            why = ""
            if row.subgroup_id and group is None:
                why = "делится на подгруппы, сначала приказ о делении"
            elif self._gone(row.teacher_id):
                why = "учитель больше не работает, назначьте другого"
            if not why:
                new = TeacherAssigned(number, row.teacher_id, subject_id, since, group)
                self.steps.append(AssignTeacher(new_id, new))
            elif all(t.subject_id != subject_id for t in taught):
                text = f"{one.name}, {name}: {why}"
                self._issue("assignment.missing", text, one.class_id, row.teacher_id)

    def _plans(
        self, wanted: set[str], level: int, letter: str, new_id: str, known: KnownClass | None
    ) -> None:
        """КТП of last year's class of this grade level: of the same letter, else of any."""
        classes = sorted(
            (one for one in self.old.classes if one.grade_level == level),
            key=lambda one: (one.letter.lower() != letter.lower(), one.letter),
        )
        there = {plan.subject_id for plan in known.plans} if known else set()
        for subject_id in sorted(wanted):
            found = [p for one in classes for p in one.plans if p.subject_id == subject_id]
            found.sort(key=lambda plan: plan.subgroup_id is not None)
            if found and self.subjects[subject_id] not in there:
                number = self.id_of(f"plan:{new_id}:{subject_id}")
                source = found[0].plan_id
                self.steps.append(AdoptPlan(new_id, number, self.subjects[subject_id], source))

    def _pattern(self, level: int, letter: str) -> KnownClass | None:
        """The class that was in this grade level: the same letter, else the first one."""
        found = sorted(
            (one for one in self.old.classes if one.grade_level == level),
            key=lambda one: (one.letter.lower() != letter.lower(), one.letter),
        )
        return found[0] if found else None

    def _living(self, one: KnownClass | None) -> list[Taught]:
        return [t for t in one.taught if self._reaches_end(t.until)] if one else []

    def _reaches_end(self, until: date | None) -> bool:
        return until is None or until > self.old.calendar.ends

    def _reaches(self, until: date | None) -> bool:
        return until is None or until > self.calendar.starts

    def _gone(self, person_id: str) -> bool:
        """Somebody of the staff whose every role has ended."""
        held = [one for one in self.old.staff if one.person_id == person_id]
        return bool(held) and not any(self._reaches(one.until) for one in held)

    def _issue(self, code: str, text: str, class_id: str, person_id: str = "") -> None:
        self.issues.append(Issue(code, text, class_id, person_id))
