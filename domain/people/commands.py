"""Commands about people. Names and texts go to the vault; facts keep references."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime

import msgspec

from domain import access
from domain.access import Actor
from domain.commands import Commands, Text, on
from domain.fact import Fact
from domain.people import decisions as decide
from domain.people import facts as f
from domain.people.consent import ConsentPaper, Scan, check_paper
from domain.people.state import Person
from domain.permissions import Act
from domain.refusals import Invalid
from domain.values import printable
from domain.world import World
from domain.writing import Answer, Decided, Request


class PeopleCommands(Commands):
    """Registration, names, guardians, consents."""

    def register_person(
        self,
        year: int,
        person_id: str,
        kind: f.PersonKind,
        name: f.Name,
        *,
        by: Actor,
        request: Request,
    ) -> Answer:
        """A person of the school."""
        text = self._named(name)

        def decided(world: World, at: datetime) -> Decided:
            right = access.administer(by, self._office_of(world, year), at, Act.REGISTER_PERSON)
            decide.require_particulars(kind, name, at.date())
            facts = decide.register(world.person(person_id), kind, text.ref)
            payloads = text.about(person_id) if facts else ()
            return Decided(right, on(person_id, facts), payloads=payloads)

        return self._submit(by, request, decided)

    def rename_person(
        self, year: int, person_id: str, name: f.Name, *, by: Actor, request: Request
    ) -> Answer:
        """A new name, or other particulars; the old ones leave the vault."""
        text = self._named(name)

        def decided(world: World, at: datetime) -> Decided:
            right = access.administer(by, self._office_of(world, year), at, Act.RENAME_PERSON)
            person = decide.known(world.person(person_id))
            decide.require_particulars(person.kind, name, at.date())
            facts = decide.rename(person, text.ref)
            old = (person.name.id,) if person.name else ()
            return Decided(right, on(person_id, facts), old, text.about(person_id))

        return self._submit(by, request, decided)

    def erase_person(
        self,
        year: int,
        person_id: str,
        basis: str,
        texts: Mapping[str, Sequence[str]] | None = None,
        *,
        by: Actor,
        request: Request,
    ) -> Answer:
        """The name leaves the vault, sign-in ends; marks and attendance stay.

        texts: what leaves with it, about whom → ids; a comment about a friend may name the person.
        """

        def decided(world: World, at: datetime) -> Decided:
            right = access.administer(by, self._office_of(world, year), at, Act.ERASE_PERSON)
            person = decide.known(world.person(person_id))
            facts, gone = [], [person.name.id] if person.name else []
            for subject, ids in (texts or {}).items():
                gone += ids
                facts += on(
                    subject, decide.erase_payloads(world.person(subject), tuple(ids), basis)
                )
            facts += on(person_id, decide.revoke_account(person, "left"))
            facts += on(person_id, decide.erase(person, basis))
            return Decided(right, facts, tuple(gone))

        return self._submit(by, request, decided)

    def erase_payloads(
        self,
        year: int,
        person_id: str,
        payload_ids: Sequence[str],
        basis: str,
        *,
        by: Actor,
        request: Request,
    ) -> Answer:
        """Texts about a person (comments, reasons) leave the vault."""
        gone = tuple(payload_ids)

        def decided(world: World, at: datetime) -> Decided:
            right = access.administer(by, self._office_of(world, year), at, Act.ERASE_PAYLOADS)
            facts = decide.erase_payloads(world.person(person_id), gone, basis)
            return Decided(right, on(person_id, facts), gone)

        return self._submit(by, request, decided)

    def link_guardian(
        self,
        year: int,
        pupil_id: str,
        guardian_id: str,
        since: date,
        *,
        by: Actor,
        request: Request,
    ) -> Answer:
        """A guardian of a pupil; both are registered."""

        def decided(world: World, at: datetime) -> Decided:
            right = access.administer(by, self._office_of(world, year), at, Act.LINK_GUARDIAN)
            pupil, guardian = world.person(pupil_id), world.person(guardian_id)
            return Decided(right, on(pupil_id, decide.link_guardian(pupil, guardian, since)))

        return self._submit(by, request, decided)

    def unlink_guardian(
        self,
        year: int,
        pupil_id: str,
        guardian_id: str,
        on_day: date,
        *,
        by: Actor,
        request: Request,
    ) -> Answer:
        """`on_day` is the first day without the link."""
        return self._about_person(
            year,
            pupil_id,
            Act.UNLINK_GUARDIAN,
            by,
            request,
            lambda p: decide.unlink_guardian(p, guardian_id, on_day),
        )

    def give_consent(
        self,
        class_id: str,
        pupil_id: str,
        guardian_id: str,
        purpose: f.ConsentPurpose,
        since: date,
        until: date | None = None,
        paper: ConsentPaper | None = None,
        scan: Scan | None = None,
        *,
        by: Actor,
        request: Request,
    ) -> Answer:
        """Written consent (clause 1.11), recorded by the class teacher or the administration.

        paper: what it says; scan: its sealed picture. A scan without a paper is refused. A consent
        that is in force already gets the paper that it lacked. Raises Invalid.
        """
        if scan is not None and paper is None:
            raise Invalid("consent.scan_alone", "К скану нужны и поля самого согласия.")
        texts: list[Text] = []
        if paper is not None:
            texts += [self._told("consent", msgspec.json.encode(paper).decode())]
        if scan is not None:
            texts += [self._told("scan", scan.body)]

        def decided(pupil: Person, today: date) -> list[Fact]:
            facts = decide.give_consent(pupil, guardian_id, purpose, since, until)
            if paper is not None:
                check_paper(paper, today)
                facts += decide.document_consent(
                    pupil,
                    guardian_id,
                    purpose,
                    texts[0].ref,
                    texts[1].ref if scan else None,
                    scan.media if scan else None,
                )
            return facts

        return self._about_ward(
            class_id,
            pupil_id,
            Act.GIVE_CONSENT,
            by,
            request,
            decided,
            [row for text in texts for row in text.about(pupil_id)],
        )

    def withdraw_consent(
        self,
        class_id: str,
        pupil_id: str,
        guardian_id: str,
        purpose: f.ConsentPurpose,
        *,
        by: Actor,
        request: Request,
    ) -> Answer:
        """The diary closes at once; the journal goes on."""
        return self._about_ward(
            class_id,
            pupil_id,
            Act.WITHDRAW_CONSENT,
            by,
            request,
            lambda p, _: decide.withdraw_consent(p, guardian_id, purpose),
        )

    def _named(self, name: f.Name) -> Text:
        printable(
            f"{name.full}{name.address}"
        )  # inside JSON a control character would pass as an escape
        text = self._text("name", msgspec.json.encode(name).decode())
        if text is None or not name.family.strip() or not name.given.strip():
            raise Invalid("person.name", "Укажите фамилию и имя.")
        decide.require_short(name)
        return text
