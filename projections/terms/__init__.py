"""Terms and years: what the marks suggest, what was issued, what is in the way of closing."""

from __future__ import annotations

from projections.terms.closing import Closing, closing, closings
from projections.terms.debts import Owed, owed
from projections.terms.fold import Results
from projections.terms.reading import (
    decisions_of_class,
    finals_of_pupil,
    results_of_class,
    terms_of_pupil,
    year_of_class,
)
from projections.terms.requests import (
    CorrectionRequest,
    request_of,
    request_place,
    requests,
    waiting,
)
from projections.terms.suggesting import suggestions

__all__ = [
    "Closing",
    "CorrectionRequest",
    "Owed",
    "Results",
    "closing",
    "closings",
    "decisions_of_class",
    "finals_of_pupil",
    "owed",
    "request_of",
    "request_place",
    "requests",
    "results_of_class",
    "suggestions",
    "terms_of_pupil",
    "waiting",
    "year_of_class",
]
