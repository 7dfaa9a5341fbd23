"""Folding compliance: lessons that are planned, and the first record of each duty."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from psycopg import Cursor

from domain.catalogue import FACTS
from projections.compliance import fold_office, fold_plan, fold_records
from projections.compliance.desk import HANDLERS, Desk
from projections.projection import Placed

# Importing them fills the table of handlers.
_FILLED = (fold_office, fold_plan, fold_records)


class Compliance(Desk):
    """compliance_v1 of one school."""

    name = "compliance_v1"
    tables = ("compliance_year", "compliance_class", "compliance_lesson", "compliance_check")
    topics = HANDLERS.topics()
    ignored = frozenset(FACTS) - topics

    def fold(self, batch: Sequence[Placed], cursor: Cursor[Any]) -> None:
        """See `Projection`."""
        self.begin(cursor)
        for one in batch:
            HANDLERS.handle(self, one)
        self.flush()
