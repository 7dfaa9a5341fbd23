"""Questions asked before what is not to be done in a session that somebody left open."""

from __future__ import annotations

from typing import Any

from api.caller import Caller
from domain.permissions import Act, holders
from domain.refusals import Forbidden, NotFound
from projections import directory


def may_revoke(caller: Caller) -> None:
    """Who may close anybody's sign-in. Raises Forbidden to other staff, NotFound to others."""
    if caller.roles.isdisjoint(holders(Act.REVOKE_ACCOUNT)):
        if caller.staff:
            raise Forbidden("access.administration_only", "Это делает администрация школы.")
        raise NotFound("path.unknown", "Такого адреса нет.")


async def sure_of_mark(caller: Caller, mark_id: str) -> None:
    """A correction on another day than the lesson's needs a password just shown. Raises Forbidden;
    NotFound to a stranger.
    """
    if caller.is_fresh:
        return
    async with caller.reading() as (conn, schema):
        place = await directory.mark_place(conn, schema, mark_id)
    await _sure_of(caller, place, NotFound("mark.unknown", "Такой отметки нет."))


async def sure_of_lesson(caller: Caller, lesson_id: str) -> None:
    """The same for many marks of one lesson."""
    if caller.is_fresh:
        return
    async with caller.reading() as (conn, schema):
        place = await directory.lesson_place(conn, schema, lesson_id)
    await _sure_of(caller, place, NotFound("lesson.unknown", "Такого урока нет."))


async def _sure_of(caller: Caller, place: dict[str, Any] | None, unknown: NotFound) -> None:
    if place is None or place["date"] == caller.door.rights.today().isoformat():
        return
    try:
        await caller.door.rights.class_basis(caller, place["class_id"])
    except NotFound:
        raise unknown from None
    caller.fresh()
