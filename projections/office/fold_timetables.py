"""The weeks of classes, as they were adopted."""

from __future__ import annotations

import msgspec

from domain.office import facts as o
from projections.office.desk import HANDLERS, Desk
from projections.projection import Placed

on = HANDLERS.on


@on(o.TimetableAdopted)
def _adopted(to: Desk, fact: o.TimetableAdopted, at: Placed) -> None:
    to.run(
        "INSERT INTO {s}.office_timetable (class_id, since, entries, position)"
        " VALUES (%s, %s, %s, %s)",
        fact.class_id,
        fact.since,
        msgspec.json.encode(fact.entries),
        at.position,
    )
