"""Answers come home from the engine's thread: one call of the loop for all of a moment."""

from __future__ import annotations

import asyncio

import pytest

from api.landing import landed
from domain.refusals import Conflict
from domain.writing import Answer, Receipt


def test_answers_of_a_moment_wake_the_loop_once_and_each_goes_to_its_own() -> None:
    async def story() -> tuple[list[Receipt], int]:
        loop = asyncio.get_running_loop()
        plain, calls = loop.call_soon_threadsafe, 0

        def counted(*arguments: object) -> asyncio.Handle:
            nonlocal calls
            calls += 1
            return plain(*arguments)  # type: ignore[arg-type]

        loop.call_soon_threadsafe = counted  # type: ignore[method-assign,assignment]
        answers: list[Answer] = [Answer() for _ in range(5)]
        tasks = [asyncio.create_task(landed(answer)) for answer in answers]
        await asyncio.sleep(0)
        for n, answer in enumerate(answers):
            answer.set_result(Receipt(n, 1))
        return await asyncio.gather(*tasks), calls

    receipts, calls = asyncio.run(story())

    assert [one.position for one in receipts] == [0, 1, 2, 3, 4]
    assert calls == 1


def test_who_went_away_takes_no_answer_from_the_others_and_the_command_goes_on() -> None:
    async def story() -> tuple[bool, Receipt]:
        gone: Answer = Answer()
        stays: Answer = Answer()
        leaving = asyncio.create_task(landed(gone))
        waiting = asyncio.create_task(landed(stays))
        await asyncio.sleep(0)
        leaving.cancel()
        await asyncio.gather(leaving, return_exceptions=True)
        carried_out = not gone.done()
        gone.set_result(Receipt(1, 1))
        stays.set_result(Receipt(2, 1))
        return carried_out, await waiting

    carried_out, receipt = asyncio.run(story())

    assert carried_out
    assert receipt.position == 2


def test_a_refusal_comes_home_as_itself() -> None:
    async def story() -> None:
        answer: Answer = Answer()
        answer.set_exception(Conflict("mark.changed_meanwhile", "Отметку уже изменили."))
        await landed(answer)

    with pytest.raises(Conflict, match="уже изменили"):
        asyncio.run(story())
