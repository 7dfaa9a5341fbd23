"""Decisions about who is in a class journal: subgroups, teachers, substitutes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from domain.fact import Fact
from domain.journal import facts as f
from domain.journal.state import Journal
from domain.office.state import Office
from domain.refusals import Conflict, Invalid, NotFound


def open_journal(journal: Journal | None, new: f.JournalOpened) -> list[Fact]:
    """The journal of a class and year. Raises Conflict when it is another one's."""
    if journal is None or journal.version == 0:
        return [new]
    same = (journal.year, journal.grade_level, journal.letter)
    if same == (new.year, new.grade_level, new.letter):
        return []
    raise Conflict("class.id_taken", "Под этим номером уже есть другой класс.")


def split(journal: Journal, new: f.SubgroupSplitOrdered) -> list[Fact]:
    """Divide the class in a subject by an order (clause 3.3.5); a pupil is in one group."""
    if not new.order_no.strip():
        raise Invalid("split.no_order", "Деление на подгруппы делается по приказу: укажите номер.")
    if len({group.subgroup_id for group in new.subgroups}) < len(new.subgroups):
        raise Invalid("split.same_group", "Одна подгруппа указана дважды.")
    seen: set[str] = set()
    for group in new.subgroups:
        for pupil_id in group.pupils:
            if not journal.enrolled(pupil_id, new.since):
                raise Invalid("split.stranger", "В подгруппе ученик не из этого класса.")
            if pupil_id in seen:
                raise Invalid("split.overlap", "Ученик указан в двух подгруппах сразу.")
            seen.add(pupil_id)
    members = {g.subgroup_id: list(g.pupils) for g in new.subgroups}
    for before in journal.splits:
        if (before.subject_id, before.since) == (new.subject_id, new.since):
            if before.members == members:
                return []
            raise Conflict("split.date_taken", "На эту дату деление уже есть.")
    return [new]


def assign(journal: Journal, new: f.TeacherAssigned) -> list[Fact]:
    """Give a subject (or a subgroup in it) to a teacher."""
    what = (new.teacher_id, new.subject_id, new.subgroup_id)
    before = journal.assignments.get(new.assignment_id)
    if before is not None:
        if (before.teacher_id, before.subject_id, before.subgroup_id) == what:
            return []
        raise Conflict("assignment.id_taken", "Под этим номером уже есть другое назначение.")
    if new.until is not None and new.until <= new.since:
        raise Invalid("assignment.dates", "Конец назначения раньше начала.")
    for one in journal.assignments.values():
        same = (one.teacher_id, one.subject_id, one.subgroup_id) == what
        if same and one.span.until is None and one.span.since <= new.since:
            return []
    return [new]


def require_subject(office: Office, new: f.TeacherAssigned) -> None:
    """Raises Invalid for a subject that the school does not teach."""
    if new.subject_id not in office.subjects:
        raise Invalid("assignment.unknown_subject", "Такого предмета в этом учебном году нет.")


def release(journal: Journal, assignment_id: str, on: date) -> list[Fact]:
    """End an assignment; `on` is the first day without it. A release never prolongs."""
    one = journal.assignments.get(assignment_id)
    if one is None:
        raise NotFound("assignment.unknown", "Такого назначения нет.")
    if on < one.span.since:
        raise Invalid("assignment.dates", "Конец назначения раньше начала.")
    ended = one.span.until is not None and one.span.until <= on
    return [] if ended else [f.TeacherReleased(assignment_id, on)]


def substitute(journal: Journal, new: f.SubstitutionAppointed) -> list[Fact]:
    """A time-boxed right of one's own (clause 3.3.6)."""
    before = journal.substitutions.get(new.substitution_id)
    if before is not None:
        same = (before.substitute_id, before.teacher_id, before.since, before.until)
        if same == (new.substitute_id, new.teacher_id, new.since, new.until):
            return []
        raise Conflict("substitution.id_taken", "Под этим номером уже есть другое замещение.")
    if new.until < new.since:
        raise Invalid("substitution.dates", "Конец замены раньше начала.")
    if new.substitute_id == new.teacher_id:
        raise Invalid("substitution.self", "Учитель не замещает сам себя.")
    teachers = {one.teacher_id for one in journal.assignments.values()}
    if new.teacher_id not in teachers:
        raise Invalid("substitution.not_teaching", "Замещаемый учитель не ведёт уроков в классе.")
    return [new]


def pupils_on(journal: Journal, day: date) -> Sequence[str]:
    """Pupils on the class list that day."""
    return [pupil for pupil in journal.pupils if journal.enrolled(pupil, day)]
