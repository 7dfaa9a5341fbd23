"""Facts about the archive of a school year, on the stream of that year's office (clause 5.3)."""

from __future__ import annotations

from typing import Literal

import msgspec

from domain.fact import Fact
from domain.values import PayloadRef

#: what was left undone when a year was archived: see `archiving.gaps`
GapKind = Literal["debts", "requests", "remarks", "year_marks", "council"]


class Gap(msgspec.Struct, frozen=True):
    """So many things of a kind were left undone."""

    kind: GapKind
    count: int


class ArchiveFact(Fact, frozen=True):
    """A fact about the archive of a year."""


class YearArchived(ArchiveFact, frozen=True, omit_defaults=True):
    """The year is over for good: the archive reaches up to this very fact. From here on its
    journals are annotated, never written.

    `gaps`: what was left undone, and the director said so.
    """

    TOPIC = "office.year-archived"
    order_no: str
    gaps: tuple[Gap, ...] = ()


class ArchiveAnnotated(ArchiveFact, frozen=True, omit_defaults=True):
    """T4: a correction beside an archived journal, by an act. What it says of is left as it was;
    the archive gets another version, with this fact in it.

    `was` and `should_be` are what stands in the journal and what should, marks of the scale ("":
    none); `mark_id`, or `term` with the subject, or neither: then it is the mark of the year.
    `reason` is in the vault.
    """

    TOPIC = "office.archive-annotated"
    annotation_id: str
    class_id: str
    pupil_id: str
    subject_id: str
    was: str
    should_be: str
    act_no: str
    reason: PayloadRef
    mark_id: str | None = None
    term: int | None = None


class ArchiveFile(msgspec.Struct, frozen=True):
    """A ZIP file of an archive: SHA-256 (hex) and bytes."""

    hash: str
    size: int


class ArchiveWritten(ArchiveFact, frozen=True, omit_defaults=True):
    """The files of an archive: the journal's, and the people's, who may be fewer another time."""

    TOPIC = "office.archive-written"
    archive_version: int
    journal: ArchiveFile
    people: ArchiveFile


FACTS: tuple[type[Fact], ...] = (YearArchived, ArchiveAnnotated, ArchiveWritten)
