"""Decisions about pupils who come, go and change classes: by orders, and with their marks."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

import msgspec

from domain.fact import Fact
from domain.journal import facts as f
from domain.journal.state import Journal, Span
from domain.office.state import Office
from domain.people.state import Person
from domain.refusals import Conflict, Invalid, NotFound
from domain.values import PayloadRef, Role

#: Marks in one fact: about 250 bytes each, far under the cap of stored bytes.
MARKS_PER_FACT = 150


class Order(msgspec.Struct, frozen=True):
    """The order of a movement; the initial class list may come without one."""

    number: str = ""
    date: date | None = None


def enrol(
    journal: Journal,
    pupil_id: str,
    since: date,
    order: Order,
    *,
    from_class: str | None = None,
    whence: PayloadRef | None = None,
) -> list[Fact]:
    """Put a pupil on the class list from a day on."""
    spans = journal.pupils.get(pupil_id, [])
    if spans and spans[-1].until is None:
        return []
    if spans and spans[-1].until is not None and since < spans[-1].until:
        raise Invalid("roster.overlap", "Ученик уже был в списке класса на эту дату.")
    return [f.PupilEnrolled(pupil_id, since, order.number, order.date, from_class, whence)]


def depart(
    journal: Journal,
    pupil_id: str,
    on: date,
    order: Order,
    to_class: str | None = None,
    whither: PayloadRef | None = None,
) -> list[Fact]:
    """Take a pupil off the class list; `on` is the first day without the pupil."""
    spans = journal.pupils.get(pupil_id)
    if not spans:
        raise NotFound("roster.unknown_pupil", "Такого ученика в классе нет.")
    if spans[-1].until is not None:
        return []
    if on <= spans[-1].since:
        raise Invalid("roster.dates", "Дата выбытия раньше зачисления.")
    return [f.PupilDeparted(pupil_id, on, order.number, to_class, order.date, whither)]


def require_pupil(person: Person) -> None:
    """Raises Invalid unless a pupil of the school is registered under this id."""
    if person.version == 0:
        raise Invalid(
            "roster.no_such_person", "Такого человека в школе нет: сначала внесите его в список."
        )
    if person.kind != "pupil":
        raise Invalid("roster.not_a_pupil", "В список класса вносят учеников, а это не ученик.")
    if person.erased:
        raise Conflict("person.erased", "Данные этого человека удалены.")


def require_teacher(person: Person, office: Office, since: date) -> None:
    """Raises Invalid unless it is somebody who works in the school and may teach."""
    if person.version == 0:
        raise Invalid(
            "staff.unknown_person", "Такого человека в школе нет: сначала внесите его в список."
        )
    if person.kind != "staff" or office.holds(person.person_id, Role.AUDITOR, since):
        raise Invalid("staff.not_a_teacher", "Уроки ведёт сотрудник школы, а это не учитель.")
    if person.erased:
        raise Conflict("person.erased", "Данные этого человека удалены.")


def require_nowhere_else(others: Iterable[Journal], pupil_id: str, since: date) -> None:
    """Raises Conflict when the pupil is in another class on that day or later."""
    for other in others:
        if any(_reaches(span, since) for span in other.pupils.get(pupil_id, ())):
            raise Conflict(
                "roster.in_another_class",
                f"Ученик {since:%d.%m.%Y} числится в {other.name} классе:"
                " переведите его приказом, а не зачисляйте второй раз.",
                class_id=other.class_id,
            )


def _reaches(span: Span, since: date) -> bool:
    """The span has days from `since` on. One that was taken back whole has none."""
    return span.until is None or (span.until > since and span.until > span.since)


def carry(old: Journal, office: Office, new: Journal, pupil_id: str, on: date) -> list[Fact]:
    """What a pupil brings along: the marks of the running term, the term marks before it."""
    calendar = office.calendar.of(new.grade_level)
    begun = [term.starts for term in calendar.terms if term.starts <= on]
    first = max(begun, default=date.min)
    found = [
        f.CarriedMark(
            mark_id,
            lesson.subject_id,
            lesson.date,
            mark.value,
            mark.work_type_id,
            mark.weight,
        )
        for mark_id, mark in old.marks.items()
        if mark.pupil_id == pupil_id
        and mark.value is not None
        and first <= (lesson := old.lessons[mark.lesson_id]).date < on
    ]
    found += [
        one
        for one in old.carried.get(pupil_id, {}).values()
        if one.mark_id not in new.marks and first <= one.date
    ]
    found.sort(key=lambda one: (one.date, one.subject_id, one.mark_id))
    term_marks = []
    for key, value in old.term_marks.items():
        pupil, subject_id, term = key.split("/")
        if pupil == pupil_id and term.isdecimal() and key not in new.term_marks:
            term_marks.append(f.CarriedTermMark(subject_id, int(term), value))
    facts: list[Fact] = []
    for start in range(0, len(found), MARKS_PER_FACT) or (range(1) if term_marks else ()):
        chunk = tuple(found[start : start + MARKS_PER_FACT])
        also = tuple(term_marks) if start == 0 else ()
        facts.append(f.MarksCarried(pupil_id, old.class_id, chunk, (), also))
    return facts


def follow(pupil: str, from_class: str, told: f.CarriedMark, facts: Sequence[Fact]) -> list[Fact]:
    """What becomes known in the pupil's new class of a mark that was corrected in the old one."""
    found: list[Fact] = []
    for fact in facts:
        if isinstance(fact, f.MarkCorrected) and fact.mark_id == told.mark_id:
            now = msgspec.structs.replace(told, value=fact.value)
            found.append(f.MarksCarried(pupil, from_class, (now,)))
        elif isinstance(fact, f.MarkAnnulled) and fact.mark_id == told.mark_id:
            found.append(f.MarksCarried(pupil, from_class, (), (told.mark_id,)))
    return found
