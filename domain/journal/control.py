"""What decisions need to know of the control of a journal, and the decisions about it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING

import msgspec

from domain.fact import Fact
from domain.journal import control_facts as f
from domain.refusals import Conflict, Forbidden, Invalid, NotFound
from domain.values import PayloadRef

if TYPE_CHECKING:
    from domain.journal.state import Journal
    from domain.office.state import Office

OPEN, ANSWERED, ACCEPTED = "open", "answered", "accepted"


class Inspection(msgspec.Struct, array_like=True):
    """When the records were made that were looked at, and at what."""

    since: date
    until: date
    checked: tuple[f.Checked, ...]
    subject_ids: tuple[str, ...]


class Remark(msgspec.Struct, array_like=True):
    """A remark and how far it has got; `answered_by` gave the last answer."""

    inspection_id: str
    kind: f.Checked
    teacher_id: str
    subject_id: str | None
    lesson_id: str | None
    state: str = OPEN
    answered_by: str = ""
    positions: tuple[int, ...] = ()


class Control(msgspec.Struct):
    """A part of the state of a class journal."""

    inspections: dict[str, Inspection] = {}
    remarks: dict[str, Remark] = {}


class NewRemark(msgspec.Struct, frozen=True):
    """A remark about a lesson, or about a subject, or about a teacher alone."""

    remark_id: str
    kind: f.Checked
    lesson_id: str | None = None
    subject_id: str | None = None
    teacher_id: str | None = None


def evolve(control: Control, fact: f.ControlFact, by: str) -> None:
    """Fold one fact."""
    match fact:
        case f.JournalInspected():
            control.inspections[fact.inspection_id] = Inspection(
                fact.since, fact.until, fact.checked, fact.subject_ids
            )
        case f.RemarkOpened():
            control.remarks[fact.remark_id] = Remark(
                fact.inspection_id, fact.kind, fact.teacher_id, fact.subject_id, fact.lesson_id
            )
        case f.RemarkResolved():
            remark = control.remarks[fact.remark_id]
            remark.state, remark.answered_by = ANSWERED, by
            remark.positions = fact.positions
        case f.RemarkAccepted():
            control.remarks[fact.remark_id].state = ACCEPTED
        case f.RemarkReturned():
            control.remarks[fact.remark_id].state = OPEN


def inspect_journal(
    journal: Journal, office: Office, new: f.JournalInspected, today: date
) -> list[Fact]:
    """Note what was looked at. Raises Invalid, Conflict."""
    seen = Inspection(new.since, new.until, new.checked, new.subject_ids)
    known = journal.control.inspections.get(new.inspection_id)
    if known is not None:
        if known == seen:
            return []
        raise Conflict("inspection.id_taken", "Под этим номером уже есть другая проверка.")
    if not new.checked or len(set(new.checked)) < len(new.checked):
        raise Invalid("inspection.checked", "Отметьте, что проверено, каждое один раз.")
    if not new.since <= new.until <= today:
        raise Invalid(
            "inspection.dates", "Проверяют записи прошедших дней: начало не позже конца и сегодня."
        )
    if not office.subjects.keys() >= set(new.subject_ids):
        raise Invalid("inspection.subject", "Такого предмета в школе нет.")
    return [new]


def open_remark(
    journal: Journal,
    office: Office,
    inspection_id: str,
    new: NewRemark,
    words: PayloadRef,
    today: date,
) -> list[Fact]:
    """A remark of an inspection, due so many days from now as the regulation says.

    Raises NotFound, Invalid, Conflict.
    """
    inspection = journal.control.inspections.get(inspection_id)
    if inspection is None:
        raise NotFound("inspection.unknown", "Такой проверки этого журнала нет.")
    teacher_id, subject_id = _addressee(journal, office, new, today)
    if new.kind not in inspection.checked:
        raise Invalid("remark.not_checked", "Этого при проверке не смотрели.")
    if inspection.subject_ids and subject_id not in inspection.subject_ids:
        raise Invalid("remark.not_checked", "Этого предмета при проверке не смотрели.")
    known = journal.control.remarks.get(new.remark_id)
    if known is not None:
        same = (inspection_id, new.kind, teacher_id, subject_id, new.lesson_id)
        if same == (
            known.inspection_id,
            known.kind,
            known.teacher_id,
            known.subject_id,
            known.lesson_id,
        ):
            return []
        raise Conflict("remark.id_taken", "Под этим номером уже есть другое замечание.")
    due = today + timedelta(days=office.regulation.remark_days)
    return [
        f.RemarkOpened(
            new.remark_id,
            inspection_id,
            new.kind,
            teacher_id,
            due,
            words,
            subject_id,
            new.lesson_id,
        )
    ]


def _addressee(
    journal: Journal, office: Office, new: NewRemark, today: date
) -> tuple[str, str | None]:
    """Whose remark it is, and about which subject. Raises NotFound, Invalid."""
    if new.lesson_id is not None:
        lesson = journal.lessons.get(new.lesson_id)
        if lesson is None:
            raise NotFound("lesson.unknown", "Такого урока нет.")
        subject_id: str | None = lesson.subject_id
        teachers = {lesson.teacher_id}
        teachers |= {
            sub.substitute_id
            for sub in journal.substitutions.values()
            if sub.teacher_id == lesson.teacher_id and sub.since <= lesson.date <= sub.until
        }
        teacher_id = new.teacher_id or lesson.teacher_id
    elif new.subject_id is not None:
        subject_id = new.subject_id
        teachers = {
            one.teacher_id for one in journal.assignments.values() if one.subject_id == subject_id
        }
        teacher_id = new.teacher_id or (min(teachers) if len(teachers) == 1 else "")
    else:
        subject_id = None
        appointed = office.class_teacher(journal.class_id, today)
        teachers = {one.teacher_id for one in journal.assignments.values()} | {appointed or ""}
        teacher_id = new.teacher_id or appointed or ""
    if not teacher_id or teacher_id not in teachers:
        raise Invalid("remark.teacher", "Укажите учителя этого класса, к которому замечание.")
    return teacher_id, subject_id


def resolve_remark(
    journal: Journal,
    remark_id: str,
    positions: Sequence[int],
    word: PayloadRef | None,
) -> list[Fact]:
    """The teacher's answer; somebody else accepts it. Raises Conflict, Invalid."""
    remark = known(journal, remark_id)
    if remark.state == ACCEPTED:
        raise Conflict("remark.closed", "Замечание уже снято.")
    named = tuple(sorted(set(positions)))
    if remark.state == ANSWERED:
        if remark.positions == named:
            return []
        raise Conflict("remark.answered", "Ответ уже отправлен: теперь его смотрит завуч.")
    if not named and word is None:
        raise Invalid(
            "remark.nothing_said",
            "Укажите записи, которыми замечание устранено, или объясните словами.",
        )
    return [f.RemarkResolved(remark_id, named, word)]


