"""Commands about the archive of a year: the director's and the administrator's (clause 5.3)."""

from __future__ import annotations

from datetime import datetime

import msgspec

from domain import access
from domain.access import Actor
from domain.calendar import local_date
from domain.commands import Commands, on
from domain.office import archive_facts as f
from domain.office import archiving as decide
from domain.office.decisions import require_class
from domain.permissions import Act
from domain.refusals import Invalid
from domain.values import PayloadRef
from domain.world import World
from domain.writing import Answer, Decided, Request

LONGEST_REASON = 2_000


class ArchiveCommands(Commands):
    """A year goes into the archive; later it is only annotated."""

    def archive_year(
        self,
        year: int,
        order_no: str,
        *,
        accept_gaps: bool = False,
        in_force: int | None = None,
        by: Actor,
        request: Request,
    ) -> Answer:
        """Close a year for good: from here on its journals are annotated, never written.

        accept_gaps: the year is archived although not everything is done; the fact keeps what.
        in_force: the school year whose staff decides, when it is another one.
        """

        def decided(world: World, at: datetime) -> Decided:
            office = world.office(self.school_id, year)
            staff = self._office_of(world, year if in_force is None else in_force)
            right = access.administer(by, staff, at, Act.ARCHIVE_YEAR)
            journals = [world.journal(class_id) for class_id in office.classes]
            today = local_date(at, office.zone)
            facts = decide.archive_year(office, journals, order_no, today, accept_gaps=accept_gaps)
            return Decided(right, on(office.office_id, facts))

        return self._submit(by, request, decided)

    def annotate_archive(
        self,
        year: int,
        new: f.ArchiveAnnotated,
        reason: str,
        *,
        in_force: int | None = None,
        by: Actor,
        request: Request,
    ) -> Answer:
        """A correction beside an archived journal, by an act (T4). `reason` of `new` is filled in.

        Raises Invalid without a reason.
        """
        text = self._text("reason", reason)
        if text is None or len(text.body) > LONGEST_REASON:
            raise Invalid(
                "archive.no_reason", f"Напишите причину, не длиннее {LONGEST_REASON} знаков."
            )
        told = msgspec.structs.replace(new, reason=text.ref)

        def decided(world: World, at: datetime) -> Decided:
            office = world.office(self.school_id, year)
            staff = self._office_of(world, year if in_force is None else in_force)
            right = access.administer(by, staff, at, Act.ANNOTATE_ARCHIVE)
            require_class(office, new.class_id)
            facts = decide.annotate(office, world.journal(new.class_id), told)
            payloads = text.about(new.pupil_id) if facts else ()
            return Decided(right, on(office.office_id, facts), payloads=payloads)

        return self._submit(by, request, decided)

    def note_archive_written(
        self,
        year: int,
        new: f.ArchiveWritten,
        *,
        in_force: int | None = None,
        by: Actor,
        request: Request,
    ) -> Answer:
        """Keep the hashes of the files of an archive."""

        def decided(world: World, at: datetime) -> Decided:
            office = world.office(self.school_id, year)
            staff = self._office_of(world, year if in_force is None else in_force)
            right = access.administer(by, staff, at, Act.NOTE_ARCHIVE_WRITTEN)
            return Decided(right, on(office.office_id, decide.note_written(office, new)))

        return self._submit(by, request, decided)


#: the reference that `annotate_archive` replaces
UNWRITTEN = PayloadRef("", "")
