"""Commands about marks: the teacher's of the lesson, or a substitute's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

import msgspec

from domain import access
from domain.access import Actor
from domain.commands import Commands, Facts, on, told_on
from domain.journal import marks as decide
from domain.journal.lessons import known_lesson
from domain.refusals import Invalid, NotFound
from domain.values import ReasonCode
from domain.world import World
from domain.writing import Answer, Decided, Payload, Request


class MarkInput(msgspec.Struct, frozen=True):
    """One mark of a column as a door passes it; `comment` is text for the vault."""

    mark_id: str
    pupil_id: str
    value: str
    work_type_id: str
    weight: str | None = None
    comment: str = ""


class MarkCommands(Commands):
    """Given, corrected, annulled, commented; debts."""

    def give_marks(
        self,
        class_id: str,
        lesson_id: str,
        column: Sequence[MarkInput],
        *,
        by: Actor,
        request: Request,
    ) -> Answer:
        """A column of marks, all or nothing."""
        payloads: list[Payload] = []
        new: list[decide.NewMark] = []
        for one in column:
            text = self._text("comment", one.comment)
            if text is not None:
                payloads += text.about(one.pupil_id)
            new.append(
                decide.NewMark(
                    one.mark_id,
                    one.pupil_id,
                    one.value,
                    one.work_type_id,
                    one.weight,
                    text.ref if text else None,
                )
            )
        return self._in_lesson(
            class_id,
            lesson_id,
            by,
            request,
            lambda j, o, at: decide.give_marks(j, o, lesson_id, new, at),
            payloads,
        )

    def correct_mark(
        self,
        class_id: str,
        mark_id: str,
        *,
        saw: str,
        value: str,
        reason_code: ReasonCode,
        reason: str = "",
        by: Actor,
        request: Request,
    ) -> Answer:
        """Correct a mark; the old value and the reason stay."""
        text = self._text("reason", reason)
        return self._in_mark(
            class_id,
            mark_id,
            by,
            request,
            text,
            lambda j, o, at, denied: decide.correct_mark(
                j,
                o,
                mark_id,
                saw=saw,
                value=value,
                reason_code=reason_code,
                reason=text.ref if text else None,
                by=by.person_id,
                at=at,
                denied=denied,
            ),
        )

    def annul_mark(
        self,
        class_id: str,
        mark_id: str,
        *,
        saw: str,
        reason_code: ReasonCode,
        reason: str = "",
        by: Actor,
        request: Request,
    ) -> Answer:
        """Annul a mark; it stays in the history."""
        text = self._text("reason", reason)
        return self._in_mark(
            class_id,
            mark_id,
            by,
            request,
            text,
            lambda j, o, at, denied: decide.annul_mark(
                j,
                o,
                mark_id,
                saw=saw,
                reason_code=reason_code,
                reason=text.ref if text else None,
                by=by.person_id,
                at=at,
                denied=denied,
            ),
        )

    def annul_marks(
        self,
        class_id: str,
        lesson_id: str,
        saw: Mapping[str, str],
        *,
        reason_code: ReasonCode,
        reason: str = "",
        by: Actor,
        request: Request,
    ) -> Answer:
        """Annul marks of one lesson, all or nothing. saw: mark → the value that one saw."""
        texts = {mark_id: self._text("reason", reason) for mark_id in saw}

        def decided(world: World, at: datetime) -> Decided:
            journal = world.journal(class_id)
            lesson = known_lesson(journal, lesson_id)
            state = world.office(self.school_id, journal.year)
            right = access.teach(by, journal, state, lesson, at)
            told: Facts = []
            payloads: list[Payload] = []
            for mark_id, value in saw.items():
                mark, text = decide.mark_in(journal, lesson_id, mark_id), texts[mark_id]
                facts = decide.annul_mark(
                    journal,
                    state,
                    mark_id,
                    saw=value,
                    reason_code=reason_code,
                    reason=text.ref if text else None,
                    by=by.person_id,
                    at=at,
                    denied=mark_id in world.person(mark.by).standing.denied,
                )
                told += on(class_id, facts)
                told += told_on(world, journal, mark.pupil_id, mark_id, facts)
                payloads += text.about(mark.pupil_id) if text and facts else ()
            return Decided(right, told, payloads=payloads)

        return self._submit(by, request, decided)

    def comment_mark(
        self, class_id: str, mark_id: str, comment: str, *, by: Actor, request: Request
    ) -> Answer:
        """A word on the quality of learning (clause 4.1.г). Raises Invalid when blank."""
        text = self._text("comment", comment)
        if text is None:
            raise Invalid("comment.empty", "Комментарий: заполните поле.")
        return self._in_mark(
            class_id,
            mark_id,
            by,
            request,
            text,
            lambda j, _o, _at, _denied: decide.comment_mark(j, mark_id, text.ref),
        )

    def raise_debts(
        self,
        class_id: str,
        lesson_id: str,
        debts: Sequence[decide.NewDebt],
        *,
        by: Actor,
        request: Request,
    ) -> Answer:
        """«Точки»: work is expected from these pupils."""
        return self._in_lesson(
            class_id,
            lesson_id,
            by,
            request,
            lambda j, o, at: decide.raise_debts(j, o, lesson_id, debts, at),
        )

    def resolve_debt(
        self,
        class_id: str,
        debt_id: str,
        mark_id: str | None = None,
        *,
        by: Actor,
        request: Request,
    ) -> Answer:
        """Close a debt, by a mark or without one."""

        def decided(world: World, at: datetime) -> Decided:
            journal = world.journal(class_id)
            debt = journal.debts.get(debt_id)
            if debt is None:
                raise NotFound("debt.unknown", "Такого долга нет.")
            state = world.office(self.school_id, journal.year)
            right = access.teach(by, journal, state, journal.lessons[debt.lesson_id], at)
            return Decided(right, on(class_id, decide.resolve_debt(journal, debt_id, mark_id)))

        return self._submit(by, request, decided)
