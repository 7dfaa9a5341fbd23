"""A school that is closed while it moves to another server: what whoever comes is told."""

from __future__ import annotations

from domain.refusals import Busy

MOVING_S = 60  # it is away for minutes


def moving() -> Busy:
    """Nothing is written or read here for now."""
    return Busy(
        "school.moving",
        "Школа переезжает на другой сервер: несколько минут записывать и читать нельзя. "
        "Что уже записано, не пропадёт.",
        retry_after=MOVING_S,
    )
