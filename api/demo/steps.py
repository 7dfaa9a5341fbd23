"""One thing that somebody did at a moment: a command of the write door, not yet given."""

from __future__ import annotations

from datetime import date
from hashlib import blake2b
from typing import Any

import msgspec

from api.demo.recipe import ZONE
from api.demo.year import moment

#: Facts are recorded in steps of so many seconds: everything of a step shares its moment.
TICK = 900
#: Stands for a position of the log: where it was when the moment of the step began.
AS_READ = "as read"


class Step(msgspec.Struct, frozen=True):
    """`do` names a method of `School`. `by` empty is the demonstration itself.

    `ids` names the stream of chance from which the command takes ids; `expect` is the code of the
    refusal that must come.
    """

    at: int
    by: str
    do: str
    args: tuple[Any, ...]
    kwargs: dict[str, Any] = {}
    ids: tuple[object, ...] = ()
    expect: str = ""
    session: str = ""

    @property
    def fingerprint(self) -> bytes:
        """16 bytes of what is asked."""
        said = repr((self.by, self.do, self.args, self.kwargs)).encode()
        return blake2b(said, digest_size=16).digest()


def on(day: date, minute: int) -> int:
    """The moment of a local minute of the school."""
    return moment(day, minute, ZONE)


class Lesson(msgspec.Struct, frozen=True):
    """A scheduled lesson of a class, as its teacher sees it."""

    lesson_id: str
    class_id: str
    day: date
    number: int
    subject: str
    group: int | None
    teacher_id: str
    term: int
    nth: int  # of the subject's lessons in this term, from 1
    due: date | None  # the next lesson of the subject
    left: int  # lessons of the subject that are left in the term
