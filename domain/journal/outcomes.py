"""Decisions beside the marks: comments on a pupil, defended projects, works, metasubject levels."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

import msgspec

from domain.calendar import local_date
from domain.fact import Fact
from domain.journal import outcome_facts as f
from domain.journal.state import Journal, term_cell
from domain.office.state import Office
from domain.people.consent import Media
from domain.refusals import Conflict, Invalid, NotFound
from domain.values import PayloadRef, ReasonCode, class_text

RESULTS = ("5", "4", "3", "2", "зач", "незач")
MOST_POINTS = 1_000


class SealedFile(msgspec.Struct, frozen=True):
    """A document as it is kept: sealed, with the SHA-256 (hex) and the bytes of what is inside."""

    body: str
    media: Media
    sha256: str
    size: int = 0


class NewResult(msgspec.Struct, frozen=True):
    """A result of a pupil; `saw` is the level that was in sight, None: none."""

    pupil_id: str
    level: f.Level
    points: int | None = None
    saw: f.Level | None = None


# Comments -----------------------------------------------------------------------------------


def comment_pupil(
    journal: Journal, comment_id: str, pupil_id: str, subject_id: str, comment: PayloadRef
) -> list[Fact]:
    """A word on how a pupil learns a subject; said anew, the old words stay (clause 4.1.г)."""
    known = journal.classroom.comments.get(comment_id)
    if known is None:
        return [f.PupilCommented(comment_id, pupil_id, subject_id, comment)]
    if (known.pupil_id, known.subject_id) != (pupil_id, subject_id):
        raise Conflict("pupil_comment.id_taken", "Под этим номером уже есть другой комментарий.")
    if known.ref == comment:
        return []
    return [f.PupilCommentCorrected(comment_id, pupil_id, subject_id, known.ref, comment)]


# Defended projects --------------------------------------------------------------------------


def record_defence(
    journal: Journal, office: Office, new: f.ProjectDefenceRecorded, at: datetime
) -> list[Fact]:
    """The result of a pupil's final project or research (clause 4.2.а), in the grades of the
    regulation. Raises Invalid, Conflict.
    """
    levels = office.regulation.project_levels
    if journal.grade_level not in levels:
        raise Invalid(
            "defence.grade_level",
            f"Итоговую работу защищают в классах: {', '.join(map(str, levels))}"
            f" (п. 4.2.а Положения); {journal.name} среди них нет.",
        )
    _require_result(new.value)
    _require_day(journal, new.pupil_id, new.on, at)
    known = journal.classroom.defences.get(new.defence_id)
    if known is not None:
        same = (known.pupil_id, known.kind, known.value, known.on, known.sha256)
        if same == (new.pupil_id, new.kind, new.value, new.on, new.sha256):
            return []
        raise Conflict("defence.id_taken", "Под этим номером уже есть другая защита.")
    if new.defence_id in journal.classroom.annulled:
        raise Conflict("defence.annulled", "Эта защита аннулирована: запишите новую.")
    for one in journal.classroom.defences.values():
        if (one.pupil_id, one.kind) == (new.pupil_id, new.kind):
            raise Conflict(
                "defence.recorded", "Результат этой работы ученика уже записан: исправьте его."
            )
    return [new]


def correct_defence(
    journal: Journal,
    defence_id: str,
    *,
    saw: str,
    value: str,
    on: date,
    reason_code: ReasonCode,
    reason: PayloadRef | None,
    file: PayloadRef | None,
    sealed: SealedFile | None,
    at: datetime,
) -> list[f.ProjectDefenceCorrected]:
    """Another result, day or document; the old ones stay. Raises NotFound, Invalid, Conflict."""
    known = journal.classroom.defences.get(defence_id)
    if known is None:
        raise NotFound("defence.unknown", "Такой защиты нет.")
    _require_result(value)
    _require_day(journal, known.pupil_id, on, at)
    _require_defence_seen(known.value, saw)
    anew = sealed is not None and sealed.sha256 != known.sha256
    if (known.value, known.on) == (value, on) and not anew:
        raise Invalid("defence.same", "Ничего не изменилось: исправлять нечего.")
    media, sha256 = (sealed.media, sealed.sha256) if sealed and anew else (None, "")
    return [
        f.ProjectDefenceCorrected(
            defence_id,
            known.pupil_id,
            saw,
            value,
            known.on,
            on,
            reason_code,
            reason,
            file if anew else None,
            media,
            sha256,
        )
    ]


def annul_defence(
    journal: Journal,
    defence_id: str,
    *,
    saw: str,
    reason_code: ReasonCode,
    reason: PayloadRef | None,
) -> list[Fact]:
    """A defence that should not have been recorded; another may be recorded in its place.

    Raises NotFound, Conflict.
    """
    if defence_id in journal.classroom.annulled:
        return []
    known = journal.classroom.defences.get(defence_id)
    if known is None:
        raise NotFound("defence.unknown", "Такой защиты нет.")
    _require_defence_seen(known.value, saw)
    return [f.ProjectDefenceAnnulled(defence_id, known.pupil_id, saw, reason_code, reason)]


def _require_defence_seen(value: str, saw: str) -> None:
    if value != saw:
        raise Conflict(
            "defence.changed_meanwhile",
            f"Результат уже изменили: сейчас «{value}», а не «{saw}».",
            value=value,
        )


def _require_result(value: str) -> None:
    if value not in RESULTS:
        raise Invalid("defence.value", f"Результат защиты: {', '.join(RESULTS)}.")


def _require_day(journal: Journal, pupil_id: str, on: date, at: datetime) -> None:
    if on > local_date(at, journal.zone):
        raise Invalid("outcome.in_the_future", f"{on:%d.%m.%Y} ещё не наступило.")
    if not journal.enrolled(pupil_id, on):
        raise Invalid(
            "outcome.pupil_not_in_class",
            f"{on:%d.%m.%Y} этого ученика в списке {journal.name} класса не было.",
            pupil_id=pupil_id,
        )


# Works and levels ---------------------------------------------------------------------------


def record_work(
    journal: Journal,
    work_id: str,
    title: str,
    on: date,
    most_points: int,
    results: Sequence[NewResult],
    at: datetime,
) -> list[Fact]:
    """Results of a comprehensive work; a pupil has one in a work, a changed one keeps the old.

    Raises Invalid, Conflict.
    """
    title = class_text(title, what="Название работы")
    if not results:
        raise Invalid("work.empty", "Нет ни одного результата.")
    if not 0 <= most_points <= MOST_POINTS:
        raise Invalid("work.points", f"Баллов в работе: от 0 до {MOST_POINTS}.")
    _require_once(results)
    for one in results:
        _require_day(journal, one.pupil_id, on, at)
        if one.points is not None and not 0 <= one.points <= most_points:
            raise Invalid("work.points", f"Баллы: от 0 до {most_points}.", pupil_id=one.pupil_id)
    known = journal.classroom.works.get(work_id)
    if known is None:
        marks = tuple(f.WorkResult(one.pupil_id, one.level, one.points) for one in results)
        return [f.ComprehensiveWorkRecorded(work_id, title, on, marks, most_points)]
    if (known.title, known.on, known.most_points) != (title, on, most_points):
        raise Conflict("work.id_taken", "Под этим номером уже есть другая работа.")
    changes = []
    for one in results:
        level, points = known.results.get(one.pupil_id, (None, None))
        if (one.level, one.points) != (level, points):
            _require_seen(one, level)
            changes.append(f.ResultChange(one.pupil_id, one.level, one.points, level, points))
    return [f.ComprehensiveWorkCorrected(work_id, tuple(changes))] if changes else []


def record_levels(journal: Journal, levels: Sequence[NewResult], at: datetime) -> list[Fact]:
    """Metasubject levels of pupils for the year; a changed one keeps the old."""
    if not levels:
        raise Invalid("level.empty", "Не указано ни одного уровня.")
    _require_once(levels)
    today = local_date(at, journal.zone)
    facts: list[Fact] = []
    for one in levels:
        _require_day(journal, one.pupil_id, today, at)
        old = journal.classroom.levels.get(one.pupil_id)
        if old is None:
            facts.append(f.MetasubjectLevelRecorded(one.pupil_id, one.level))
        elif old is not one.level:
            _require_seen(one, old)
            facts.append(f.MetasubjectLevelCorrected(one.pupil_id, old, one.level))
    return facts


def _require_once(results: Sequence[NewResult]) -> None:
    if len({one.pupil_id for one in results}) < len(results):
        raise Invalid("outcome.twice", "Ученик указан дважды.")


def _require_seen(new: NewResult, level: f.Level | None) -> None:
    """Raises Conflict when another level stands there than was in sight."""
    if level is not None and new.saw is not level:
        raise Conflict(
            "outcome.changed_meanwhile",
            f"У ученика уже записано «{f.LEVEL_LABELS[level]}»: обновите страницу.",
            pupil_id=new.pupil_id,
            value=str(level),
        )


# What the family is told --------------------------------------------------------------------


def annotate_forecast(
    journal: Journal,
    office: Office,
    pupil_id: str,
    subject_id: str,
    at: datetime,
    *,
    hidden: bool,
    note: PayloadRef | None,
) -> list[Fact]:
    """Hide the forecast of the running term, or say a word to it; neither takes both back.

    Raises Conflict between terms: there is no forecast then.
    """
    term = office.calendar_of(journal.class_id).term_of(local_date(at, journal.zone))
    if term is None:
        raise Conflict("forecast.no_term", "Сейчас учебный период не идёт: прогноза нет.")
    known = journal.classroom.forecasts.get(term_cell(pupil_id, subject_id, term.number))
    stands = (known.hidden, known.noted) if known else (False, False)
    if note is None and stands == (hidden, False):
        return []
    return [f.ForecastAnnotated(pupil_id, subject_id, term.number, hidden, note)]


class Letters(msgspec.Struct, frozen=True):
    """Information letters to send: `guardians` by pupil, those to whom they may go."""

    term: int
    position: int
    how: f.Delivery
    guardians: dict[str, tuple[str, ...]]


def send_letters(journal: Journal, new: Letters, day: date) -> list[Fact]:
    """Letters about pupils of the class went out. Sent the same way and of the same state of the
    journal, they are the same letters. Raises Invalid when there is no cabinet to send one to.
    """
    facts: list[Fact] = []
    for pupil_id, guardians in new.guardians.items():
        if not journal.enrolled(pupil_id, day):
            raise NotFound("roster.unknown_pupil", "Такого ученика в классе нет.")
        if not guardians and new.how is f.Delivery.CABINET:
            raise Invalid(
                "letter.nobody",
                "Отправить некому: у семьи нет согласия на электронный дневник. Вручите письмо"
                " на бумаге.",
                pupil_id=pupil_id,
            )
        if journal.classroom.letters.get(pupil_id) != (new.term, new.position, str(new.how)):
            letter = f.ParentReportSent(pupil_id, new.term, new.position, guardians, new.how)
            facts.append(letter)
    return facts
