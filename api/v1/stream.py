"""Live pages: a stream of Server-Sent Events for a class, a diary or one's inbox."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Header, Query, Request
from starlette.responses import StreamingResponse

from api.caller import Caller
from api.deps import SignedIn
from api.streaming import MEDIA_TYPE, Live, Wanted, place_of
from api.v1.wire import PREFIX, Id
from domain.refusals import Refusal

router = APIRouter(prefix=PREFIX, tags=["Изменения"])

EXAMPLE = 'retry: 3000\n\nid: 4127.4120\nevent: changed\ndata: {"position":4127}\n\n'
LAST = "id последнего события: поток продолжится с него"
RESPONSES = {200: {"content": {MEDIA_TYPE: {"example": EXAMPLE}}}}


@router.get("/stream", responses=RESPONSES, response_class=StreamingResponse)  # type: ignore[arg-type]
async def live(
    request: Request,
    caller: SignedIn,
    class_id: Annotated[Id | None, Query(description="страницы этого класса")] = None,
    pupil_id: Annotated[Id | None, Query(description="дневник этого ученика")] = None,
    last_event_id: Annotated[str, Header(description=LAST)] = "",
) -> StreamingResponse:
    """`changed` when the class, the diary or (with neither) one's inbox has changed, without saying
    how: ask for the page again. Without `Accept: text/event-stream` it ends at once.
    """
    touched = await _touched(caller, class_id, pupil_id)

    async def may() -> bool:
        """The session lives, and the caller still reads what the stream is about."""
        if not await caller.door.sessions.lives(caller.session):
            return False
        try:
            await _touched(caller, class_id, pupil_id)
        except Refusal:
            return False
        return True

    once = MEDIA_TYPE not in request.headers.get("accept", "")
    wanted = Wanted(touched, may, place_of(last_event_id), once)
    caller.door.streams.enter(caller)
    return Live(caller, wanted)


async def _touched(caller: Caller, class_id: str | None, pupil_id: str | None) -> frozenset[str]:
    """What the stream is about. Raises NotFound, Forbidden."""
    rights = caller.door.rights
    touched: set[str] = set()
    if class_id is not None:
        await rights.class_basis(caller, class_id)
        touched.add(class_id)
    if pupil_id is not None:
        await rights.diary_basis(caller, pupil_id)
        touched |= {pupil_id, f"{await rights.class_of(pupil_id)}*"}
    return frozenset(touched or {f"inbox {caller.person_id}"})
