"""ledgers_v1: trainings of the staff, requests for the municipal service."""

from __future__ import annotations

from projections.ledgers.fold import Ledgers
from projections.ledgers.reading import (
    Service,
    Trained,
    Training,
    office_year_of,
    services,
    trainings,
    untrained,
)

__all__ = [
    "Ledgers",
    "Service",
    "Trained",
    "Training",
    "office_year_of",
    "services",
    "trainings",
    "untrained",
]
