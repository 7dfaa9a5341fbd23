"""Coalescing: one round trip for all who ask meanwhile."""

from __future__ import annotations

import asyncio

import pytest

from api.coalesce import Groups, Lookups


class Table:
    """Remembers what it was asked, and answers when told to."""

    def __init__(self) -> None:
        self.asked: list[list[str]] = []
        self.open = asyncio.Event()

    async def fetch(self, keys: list[str]) -> dict[str, str]:
        self.asked.append(keys)
        await self.open.wait()
        return {key: key.upper() for key in keys if key != "нет"}

    async def write(self, items: list[str]) -> None:
        self.asked.append(items)
        await self.open.wait()
        if "плохо" in items:
            raise RuntimeError("no")


def test_keys_asked_meanwhile_share_the_next_round_trip() -> None:
    async def story() -> None:
        table = Table()
        lookups = Lookups(table.fetch, at_most=10)
        first = asyncio.create_task(lookups.get("а"))
        await asyncio.sleep(0)
        others = [asyncio.create_task(lookups.get(key)) for key in ("б", "в", "б", "нет")]
        await asyncio.sleep(0)
        table.open.set()

        assert await first == "А"
        assert [await one for one in others] == ["Б", "В", "Б", None]
        assert table.asked == [["а"], ["б", "в", "нет"]]

    asyncio.run(story())


def test_no_round_trip_is_longer_than_it_may_be() -> None:
    async def story() -> None:
        table = Table()
        table.open.set()
        lookups = Lookups(table.fetch, at_most=2)

        assert await asyncio.gather(*map(lookups.get, "абвгд")) == list("АБВГД")
        assert [len(keys) for keys in table.asked] == [2, 2, 1]

    asyncio.run(story())


def test_whoever_asks_as_the_last_round_trip_ends_is_answered() -> None:
    async def story() -> None:
        table = Table()
        table.open.set()
        lookups = Lookups(table.fetch, at_most=10)

        async def ask(n: int) -> None:
            for _ in range(n):
                await asyncio.sleep(0)
            assert await lookups.get(f"к{n}") == f"К{n}"

        async with asyncio.timeout(60):
            for rounds in range(3):
                await asyncio.gather(*(ask(n) for n in range(10 + rounds)))

    asyncio.run(story())


def test_lanes_work_side_by_side() -> None:
    async def story() -> None:
        table = Table()
        groups = Groups(table.write, at_most=10, lanes=2)
        writes = []
        for item in ("а", "б", "в", "г"):
            writes.append(asyncio.create_task(groups.add(item)))
            await asyncio.sleep(0)
            await asyncio.sleep(0)
        assert table.asked == [["а"], ["б"]]
        table.open.set()
        await asyncio.gather(*writes)

        assert table.asked == [["а"], ["б"], ["в", "г"]]

    asyncio.run(story())


def test_an_asker_who_leaves_takes_nothing_along() -> None:
    async def story() -> None:
        table = Table()
        lookups = Lookups(table.fetch, at_most=10)
        leaving = asyncio.create_task(lookups.get("а"))
        staying = asyncio.create_task(lookups.get("а"))
        await asyncio.sleep(0)
        leaving.cancel()
        table.open.set()

        assert await staying == "А"

    asyncio.run(story())


def test_a_write_returns_once_its_group_is_durable() -> None:
    async def story() -> None:
        table = Table()
        groups = Groups(table.write, at_most=10)
        writes = [asyncio.create_task(groups.add(item)) for item in ("а", "б", "в")]
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        assert not any(one.done() for one in writes)
        table.open.set()
        await asyncio.gather(*writes)

        assert [item for group in table.asked for item in group] == ["а", "б", "в"]

    asyncio.run(story())


def test_a_group_that_fails_fails_for_all_of_it_and_the_next_one_goes_on() -> None:
    async def story() -> None:
        table = Table()
        table.open.set()
        groups = Groups(table.write, at_most=10)
        together = await asyncio.gather(
            groups.add("хорошо"), groups.add("плохо"), return_exceptions=True
        )

        assert [type(one) for one in together] == [RuntimeError, RuntimeError]
        await groups.add("дальше")

    asyncio.run(story())


def test_a_failed_look_up_is_told_to_everybody_who_asked() -> None:
    async def story() -> None:
        async def fetch(keys: list[str]) -> dict[str, str]:
            raise ConnectionError(keys)

        lookups = Lookups(fetch, at_most=10)
        with pytest.raises(ConnectionError):
            await lookups.get("а")
        with pytest.raises(ConnectionError):
            await lookups.get("б")

    asyncio.run(story())
