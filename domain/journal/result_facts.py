"""Facts about the end of a year: its marks, examinations, the certificate, the council's word."""

from __future__ import annotations

from datetime import date

from domain.fact import Fact
from domain.values import CouncilDecision, PayloadRef, ReasonCode


class YearMarkIssued(Fact, frozen=True, omit_defaults=True):
    """`average` is the mean of the terms' numbers, `suggested` what follows from it."""

    TOPIC = "journal.year-mark-issued"
    pupil_id: str
    subject_id: str
    value: str
    average: str = ""
    suggested: str = ""
    version: str = ""
    reason_code: ReasonCode | None = None
    reason: PayloadRef | None = None


class YearMarkCorrected(Fact, frozen=True, omit_defaults=True):
    TOPIC = "journal.year-mark-corrected"
    pupil_id: str
    subject_id: str
    old_value: str
    value: str
    reason_code: ReasonCode
    reason: PayloadRef | None = None


class ExamMarkRecorded(Fact, frozen=True, omit_defaults=True):
    """`on` is the day of the examination."""

    TOPIC = "journal.exam-mark-recorded"
    pupil_id: str
    subject_id: str
    value: str
    on: date


class ExamMarkCorrected(Fact, frozen=True, omit_defaults=True):
    TOPIC = "journal.exam-mark-corrected"
    pupil_id: str
    subject_id: str
    old_value: str
    value: str
    reason_code: ReasonCode
    reason: PayloadRef | None = None


class FinalMarkIssued(Fact, frozen=True, omit_defaults=True):
    """The mark of the certificate; `suggested` follows from year and examination."""

    TOPIC = "journal.final-mark-issued"
    pupil_id: str
    subject_id: str
    value: str
    average: str = ""
    suggested: str = ""
    version: str = ""
    reason_code: ReasonCode | None = None
    reason: PayloadRef | None = None


class FinalMarkCorrected(Fact, frozen=True, omit_defaults=True):
    TOPIC = "journal.final-mark-corrected"
    pupil_id: str
    subject_id: str
    old_value: str
    value: str
    reason_code: ReasonCode
    reason: PayloadRef | None = None


class CouncilDecisionRecorded(Fact, frozen=True, omit_defaults=True):
    """Решение педсовета о переводе, with the number and the day of its minutes."""

    TOPIC = "journal.council-decision-recorded"
    pupil_id: str
    decision: CouncilDecision
    protocol_no: str
    protocol_date: date


class CouncilDecisionCorrected(Fact, frozen=True, omit_defaults=True):
    TOPIC = "journal.council-decision-corrected"
    pupil_id: str
    old_decision: CouncilDecision
    old_protocol_no: str
    old_protocol_date: date
    decision: CouncilDecision
    protocol_no: str
    protocol_date: date


FACTS: tuple[type[Fact], ...] = (
    YearMarkIssued,
    YearMarkCorrected,
    ExamMarkRecorded,
    ExamMarkCorrected,
    FinalMarkIssued,
    FinalMarkCorrected,
    CouncilDecisionRecorded,
    CouncilDecisionCorrected,
)
