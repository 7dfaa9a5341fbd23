"""Facts beside the marks: words about a pupil in a subject (clause 4.1.г), defended projects
(4.2.а), comprehensive works and metasubject levels (4.2.г).
"""

from __future__ import annotations

from datetime import date
from enum import StrEnum

import msgspec

from domain.fact import Fact
from domain.people.consent import Media
from domain.values import PayloadRef, ReasonCode


class Level(StrEnum):
    """How far a pupil has come, from the lowest."""

    BELOW_BASIC = "BELOW_BASIC"
    BASIC = "BASIC"
    RAISED = "RAISED"
    HIGH = "HIGH"


LEVEL_LABELS: dict[Level, str] = {
    Level.BELOW_BASIC: "ниже базового",
    Level.BASIC: "базовый",
    Level.RAISED: "повышенный",
    Level.HIGH: "высокий",
}


class DefenceKind(StrEnum):
    PROJECT = "PROJECT"
    RESEARCH = "RESEARCH"


DEFENCE_LABELS: dict[DefenceKind, str] = {
    DefenceKind.PROJECT: "проект",
    DefenceKind.RESEARCH: "исследовательская работа",
}


class PupilCommented(Fact, frozen=True, omit_defaults=True):
    """Clause 4.1.г: a word on how a pupil learns a subject, without a mark."""

    TOPIC = "journal.pupil-commented"
    comment_id: str
    pupil_id: str
    subject_id: str
    comment: PayloadRef


class PupilCommentCorrected(Fact, frozen=True, omit_defaults=True):
    """The words were changed; the old ones stay in the history."""

    TOPIC = "journal.pupil-comment-corrected"
    comment_id: str
    pupil_id: str
    subject_id: str
    old: PayloadRef
    comment: PayloadRef


class ProjectDefenceRecorded(Fact, frozen=True, omit_defaults=True):
    """Clause 4.2.а: the result before the commission, with its document attached. `payload` is the
    title of the work; `sha256` is of the document as it is kept.
    """

    TOPIC = "journal.project-defence-recorded"
    defence_id: str
    pupil_id: str
    kind: DefenceKind
    value: str
    on: date
    payload: PayloadRef
    file: PayloadRef
    media: Media
    sha256: str


class ProjectDefenceCorrected(Fact, frozen=True, omit_defaults=True):
    """Another result, day or document; what stood there before stays here."""

    TOPIC = "journal.project-defence-corrected"
    defence_id: str
    pupil_id: str
    old_value: str
    value: str
    old_on: date
    on: date
    reason_code: ReasonCode
    reason: PayloadRef | None = None
    file: PayloadRef | None = None
    media: Media | None = None
    sha256: str = ""


class ProjectDefenceAnnulled(Fact, frozen=True, omit_defaults=True):
    """It should not have been recorded: another pupil, or it was not held. It stays in the log."""

    TOPIC = "journal.project-defence-annulled"
    defence_id: str
    pupil_id: str
    old_value: str
    reason_code: ReasonCode
    reason: PayloadRef | None = None


class WorkResult(msgspec.Struct, frozen=True, omit_defaults=True):
    pupil_id: str
    level: Level
    points: int | None = None


class ResultChange(msgspec.Struct, frozen=True, omit_defaults=True):
    """`old_level` None: the pupil had no result yet."""

    pupil_id: str
    level: Level
    points: int | None = None
    old_level: Level | None = None
    old_points: int | None = None


class ComprehensiveWorkRecorded(Fact, frozen=True, omit_defaults=True):
    """Clause 4.2.г: `most_points` 0: the work is judged by levels alone."""

    TOPIC = "journal.comprehensive-work-recorded"
    work_id: str
    title: str
    on: date
    results: tuple[WorkResult, ...]
    most_points: int = 0


class ComprehensiveWorkCorrected(Fact, frozen=True, omit_defaults=True):
    TOPIC = "journal.comprehensive-work-corrected"
    work_id: str
    results: tuple[ResultChange, ...]


class MetasubjectLevelRecorded(Fact, frozen=True, omit_defaults=True):
    TOPIC = "journal.metasubject-level-recorded"
    pupil_id: str
    level: Level


class MetasubjectLevelCorrected(Fact, frozen=True, omit_defaults=True):
    TOPIC = "journal.metasubject-level-corrected"
    pupil_id: str
    old_level: Level
    level: Level


class ForecastAnnotated(Fact, frozen=True, omit_defaults=True):
    """What the teacher of the subject says to the forecast of a pupil for a term: `hidden`: it is
    shown to nobody; `note`: words to be read with it. The latest stands; neither: as it is counted.
    """

    TOPIC = "journal.forecast-annotated"
    pupil_id: str
    subject_id: str
    term: int
    hidden: bool = False
    note: PayloadRef | None = None


class Delivery(StrEnum):
    """How a letter went to the guardians: into their cabinet, or on paper."""

    CABINET = "CABINET"
    PAPER = "PAPER"


DELIVERY_LABELS = {Delivery.CABINET: "в кабинет", Delivery.PAPER: "на бумаге"}


class ParentReportSent(Fact, frozen=True, omit_defaults=True):
    """The information letter about a pupil (clause 4.1.в) for a term went to these guardians, as
    the journal stood at a position of the log. `term` 0: for the year.
    """

    TOPIC = "journal.parent-report-sent"
    pupil_id: str
    term: int
    position: int
    guardian_ids: tuple[str, ...]
    how: Delivery = Delivery.CABINET


FACTS: tuple[type[Fact], ...] = (
    PupilCommented,
    PupilCommentCorrected,
    ProjectDefenceRecorded,
    ProjectDefenceCorrected,
    ProjectDefenceAnnulled,
    ComprehensiveWorkRecorded,
    ComprehensiveWorkCorrected,
    MetasubjectLevelRecorded,
    MetasubjectLevelCorrected,
    ForecastAnnotated,
    ParentReportSent,
)
