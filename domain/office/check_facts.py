"""The weekly check of how journals are filled: what it found, as numbers."""

from __future__ import annotations

import msgspec

from domain.duties import Duty
from domain.fact import Fact


class DutyFound(msgspec.Struct, frozen=True, omit_defaults=True):
    """How many lessons of the week stood so with one duty."""

    duty: Duty
    on_time: int = 0
    late: int = 0
    missing: int = 0
    pending: int = 0
    not_required: int = 0


class FillCheckClosed(Fact, frozen=True, omit_defaults=True):
    """A week is over, its figures are no longer the teachers' own. They are as of the midnight
    that ended it, and follow from the facts up to `checked_position`.

    groups: teacher × class × subject × subgroup with lessons that week; unfilled: those of them
    in which neither attendance nor a mark was recorded.
    """

    TOPIC = "office.fill-check-closed"
    week: str
    checked_position: int
    lessons: int
    found: tuple[DutyFound, ...]
    groups: int = 0
    unfilled: int = 0
    greatest_delay_minutes: int = 0


FACTS: tuple[type[Fact], ...] = (FillCheckClosed,)
