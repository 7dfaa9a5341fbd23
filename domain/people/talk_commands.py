"""Commands of conversations: asked, answered, read, closed. What is said goes to the vault."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime

from domain.access import Actor, Right
from domain.calendar import local_date
from domain.commands import Commands, Text, on, today
from domain.fact import Fact
from domain.office.state import Office
from domain.people import decisions, talks
from domain.people.state import Person
from domain.permissions import ADMINISTRATION
from domain.refusals import Invalid
from domain.values import Role
from domain.world import World
from domain.writing import Answer, Decided, Request

MOST_CHARACTERS = 4_000
CHILD, PROGRAM = "conversation:child", "conversation:program"


class TalkCommands(Commands):
    """Between two people, and nobody else reads it."""

    def ask_about_child(
        self,
        class_id: str,
        conversation_id: str,
        pupil_id: str,
        to: str,
        words: str,
        *,
        by: Actor,
        request: Request,
    ) -> Answer:
        """A guardian asks who teaches the child, or the other way round (clause 2.2.4)."""
        text = self._said(words)

        def decided(world: World, at: datetime) -> Decided:
            journal = world.journal(class_id)
            office, day = world.office(self.school_id, journal.year), today(at, journal)
            pupil, asker = world.person(pupil_id), world.person(by.person_id)
            guardian, role = talks.require_child(pupil, journal, office, by.person_id, to, day)
            facts = talks.open_conversation(
                asker, conversation_id, to, text.ref, pupil_id, guardian
            )
            payloads = text.about(pupil_id) if facts else ()
            return Decided(Right(role, CHILD), on(by.person_id, facts), payloads=payloads)

        return self._submit(by, request, decided)

    def ask_about_program(
        self,
        year: int,
        conversation_id: str,
        to: str,
        words: str,
        *,
        by: Actor,
        request: Request,
    ) -> Answer:
        """Any user asks an administrator (clause 4.1.б)."""
        text = self._said(words)

        def decided(world: World, at: datetime) -> Decided:
            office = world.office(self.school_id, year)
            day = local_date(at, office.zone)
            asker, asked = world.person(by.person_id), world.person(to)
            talks.require_program(asker, asked, office, day)
            facts = talks.open_conversation(asker, conversation_id, to, text.ref)
            payloads = text.about(by.person_id) if facts else ()
            right = Right(role_of(asker, office, day), PROGRAM)
            return Decided(right, on(by.person_id, facts), payloads=payloads)

        return self._submit(by, request, decided)

    def reply_in_conversation(
        self,
        year: int,
        asker_id: str,
        conversation_id: str,
        words: str,
        *,
        by: Actor,
        request: Request,
    ) -> Answer:
        """Another word of the one or the other."""
        text = self._said(words)
        return self._in_talk(
            year,
            asker_id,
            conversation_id,
            by,
            request,
            lambda asker: talks.reply(asker, conversation_id, by.person_id, text.ref),
            text,
        )

    def see_conversation(
        self, year: int, asker_id: str, conversation_id: str, *, by: Actor, request: Request
    ) -> Answer:
        """The person has read everything so far."""
        return self._in_talk(
            year,
            asker_id,
            conversation_id,
            by,
            request,
            lambda asker: talks.see(asker, conversation_id, by.person_id),
        )

    def close_conversation(
        self, year: int, asker_id: str, conversation_id: str, *, by: Actor, request: Request
    ) -> Answer:
        """Nothing is left to ask."""
        return self._in_talk(
            year,
            asker_id,
            conversation_id,
            by,
            request,
            lambda asker: talks.close(asker, conversation_id, by.person_id),
        )

    def _in_talk(
        self,
        year: int,
        asker_id: str,
        conversation_id: str,
        by: Actor,
        request: Request,
        decide: Callable[[Person], list[Fact]],
        text: Text | None = None,
    ) -> Answer:
        """One of the two goes on; about a child only while the family's consent is in force."""

        def decided(world: World, at: datetime) -> Decided:
            office = world.office(self.school_id, year)
            asker, day = world.person(asker_id), local_date(at, office.zone)
            talk = talks.known(asker, conversation_id, by.person_id)
            child, guardian = talk.pupil_id, talk.guardian_id
            if child and not talks.open_to_guardian(world.person(child), guardian or "", day):
                raise talks.no_consent()
            facts = decide(asker)
            own = Role.PARENT if by.person_id == guardian else None
            role = own or role_of(world.person(by.person_id), office, day)
            payloads = text.about(child or asker_id) if text and facts else ()
            right = Right(role, CHILD if child else PROGRAM)
            return Decided(right, on(asker_id, facts), payloads=payloads)

        return self._submit(by, request, decided)

    def _said(self, words: str) -> Text:
        text = self._text("conversation", words)
        if text is None:
            raise Invalid("conversation.empty", "Напишите вопрос или ответ.")
        if len(text.body) > MOST_CHARACTERS:
            raise Invalid("conversation.too_long", f"Не длиннее {MOST_CHARACTERS} знаков.")
        return text


def role_of(person: Person, office: Office, day: date) -> Role:
    """In what role somebody speaks: an office of the school first, else by the kind of person."""
    if decisions.known(person).kind == "guardian":
        return Role.PARENT
    for role in ADMINISTRATION:
        if office.holds(person.person_id, role, day):
            return role
    wards = (office.class_teacher(class_id, day) for class_id in office.classes)
    return Role.CLASS_TEACHER if person.person_id in wards else Role.TEACHER
