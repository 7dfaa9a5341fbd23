"""Commands about who is in a class journal: the administration's."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from domain import access
from domain.access import Actor
from domain.commands import Answer, Commands, on
from domain.journal import facts as f
from domain.journal import roster as decide
from domain.permissions import Act
from domain.refusals import Invalid
from domain.world import World
from domain.writing import Decided, Request


class RosterCommands(Commands):
    """Pupils, subgroups, teachers, substitutes."""

    def enrol_pupils(
        self,
        class_id: str,
        pupil_ids: Sequence[str],
        since: date,
        order_no: str = "",
        *,
        by: Actor,
        request: Request,
    ) -> Answer:
        """Put pupils on the class list from a day on, all or nothing."""
        return self._in_class(
            class_id,
            Act.ENROL_PUPILS,
            by,
            request,
            lambda journal, _: [
                fact
                for pupil_id in dict.fromkeys(pupil_ids)
                for fact in decide.enrol(journal, pupil_id, since, order_no)
            ],
        )

    def depart_pupil(
        self,
        class_id: str,
        pupil_id: str,
        on_day: date,
        order_no: str,
        *,
        by: Actor,
        request: Request,
    ) -> Answer:
        """Take a pupil off the class list; `on_day` is the first day without."""
        return self._in_class(
            class_id,
            Act.DEPART_PUPIL,
            by,
            request,
            lambda journal, _: decide.depart(journal, pupil_id, on_day, order_no, None),
        )

    def transfer_pupil(
        self,
        from_class: str,
        to_class: str,
        pupil_id: str,
        on_day: date,
        order_no: str,
        *,
        by: Actor,
        request: Request,
    ) -> Answer:
        """From one class to another: two streams, one append. Raises Invalid for the same one."""
        if from_class == to_class:
            raise Invalid("roster.same_class", "Ученик уже в этом классе.")

        def decided(world: World, at: datetime) -> Decided:
            old, new = world.journal(from_class), world.journal(to_class)
            state = world.office(self.school_id, new.year)
            right = access.administer(by, state, at, Act.TRANSFER_PUPIL)
            left = decide.depart(old, pupil_id, on_day, order_no, to_class)
            came = decide.enrol(new, pupil_id, on_day, order_no) if left else []
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
        """Give a subject (or a subgroup in it) to a teacher."""
        return self._in_class(
            class_id, Act.ASSIGN_TEACHER, by, request, lambda j, _: decide.assign(j, new)
        )

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
        return self._in_class(
            class_id, Act.APPOINT_SUBSTITUTE, by, request, lambda j, _: decide.substitute(j, new)
        )
