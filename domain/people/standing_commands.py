"""Commands about how people stand: limits of guardians, coming of age, the glass, the review of
records after a suspicion.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from domain import access
from domain.access import Actor, Right
from domain.calendar import local_date
from domain.commands import Commands, Text, on
from domain.people import decisions, standing
from domain.people.account_commands import KINDS
from domain.people.facts import ConsentPurpose
from domain.people.standing_facts import Verdict
from domain.people.state import Person
from domain.permissions import PERMISSIONS, Act, Scope
from domain.refusals import Forbidden, Invalid, NotFound
from domain.world import World
from domain.writing import Answer, Decided, Request

MOST_CHARACTERS = 1_000


class StandingCommands(Commands):
    """Who is kept away, who speaks for oneself, who looked in an emergency, whose records."""

    def limit_guardian(
        self,
        year: int,
        pupil_id: str,
        guardian_id: str,
        since: date,
        until: date | None,
        order: str,
        *,
        by: Actor,
        request: Request,
    ) -> Answer:
        """By a document (`order`: words for the vault) a linked guardian sees nothing."""
        text = self._words("order", order, "guardian.no_order", "Укажите документ: суд, дату, №.")

        def decided(world: World, at: datetime) -> Decided:
            right = access.administer(by, self._office_of(world, year), at, Act.LIMIT_GUARDIAN)
            pupil = decisions.known(world.person(pupil_id))
            facts = standing.limit_guardian(pupil, guardian_id, since, until, text.ref)
            payloads = text.about(guardian_id) if facts else ()
            return Decided(right, on(pupil_id, facts), payloads=payloads)

        return self._submit(by, request, decided)

    def lift_guardian_limit(
        self,
        year: int,
        pupil_id: str,
        guardian_id: str,
        on_day: date,
        order: str,
        *,
        by: Actor,
        request: Request,
    ) -> Answer:
        """`on_day` is the first day without the limit; `order` is the document that lifts it."""
        text = self._words("order", order, "guardian.no_order", "Укажите документ: суд, дату, №.")

        def decided(world: World, at: datetime) -> Decided:
            act = Act.LIFT_GUARDIAN_LIMIT
            right = access.administer(by, self._office_of(world, year), at, act)
            pupil = decisions.known(world.person(pupil_id))
            facts = standing.lift_limit(pupil, guardian_id, on_day, text.ref)
            payloads = text.about(guardian_id) if facts else ()
            return Decided(right, on(pupil_id, facts), payloads=payloads)

        return self._submit(by, request, decided)

    def record_majority(
        self, class_id: str, pupil_id: str, *, by: Actor, request: Request
    ) -> Answer:
        """The pupil is eighteen: from now on the pupil decides who reads the diary."""
        return self._about_ward(
            class_id,
            pupil_id,
            Act.RECORD_MAJORITY,
            by,
            request,
            lambda pupil, _: standing.come_of_age(pupil),
        )

    def decide_own_diary(
        self,
        year: int,
        reader_id: str,
        purpose: ConsentPurpose,
        *,
        opened: bool,
        by: Actor,
        request: Request,
    ) -> Answer:
        """A pupil of age gives or withdraws the consent: for oneself, or for a guardian."""

        def decided(world: World, at: datetime) -> Decided:
            pupil = world.person(by.person_id)
            right = _of_oneself(pupil, Act.DECIDE_OWN_DIARY)
            if not pupil.standing.of_age:
                raise Forbidden(
                    "age.not_of_age", "До восемнадцати лет согласие даёт законный представитель."
                )
            today = local_date(at, world.office(self.school_id, year).zone)
            facts = (
                decisions.give_consent(pupil, reader_id, purpose, today, None)
                if opened
                else decisions.withdraw_consent(pupil, reader_id, purpose)
            )
            return Decided(right, on(pupil.person_id, facts))

        return self._submit(by, request, decided)

    def turn_forecast(
        self, year: int, pupil_id: str, *, shown: bool, by: Actor, request: Request
    ) -> Answer:
        """The family turns the forecast of the child's marks off, or on again: a guardian with
        consent, or a pupil of age.
        """

        def decided(world: World, at: datetime) -> Decided:
            pupil = world.person(pupil_id)
            if by.person_id == pupil_id and pupil.standing.of_age:
                right = _of_oneself(pupil, Act.TURN_FORECAST)
            else:
                today = local_date(at, world.office(self.school_id, year).zone)
                right = access.guardian(by, pupil, today)
            return Decided(right, on(pupil_id, standing.turn_forecast(pupil, shown=shown)))

        return self._submit(by, request, decided)

    def break_glass(
        self,
        year: int,
        glass_id: str,
        pupil_id: str,
        reason: str,
        *,
        by: Actor,
        request: Request,
    ) -> Answer:
        """Open a closed diary to oneself for half an hour, and say why."""
        text = self._words("glass", reason, "glass.reason", "Объясните, зачем.")

        def decided(world: World, at: datetime) -> Decided:
            right = access.administer(by, self._office_of(world, year), at, Act.BREAK_GLASS)
            pupil = world.person(pupil_id)
            facts = standing.break_glass(pupil, glass_id, by.person_id, at, text.body, text.ref)
            payloads = text.about(pupil_id) if facts else ()
            return Decided(right, on(pupil_id, facts), payloads=payloads)

        return self._submit(by, request, decided)

    def review_glass(
        self, year: int, pupil_id: str, glass_id: str, *, by: Actor, request: Request
    ) -> Answer:
        """Another person of the administration has looked at a broken glass."""
        return self._about_person(
            year,
            pupil_id,
            Act.REVIEW_GLASS,
            by,
            request,
            lambda pupil: standing.review_glass(pupil, glass_id, by.person_id),
        )

    def review_facts(
        self,
        verdict: Verdict,
        positions: Sequence[int],
        mark_ids: Sequence[str],
        *,
        by: Actor,
        request: Request,
    ) -> Answer:
        """«Это я» or «это не я» about records under one's own name (clause 3.3.6)."""

        def decided(world: World, _: datetime) -> Decided:
            person = world.person(by.person_id)
            right = _of_oneself(person, Act.REVIEW_FACTS)
            facts = standing.review_facts(person, verdict, positions, mark_ids)
            return Decided(right, on(person.person_id, facts))

        return self._submit(by, request, decided)

    def _words(self, kind: str, body: str, code: str, refusal: str) -> Text:
        text = self._text(kind, body)
        if text is None or len(body) > MOST_CHARACTERS:
            raise Invalid(code, refusal)
        return text


def _of_oneself(person: Person, act: Act) -> Right:
    """A person about oneself, if the table lets the kind. Raises NotFound, Forbidden."""
    if not person.version:
        raise NotFound("person.unknown", "Такого человека в школе нет.")
    role = KINDS[person.kind]
    if PERMISSIONS[act].get(role) is not Scope.SELF:
        raise Forbidden("access.not_about_oneself", "Это делает другой человек.")
    return Right(role, "self")
