"""Facts of the books of the office: trainings of the staff (clauses 3.1.1, 4.2.б-2, 4.3-1),
requests for the municipal service (clause 2.2.1), who of the staff is away (clause 3.3.6).
"""

from __future__ import annotations

from datetime import date
from enum import StrEnum

from domain.fact import Fact
from domain.values import PayloadRef


class Channel(StrEnum):
    """How a request came."""

    IN_PERSON = "IN_PERSON"
    POST = "POST"
    EMAIL = "EMAIL"
    PORTAL = "PORTAL"


class Outcome(StrEnum):
    """What became of a request."""

    GRANTED = "GRANTED"
    REFUSED = "REFUSED"


class AwayKind(StrEnum):
    """Why somebody of the staff is away: the kind alone."""

    ILL = "ILL"
    TRIP = "TRIP"
    TRAINING = "TRAINING"
    LEAVE = "LEAVE"
    OTHER = "OTHER"


AWAY_LABELS: dict[AwayKind, str] = {
    AwayKind.ILL: "болезнь",
    AwayKind.TRIP: "командировка",
    AwayKind.TRAINING: "курсы",
    AwayKind.LEAVE: "отпуск",
    AwayKind.OTHER: "другая причина",
}
CHANNEL_LABELS: dict[Channel, str] = {
    Channel.IN_PERSON: "лично",
    Channel.POST: "почтой",
    Channel.EMAIL: "электронной почтой",
    Channel.PORTAL: "через портал",
}
OUTCOME_LABELS: dict[Outcome, str] = {
    Outcome.GRANTED: "предоставлено",
    Outcome.REFUSED: "отказано",
}


class LedgerFact(Fact, frozen=True, omit_defaults=True):
    """What the state keeps in `Ledgers`."""


class TrainingHeld(LedgerFact, frozen=True, omit_defaults=True):
    """The staff was taught to work with the journal; `person_ids` were there."""

    TOPIC = "office.training-held"
    training_id: str
    on: date
    topic: str
    person_ids: tuple[str, ...]


class ServiceRequested(LedgerFact, frozen=True, omit_defaults=True):
    """Somebody asks for information about a pupil's progress. Name, contact and what is asked are
    in the vault, about `applicant_id` when the school knows that person, else about the pupil.
    """

    TOPIC = "office.service-requested"
    request_id: str
    pupil_id: str
    channel: Channel
    on: date
    due_date: date
    payload: PayloadRef
    applicant_id: str | None = None


class ServiceDecided(LedgerFact, frozen=True, omit_defaults=True):
    """Granted, or refused for a reason that is in the vault. Who answered is in the envelope."""

    TOPIC = "office.service-decided"
    request_id: str
    outcome: Outcome
    payload: PayloadRef | None = None


class StaffAway(LedgerFact, frozen=True, omit_defaults=True):
    """Somebody of the staff is away, both days included. What more is known is in the vault."""

    TOPIC = "office.staff-away"
    absence_id: str
    person_id: str
    since: date
    until: date
    kind: AwayKind
    payload: PayloadRef | None = None


class StaffBack(LedgerFact, frozen=True, omit_defaults=True):
    """The person is back: `on` is the first day at work. On the first day of the absence, or before
    it: it did not come to it.
    """

    TOPIC = "office.staff-back"
    absence_id: str
    on: date


FACTS: tuple[type[Fact], ...] = (
    TrainingHeld,
    ServiceRequested,
    ServiceDecided,
    StaffAway,
    StaffBack,
)
