"""Parameters of a school without past terms: those of invented school years (docs/forecast.md)."""

from __future__ import annotations

from domain.forecast.parameters import Parameters, Profile

_OVERALL = Profile(
    units=0,
    level=4.0,
    done=(1.3, 2.6, 4.4, 6.3, 7.8),
    left=(
        (4.7, 1.8, 1.3),
        (3.9, 1.5, 1.1),
        (2.8, 1.1, 0.8),
        (1.6, 0.7, 0.5),
        (0.6, 0.3, 0.4),
    ),
    weights=(
        (4.7, 3.6, 3.9),
        (3.9, 3.0, 3.3),
        (2.8, 2.2, 2.4),
        (1.6, 1.4, 1.5),
        (0.6, 0.6, 1.2),
    ),
    squares=(23.6, 19.8, 14.4, 8.9, 5.4),
    drift=(0.0, 0.0, 0.0, 0.0, 0.0),
)
DEFAULT = Parameters(
    level=4.0,
    unit=1.4,
    kinds=(0.08, 0.0, -0.15),
    mark_variance=0.56,
    own_before=0.64,
    others_now=0.35,
    others_before=0.3,
    spread=0.08,
    spread_new=0.25,
    dispersion=1.3,
    start=(0.0, 0.0, 0.0, 0.0, 0.0),
    keep=(0.7, 0.8, 0.85, 0.9, 0.9),
    unknown=(0.03, 0.03, 0.03, 0.04, 0.05),
    persist=(0.95, 0.95, 0.95, 0.95, 0.95),
    variance=(1.1, 1.1, 1.1, 1.1, 1.1),
    thresholds=(2.45, 3.45, 4.45),
    doubts=(0.1, 0.08, 0.08),
    min_marks=3,
    not_attested=0.5,
    shock=0.15,
    overall=_OVERALL,
)
