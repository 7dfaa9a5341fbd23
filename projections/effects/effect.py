"""What would be otherwise under another regulation."""

from __future__ import annotations

import msgspec


class Effect(msgspec.Struct, frozen=True):
    """`count` of `total` would be otherwise; `text` says in what, Russian, without the numbers."""

    name: str
    clause: str
    text: str
    count: int
    total: int
