"""What the trail says of absences' reasons and of what is told beside the marks."""

from __future__ import annotations

from domain.journal import absence_facts as a
from domain.journal import outcome_facts as o
from domain.journal.outcome_facts import DELIVERY_LABELS
from domain.values import ABSENCES
from projections.projection import Placed, id_of
from projections.trail.scribe import HANDLERS, Line, Scribe

on = HANDLERS.on


@on(a.AbsenceReasonSet)
def _reason(to: Scribe, fact: a.AbsenceReasonSet, at: Placed) -> None:
    for one in fact.changes:
        lesson = to.lesson(at, one.lesson_id)
        if lesson is not None:
            change = lesson.absent.add if one.code in ABSENCES else lesson.absent.discard
            change(fact.pupil_id)
            to.memory.touch(at.stream, one.lesson_id)
    lines = [
        Line(
            lesson_id=one.lesson_id,
            pupil_id=fact.pupil_id,
            old_value=str(one.old_code),
            value=str(one.code),
            text_id=id_of(fact.document),
        )
        for one in fact.changes
    ]
    to.write(at, *lines)


@on(a.AttendanceWeekConfirmed)
def _week(to: Scribe, fact: a.AttendanceWeekConfirmed, at: Placed) -> None:
    gaps = f", без причины осталось: {fact.unexplained}" if fact.unexplained else ""
    to.write(at, Line(value=f"{fact.monday:%d.%m.%Y}{gaps}"))


@on(a.AbsenceAnnounced)
def _announced(to: Scribe, fact: a.AbsenceAnnounced, at: Placed) -> None:
    days = f"{fact.since:%d.%m.%Y}"
    if fact.until != fact.since:
        days += f" – {fact.until:%d.%m.%Y}"
    line = Line(
        pupil_id=fact.pupil_id, about=fact.notice_id, value=days, text_id=id_of(fact.payload)
    )
    to.write(at, line)


@on(a.DiaryAcknowledged)
def _acknowledged(to: Scribe, fact: a.DiaryAcknowledged, at: Placed) -> None:
    to.write(at, Line(pupil_id=fact.pupil_id, value=f"{fact.monday:%d.%m.%Y}"))


@on(o.PupilCommented)
def _commented(to: Scribe, fact: o.PupilCommented, at: Placed) -> None:
    _comment(to, fact, at)


@on(o.PupilCommentCorrected)
def _comment_corrected(to: Scribe, fact: o.PupilCommentCorrected, at: Placed) -> None:
    _comment(to, fact, at)


def _comment(to: Scribe, fact: o.PupilCommented | o.PupilCommentCorrected, at: Placed) -> None:
    line = Line(
        subject_id=fact.subject_id,
        pupil_id=fact.pupil_id,
        about=fact.comment_id,
        text_id=fact.comment.id,
    )
    to.write(at, line)


@on(o.ProjectDefenceRecorded)
def _defence(to: Scribe, fact: o.ProjectDefenceRecorded, at: Placed) -> None:
    line = Line(
        pupil_id=fact.pupil_id,
        about=fact.defence_id,
        value=fact.value,
        text_id=fact.payload.id,
    )
    to.write(at, line)


@on(o.ProjectDefenceCorrected)
def _defence_corrected(to: Scribe, fact: o.ProjectDefenceCorrected, at: Placed) -> None:
    line = Line(
        pupil_id=fact.pupil_id,
        about=fact.defence_id,
        old_value=fact.old_value,
        value=fact.value,
        reason_code=str(fact.reason_code),
        text_id=id_of(fact.reason),
    )
    to.write(at, line)


@on(o.ProjectDefenceAnnulled)
def _defence_annulled(to: Scribe, fact: o.ProjectDefenceAnnulled, at: Placed) -> None:
    line = Line(
        pupil_id=fact.pupil_id,
        about=fact.defence_id,
        old_value=fact.old_value,
        reason_code=str(fact.reason_code),
        text_id=id_of(fact.reason),
    )
    to.write(at, line)


@on(o.ComprehensiveWorkRecorded)
def _work(to: Scribe, fact: o.ComprehensiveWorkRecorded, at: Placed) -> None:
    lines = [
        Line(pupil_id=one.pupil_id, about=fact.work_id, value=str(one.level))
        for one in fact.results
    ]
    to.write(at, *lines)


@on(o.ComprehensiveWorkCorrected)
def _work_corrected(to: Scribe, fact: o.ComprehensiveWorkCorrected, at: Placed) -> None:
    lines = [
        Line(
            pupil_id=one.pupil_id,
            about=fact.work_id,
            old_value=str(one.old_level) if one.old_level else None,
            value=str(one.level),
        )
        for one in fact.results
    ]
    to.write(at, *lines)


@on(o.MetasubjectLevelRecorded)
def _level(to: Scribe, fact: o.MetasubjectLevelRecorded, at: Placed) -> None:
    to.write(at, Line(pupil_id=fact.pupil_id, value=str(fact.level)))


@on(o.MetasubjectLevelCorrected)
def _level_corrected(to: Scribe, fact: o.MetasubjectLevelCorrected, at: Placed) -> None:
    line = Line(pupil_id=fact.pupil_id, old_value=str(fact.old_level), value=str(fact.level))
    to.write(at, line)


@on(o.ForecastAnnotated)
def _forecast(to: Scribe, fact: o.ForecastAnnotated, at: Placed) -> None:
    line = Line(
        subject_id=fact.subject_id,
        pupil_id=fact.pupil_id,
        value="скрыт" if fact.hidden else None,
        text_id=id_of(fact.note),
    )
    to.write(at, line)


@on(o.ParentReportSent)
def _letter(to: Scribe, fact: o.ParentReportSent, at: Placed) -> None:
    to.write(at, Line(pupil_id=fact.pupil_id, value=DELIVERY_LABELS[fact.how]))
