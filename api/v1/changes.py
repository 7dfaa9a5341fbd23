"""The change feed: what was written since a place in the log, for programs that keep a copy."""

from __future__ import annotations

from time import monotonic
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from api.answers import read
from api.changes import page, reach_of
from api.deps import OK, ChangeReader
from api.v1.wire import PREFIX, example
from domain.refusals import Invalid

router = APIRouter(prefix=PREFIX, tags=["Изменения"])

#: a place in the log, or `now`: nothing of what was before
CURSOR = r"^(now|\d{1,18})$"
SINCE = "`next` прошлого ответа; `0` — с начала, `now` — с этой минуты"
LONGEST_WAIT_S = 25  # proxies hang up after 30 or 60
CHANGE: dict[str, Any] = {
    "position": 4127,
    "ordinal": 0,
    "recorded_at": "2026-11-23T09:41:07+00:00",
    "kind": "mark-corrected",
    "class_id": "7f1d4c1e-58b6-4d8e-9f0a-3f6f3f1c2b10",
    "subject_id": "2f4f9f0e-7d1c-4f57-9a8e-1f0b6f8f7c20",
    "lesson_id": "0b7d6c3e-8a57-4a39-8f6f-6c0a0c4f9d10",
    "lesson_date": "2026-11-20",
    "pupil_id": "9d1b6f52-0c3e-4b52-8f0a-1a2b3c4d5e60",
    "mark_id": "b1f5a3c2-4d5e-4f60-8a7b-9c0d1e2f3a40",
    "term": 2,
    "old_value": "4",
    "value": "5",
    "reason_code": "TYPO",
    "by": "6f1c7c9e-3c1e-4a52-9f0e-0d4f4a9f6c11",
    "acting_for": None,
    "imported": False,
}


@router.get("/changes", responses=example({"changes": [CHANGE], "next": "4127", "more": False}))
async def changes(
    request: Request,
    caller: ChangeReader,
    since: Annotated[
        str,
        Query(
            pattern=CURSOR,
            description=SINCE,
        ),
    ] = "0",
    limit: Annotated[int, Query(ge=1, le=500, description="записей журнала на страницу")] = 100,
    wait: Annotated[
        int, Query(ge=0, le=LONGEST_WAIT_S, description="секунд ждать, если нового нет")
    ] = 0,
    kind: Annotated[
        list[str] | None,
        Query(max_length=60, description="только такие записи", examples=[["mark-given"]]),
    ] = None,
) -> Response:
    """What was written after a place in the log, in order and each once: ids and values, no names.

    Ask again with `next` until `more` is false, then now and then, or with `wait`.
    """
    door = caller.door
    reach = await reach_of(caller)
    here = await door.pulse.place()
    after = here.folded if since == "now" else int(since)
    if after > here.head:
        raise Invalid("changes.cursor", "Такого места в журнале ещё нет: since — из поля next.")
    as_of = await door.progress.as_of()
    part = await page(caller, reach, after, here, limit, kind)
    deadline = monotonic() + wait
    if wait and not part.lines and since != "now":
        async with door.pulse.felt():
            while not part.lines and not door.pulse.ended:
                reach = await reach_of(caller)
                here = await door.pulse.place()
                as_of = await door.progress.as_of()
                part = await page(caller, reach, part.upto, here, limit, kind)
                if part.lines or not await door.pulse.next(deadline - monotonic()):
                    break
    if part.lines:
        await door.looks.add(caller.look("changes", "", OK, "reads_changes"))
    bound = min(here.folded, here.told) if reach.pupils else here.folded
    content = {"changes": part.lines, "next": str(part.upto), "more": part.upto < bound}
    return read(request, content, as_of)
