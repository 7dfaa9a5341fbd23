"""Commands of the books of the office: trainings, requests for the service, who is away."""

from __future__ import annotations

from datetime import date, datetime

import msgspec

from domain import access
from domain.access import Actor
from domain.calendar import local_date
from domain.commands import Commands, on
from domain.office import ledger_facts as f
from domain.office import ledgers as decide
from domain.permissions import Act
from domain.refusals import Invalid
from domain.values import printable
from domain.world import World
from domain.writing import Answer, Decided, Request

MOST_CHARACTERS = 2_000


class LedgerCommands(Commands):
    """The deputy has the staff taught; the office answers who asks for the service."""

    def hold_training(
        self, year: int, new: f.TrainingHeld, *, by: Actor, request: Request
    ) -> Answer:
        """The staff was taught to work with the journal (clauses 3.1.1, 4.2.б-2)."""

        def decided(world: World, at: datetime) -> Decided:
            office = world.office(self.school_id, year)
            right = access.administer(by, office, at, Act.HOLD_TRAINING)
            people = [world.person(one) for one in new.person_ids]
            facts = decide.hold_training(office, new, people, local_date(at, office.zone))
            return Decided(right, on(office.office_id, facts))

        return self._submit(by, request, decided)

    def request_service(
        self,
        year: int,
        new: decide.NewRequest,
        application: decide.Application,
        *,
        by: Actor,
        request: Request,
    ) -> Answer:
        """Somebody asks for information about a pupil (clause 2.2.1). Raises Invalid."""
        said = decide.Application(
            *(printable(part.strip()) for part in msgspec.structs.astuple(application))
        )
        if not said.applicant or not said.about:
            raise Invalid("service.empty", "Укажите заявителя и о чём он просит.")
        if sum(map(len, msgspec.structs.astuple(said))) > MOST_CHARACTERS:
            raise Invalid("service.too_long", f"Не длиннее {MOST_CHARACTERS} знаков.")
        text = self._told("service", msgspec.json.encode(said).decode())

        def decided(world: World, at: datetime) -> Decided:
            office = world.office(self.school_id, year)
            right = access.administer(by, office, at, Act.REQUEST_SERVICE)
            pupil, day = world.person(new.pupil_id), local_date(at, office.zone)
            facts = decide.request_service(office, new, pupil, text.ref, day)
            payloads = text.about(new.applicant_id or new.pupil_id) if facts else ()
            return Decided(right, on(office.office_id, facts), payloads=payloads)

        return self._submit(by, request, decided)

    def decide_service(
        self,
        year: int,
        request_id: str,
        outcome: f.Outcome,
        reason: str = "",
        *,
        by: Actor,
        request: Request,
    ) -> Answer:
        """Granted, or refused with a reason. Raises Invalid."""
        text = self._text("service", reason)
        if text is not None and len(text.body) > MOST_CHARACTERS:
            raise Invalid("service.too_long", f"Не длиннее {MOST_CHARACTERS} знаков.")

        def decided(world: World, at: datetime) -> Decided:
            office = world.office(self.school_id, year)
            right = access.administer(by, office, at, Act.DECIDE_SERVICE)
            ref = text.ref if text else None
            facts = decide.decide_service(office, request_id, outcome, ref)
            subject = decide.service(office, request_id).subject
            payloads = text.about(subject) if text and facts else ()
            return Decided(right, on(office.office_id, facts), payloads=payloads)

        return self._submit(by, request, decided)

    def record_staff_away(
        self, year: int, new: f.StaffAway, words: str = "", *, by: Actor, request: Request
    ) -> Answer:
        """Somebody of the staff is away: the lessons wait for a substitute (clause 3.3.6).

        words: what more is known, for the vault. Raises Invalid.
        """
        text = self._text("absence", words)

        def decided(world: World, at: datetime) -> Decided:
            office = world.office(self.school_id, year)
            right = access.administer(by, office, at, Act.RECORD_STAFF_AWAY)
            fact = msgspec.structs.replace(new, payload=text.ref if text else None)
            facts = decide.staff_away(office, fact, world.person(new.person_id))
            payloads = text.about(new.person_id) if text and facts else ()
            return Decided(right, on(office.office_id, facts), payloads=payloads)

        return self._submit(by, request, decided)

    def record_staff_back(
        self, year: int, absence_id: str, on_day: date, *, by: Actor, request: Request
    ) -> Answer:
        """The person is at work from a day on, earlier than was said."""

        def decided(world: World, at: datetime) -> Decided:
            office = world.office(self.school_id, year)
            right = access.administer(by, office, at, Act.RECORD_STAFF_BACK)
            return Decided(
                right, on(office.office_id, decide.staff_back(office, absence_id, on_day))
            )

        return self._submit(by, request, decided)
