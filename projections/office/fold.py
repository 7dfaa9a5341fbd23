"""Folding the office."""

from __future__ import annotations

from domain.catalogue import FACTS
from projections.office import (
    fold_movements,
    fold_plans,
    fold_substitutions,
    fold_timetables,
    fold_years,
)
from projections.office.desk import HANDLERS, Desk

# Importing them fills the table of handlers.
_FILLED = (fold_movements, fold_plans, fold_substitutions, fold_timetables, fold_years)


class Office(Desk):
    """office_v1 of one school."""

    name = "office_v1"
    tables = (
        "office_movement",
        "office_year",
        "office_timetable",
        "office_plan",
        "office_substitution",
    )
    topics = HANDLERS.topics()
    ignored = frozenset(FACTS) - topics
