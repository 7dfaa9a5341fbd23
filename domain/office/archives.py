"""What decisions need to know of the archive of a year."""

from __future__ import annotations

import msgspec

from domain.office.archive_facts import (
    ArchiveAnnotated,
    ArchiveFact,
    ArchiveWritten,
    YearArchived,
)


class Archive(msgspec.Struct):
    """A part of the state of the office. `written`: version → its files."""

    archived: bool = False
    annotations: dict[str, ArchiveAnnotated] = {}
    written: dict[int, ArchiveWritten] = {}

    @property
    def version(self) -> int:
        """Of the archive as it would be written now; 0: there is none."""
        return 1 + len(self.annotations) if self.archived else 0


def evolve(state: Archive, fact: ArchiveFact) -> None:
    """Fold a fact of the archive."""
    if isinstance(fact, YearArchived):
        state.archived = True
    elif isinstance(fact, ArchiveAnnotated):
        state.annotations[fact.annotation_id] = fact
    elif isinstance(fact, ArchiveWritten):
        state.written[fact.archive_version] = fact
