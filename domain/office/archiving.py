"""The archive of a school year: when a year may be archived, and that nobody writes into it then.

Clause 5.3; tier T4 of the corrections: after the archive only an annotation by an act.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import get_args

import msgspec

from domain.fact import Fact
from domain.journal import control
from domain.journal.state import Journal, result_cell, term_cell
from domain.office import check_facts, grant_facts, ledger_facts, signal_facts
from domain.office import facts as f
from domain.office.archive_facts import (
    ArchiveAnnotated,
    ArchiveWritten,
    Gap,
    GapKind,
    YearArchived,
)
from domain.office.state import Office
from domain.refusals import Conflict, Forbidden, Invalid, NotFound
from domain.values import mark_value, order_number
from domain.world import World, office_id

#: What the office goes on with while the next year is not open yet: nothing of it changes what a
#: journal of the year says.
AFTERWARDS: frozenset[type[Fact]] = frozenset(
    {
        f.StaffAppointed,
        f.StaffDismissed,
        ArchiveAnnotated,
        ArchiveWritten,
        *grant_facts.FACTS,
        check_facts.FillCheckClosed,
        signal_facts.RedFlagReviewed,
        *ledger_facts.FACTS,
    }
)


def require_open(world: World, school_id: str, facts: Iterable[tuple[str, Fact]]) -> None:
    """The one guard of archived years, before anything is appended. Raises Forbidden."""
    for stream, fact in facts:
        if fact.TOPIC.startswith("journal."):
            year = world.state(stream, Journal).year  # 0: the journal of a class just formed
            office = world.state(office_id(school_id, year), Office) if year else None
        elif fact.TOPIC.startswith("office.") and type(fact) not in AFTERWARDS:
            office = None if isinstance(fact, YearArchived) else world.state(stream, Office)
        else:
            continue
        if office is not None and office.archive.archived:
            raise Forbidden(
                "year.archived",
                f"{office.calendar.year}/{office.calendar.year + 1} учебный год в архиве: записи не"
                " меняют. Исправление — пояснение к архиву по акту, его вносит директор.",
                year=office.calendar.year,
            )


def archive_year(
    office: Office,
    journals: Sequence[Journal],
    order_no: str,
    today: date,
    *,
    accept_gaps: bool,
) -> list[Fact]:
    """Close the year for good, once. Raises Invalid without an order, Conflict before the year is
    over, while a term of a class is open, or for gaps that nobody has accepted.
    """
    if office.archive.archived:
        return []
    number = order_number(order_no)
    if not journals:
        raise Conflict("archive.no_classes", "В этом учебном году нет ни одного класса.")
    ends = max(term.ends for one in journals for term in office.calendar_of(one.class_id).terms)
    if today <= ends:
        raise Conflict("archive.year_not_over", f"Учебный год идёт до {ends:%d.%m.%Y}.")
    unclosed = [name for one in journals if (name := _unclosed(office, one))]
    if unclosed:
        raise Conflict("archive.open_terms", f"Сначала закройте периоды: {'; '.join(unclosed)}.")
    found = gaps(office, journals)
    if found and not accept_gaps:
        raise Conflict(
            "archive.gaps",
            "Не всё доделано. Доделайте или подтвердите, что год архивируется так.",
            gaps=[{"kind": one.kind, "count": one.count} for one in found],
        )
    return [YearArchived(number, found)]


def _unclosed(office: Office, journal: Journal) -> str:
    """«7а (4 четверть)»: terms with lessons that are not closed; else nothing."""
    closed = {one.term for one in journal.closed}
    left = [
        one.name
        for one in office.calendar_of(journal.class_id).terms
        if one.number not in closed and _held(journal, one.starts, one.ends)
    ]
    return f"{journal.name} ({', '.join(left)})" if left else ""


def _held(journal: Journal, starts: date, ends: date) -> bool:
    """There were lessons then: a class that came later has no first term to close."""
    return any(starts <= one.date <= ends for one in journal.lessons.values())


def gaps(office: Office, journals: Sequence[Journal]) -> tuple[Gap, ...]:
    """What is left undone in a year: debts, requests without an answer, remarks that are not
    accepted, pupils without the council's word, and year marks of subjects with term marks.
    """
    counts: dict[GapKind, int] = dict.fromkeys(get_args(GapKind), 0)
    for journal in journals:
        last = office.calendar_of(journal.class_id).terms[-1]
        stayed = {pupil for pupil in journal.pupils if journal.enrolled(pupil, last.ends)}
        cells = [key.split("/") for key in journal.term_marks]
        due = [
            result_cell(pupil, subject, "year")
            for pupil, subject, term in cells
            if pupil in stayed and int(term) == last.number
        ]
        remarks = journal.control.remarks.values()
        counts["debts"] += sum(not one.resolved for one in journal.debts.values())
        counts["requests"] += sum(not one.answer for one in journal.requests.values())
        counts["remarks"] += sum(one.state != control.ACCEPTED for one in remarks)
        counts["year_marks"] += sum(cell not in journal.results for cell in due)
        counts["council"] += len(stayed - journal.council.keys())
    return tuple(Gap(kind, count) for kind, count in counts.items() if count)


def annotate(office: Office, journal: Journal, new: ArchiveAnnotated) -> list[Fact]:
    """A correction beside an archived journal (T4). Raises Conflict, Invalid, NotFound."""
    if not office.archive.archived:
        raise Conflict(
            "archive.year_open", "Этот год ещё не в архиве: отметки исправляют в журнале."
        )
    before = office.archive.annotations.get(new.annotation_id)
    if before is not None:
        if msgspec.structs.replace(before, reason=new.reason) == new:
            return []
        raise Conflict("archive.annotation_taken", "Под этим номером уже есть другое пояснение.")
    order_number(new.act_no)
    if new.pupil_id not in journal.pupils:
        raise NotFound("roster.unknown_pupil", "Такого ученика в классе нет.")
    if new.subject_id not in office.subjects:
        raise NotFound("subject.unknown", "Такого предмета в школе нет.")
    now = _now(journal, new)
    if now != new.was:
        raise Conflict("mark.changed_meanwhile", f"В архиве стоит «{now}».", value=now)
    if new.should_be == new.was:
        raise Invalid("archive.annotation_empty", "Укажите, что должно стоять вместо этого.")
    if new.should_be:
        mark_value(new.should_be)
    return [new]


def _now(journal: Journal, new: ArchiveAnnotated) -> str:
    """What the archived journal says. Raises NotFound."""
    if new.mark_id is not None:
        mark = journal.any_mark(new.mark_id)
        if mark is None or mark.pupil_id != new.pupil_id:
            raise NotFound("mark.unknown", "Такой отметки нет.")
        return mark.value or ""
    if new.term is not None:
        return journal.term_marks.get(term_cell(new.pupil_id, new.subject_id, new.term), "")
    return journal.results.get(result_cell(new.pupil_id, new.subject_id, "year"), "")


def note_written(office: Office, new: ArchiveWritten) -> list[Fact]:
    """Keep the hashes of the files, once."""
    if not 1 <= new.archive_version <= office.archive.version:
        raise Conflict("archive.no_version", "Такой версии архива нет.")
    return [] if office.archive.written.get(new.archive_version) == new else [new]
