"""Facts about missed lessons: why, and that a week has been looked through (clause 4.2.г)."""

from __future__ import annotations

from datetime import date

import msgspec

from domain.fact import Fact
from domain.values import AttendanceCode, PayloadRef


class ReasonChange(msgspec.Struct, frozen=True):
    """A missed lesson and what its absence is from now on."""

    lesson_id: str
    old_code: AttendanceCode
    code: AttendanceCode


class AbsenceReasonSet(Fact, frozen=True, omit_defaults=True):
    """By the class teacher: why a pupil was away. What the document says is in the vault."""

    TOPIC = "journal.absence-reason-set"
    pupil_id: str
    changes: tuple[ReasonChange, ...]
    document: PayloadRef | None = None


class AttendanceWeekConfirmed(Fact, frozen=True, omit_defaults=True):
    """The class teacher signs a week: of its `absences` all but `unexplained` have their reason; in
    `untaken` lessons the teacher had not taken attendance.
    """

    TOPIC = "journal.attendance-week-confirmed"
    monday: date
    absences: int
    untaken: int = 0
    unexplained: int = 0  # signed nevertheless, where the regulation flags and does not refuse


class AbsenceAnnounced(Fact, frozen=True, omit_defaults=True):
    """A guardian warns that the child will be away, both days included. A proposal, no absence."""

    TOPIC = "journal.absence-announced"
    notice_id: str
    pupil_id: str
    since: date
    until: date
    code: AttendanceCode
    payload: PayloadRef | None = None


class DiaryAcknowledged(Fact, frozen=True, omit_defaults=True):
    """A guardian has read a week of the diary as it stood at a position of the log: the signature
    of the paper diary (clauses 2.2.8, 2.2.9).
    """

    TOPIC = "journal.diary-acknowledged"
    pupil_id: str
    guardian_id: str
    monday: date
    position: int


FACTS: tuple[type[Fact], ...] = (
    AbsenceReasonSet,
    AttendanceWeekConfirmed,
    AbsenceAnnounced,
    DiaryAcknowledged,
)
