"""Every byte of rows, checkpoints and cosignatures: no other one is accepted."""

from __future__ import annotations

from tests.projections.life import Life
from tests.projections.seals.forger import COLUMNS, Forger, verified

#: Every so manyth byte; `letopis bench flips` takes them all.
STRIDE = 97


def accepted(at: Life, forger: Forger, stride: int) -> tuple[int, list[str]]:
    """Change every so manyth byte of rows, checkpoints and cosignatures; answers how many were
    changed, and which of them nobody noticed.
    """
    missed = []
    places = [
        (column, row, place)
        for column in COLUMNS
        for row, length in forger.bytes_of(column)
        for place in range(length)
    ][::stride]
    for column, row, place in places:
        forger.flip(column, row, place)
        if verified(at).agrees:
            missed.append(f"{column.table}.{column.name} of {row}: byte {place}")
        forger.flip(column, row, place)
    assert verified(at).agrees
    return len(places), missed


def test_no_changed_byte_is_accepted(at: Life, forger: Forger, notes: list[str]) -> None:
    changed, missed = accepted(at, forger, STRIDE)

    assert missed == []
    assert changed > 100
