"""Commands of the control of journals: inspections and their remarks."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from domain import access
from domain.access import Actor, Right
from domain.commands import Commands, Text, on, today
from domain.fact import Fact
from domain.journal import control as decide
from domain.journal import control_facts as f
from domain.journal.state import Journal
from domain.office.state import Office
from domain.permissions import Act
from domain.refusals import Forbidden, Invalid, NotFound
from domain.values import Role
from domain.world import World
from domain.writing import Answer, Decided, Request

MOST_CHARACTERS = 2_000


class ControlCommands(Commands):
    """The deputy inspects, the teacher answers, another person accepts."""

    def inspect_journal(
        self, class_id: str, new: f.JournalInspected, *, by: Actor, request: Request
    ) -> Answer:
        """A journal was looked at (clauses 4.2.б, 5.2)."""

        def decided(journal: Journal, office: Office, at: datetime) -> list[Fact]:
            return decide.inspect_journal(journal, office, new, today(at, journal))

        return self._controlled(class_id, Act.INSPECT_JOURNAL, by, request, None, decided)

    def open_remark(
        self,
        class_id: str,
        inspection_id: str,
        new: decide.NewRemark,
        words: str,
        *,
        by: Actor,
        request: Request,
    ) -> Answer:
        """A remark of an inspection; its words go to the vault. Raises Invalid."""
        text = self._remark(words)

        def decided(journal: Journal, office: Office, at: datetime) -> list[Fact]:
            day = today(at, journal)
            return decide.open_remark(journal, office, inspection_id, new, text.ref, day)

        return self._controlled(class_id, Act.OPEN_REMARK, by, request, text, decided)

    def resolve_remark(
        self,
        class_id: str,
        remark_id: str,
        positions: Sequence[int] = (),
        word: str = "",
        *,
        by: Actor,
        request: Request,
    ) -> Answer:
        """The teacher answers by records of the log, or in words (clause 4.2.а-6)."""
        text = self._remark(word) if word.strip() else None

        def decided(world: World, at: datetime) -> Decided:
            journal = world.journal(class_id)
            office = world.office(self.school_id, journal.year)
            right = answers(by, journal, office, remark_id, at)
            ref = text.ref if text else None
            facts = decide.resolve_remark(journal, remark_id, positions, ref)
            teacher = decide.known(journal, remark_id).teacher_id
            payloads = text.about(teacher) if text and facts else ()
            return Decided(right, on(class_id, facts), payloads=payloads)

        return self._submit(by, request, decided)

    def accept_remark(
        self, class_id: str, remark_id: str, *, by: Actor, request: Request
    ) -> Answer:
        """Another person has seen that it is put right."""
        return self._controlled(
            class_id,
            Act.ACCEPT_REMARK,
            by,
            request,
            None,
            lambda journal, _o, _at: decide.accept_remark(journal, remark_id, by.person_id),
        )

    def return_remark(
        self, class_id: str, remark_id: str, why: str, *, by: Actor, request: Request
    ) -> Answer:
        """It is not put right; why goes to the vault. Raises Invalid."""
        text = self._remark(why)

        def decided(journal: Journal, office: Office, at: datetime) -> list[Fact]:
            day = today(at, journal)
            return decide.return_remark(journal, office, remark_id, text.ref, by.person_id, day)

        return self._controlled(class_id, Act.RETURN_REMARK, by, request, text, decided)

    def _controlled(
        self,
        class_id: str,
        act: Act,
        by: Actor,
        request: Request,
        text: Text | None,
        decide_facts: Callable[[Journal, Office, datetime], list[Fact]],
    ) -> Answer:
        """Who controls journals decides; a text is about the teacher of the remark."""

        def decided(world: World, at: datetime) -> Decided:
            journal = world.journal(class_id)
            office = world.office(self.school_id, journal.year)
            right = access.administer(by, office, at, act)
            facts = decide_facts(journal, office, at)
            payloads = text.about(_whose(journal, facts)) if text and facts else ()
            return Decided(right, on(class_id, facts), payloads=payloads)

        return self._submit(by, request, decided)

    def _remark(self, body: str) -> Text:
        text = self._text("remark", body)
        if text is None:
            raise Invalid("remark.empty", "Напишите словами, что исправить или что сделано.")
        if len(text.body) > MOST_CHARACTERS:
            raise Invalid("remark.too_long", f"Не длиннее {MOST_CHARACTERS} знаков.")
        return text


def answers(actor: Actor, journal: Journal, office: Office, remark_id: str, at: datetime) -> Right:
    """The right to answer a remark: of the teacher it is for, or of who has taken the subject
    over.

    Raises Forbidden to who sees the journal, NotFound to a stranger.
    """
    if not access.sees(actor, journal, office, at):
        raise NotFound("remark.unknown", "Такого замечания нет.")
    remark, day = decide.known(journal, remark_id), today(at, journal)
    teaching = {
        one.teacher_id: number
        for number, one in journal.assignments.items()
        if one.subject_id == remark.subject_id and one.span.covers(day)
    }
    mine = actor.person_id == remark.teacher_id
    if actor.person_id in teaching and (mine or remark.teacher_id not in teaching):
        return Right(Role.TEACHER, f"assignment:{teaching[actor.person_id]}")
    if mine:  # a class teacher, or one who taught there before
        own = office.class_teacher(journal.class_id, day) == actor.person_id
        return Right(Role.CLASS_TEACHER if own else Role.TEACHER, f"remark:{remark_id}")
    raise Forbidden("remark.not_yours", "На замечание отвечает учитель, к которому оно относится.")


def _whose(journal: Journal, facts: Sequence[Fact]) -> str:
    """Whom the text of a remark's fact is about."""
    match facts[0]:
        case f.RemarkOpened(teacher_id=teacher_id):
            return teacher_id
        case f.RemarkReturned(remark_id=remark_id):
            return decide.known(journal, remark_id).teacher_id
    raise TypeError(facts[0])
