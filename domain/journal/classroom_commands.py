"""Commands of the class teacher and of the families: absences and their reasons."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime

import msgspec

from domain import access
from domain.access import Actor
from domain.commands import Commands, on, today
from domain.fact import Fact
from domain.journal import absence_facts as f
from domain.journal import absences
from domain.journal.state import Journal
from domain.office.state import Office
from domain.refusals import Invalid
from domain.values import AttendanceCode
from domain.world import World
from domain.writing import Answer, Decided, Payload, Request


class ReasonInput(msgspec.Struct, frozen=True):
    """One reason as a door passes it: for these lessons, or for the unexplained ones of the days,
    both included; `document` is text for the vault.
    """

    pupil_id: str
    code: AttendanceCode
    lesson_ids: Sequence[str] = ()
    since: date | None = None
    until: date | None = None
    document: str = ""


class ClassroomCommands(Commands):
    """Reasons of absences, the signed week, a guardian's warning and signature."""

    def set_absence_reasons(
        self, class_id: str, reasons: Sequence[ReasonInput], *, by: Actor, request: Request
    ) -> Answer:
        """Why pupils were away (clause 4.2.г), all or nothing. Raises Invalid for an empty list."""
        if not reasons:
            raise Invalid("absence.empty", "Не указано ни одной причины.")
        payloads: dict[str, Payload] = {}
        new: list[absences.NewReason] = []
        for one in reasons:
            text = self._text("absence", one.document)
            if text is not None:
                payloads |= {row.id: row for row in text.about(one.pupil_id)}
            new.append(
                absences.NewReason(
                    one.pupil_id,
                    one.code,
                    one.lesson_ids,
                    one.since,
                    one.until,
                    text.ref if text else None,
                )
            )
        return self._own_class(
            class_id, by, request, lambda j, _o, _at: absences.set_reasons(j, new), payloads
        )

    def confirm_attendance_week(
        self, class_id: str, monday: date, *, by: Actor, request: Request
    ) -> Answer:
        """Sign a week whose absences are all explained, or not, as the regulation says."""
        return self._own_class(
            class_id,
            by,
            request,
            lambda j, o, at: absences.confirm_week(j, o.regulation, monday, at),
        )

    def announce_absence(
        self,
        class_id: str,
        notice_id: str,
        pupil_id: str,
        since: date,
        until: date,
        code: AttendanceCode,
        words: str = "",
        *,
        by: Actor,
        request: Request,
    ) -> Answer:
        """A guardian with consent warns that the child will be away."""
        text = self._text("absence", words)
        new = f.AbsenceAnnounced(
            notice_id, pupil_id, since, until, code, text.ref if text else None
        )

        def decided(world: World, at: datetime) -> Decided:
            journal = world.journal(class_id)
            right = access.guardian(by, world.person(pupil_id), today(at, journal))
            facts = absences.announce(journal, new, at)
            payloads = text.about(pupil_id) if text and facts else ()
            return Decided(right, on(class_id, facts), payloads=payloads)

        return self._submit(by, request, decided)

    def acknowledge_diary(
        self,
        class_id: str,
        pupil_id: str,
        monday: date,
        position: int,
        *,
        by: Actor,
        request: Request,
    ) -> Answer:
        """A guardian with consent has read a week, as it stood at a position of the log."""
        new = f.DiaryAcknowledged(pupil_id, by.person_id, monday, position)

        def decided(world: World, at: datetime) -> Decided:
            journal = world.journal(class_id)
            right = access.guardian(by, world.person(pupil_id), today(at, journal))
            return Decided(right, on(class_id, absences.acknowledge(journal, new, at)))

        return self._submit(by, request, decided)

    def _own_class(
        self,
        class_id: str,
        by: Actor,
        request: Request,
        decide: Callable[[Journal, Office, datetime], list[Fact]],
        payloads: dict[str, Payload] | None = None,
    ) -> Answer:
        """The class teacher decides about the own class; of the texts those that facts name."""
        texts = payloads or {}

        def decided(world: World, at: datetime) -> Decided:
            journal = world.journal(class_id)
            office = world.office(self.school_id, journal.year)
            right = access.own_class(by, journal, office, at)
            facts = decide(journal, office, at)
            kept = [row for number in _texts(facts) if (row := texts.get(number))]
            return Decided(right, on(class_id, facts), payloads=kept)

        return self._submit(by, request, decided)


def _texts(facts: Sequence[Fact]) -> list[str]:
    """Ids of the vault rows that facts point to."""
    refs = (getattr(fact, "document", None) or getattr(fact, "payload", None) for fact in facts)
    return [ref.id for ref in refs if ref is not None]
