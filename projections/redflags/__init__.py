"""red_flags_v1: what in the journal is worth a look, with the facts behind it."""

from __future__ import annotations

from projections.redflags.fold import RedFlags
from projections.redflags.reading import (
    PAGE,
    Filters,
    Found,
    SignIn,
    at_one_place,
    counts,
    one,
    red_flags,
    sign_ins,
)

__all__ = [
    "PAGE",
    "Filters",
    "Found",
    "RedFlags",
    "SignIn",
    "at_one_place",
    "counts",
    "one",
    "red_flags",
    "sign_ins",
]
