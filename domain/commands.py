"""What every command method shares: the right first, then the decision, then the queue."""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Sequence
from datetime import date, datetime
from hashlib import sha256

import msgspec

from domain import access
from domain.access import Actor
from domain.calendar import local_date
from domain.engine import Engine
from domain.fact import Fact
from domain.journal import marks, movement
from domain.journal.lessons import known_lesson
from domain.journal.state import Journal, Lesson
from domain.office.archiving import require_open
from domain.office.state import Office
from domain.people.state import Person
from domain.permissions import Act
from domain.refusals import NotFound
from domain.values import PayloadRef, printable
from domain.world import World, office_id
from domain.writing import Answer, Command, Decide, Decided, Payload, Request

Facts = list[tuple[str, Fact]]


class Text(msgspec.Struct, frozen=True):
    """A text about a person on its way to the vault, and the reference that the fact keeps."""

    kind: str
    body: str
    salt: bytes
    ref: PayloadRef

    def about(self, person_id: str) -> tuple[Payload, ...]:
        """The vault row."""
        return (Payload(self.ref.id, person_id, self.kind, self.body, self.salt),)


def payload_hash(salt: bytes, body: str) -> str:
    """base64url (no padding) SHA-256 of salt ‖ UTF-8 body: what a fact keeps of a text."""
    return urlsafe_b64encode(sha256(salt + body.encode()).digest()).rstrip(b"=").decode()


def on(stream: str, facts: Sequence[Fact]) -> Facts:
    """Facts of one stream."""
    return [(stream, fact) for fact in facts]


