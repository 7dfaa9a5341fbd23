"""Pupils by the beginning of a name, by whatever door: as far as the caller may know of them."""

from __future__ import annotations

from typing import NamedTuple

from api.caller import Caller
from api.deps import OK
from projections import directory
from projections.directory.search import FoundPupil, pupils_named, words_of

MOST = 20
LONGEST = 100  # letters of what is looked for


class Search(NamedTuple):
    """words: what was looked for, none of what is too short; shown: with whether the caller reads
    the diary of each; more: how many there are besides.
    """

    words: tuple[str, ...]
    shown: list[tuple[FoundPupil, bool]]
    more: int


async def search(caller: Caller, q: str) -> Search:
    """A line of the access log names who was found."""
    words = words_of(q[:LONGEST])
    if not words:
        return Search((), [], 0)
    found = await _found(caller, words)
    wards = await caller.door.rights.wards(caller)
    subjects = " ".join(one.pupil_id for one in found[:MOST])
    await caller.door.looks.add(caller.look("search", subjects, OK, min(caller.roles)))
    shown = [
        (one, (caller.administration and one.consented) or one.class_id in wards)
        for one in found[:MOST]
    ]
    return Search(words, shown, max(0, len(found) - MOST))


async def _found(caller: Caller, words: tuple[str, ...]) -> list[FoundPupil]:
    """Of the whole school for the administration; else of the classes that the caller teaches,
    leads or was given to read.
    """
    rights, today = caller.door.rights, caller.door.rights.today()
    year, classes = await rights.year(), await rights.journals(caller)
    async with caller.reading() as (conn, schema):
        if classes is not None:
            own = await directory.classes(conn, schema, year, today, caller.person_id)
            classes |= {one["class_id"] for one in own}
        return await pupils_named(conn, schema, words, year, today, classes)
