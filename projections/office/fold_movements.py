"""Pupils who came and went."""

from __future__ import annotations

from datetime import date

from domain.journal import facts as j
from domain.values import PayloadRef
from projections.office.desk import HANDLERS, Desk
from projections.projection import Placed, id_of

on = HANDLERS.on


@on(j.PupilEnrolled)
def _arrived(to: Desk, fact: j.PupilEnrolled, at: Placed) -> None:
    order = (fact.order_no, fact.order_date)
    _moved(to, at, "arrived", fact.pupil_id, fact.since, order, fact.from_class, fact.whence)


@on(j.PupilDeparted)
def _departed(to: Desk, fact: j.PupilDeparted, at: Placed) -> None:
    order = (fact.order_no, fact.order_date)
    _moved(to, at, "departed", fact.pupil_id, fact.on, order, fact.to_class, fact.whither)


def _moved(
    to: Desk,
    at: Placed,
    kind: str,
    pupil_id: str,
    day: date,
    order: tuple[str, date | None],
    other_class: str | None,
    place: PayloadRef | None,
) -> None:
    to.run(
        "INSERT INTO {s}.office_movement (class_id, pupil_id, kind, on_day, order_no, order_date,"
        " other_class, place_id, at, position) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
        at.stream,
        pupil_id,
        kind,
        day,
        *order,
        other_class,
        id_of(place),
        at.body.at,
        at.position,
    )
