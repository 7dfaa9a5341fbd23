"""What the running term may come to, for reports (docs/forecast.md)."""

from __future__ import annotations

from domain.forecast.whatif import enough, likely
from projections import forecast
from projections.reports.ground import Ground, SchoolClass


async def expected(ground: Ground, of: SchoolClass) -> dict[tuple[str, str], str]:
    """(subject, pupil) → «3–4», while the term is running; not of those whose forecast is off."""
    found = await forecast.of_school(
        ground.conn, ground.schema, ground.asked.year, ground.today, of.class_id, ground.position
    )
    if not found or found[0].term.number != ground.asked.term:
        return {}
    [one] = found
    off = await forecast.families_off(ground.conn, ground.schema, list(one.names))
    words = await forecast.words_of(ground.conn, ground.schema, of.class_id, one.term.number)
    around = forecast.Around(off, words)
    return {
        (subject.subject_id, cell.pupil): "–".join(likely(found_of))
        for subject in one.subjects
        for cell, found_of in subject.cells
        if enough(cell) and not around.silent(subject.subject_id, cell.pupil)
    }
