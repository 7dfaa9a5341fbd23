"""Commands about the end of a year: the teacher's marks, the council's decisions."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime

import msgspec

from domain import access
from domain.access import Actor
from domain.commands import Commands, on, today
from domain.fact import Fact
from domain.journal import results
from domain.journal.results import NewDecision, NewResult, ResultKind
from domain.journal.state import Journal
from domain.office.state import Office
from domain.permissions import Act
from domain.refusals import Invalid
from domain.values import Origin, ReasonCode
from domain.world import World
from domain.writing import Answer, Decided, Payload, Request

Reasons = Mapping[str, str]
Decide = Callable[[Journal, Office, Sequence[NewResult], date], list[Fact]]


class ResultCommands(Commands):
    """Year marks, examinations, final marks; who is promoted."""

    def issue_year_marks(
        self,
        class_id: str,
        subject_id: str,
        column: Sequence[NewResult],
        *,
        reasons: Reasons | None = None,
        by: Actor,
        request: Request,
    ) -> Answer:
        """Marks of the year of a subject, all or nothing. reasons: pupil → words for the vault."""
        imported = by.origin is Origin.IMPORT
        return self._column(
            class_id,
            subject_id,
            column,
            reasons or {},
            by,
            request,
            lambda j, o, new, _: results.issue_year_marks(j, o, subject_id, new, imported=imported),
        )

    def record_exam_marks(
        self,
        class_id: str,
        subject_id: str,
        day: date,
        column: Sequence[NewResult],
        *,
        by: Actor,
        request: Request,
    ) -> Answer:
        """Marks of an examination of that day, all or nothing."""
        return self._column(
            class_id,
            subject_id,
            column,
            {},
            by,
            request,
            lambda j, o, new, now: results.record_exam_marks(j, o, subject_id, day, new, now),
        )

    def issue_final_marks(
        self,
        class_id: str,
        subject_id: str,
        column: Sequence[NewResult],
        *,
        reasons: Reasons | None = None,
        by: Actor,
        request: Request,
    ) -> Answer:
        """Marks of the certificate, all or nothing. reasons: pupil → words for the vault."""
        imported = by.origin is Origin.IMPORT
        return self._column(
            class_id,
            subject_id,
            column,
            reasons or {},
            by,
            request,
            lambda j, o, new, _: results.issue_final_marks(
                j, o, subject_id, new, imported=imported
            ),
        )

    def correct_result(
        self,
        class_id: str,
        kind: ResultKind,
        pupil_id: str,
        subject_id: str,
        *,
        saw: str,
        value: str,
        reason_code: ReasonCode,
        reason: str = "",
        by: Actor,
        request: Request,
    ) -> Answer:
        """Another mark of the year, an examination or the certificate."""
        text = self._text("reason", reason)

        def decided(world: World, at: datetime) -> Decided:
            journal = world.journal(class_id)
            state = world.office(self.school_id, journal.year)
            right = access.teach_subject(by, journal, subject_id, pupil_id, today(at, journal))
            facts = results.correct_result(
                journal,
                state,
                kind,
                pupil_id,
                subject_id,
                saw=saw,
                value=value,
                reason_code=reason_code,
                reason=text.ref if text else None,
            )
            payloads = text.about(pupil_id) if text and facts else ()
            return Decided(right, on(class_id, facts), payloads=payloads)

        return self._submit(by, request, decided)

    def record_council_decisions(
        self,
        class_id: str,
        decisions: Sequence[NewDecision],
        protocol_no: str,
        protocol_date: date,
        *,
        by: Actor,
        request: Request,
    ) -> Answer:
        """Who is promoted, by the minutes of the council; another decision keeps the old one."""

        def decided(world: World, at: datetime) -> Decided:
            journal = world.journal(class_id)
            state = world.office(self.school_id, journal.year)
            right = access.administer(by, state, at, Act.RECORD_COUNCIL_DECISIONS)
            facts = results.record_council_decisions(
                journal, decisions, protocol_no, protocol_date, today(at, journal)
            )
            return Decided(right, on(class_id, facts))

        return self._submit(by, request, decided)

    def _column(
        self,
        class_id: str,
        subject_id: str,
        column: Sequence[NewResult],
        reasons: Reasons,
        by: Actor,
        request: Request,
        decide: Decide,
    ) -> Answer:
        """The pupils' teacher of the subject writes. Raises Invalid for an empty column."""
        if not column:
            raise Invalid("term_mark.empty", "Нет ни одной отметки.")
        payloads: list[Payload] = []
        new: list[NewResult] = []
        for one in column:
            text = self._text("reason", reasons.get(one.pupil_id, ""))
            payloads += text.about(one.pupil_id) if text else ()
            new.append(msgspec.structs.replace(one, reason=text.ref) if text else one)

        def decided(world: World, at: datetime) -> Decided:
            journal = world.journal(class_id)
            state = world.office(self.school_id, journal.year)
            day = today(at, journal)
            rights = [
                access.teach_subject(by, journal, subject_id, one.pupil_id, day) for one in new
            ]
            facts = decide(journal, state, new, day)
            written = {getattr(fact, "pupil_id", "") for fact in facts}
            told = [payload for payload in payloads if payload.subject in written]
            return Decided(rights[0], on(class_id, facts), payloads=told)

        return self._submit(by, request, decided)
