"""Letters to parents as both doors send them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from api.caller import Caller
from domain.journal.outcome_facts import Delivery
from domain.writing import Answer, Request
from projections import classroom


async def send(
    caller: Caller, class_id: str, pupil_ids: Sequence[str], term: int, how: Delivery, once: Request
) -> Answer:
    """The command, with the position at which the letters are counted."""
    position = (await caller.door.progress.as_of()).position
    return caller.door.school.send_parent_reports(
        class_id, pupil_ids, term, position, how, by=caller.actor, request=once
    )


async def sent_in(caller: Caller, class_id: str, term: int) -> list[dict[str, Any]]:
    """What `letters_of` answers, of today's list."""
    async with caller.reading() as (conn, schema):
        today = caller.door.rights.today()
        return await classroom.letters_of(conn, schema, class_id, term, today)
