"""What the trail says of the end of terms and years, and of requests for corrections."""

from __future__ import annotations

from datetime import date

from domain.journal import correction_facts as c
from domain.journal import result_facts as r
from domain.office.archive_facts import ArchiveAnnotated
from domain.values import COUNCIL_LABELS, CouncilDecision, ReasonCode
from projections.projection import Placed, id_of
from projections.trail.scribe import HANDLERS, Line, Scribe

on = HANDLERS.on
TIER = "T4"  # beside an archive (school-journal.md §4)
Corrected = r.YearMarkCorrected | r.ExamMarkCorrected | r.FinalMarkCorrected


def _of_mark(to: Scribe, mark_id: str) -> Line:
    lesson_id, pupil_id = to.about[mark_id]
    return Line(lesson_id=lesson_id, pupil_id=pupil_id, about=mark_id)


@on(c.CorrectionRequested)
def _requested(to: Scribe, fact: c.CorrectionRequested, at: Placed) -> None:
    line = _of_mark(to, fact.mark_id)
    line.old_value, line.value = fact.saw, fact.value or None
    line.reason_code, line.text_id = str(fact.reason_code), fact.reason.id
    to.write(at, line)


@on(c.CorrectionApproved)
def _approved(to: Scribe, fact: c.CorrectionApproved, at: Placed) -> None:
    line = _of_mark(to, fact.mark_id)
    line.value, line.tier = fact.order_no or None, str(fact.tier)
    to.write(at, line)


@on(c.CorrectionRejected)
def _rejected(to: Scribe, fact: c.CorrectionRejected, at: Placed) -> None:
    line = _of_mark(to, fact.mark_id)
    line.text_id = fact.reason.id
    to.write(at, line)


@on(c.TermReopened)
def _reopened(to: Scribe, fact: c.TermReopened, at: Placed) -> None:
    to.write(at, Line(term=fact.term, value=fact.order_no))


@on(r.YearMarkIssued)
def _year_mark(to: Scribe, fact: r.YearMarkIssued, at: Placed) -> None:
    _issued(to, fact, at)


@on(r.FinalMarkIssued)
def _final_mark(to: Scribe, fact: r.FinalMarkIssued, at: Placed) -> None:
    _issued(to, fact, at)


def _issued(to: Scribe, fact: r.YearMarkIssued | r.FinalMarkIssued, at: Placed) -> None:
    line = Line(subject_id=fact.subject_id, pupil_id=fact.pupil_id, value=fact.value)
    line.reason_code, line.text_id = _code(fact.reason_code), id_of(fact.reason)
    to.write(at, line)


@on(r.ExamMarkRecorded)
def _exam_mark(to: Scribe, fact: r.ExamMarkRecorded, at: Placed) -> None:
    to.write(at, Line(subject_id=fact.subject_id, pupil_id=fact.pupil_id, value=fact.value))


@on(r.YearMarkCorrected)
def _year_mark_corrected(to: Scribe, fact: r.YearMarkCorrected, at: Placed) -> None:
    _corrected(to, fact, at)


@on(r.ExamMarkCorrected)
def _exam_mark_corrected(to: Scribe, fact: r.ExamMarkCorrected, at: Placed) -> None:
    _corrected(to, fact, at)


@on(r.FinalMarkCorrected)
def _final_mark_corrected(to: Scribe, fact: r.FinalMarkCorrected, at: Placed) -> None:
    _corrected(to, fact, at)


def _corrected(to: Scribe, fact: Corrected, at: Placed) -> None:
    line = Line(
        subject_id=fact.subject_id,
        pupil_id=fact.pupil_id,
        old_value=fact.old_value,
        value=fact.value,
        reason_code=str(fact.reason_code),
        text_id=id_of(fact.reason),
    )
    to.write(at, line)


@on(r.CouncilDecisionRecorded)
def _council(to: Scribe, fact: r.CouncilDecisionRecorded, at: Placed) -> None:
    value = _decided(fact.decision, fact.protocol_no, fact.protocol_date)
    to.write(at, Line(pupil_id=fact.pupil_id, value=value))


@on(r.CouncilDecisionCorrected)
def _council_corrected(to: Scribe, fact: r.CouncilDecisionCorrected, at: Placed) -> None:
    line = Line(
        pupil_id=fact.pupil_id,
        old_value=_decided(fact.old_decision, fact.old_protocol_no, fact.old_protocol_date),
        value=_decided(fact.decision, fact.protocol_no, fact.protocol_date),
    )
    to.write(at, line)


def _decided(decision: CouncilDecision, number: str, day: date) -> str:
    return f"{COUNCIL_LABELS[decision]} (протокол № {number} от {day:%d.%m.%Y})"


def _code(code: ReasonCode | None) -> str | None:
    return None if code is None else str(code)


@on(ArchiveAnnotated)
def _annotated(to: Scribe, fact: ArchiveAnnotated, at: Placed) -> None:
    """T4: the mark stays as it was; by an act it is to be read otherwise."""
    lesson_id, _ = to.about.get(fact.mark_id or "", (None, ""))
    line = Line(
        class_id=fact.class_id,
        subject_id=fact.subject_id,
        lesson_id=lesson_id,
        pupil_id=fact.pupil_id,
        about=fact.mark_id,
        term=fact.term,
        old_value=fact.was or None,
        value=f"{fact.should_be} (акт № {fact.act_no})",
        text_id=fact.reason.id,
        tier=TIER,
    )
    to.write(at, line)
