"""Facts about red flags that somebody has looked into."""

from __future__ import annotations

from domain.fact import Fact
from domain.red_flags import Code
from domain.values import PayloadRef


class RedFlagReviewed(Fact, frozen=True, omit_defaults=True):
    """A red flag was looked into. `code` and `flag` (the position of the fact with which it began)
    name it, `person_id` is whom it is about; the words are in the vault, with that person.

    A flag may be looked into again: every word stays.
    """

    TOPIC = "office.red-flag-reviewed"
    code: Code
    flag: int
    person_id: str
    word: PayloadRef


FACTS: tuple[type[Fact], ...] = (RedFlagReviewed,)
