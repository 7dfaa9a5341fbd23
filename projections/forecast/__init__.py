"""Forecasts of the running term from the register, and what was learned of terms that are over."""

from __future__ import annotations

from projections.forecast.around import Around, Word, families_off, words_of
from projections.forecast.calibration import Calibration
from projections.forecast.keeping import Fit, keep, latest, learn
from projections.forecast.reading import ClassForecast, SubjectForecast, of_class, of_school

__all__ = [
    "Around",
    "Calibration",
    "ClassForecast",
    "Fit",
    "SubjectForecast",
    "Word",
    "families_off",
    "keep",
    "latest",
    "learn",
    "of_class",
    "of_school",
    "words_of",
]