def accept_remark(journal: Journal, remark_id: str, by: str) -> list[Fact]:
    """The remark is closed, by another person than whose it is. Raises Forbidden, Conflict."""
    remark = known(journal, remark_id)
    _another(remark, by)
    if remark.state == ACCEPTED:
        return []
    if remark.state == OPEN:
        raise Conflict("remark.not_answered", "На замечание ещё не ответили.")
    return [f.RemarkAccepted(remark_id)]


def return_remark(
    journal: Journal, office: Office, remark_id: str, why: PayloadRef, by: str, today: date
) -> list[Fact]:
    """Not put right: open again for as many days. Raises Forbidden, Conflict."""
    remark = known(journal, remark_id)
    _another(remark, by)
    if remark.state == ACCEPTED:
        raise Conflict("remark.closed", "Замечание уже снято.")
    if remark.state == OPEN:
        raise Conflict("remark.not_answered", "На замечание ещё не ответили.")
    due = today + timedelta(days=office.regulation.remark_days)
    return [f.RemarkReturned(remark_id, due, why)]


def known(journal: Journal, remark_id: str) -> Remark:
    """The remark, or NotFound."""
    remark = journal.control.remarks.get(remark_id)
    if remark is None:
        raise NotFound("remark.unknown", "Такого замечания нет.")
    return remark


def _another(remark: Remark, by: str) -> None:
    if by in (remark.teacher_id, remark.answered_by):
        raise Forbidden("remark.own", "Своё замечание принимает или возвращает другой человек.")
