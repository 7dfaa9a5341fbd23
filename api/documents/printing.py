"""Documents for whoever asks at a door: drawn beside the event loop, refused in words."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import ParamSpec

from api.documents.typesetting import UnprintableError
from domain.refusals import Conflict

P = ParamSpec("P")
#: A long document takes 300 MB while it is typeset: two at a time, and nobody else waits for them.
_PRINTERS = ThreadPoolExecutor(2, "printer")


async def printed(draw: Callable[P, bytes], *args: P.args, **named: P.kwargs) -> bytes:
    """The document. Raises Conflict for a sign that no font has."""
    try:
        running = asyncio.get_running_loop()
        return await running.run_in_executor(_PRINTERS, partial(draw, *args, **named))
    except UnprintableError as fault:
        raise Conflict(
            "document.unprintable",
            "В чьём-то имени есть знак, которого не напечатать: исправьте имя.",
        ) from fault
