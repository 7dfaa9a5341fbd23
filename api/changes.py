"""What a caller of the change feed may be told: the classes, and the diaries of one's family."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from api.auth.scopes import Scope
from api.caller import Caller
from api.grants import visible_classes
from domain.refusals import NotFound
from projections import changes
from projections.changes import Part, Place


class Reach(NamedTuple):
    """classes: None is all of them; whole: of which everything is shown (`changes.of_classes`);
    pupils: whose family the caller is, with consent to the diary.
    """

    classes: frozenset[str] | None
    whole: frozenset[str] | None
    pupils: frozenset[str]


async def reach_of(caller: Caller) -> Reach:
    """By the roles and consents of today, and what a token is good for. Raises NotFound to who may
    be told of nothing.
    """
    rights = caller.door.rights
    classes: frozenset[str] | None = frozenset()
    whole: frozenset[str] | None = frozenset()
    pupils: frozenset[str] = frozenset()
    if caller.staff and caller.may(Scope.READ_TRAIL):
        opened = await rights.journals(caller)
        whole = classes = None if opened is None else opened | await rights.wards(caller)
    if caller.staff and classes is not None and caller.may(Scope.READ_JOURNAL):
        if caller.administration:
            classes = None
        else:
            taught = await visible_classes(caller, await rights.year())
            classes |= {one["class_id"] for one in taught} | await rights.wards(caller)
    if caller.may(Scope.READ_DIARY):
        pupils = await rights.own_diaries(caller)
    if classes == frozenset() and not pupils:
        raise NotFound("path.unknown", "Такого адреса нет.")
    return Reach(classes, whole, pupils)


async def page(
    caller: Caller,
    reach: Reach,
    after: int,
    here: Place,
    limit: int,
    kinds: Sequence[str] | None = None,
) -> Part:
    """Lines of the next `limit` facts after a position, and up to where they are complete."""
    upto = min(here.folded, here.told) if reach.pupils else here.folded
    if upto <= after:
        return Part([], after)
    journal, places = Part([], upto), []
    async with caller.reading() as (conn, schema):
        if reach.classes != frozenset():
            journal = await changes.of_classes(
                conn, schema, reach.classes, reach.whole, after, upto, limit, kinds
            )
        if reach.pupils:
            places = await changes.told_of(
                conn, schema, caller.person_id, reach.pupils, after, journal.upto
            )
    if not places:
        return journal
    # as the program: homework of a class is in the trail of nobody in particular, and whoever was
    # told of it was to read it
    async with caller.door.reading() as (conn, schema):
        family = await changes.at_places(conn, schema, places, journal.upto, limit)
    known = {_key(one): one for one in (*journal.lines, *family.lines)}
    lines = [
        one
        for one in known.values()
        if one["position"] <= family.upto and (kinds is None or one["kind"] in kinds)
    ]
    lines.sort(key=_order)
    return Part(lines, family.upto)


def _key(line: dict[str, Any]) -> tuple[int, int, str | None]:
    return line["position"], line["ordinal"], line["pupil_id"]


def _order(line: dict[str, Any]) -> tuple[int, int, str]:
    return line["position"], line["ordinal"], line["pupil_id"] or ""
