"""ledgers_v1: trainings of the staff, requests for the municipal service, who is away."""

from __future__ import annotations

from projections.ledgers.fold import Ledgers
from projections.ledgers.reading import (
    Absent,
    Service,
    Trained,
    Training,
    away,
    office_year_of,
    office_year_of_absence,
    services,
    trainings,
    untrained,
)

__all__ = [
    "Absent",
    "Ledgers",
    "Service",
    "Trained",
    "Training",
    "away",
    "office_year_of",
    "office_year_of_absence",
    "services",
    "trainings",
    "untrained",
]
