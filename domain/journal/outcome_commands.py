"""Commands beside the marks: comments on a pupil, defended projects, works, metasubject levels."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from domain import access
from domain.access import Actor
from domain.commands import on, today
from domain.journal import outcome_facts as f
from domain.journal import outcomes
from domain.journal.classroom_commands import ClassroomCommands
from domain.refusals import Invalid, NotFound
from domain.values import ReasonCode
from domain.world import World
from domain.writing import Answer, Decided, Payload, Request


class OutcomeCommands(ClassroomCommands):
    """What is told of a pupil beside marks."""

    def comment_pupil(
        self,
        class_id: str,
        comment_id: str,
        pupil_id: str,
        subject_id: str,
        words: str,
        *,
        by: Actor,
        request: Request,
    ) -> Answer:
        """A word on how a pupil learns a subject (clause 4.1.г), by the teacher of it.

        Raises Invalid when blank.
        """
        text = self._text("comment", words)
        if text is None:
            raise Invalid("comment.empty", "Комментарий: заполните поле.")

        def decided(world: World, at: datetime) -> Decided:
            journal = world.journal(class_id)
            office = world.office(self.school_id, journal.year)
            day = today(at, journal)
            right = access.comment_on(by, journal, office, subject_id, pupil_id, at)
            if not journal.enrolled(pupil_id, day):
                raise NotFound("roster.unknown_pupil", "Такого ученика в классе нет.")
            facts = outcomes.comment_pupil(journal, comment_id, pupil_id, subject_id, text.ref)
            return Decided(right, on(class_id, facts), payloads=text.about(pupil_id))

        return self._submit(by, request, decided)

    def record_defence(
        self,
        class_id: str,
        defence_id: str,
        pupil_id: str,
        kind: f.DefenceKind,
        title: str,
        value: str,
        on_day: date,
        file: outcomes.SealedFile | None,
        *,
        by: Actor,
        request: Request,
    ) -> Answer:
        """The result of a defended project with its document (clause 4.2.а), by a teacher of the
        class or its class teacher. Raises Invalid without a title or a document.
        """
        if file is None:
            raise Invalid("defence.no_file", "Приложите документ о защите (п. 4.2.а Положения).")
        name = self._text("title", title)
        if name is None:
            raise Invalid("defence.no_title", "Тема работы: заполните поле.")
        scan = self._told("scan", file.body)
        new = f.ProjectDefenceRecorded(
            defence_id, pupil_id, kind, value, on_day, name.ref, scan.ref, file.media, file.sha256
        )

        def decided(world: World, at: datetime) -> Decided:
            journal = world.journal(class_id)
            office = world.office(self.school_id, journal.year)
            right = access.of_class(by, journal, office, at)
            facts = outcomes.record_defence(journal, office, new, at)
            payloads = (*name.about(pupil_id), *scan.about(pupil_id)) if facts else ()
            return Decided(right, on(class_id, facts), payloads=payloads)

        return self._submit(by, request, decided)

    def correct_defence(
        self,
        class_id: str,
        defence_id: str,
        *,
        saw: str,
        value: str,
        on_day: date,
        reason_code: ReasonCode,
        reason: str = "",
        file: outcomes.SealedFile | None = None,
        by: Actor,
        request: Request,
    ) -> Answer:
        """Another result, day or document of a defence; the old ones stay."""
        why = self._text("reason", reason)
        scan = self._told("scan", file.body) if file else None

        def decided(world: World, at: datetime) -> Decided:
            journal = world.journal(class_id)
            office = world.office(self.school_id, journal.year)
            right = access.of_class(by, journal, office, at)
            facts = outcomes.correct_defence(
                journal,
                defence_id,
                saw=saw,
                value=value,
                on=on_day,
                reason_code=reason_code,
                reason=why.ref if why else None,
                file=scan.ref if scan else None,
                sealed=file,
                at=at,
            )
            pupil_id = journal.classroom.defences[defence_id].pupil_id
            payloads: list[Payload] = []
            for fact in facts:
                payloads += why.about(pupil_id) if why else ()
                payloads += scan.about(pupil_id) if scan and fact.file else ()
            return Decided(right, on(class_id, facts), payloads=payloads)

        return self._submit(by, request, decided)

    def annul_defence(
        self,
        class_id: str,
        defence_id: str,
        *,
        saw: str,
        reason_code: ReasonCode,
        reason: str = "",
        by: Actor,
        request: Request,
    ) -> Answer:
        """Annul a defence that should not have been recorded; it stays in the history."""
        why = self._text("reason", reason)

        def decided(world: World, at: datetime) -> Decided:
            journal = world.journal(class_id)
            office = world.office(self.school_id, journal.year)
            right = access.of_class(by, journal, office, at)
            facts = outcomes.annul_defence(
                journal,
                defence_id,
                saw=saw,
                reason_code=reason_code,
                reason=why.ref if why else None,
            )
            known = journal.classroom.defences.get(defence_id)
            payloads = why.about(known.pupil_id) if why and known and facts else ()
            return Decided(right, on(class_id, facts), payloads=payloads)

        return self._submit(by, request, decided)

    def record_comprehensive_work(
        self,
        class_id: str,
        work_id: str,
        title: str,
        on_day: date,
        most_points: int,
        results: Sequence[outcomes.NewResult],
        *,
        by: Actor,
        request: Request,
    ) -> Answer:
        """Results of a comprehensive work (clause 4.2.г), by the class teacher."""
        return self._own_class(
            class_id,
            by,
            request,
            lambda j, _o, at: outcomes.record_work(
                j, work_id, title, on_day, most_points, results, at
            ),
        )

    def record_metasubject_levels(
        self,
        class_id: str,
        levels: Sequence[outcomes.NewResult],
        *,
        by: Actor,
        request: Request,
    ) -> Answer:
        """Metasubject levels for the year (clause 4.2.г), by the class teacher."""
        return self._own_class(
            class_id, by, request, lambda j, _o, at: outcomes.record_levels(j, levels, at)
        )

    def annotate_forecast(
        self,
        class_id: str,
        pupil_id: str,
        subject_id: str,
        *,
        hidden: bool = False,
        words: str = "",
        by: Actor,
        request: Request,
    ) -> Answer:
        """The teacher of the subject hides the forecast of a pupil or says a word to it."""
        text = self._text("forecast", words)

        def decided(world: World, at: datetime) -> Decided:
            journal = world.journal(class_id)
            office = world.office(self.school_id, journal.year)
            right = access.comment_on(by, journal, office, subject_id, pupil_id, at)
            if not journal.enrolled(pupil_id, today(at, journal)):
                raise NotFound("roster.unknown_pupil", "Такого ученика в классе нет.")
            note = text.ref if text else None
            facts = outcomes.annotate_forecast(
                journal, office, pupil_id, subject_id, at, hidden=hidden, note=note
            )
            payloads = text.about(pupil_id) if text and facts else ()
            return Decided(right, on(class_id, facts), payloads=payloads)

        return self._submit(by, request, decided)

    def send_parent_reports(
        self,
        class_id: str,
        pupil_ids: Sequence[str],
        term: int,
        position: int,
        how: f.Delivery,
        *,
        by: Actor,
        request: Request,
    ) -> Answer:
        """The class teacher sends the information letter of a term (clause 4.1.в) to guardians with
        consent, or hands it out on paper to all of them. Raises Invalid for an empty list.
        """
        if not pupil_ids:
            raise Invalid("letter.empty", "Выберите учеников.")

        def decided(world: World, at: datetime) -> Decided:
            journal = world.journal(class_id)
            office = world.office(self.school_id, journal.year)
            right = access.own_class(by, journal, office, at)
            day = today(at, journal)
            guardians = {
                one: access.receivers(world.person(one), day, consent=how is f.Delivery.CABINET)
                for one in dict.fromkeys(pupil_ids)
            }
            letters = outcomes.Letters(term, position, how, guardians)
            return Decided(right, on(class_id, outcomes.send_letters(journal, letters, day)))

        return self._submit(by, request, decided)
