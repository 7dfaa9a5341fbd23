"""Tags of diary weeks are believed as long as the diary has not moved."""

from __future__ import annotations

import asyncio
from datetime import date
from typing import Any

from api.tags import Tags
from domain.world import EPOCH
from projections.diary.fold import Diary
from projections.postgres.bookmarks import AsOf, Following
from tests.cast import MASHA, PETYA

MONDAY = date(2026, 8, 31)


class Progress:
    """Says that the diary is where it was put."""

    def __init__(self) -> None:
        self.put(10)

    def put(self, position: int, generation: int = 1) -> None:
        at = AsOf(position, EPOCH)
        self._now = Following(at, {Diary.name: at}, at, {Diary.name: generation})

    async def now(self) -> Following:
        return self._now


def tags() -> tuple[Any, Progress]:
    progress = Progress()
    return Tags(progress), progress  # type: ignore[arg-type]


def kept(tags: Tags, pupil_id: str, tag: str) -> None:
    tags.keep(pupil_id, MONDAY, tag, asyncio.run(tags.place()))


def test_a_tag_is_known_until_the_diary_moves() -> None:
    known, progress = tags()
    kept(known, PETYA, '"a"')

    asyncio.run(known.place())
    assert (known.of(PETYA, MONDAY), known.of(MASHA, MONDAY)) == ('"a"', None)

    progress.put(11)
    asyncio.run(known.place())
    assert known.of(PETYA, MONDAY) is None


def test_a_rebuilt_diary_is_another_one_though_it_is_as_far() -> None:
    known, progress = tags()
    kept(known, PETYA, '"a"')

    progress.put(10, generation=2)
    asyncio.run(known.place())

    assert known.of(PETYA, MONDAY) is None


def test_a_tag_read_before_the_diary_moved_is_not_kept_after() -> None:
    known, progress = tags()
    before = asyncio.run(known.place())
    progress.put(11)
    asyncio.run(known.place())

    known.keep(PETYA, MONDAY, '"old"', before)

    assert known.of(PETYA, MONDAY) is None
