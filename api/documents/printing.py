"""Documents for whoever asks at a door: drawn beside the event loop, refused in words."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import ParamSpec

from api.documents.typesetting import UnprintableError
from domain.refusals import Conflict

P = ParamSpec("P")


async def printed(draw: Callable[P, bytes], *args: P.args, **named: P.kwargs) -> bytes:
    """The document. Raises Conflict for a sign that no font has."""
    try:
        return await asyncio.to_thread(draw, *args, **named)
    except UnprintableError as fault:
        raise Conflict(
            "document.unprintable",
            "В чьём-то имени есть знак, которого не напечатать: исправьте имя.",
        ) from fault
