"""Commands about corrections beyond the teacher's own reach: asked for, approved, rejected."""

from __future__ import annotations

from datetime import datetime

from domain import access
from domain.access import Actor
from domain.commands import Commands, Text, on, told_on
from domain.journal import requests
from domain.permissions import Act
from domain.refusals import Invalid, NotFound
from domain.values import ReasonCode
from domain.world import World
from domain.writing import Answer, Decided, Request


class RequestCommands(Commands):
    """The teacher of a mark asks, the director or a deputy answers."""

    def request_correction(
        self,
        class_id: str,
        request_id: str,
        mark_id: str,
        *,
        saw: str,
        value: str,
        reason_code: ReasonCode,
        reason: str,
        by: Actor,
        request: Request,
    ) -> Answer:
        """Ask for another value of a mark ("": to be annulled). Raises Invalid without words."""
        text = self._why(reason)

        def decided(world: World, at: datetime) -> Decided:
            journal = world.journal(class_id)
            state = world.office(self.school_id, journal.year)
            mark = journal.any_mark(mark_id)
            if mark is None:
                raise NotFound("mark.unknown", "Такой отметки нет.")
            right = access.teach(by, journal, state, journal.lessons[mark.lesson_id], at)
            facts = requests.request_correction(
                journal,
                state,
                request_id,
                mark_id,
                saw=saw,
                value=value,
                reason_code=reason_code,
                reason=text.ref,
                by=by.person_id,
                at=at,
                denied=mark_id in world.person(mark.by).standing.denied,
            )
            payloads = text.about(mark.pupil_id) if facts else ()
            return Decided(right, on(class_id, facts), payloads=payloads)

        return self._submit(by, request, decided)

    def approve_correction(
        self,
        class_id: str,
        request_id: str,
        *,
        order_no: str = "",
        term_mark: requests.TermMarkWord | None = None,
        by: Actor,
        request: Request,
    ) -> Answer:
        """Make the correction that was asked for; never one's own."""

        def decided(world: World, at: datetime) -> Decided:
            journal = world.journal(class_id)
            state = world.office(self.school_id, journal.year)
            right = access.administer(by, state, at, Act.APPROVE_CORRECTION)
            facts = requests.approve_correction(
                journal,
                state,
                request_id,
                order_no=order_no,
                term_mark=term_mark,
                by=by.person_id,
            )
            told = on(class_id, facts)
            if facts:
                mark_id = journal.requests[request_id].mark_id
                mark = journal.any_mark(mark_id)
                pupil_id = mark.pupil_id if mark else ""
                told += told_on(world, journal, pupil_id, mark_id, facts)
            return Decided(right, told)

        return self._submit(by, request, decided)

    def reject_correction(
        self, class_id: str, request_id: str, reason: str, *, by: Actor, request: Request
    ) -> Answer:
        """Leave the mark as it is, and say why. Raises Invalid without words."""
        text = self._why(reason)

        def decided(world: World, at: datetime) -> Decided:
            journal = world.journal(class_id)
            state = world.office(self.school_id, journal.year)
            right = access.administer(by, state, at, Act.REJECT_CORRECTION)
            facts = requests.reject_correction(journal, request_id, text.ref, by=by.person_id)
            mark = journal.any_mark(facts[0].mark_id) if facts else None
            payloads = text.about(mark.pupil_id) if mark else ()
            return Decided(right, on(class_id, facts), payloads=payloads)

        return self._submit(by, request, decided)

    def _why(self, reason: str) -> Text:
        text = self._text("reason", reason)
        if text is None:
            raise Invalid("request.reason_empty", "Напишите, почему: без этого запись не делается.")
        return text
