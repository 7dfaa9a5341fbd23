"""grants_v1: journals opened to auditors, guardians kept away, glasses broken, verdicts given."""

from __future__ import annotations

from projections.grants.fold import Grants
from projections.grants.reading import (
    Glass,
    JournalGrant,
    broken_glass,
    glasses,
    is_of_age,
    journal_grants,
    journals_of,
    office_year_of,
    unseen,
)

__all__ = [
    "Glass",
    "Grants",
    "JournalGrant",
    "broken_glass",
    "glasses",
    "is_of_age",
    "journal_grants",
    "journals_of",
    "office_year_of",
    "unseen",
]
