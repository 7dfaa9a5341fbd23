"""Seeded chance: every id, salt, illness and mark of the demonstration comes from here."""

from __future__ import annotations

from base64 import urlsafe_b64encode
from collections.abc import MutableSequence, Sequence
from random import Random
from typing import TypeVar

T = TypeVar("T")


class Chance:
    """A named stream of chance. The same name gives the same draws, in every process.

    Streams with different names are independent, so that one more draw in a class does not change
    the rest of the school.
    """

    def __init__(self, *name: object) -> None:
        self._random = Random("/".join(str(part) for part in name))  # noqa: S311 - invented data
        self.random = self._random.random
        self.normal = self._random.gauss
        self.gamma = self._random.gammavariate
        self.between = self._random.randint

    def happens(self, probability: float) -> bool:
        """True so often."""
        return self.random() < probability

    def pick(self, things: Sequence[T]) -> T:
        """One of them."""
        return self._random.choice(things)

    def some(self, things: Sequence[T], number: int) -> list[T]:
        """So many of them, at most all, in order."""
        chosen = self._random.sample(range(len(things)), min(number, len(things)))
        return [things[i] for i in sorted(chosen)]

    def weighted(self, things: Sequence[T], weights: Sequence[float]) -> T:
        """One of them, by weight."""
        return self._random.choices(things, weights)[0]

    def shuffle(self, things: MutableSequence[T]) -> None:
        """Mix in place."""
        self._random.shuffle(things)

    def id(self) -> str:
        """A string of the shape of UUIDv4."""
        bits = self._random.getrandbits(128)
        bits = bits & ~(0xF000 << 64) | (0x4000 << 64)
        bits = bits & ~(0xC000 << 48) | (0x8000 << 48)
        text = f"{bits:032x}"
        return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"

    def salt(self) -> str:
        """128 bits, base64url without padding: 22 characters."""
        return urlsafe_b64encode(self._random.randbytes(16)).decode().rstrip("=")

    def token(self) -> str:
        """An opaque session id."""
        return f"{self._random.getrandbits(64):016x}"
