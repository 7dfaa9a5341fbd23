"""Commands about terms: their marks are the teacher's, their closing the administration's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

import msgspec

from domain import access
from domain.access import Actor
from domain.commands import Commands, on, today
from domain.journal import closing, term_marks
from domain.journal.state import term_cell
from domain.permissions import Act
from domain.refusals import Invalid
from domain.values import Origin, ReasonCode
from domain.world import World
from domain.writing import Answer, Decided, Payload, Request


class TermCommands(Commands):
    """Term marks issued, corrected and annulled; a term closed."""

    def issue_term_marks(
        self,
        class_id: str,
        subject_id: str,
        term: int,
        column: Sequence[term_marks.NewTermMark],
        *,
        reasons: Mapping[str, str] | None = None,
        by: Actor,
        request: Request,
    ) -> Answer:
        """Term marks of a subject, all or nothing. Raises Invalid for an empty column.

        reasons: pupil → why the mark is not the suggested one, in words for the vault.
        """
        if not column:
            raise Invalid("term_mark.empty", "Нет ни одной отметки.")
        payloads: list[Payload] = []
        new: list[term_marks.NewTermMark] = []
        for one in column:
            text = self._text("reason", (reasons or {}).get(one.pupil_id, ""))
            payloads += text.about(one.pupil_id) if text else ()
            new.append(msgspec.structs.replace(one, reason=text.ref) if text else one)

        def decided(world: World, at: datetime) -> Decided:
            journal = world.journal(class_id)
            state = world.office(self.school_id, journal.year)
            day = today(at, journal)
            rights = [
                access.teach_subject(by, journal, subject_id, one.pupil_id, day) for one in new
            ]
            facts = term_marks.issue_term_marks(
                journal, state, subject_id, term, new, imported=by.origin is Origin.IMPORT
            )
            kept = {fact.reason.id for fact in facts if fact.reason is not None}
            told = [payload for payload in payloads if payload.id in kept]
            return Decided(rights[0], on(class_id, facts), payloads=told)

        return self._submit(by, request, decided)

    def correct_term_mark(
        self,
        class_id: str,
        pupil_id: str,
        subject_id: str,
        term: int,
        *,
        saw: str,
        value: str,
        reason_code: ReasonCode,
        reason: str = "",
        by: Actor,
        request: Request,
    ) -> Answer:
        """Correct a term mark while the term is open."""
        text = self._text("reason", reason)

        def decided(world: World, at: datetime) -> Decided:
            journal = world.journal(class_id)
            state = world.office(self.school_id, journal.year)
            day = today(at, journal)
            right = access.teach_subject(by, journal, subject_id, pupil_id, day)
            facts = term_marks.correct_term_mark(
                journal,
                state,
                pupil_id,
                subject_id,
                term,
                saw=saw,
                value=value,
                reason_code=reason_code,
                reason=text.ref if text else None,
            )
            payloads = text.about(pupil_id) if text and facts else ()
            return Decided(right, on(class_id, facts), payloads=payloads)

        return self._submit(by, request, decided)

    def annul_term_mark(
        self,
        class_id: str,
        pupil_id: str,
        subject_id: str,
        term: int,
        *,
        saw: str,
        reason_code: ReasonCode,
        reason: str = "",
        by: Actor,
        request: Request,
    ) -> Answer:
        """Annul a term mark while the term is open: who issued it on that day, else another
        person of the administration, with words.
        """
        text = self._text("reason", reason)

        def decided(world: World, at: datetime) -> Decided:
            journal = world.journal(class_id)
            state = world.office(self.school_id, journal.year)
            issued = journal.issued.get(term_cell(pupil_id, subject_id, term))
            if issued is not None and issued.by == by.person_id:
                right = access.teach_subject(by, journal, subject_id, pupil_id, today(at, journal))
            else:
                right = access.administer(by, state, at, Act.ANNUL_TERM_MARK)
            facts = term_marks.annul_term_mark(
                journal,
                state,
                pupil_id,
                subject_id,
                term,
                saw=saw,
                reason_code=reason_code,
                reason=text.ref if text else None,
                by=by.person_id,
                at=at,
            )
            payloads = text.about(pupil_id) if text and facts else ()
            return Decided(right, on(class_id, facts), payloads=payloads)

        return self._submit(by, request, decided)

    def close_term(self, class_id: str, term: int, *, by: Actor, request: Request) -> Answer:
        """Close a term of a class: the administration's."""
        return self._in_class(
            class_id, Act.CLOSE_TERM, by, request, lambda j, o: closing.close_term(j, o, term)
        )

    def reopen_term(
        self, class_id: str, term: int, order_no: str, *, by: Actor, request: Request
    ) -> Answer:
        """Open a closed term again, by an order: the director's and the deputy's."""
        return self._in_class(
            class_id,
            Act.REOPEN_TERM,
            by,
            request,
            lambda j, o: closing.reopen_term(j, o, term, order_no),
        )