class Commands:
    """One school's write door: the engine, and sources of ids and salts.

    ids: fresh UUIDv4 strings; salts: fresh 128-bit salts (base64url, 22 characters). Both are
    arguments, so that the demonstration is the same school every time.
    """

    def __init__(
        self,
        engine: Engine,
        slug: str,
        school_id: str,
        *,
        ids: Callable[[], str],
        salts: Callable[[], str],
    ) -> None:
        self.engine = engine
        self.slug = slug
        self.school_id = school_id
        self._ids = ids
        self._salts = salts

    def _submit(self, by: Actor, request: Request, decide: Decide) -> Answer:
        def guarded(world: World, at: datetime) -> Decided:
            decided = decide(world, at)
            require_open(world, self.school_id, decided.facts)  # nobody writes into an archive
            return decided

        return self.engine.submit(self.slug, Command(by, guarded, request))

    def _text(self, kind: str, body: str) -> Text | None:
        """A text for the vault, or None when it is blank. Raises Invalid."""
        body = printable(body.strip())
        return self._told(kind, body) if body else None

    def _told(self, kind: str, body: str) -> Text:
        """A text for the vault, as it is."""
        salt = urlsafe_b64decode(self._salts() + "==")
        return Text(kind, body, salt, PayloadRef(self._ids(), payload_hash(salt, body)))

    def _office_of(self, world: World, year: int) -> Office | None:
        """The office of a year, or None while it is not opened."""
        state = world.state(office_id(self.school_id, year), Office)
        return state if state.version else None

    def _in_office(
        self,
        year: int,
        act: Act,
        by: Actor,
        request: Request,
        decide: Callable[[Office], list[Fact]],
    ) -> Answer:
        """The administration decides about the office."""

        def decided(world: World, at: datetime) -> Decided:
            state = world.office(self.school_id, year)
            right = access.administer(by, state, at, act)
            return Decided(right, on(state.office_id, decide(state)))

        return self._submit(by, request, decided)

    def _in_class(
        self,
        class_id: str,
        act: Act,
        by: Actor,
        request: Request,
        decide: Callable[[Journal, Office], list[Fact]],
    ) -> Answer:
        """The administration decides about a class."""

        def decided(world: World, at: datetime) -> Decided:
            journal = world.journal(class_id)
            state = world.office(self.school_id, journal.year)
            right = access.administer(by, state, at, act)
            return Decided(right, on(class_id, decide(journal, state)))

        return self._submit(by, request, decided)

    def _in_lesson(
        self,
        class_id: str,
        lesson_id: str,
        by: Actor,
        request: Request,
        decide: Callable[[Journal, Office, datetime], list[Fact]],
        payloads: Sequence[Payload] = (),
    ) -> Answer:
        """The teacher of a lesson, or a substitute, writes about it."""

        def decided(world: World, at: datetime) -> Decided:
            journal = world.journal(class_id)
            lesson = known_lesson(journal, lesson_id)
            state = world.office(self.school_id, journal.year)
            right = access.teach(by, journal, state, lesson, at)
            facts = decide(journal, state, at)
            return Decided(right, on(class_id, facts), payloads=payloads if facts else ())

        return self._submit(by, request, decided)

    def _in_mark(
        self,
        class_id: str,
        mark_id: str,
        by: Actor,
        request: Request,
        text: Text | None,
        decide: Callable[[Journal, Office, datetime, bool], list[Fact]],
    ) -> Answer:
        """The teacher of a mark's lesson, or a substitute, writes about the mark.

        decide is told whether the mark's author has said that it is not of one's hand.
        """

        def decided(world: World, at: datetime) -> Decided:
            journal = world.journal(class_id)
            mark = journal.marks.get(mark_id)
            state = world.office(self.school_id, journal.year)
            if mark is None:
                if access.sees(by, journal, state, at):
                    raise marks.unknown_mark(journal, mark_id)
                raise NotFound("mark.unknown", "Такой отметки нет.")
            lesson: Lesson = journal.lessons[mark.lesson_id]
            right = access.teach(by, journal, state, lesson, at)
            denied = mark_id in world.person(mark.by).standing.denied
            facts = decide(journal, state, at, denied)
            payloads = text.about(mark.pupil_id) if text and facts else ()
            told = on(class_id, facts) + told_on(world, journal, mark.pupil_id, mark_id, facts)
            return Decided(right, told, payloads=payloads)

        return self._submit(by, request, decided)

    def _about_person(
        self,
        year: int,
        person_id: str,
        act: Act,
        by: Actor,
        request: Request,
        decide: Callable[[Person], list[Fact]],
    ) -> Answer:
        """The administration decides about a person."""

        def decided(world: World, at: datetime) -> Decided:
            right = access.administer(by, self._office_of(world, year), at, act)
            return Decided(right, on(person_id, decide(world.person(person_id))))

        return self._submit(by, request, decided)

    def _about_ward(
        self,
        class_id: str,
        pupil_id: str,
        act: Act,
        by: Actor,
        request: Request,
        decide: Callable[[Person, date], list[Fact]],
        payloads: Sequence[Payload] = (),
    ) -> Answer:
        """The class teacher (or the administration) decides about a pupil of the class, today."""

        def decided(world: World, at: datetime) -> Decided:
            journal = world.journal(class_id)
            state = world.office(self.school_id, journal.year)
            right = access.class_teacher(by, state, class_id, at, act)
            if pupil_id not in journal.pupils:
                raise NotFound("roster.unknown_pupil", "Такого ученика в классе нет.")
            facts = decide(world.person(pupil_id), today(at, journal))
            return Decided(right, on(pupil_id, facts), payloads=payloads if facts else ())

        return self._submit(by, request, decided)


def told_on(
    world: World, journal: Journal, pupil_id: str, mark_id: str, facts: Sequence[Fact]
) -> Facts:
    """The same in every class to which the pupil has taken the mark along."""
    found: Facts = []
    old, seen = journal, {journal.class_id}
    while facts and (to_class := old.went.get(pupil_id)) is not None and to_class not in seen:
        new = world.journal(to_class)
        told = new.carried.get(pupil_id, {}).get(mark_id)
        if told is not None:
            found += on(to_class, movement.follow(pupil_id, old.class_id, told, facts))
        seen.add(to_class)
        old = new
    return found


def today(at: datetime, journal: Journal) -> date:
    """The school's day at a moment."""
    return local_date(at, journal.zone)
