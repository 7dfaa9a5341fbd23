"""An edit of the stored tree is found, and is told from an edit of the log."""

from __future__ import annotations

from typing import LiteralString

import pytest

from tests.projections.life import Life
from tests.projections.seals.forger import Forger, kinds, verified

SPOIL: LiteralString = (
    "UPDATE {s}.tree_tile SET hashes = set_byte(hashes, 32, 255 - get_byte(hashes, 32)) WHERE "
)


@pytest.mark.parametrize(
    ("change", "found"),
    [
        (SPOIL + "level = 0 AND idx = 1", {"leaf", "tile"}),
        (SPOIL + "level = 1", {"tile"}),
        ("DELETE FROM {s}.tree_tile WHERE level = 0 AND idx = 1", {"tile"}),
        ("DELETE FROM {s}.tree_tile WHERE level = 1", {"tile"}),
        ("INSERT INTO {s}.tree_tile VALUES (0, 1000, '\\x00')", {"tile"}),
        ("INSERT INTO {s}.tree_tile VALUES (7, 0, '\\x00')", {"tile"}),
        ("UPDATE {s}.tree_tile SET hashes = substring(hashes FOR 32) WHERE level = 1", {"tile"}),
        ("DELETE FROM {s}.tree_tile", {"tile"}),
    ],
)
def test_an_edited_tile_is_named_and_is_told_from_an_edited_row(
    at: Life, forger: Forger, notes: list[str], change: LiteralString, found: set[str]
) -> None:
    forger.do(change)

    assert kinds(verified(at)) == found
