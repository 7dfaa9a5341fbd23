"""Commands about who is in a class journal: the administration's."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from domain import access
from domain.access import Actor
from domain.commands import Commands, on
from domain.fact import Fact
from domain.journal import facts as f
from domain.journal import movement as move
from domain.journal import roster as decide
from domain.permissions import Act
from domain.refusals import Invalid
from domain.world import World
from domain.writing import Answer, Decided, Payload, Request


class RosterCommands(Commands):
    """Pupils, subgroups, teachers, substitutes."""

    def enrol_pupils(
        self,
        class_id: str,
        pupil_ids: Sequence[str],
        since: date,
        order_no: str = "",
        order_date: date | None = None,
        whence: str = "",
        *,
        by: Actor,
        request: Request,
    ) -> Answer:
        """Put pupils on the class list from a day on, all or nothing.

        whence: where they come from, for the vault.
        """
        pupils = list(dict.fromkeys(pupil_ids))
        texts = {pupil: self._text("movement", whence) for pupil in pupils}
        order = move.Order(order_no.strip(), order_date)

        def decided(world: World, at: datetime) -> Decided:
            journal = world.journal(class_id)
            state = world.office(self.school_id, journal.year)
            right = access.administer(by, state, at, Act.ENROL_PUPILS)
            facts: list[Fact] = []
            payloads: list[Payload] = []
            others = [world.journal(one) for one in state.classes if one != class_id]
            for pupil in pupils:
                text = texts[pupil]
                new = move.enrol(journal, pupil, since, order, whence=text.ref if text else None)
                if new:
                    move.require_pupil(world.person(pupil))
                    move.require_nowhere_else(others, pupil, since)
                    payloads += text.about(pupil) if text else ()
                facts += new
            return Decided(right, on(class_id, facts), payloads=payloads)

        return self._submit(by, request, decided)

    def depart_pupil(
        self,
        class_id: str,
        pupil_id: str,
        on_day: date,
        order_no: str,
        order_date: date | None = None,
        whither: str = "",
        *,
        by: Actor,
        request: Request,
    ) -> Answer:
        """Take a pupil off the class list; `on_day` is the first day without.

        whither: where the pupil goes, for the vault.
        """
        text = self._text("movement", whither)
        order = move.Order(order_no.strip(), order_date)

        def decided(world: World, at: datetime) -> Decided:
            journal = world.journal(class_id)
            state = world.office(self.school_id, journal.year)
            right = access.administer(by, state, at, Act.DEPART_PUPIL)
            ref = text.ref if text else None
            facts = move.depart(journal, pupil_id, on_day, order, None, ref)
            payloads = text.about(pupil_id) if text and facts else ()
            return Decided(right, on(class_id, facts), payloads=payloads)

        return self._submit(by, request, decided)

    def transfer_pupil(
        self,
        from_class: str,
        to_class: str,
        pupil_id: str,
        on_day: date,
        order_no: str,
        order_date: date | None = None,
        *,
        by: Actor,
        request: Request,
    ) -> Answer:
        """From one class to another, with the marks of the running term and the term marks: two
        streams, one append. Raises Invalid for the same one.
        """
        if from_class == to_class:
            raise Invalid("roster.same_class", "Ученик уже в этом классе.")
        order = move.Order(order_no.strip(), order_date)

        def decided(world: World, at: datetime) -> Decided:
            old, new = world.journal(from_class), world.journal(to_class)
            state = world.office(self.school_id, new.year)
            right = access.administer(by, state, at, Act.TRANSFER_PUPIL)
            if old.year != new.year:
                raise Invalid(
                    "roster.other_year", "Перевод в класс другого года делают при переходе на него."
                )
            left = move.depart(old, pupil_id, on_day, order, to_class)
            came: list[Fact] = []
            if left:
                others = [
                    world.journal(one) for one in state.classes if one not in (from_class, to_class)
                ]
                move.require_nowhere_else(others, pupil_id, on_day)
                came = move.enrol(new, pupil_id, on_day, order, from_class=from_class)
                came += move.carry(old, state, new, pupil_id, on_day)
            return Decided(right, on(from_class, left) + on(to_class, came))

        return self._submit(by, request, decided)

    def split_class(
        self, class_id: str, new: f.SubgroupSplitOrdered, *, by: Actor, request: Request
    ) -> Answer:
        """Divide a class in a subject by an order (clause 3.3.5)."""
        return self._in_class(
            class_id, Act.SPLIT_CLASS, by, request, lambda j, _: decide.split(j, new)
        )

    def assign_teacher(
        self, class_id: str, new: f.TeacherAssigned, *, by: Actor, request: Request
    ) -> Answer:
        """Give a subject (or a subgroup in it) to a teacher of the school."""

        def decided(world: World, at: datetime) -> Decided:
            journal = world.journal(class_id)
            state = world.office(self.school_id, journal.year)
            right = access.administer(by, state, at, Act.ASSIGN_TEACHER)
            facts = decide.assign(journal, new)
            if facts:
                move.require_teacher(world.person(new.teacher_id), state, new.since)
                decide.require_subject(state, new)
            return Decided(right, on(class_id, facts))

        return self._submit(by, request, decided)

    def release_teacher(
        self, class_id: str, assignment_id: str, on_day: date, *, by: Actor, request: Request
    ) -> Answer:
        """End an assignment; `on_day` is the first day without it."""
        return self._in_class(
            class_id,
            Act.RELEASE_TEACHER,
            by,
            request,
            lambda j, _: decide.release(j, assignment_id, on_day),
        )

    def appoint_substitute(
        self, class_id: str, new: f.SubstitutionAppointed, *, by: Actor, request: Request
    ) -> Answer:
        """A time-boxed right of one's own (clause 3.3.6)."""

        def decided(world: World, at: datetime) -> Decided:
            journal = world.journal(class_id)
            state = world.office(self.school_id, journal.year)
            right = access.administer(by, state, at, Act.APPOINT_SUBSTITUTE)
            facts = decide.substitute(journal, new)
            if facts:
                move.require_teacher(world.person(new.substitute_id), state, new.since)
            return Decided(right, on(class_id, facts))

        return self._submit(by, request, decided)
