"""Facts about the control of a class journal (clauses 4.2.б-1, 5.2, 4.2.а-6): inspections and their
remarks. They stand in the journal itself, as the last page of a paper journal did.
"""

from __future__ import annotations

from datetime import date
from enum import StrEnum

from domain.fact import Fact
from domain.values import PayloadRef


class Checked(StrEnum):
    """What an inspection looks at, and what a remark is about (school-journal.md §5.5, form 9)."""

    TIMELINESS = "TIMELINESS"
    TOPICS = "TOPICS"
    HOMEWORK = "HOMEWORK"
    ACCUMULATION = "ACCUMULATION"
    ATTENDANCE = "ATTENDANCE"
    OBJECTIVITY = "OBJECTIVITY"


CHECKED_LABELS: dict[Checked, str] = {
    Checked.TIMELINESS: "своевременность записей",
    Checked.TOPICS: "темы и КТП",
    Checked.HOMEWORK: "домашние задания",
    Checked.ACCUMULATION: "накопляемость отметок",
    Checked.ATTENDANCE: "посещаемость",
    Checked.OBJECTIVITY: "объективность отметок",
}


class ControlFact(Fact, frozen=True, omit_defaults=True):
    """What the state keeps in `Control`."""


class JournalInspected(ControlFact, frozen=True, omit_defaults=True):
    """The records of days [since, until], both included, were looked at; no subjects: all of them.

    `checked_position` and `hash` (hex) are size and root of the log's tree that were in force: what
    was looked at can be proved for ever.
    """

    TOPIC = "journal.inspected"
    inspection_id: str
    since: date
    until: date
    checked: tuple[Checked, ...]
    checked_position: int
    hash: str
    subject_ids: tuple[str, ...] = ()


class RemarkOpened(ControlFact, frozen=True, omit_defaults=True):
    """Something is to be put right by a teacher until a day, which is included. The words are in
    the vault.
    """

    TOPIC = "journal.remark-opened"
    remark_id: str
    inspection_id: str
    kind: Checked
    teacher_id: str
    due_date: date
    payload: PayloadRef
    subject_id: str | None = None
    lesson_id: str | None = None


class RemarkResolved(ControlFact, frozen=True, omit_defaults=True):
    """The teacher's answer: which records (positions of the school's log) put it right, or a word.
    It waits for another person's acceptance.
    """

    TOPIC = "journal.remark-resolved"
    remark_id: str
    positions: tuple[int, ...] = ()
    payload: PayloadRef | None = None


class RemarkAccepted(ControlFact, frozen=True, omit_defaults=True):
    """Another person than the teacher has seen that it is put right: the remark is closed."""

    TOPIC = "journal.remark-accepted"
    remark_id: str


class RemarkReturned(ControlFact, frozen=True, omit_defaults=True):
    """It is not put right: the remark is open again, until another day."""

    TOPIC = "journal.remark-returned"
    remark_id: str
    due_date: date
    payload: PayloadRef


FACTS: tuple[type[Fact], ...] = (
    JournalInspected,
    RemarkOpened,
    RemarkResolved,
    RemarkAccepted,
    RemarkReturned,
)
