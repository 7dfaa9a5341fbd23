"""The ways of saying no. Each carries a stable code for programs and a sentence for a person."""

from __future__ import annotations

from typing import Any


class Refusal(Exception):  # noqa: N818 - a refusal is an answer, not a fault
    """A command was not carried out; nothing was recorded.

    `code` is English and stable (`mark.changed_meanwhile`), the message is Russian, `extra` holds
    JSON-ready details for the door (the present value of a mark, the seconds to wait).
    """

    def __init__(self, code: str, message: str, **extra: Any) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.extra = extra

    def __reduce__(self) -> tuple[Any, ...]:
        """As it goes to another process: an exception is made anew of its `args`, one too few."""
        return type(self), (self.code, self.message), {"extra": self.extra}


class NotFound(Refusal):
    """There is no such thing, or the asker is not to learn that there is."""


class Forbidden(Refusal):
    """The asker sees the thing but may not do this to it, or not any more."""


class Conflict(Refusal):
    """The thing is no longer what the asker saw."""


class Invalid(Refusal):
    """The request contradicts the rules of the school; sending it again will not help."""


class Busy(Refusal):
    """The queue of the school is full or the database is away; repeat with the same key."""
