"""The review after a suspicion (clause 3.3.6): whose hand the records under a name are of."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request
from pydantic import AwareDatetime, Field
from starlette.responses import Response

from api.answers import read, written
from api.deps import SignedIn
from api.suspicion import judge, may_review, review
from api.v1.trail import HISTORY_ITEM
from api.v1.wire import PREFIX, Body, Id, Once, Written, example

router = APIRouter(prefix=PREFIX, tags=["Подозрение"])

SIGN_IN = {
    "session_id": "c1d2a1f0-7a52-4f0e-8b6d-2b5f3c9e7d41",
    "device": "Firefox, Windows",
    "address": "192.0.2.17",
    "at": "2026-10-02T09:00:00+00:00",
}
LINE: dict[str, Any] = HISTORY_ITEM | {
    "state": "answered",
    "answer": {"position": 4300, "kind": "mark-annulled"},
}
REVIEW: dict[str, Any] = {
    "person": HISTORY_ITEM["by"],
    "raised": {
        "at": "2026-11-02T12:00:00+00:00",
        "position": 4200,
        "by": HISTORY_ITEM["by"],
        "reason": "ученик видел, как я вводила пароль",
    },
    "since": "2026-10-01T08:00:00+00:00",
    "complete": True,
    "sign_ins": [SIGN_IN | {"records": 51}],
    "sessions": [SIGN_IN | {"lines": [LINE]}],
    "counts": {"untouched": 0, "confirmed": 0, "denied": 0, "answered": 51},
}


class Judgement(Body):
    """«Это я» (mine) or «это не я» (not_mine) about records, by their positions in the log."""

    verdict: Literal["mine", "not_mine"]
    positions: Annotated[
        list[Annotated[int, Field(ge=1, lt=2**63)]], Field(min_length=1, max_length=500)
    ]


@router.get("/people/{person_id}/suspicion", responses=example(REVIEW))
async def under_suspicion(
    person_id: Id,
    request: Request,
    caller: SignedIn,
    since: Annotated[AwareDatetime | None, Query()] = None,
) -> Response:
    """Every record made under a name since the last sign-in that is trusted, by sign-ins, and what
    has become of each. For the person, the director, a deputy, the administrator.
    """
    await may_review(caller, person_id)
    as_of = await caller.door.progress.as_of()
    return read(request, await review(caller, person_id, since), as_of)


@router.post("/people/{person_id}/suspicion/review")
async def say_whose(person_id: Id, new: Judgement, caller: SignedIn, once: Once) -> Written:
    """The person says of records whose they are. What is wrong is corrected or annulled as always:
    of a mark that is denied here, however long ago the lesson was.
    """
    await may_review(caller, person_id)
    return await written(await judge(caller, person_id, new.verdict, new.positions, once))
