"""What `switched_off` has found: which test of a clause goes red when its rule is off."""

from __future__ import annotations

from pathlib import Path

import msgspec

FOUND = Path(__file__).with_name("switched_off.json")


class Noticed(msgspec.Struct, frozen=True):
    """`what` was switched off, `by` the test that went red, "" when none did."""

    what: str
    by: str


def noticed() -> dict[str, Noticed]:
    """Clause → what was found the last time."""
    if not FOUND.exists():
        return {}
    return msgspec.json.decode(FOUND.read_bytes(), type=dict[str, Noticed])
