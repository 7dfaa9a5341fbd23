"""What decisions need to know of trainings, requests for the service and who of the staff is away,
and the decisions.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import msgspec

from domain.fact import Fact
from domain.office import ledger_facts as f
from domain.refusals import Conflict, Invalid, NotFound
from domain.values import PayloadRef, class_text

if TYPE_CHECKING:
    from domain.office.state import Office
    from domain.people.state import Person

MOST_PEOPLE = 300
A_DAY, LONGEST_AWAY = timedelta(days=1), timedelta(days=366)


class Service(msgspec.Struct, array_like=True):
    """A request: about whom the texts are, and what became of it ("" while it waits)."""

    pupil_id: str
    subject: str
    channel: str
    on: date
    outcome: str = ""


class Away(msgspec.Struct, array_like=True):
    """Who is away; `until` is the last day, before `since`: it did not come to it."""

    person_id: str
    since: date
    until: date
    kind: str


class Ledgers(msgspec.Struct):
    """A part of the state of the office."""

    trainings: dict[str, f.TrainingHeld] = {}
    services: dict[str, Service] = {}
    away: dict[str, Away] = {}


class NewRequest(msgspec.Struct, frozen=True):
    """A request as it came: when and how, about which pupil, from whom if the school knows."""

    request_id: str
    pupil_id: str
    channel: f.Channel
    on: date
    applicant_id: str | None = None


class Application(msgspec.Struct, frozen=True, omit_defaults=True):
    """The body in the vault (JSON): who applies, how to reach the person, what is asked."""

    applicant: str
    contact: str
    about: str


def evolve(ledgers: Ledgers, fact: f.LedgerFact) -> None:
    """Fold one fact."""
    match fact:
        case f.TrainingHeld():
            ledgers.trainings[fact.training_id] = fact
        case f.ServiceRequested():
            subject = fact.applicant_id or fact.pupil_id
            ledgers.services[fact.request_id] = Service(
                fact.pupil_id, subject, str(fact.channel), fact.on
            )
        case f.ServiceDecided():
            ledgers.services[fact.request_id].outcome = str(fact.outcome)
        case f.StaffAway():
            ledgers.away[fact.absence_id] = Away(
                fact.person_id, fact.since, fact.until, str(fact.kind)
            )
        case f.StaffBack():
            ledgers.away[fact.absence_id].until = fact.on - A_DAY


def hold_training(
    office: Office, new: f.TrainingHeld, people: list[Person], today: date
) -> list[Fact]:
    """The staff was taught. people: those of `person_ids`. Raises Invalid, Conflict."""
    new = msgspec.structs.replace(new, topic=class_text(new.topic, what="Тема обучения"))
    known = office.ledgers.trainings.get(new.training_id)
    if known is not None:
        if known == new:
            return []
        raise Conflict("training.id_taken", "Под этим номером уже есть другое обучение.")
    if new.on > today:
        raise Invalid("training.day", "Обучение записывают, когда оно прошло.")
    if not 0 < len(set(new.person_ids)) == len(new.person_ids) <= MOST_PEOPLE:
        raise Invalid("training.nobody", "Отметьте, кто был, каждого один раз.")
    if any(one.kind != "staff" for one in people):
        raise Invalid("training.not_staff", "Обучают сотрудников школы.")
    return [new]


def request_service(
    office: Office, new: NewRequest, pupil: Person, words: PayloadRef, today: date
) -> list[Fact]:
    """A request is entered, with the day until which it is decided. Raises Invalid, Conflict."""
    known = office.ledgers.services.get(new.request_id)
    if known is not None:
        if (known.pupil_id, known.channel, known.on) == (new.pupil_id, new.channel, new.on):
            return []
        raise Conflict("service.id_taken", "Под этим номером уже есть другое заявление.")
    if pupil.kind != "pupil":
        raise NotFound("pupil.unknown", "Такого ученика нет.")
    if new.on > today:
        raise Invalid("service.day", "Заявление не может быть подано позже сегодняшнего дня.")
    due = new.on + timedelta(days=office.regulation.service_days)
    return [
        f.ServiceRequested(
            new.request_id, new.pupil_id, new.channel, new.on, due, words, new.applicant_id
        )
    ]


def decide_service(
    office: Office, request_id: str, outcome: f.Outcome, reason: PayloadRef | None
) -> list[Fact]:
    """Granted or refused, once. Raises NotFound, Conflict, Invalid."""
    known = service(office, request_id)
    if known.outcome == outcome:
        return []
    if known.outcome:
        raise Conflict("service.decided", "По этому заявлению решение уже есть.")
    if outcome is f.Outcome.REFUSED and reason is None:
        raise Invalid("service.no_reason", "Отказ объясняют: напишите причину.")
    return [f.ServiceDecided(request_id, outcome, reason)]


def service(office: Office, request_id: str) -> Service:
    """The request. Raises NotFound."""
    known = office.ledgers.services.get(request_id)
    if known is None:
        raise NotFound("service.unknown", "Такого заявления нет.")
    return known


def staff_away(office: Office, new: f.StaffAway, person: Person) -> list[Fact]:
    """Somebody of the staff is away, or will be. Raises Invalid, Conflict."""
    known = office.ledgers.away.get(new.absence_id)
    if known is not None:
        if known == Away(new.person_id, new.since, new.until, str(new.kind)):
            return []
        raise Conflict("staff_absence.id_taken", "Под этим номером уже есть другое отсутствие.")
    if person.kind != "staff":
        raise Invalid("staff_absence.not_staff", "Отсутствие отмечают у сотрудника школы.")
    if not new.since <= new.until <= new.since + LONGEST_AWAY:
        raise Invalid(
            "staff_absence.days", "Первый день — не позже последнего; не дольше года сразу."
        )
    for one in office.ledgers.away.values():
        if one.person_id == new.person_id and one.since <= new.until and new.since <= one.until:
            raise Conflict(
                "staff_absence.known",
                f"Уже отмечено: отсутствует с {one.since:%d.%m.%Y} по {one.until:%d.%m.%Y}.",
            )
    return [new]


def staff_back(office: Office, absence_id: str, on: date) -> list[Fact]:
    """Back earlier than was said, or not away at all. Raises NotFound, Invalid."""
    known = office.ledgers.away.get(absence_id)
    if known is None:
        raise NotFound("staff_absence.unknown", "Такого отсутствия нет.")
    on = max(on, known.since)
    if on == known.until + A_DAY:
        return []
    if on > known.until:
        raise Invalid(
            "staff_absence.over", f"Отсутствие кончилось {known.until:%d.%m.%Y}: отметьте новое."
        )
    return [f.StaffBack(absence_id, on)]
