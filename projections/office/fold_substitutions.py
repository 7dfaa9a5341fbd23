"""By which order a substitute was appointed."""

from __future__ import annotations

from domain.journal import facts as j
from projections.office.desk import HANDLERS, Desk
from projections.projection import Placed

on = HANDLERS.on


@on(j.SubstitutionAppointed)
def _appointed(to: Desk, fact: j.SubstitutionAppointed, at: Placed) -> None:
    to.run(
        "INSERT INTO {s}.office_substitution (substitution_id, order_no, at, by, position)"
        " VALUES (%s, %s, %s, %s, %s)",
        fact.substitution_id,
        fact.order_no,
        at.body.at,
        at.body.by,
        at.position,
    )
