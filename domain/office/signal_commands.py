"""Looking into red flags: the deputy's and the director's."""

from __future__ import annotations

from datetime import datetime

import msgspec

from domain import access
from domain.access import Actor
from domain.commands import Commands, Text, on
from domain.fact import Fact
from domain.office.signal_facts import RedFlagReviewed
from domain.permissions import Act
from domain.red_flags import Code
from domain.refusals import Forbidden, Invalid
from domain.world import World
from domain.writing import Answer, Decided, Request

SHORTEST_WORD = 5


class Flag(msgspec.Struct, frozen=True):
    """A red flag as the door has found it; `person_id` is whom it is about."""

    code: Code
    position: int
    person_id: str


class SignalCommands(Commands):
    """Red flags that were looked into."""

    def review_red_flag(
        self, year: int, flag: Flag, word: str, *, by: Actor, request: Request
    ) -> Answer:
        """«Разобрано», with a word on what it was."""
        text = self._text("red-flag", word)

        def decided(world: World, at: datetime) -> Decided:
            office = world.office(self.school_id, year)
            right = access.administer(by, office, at, Act.REVIEW_RED_FLAG)
            facts = review_red_flag(flag, text, by.person_id)
            payloads = text.about(flag.person_id) if text and facts else ()
            return Decided(right, on(office.office_id, facts), payloads=payloads)

        return self._submit(by, request, decided)


def review_red_flag(flag: Flag, word: Text | None, by: str) -> list[Fact]:
    """Look into a flag. Raises Forbidden to whom it is about, Invalid without a word."""
    if flag.person_id == by:
        raise Forbidden(
            "flag.own", "Сигнал о ваших записях разбирает другой человек: директор или завуч."
        )
    if word is None or len(word.body) < SHORTEST_WORD:
        raise Invalid("flag.no_word", "Напишите в двух словах, что выяснилось.")
    return [RedFlagReviewed(flag.code, flag.position, flag.person_id, word.ref)]
