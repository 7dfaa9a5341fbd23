"""What a rollover is told, and what it answers: the plan of the next school year."""

from __future__ import annotations

from datetime import date
from hashlib import sha256

import msgspec

from domain.calendar import Calendar
from domain.office.rollover_steps import Step


class Wishes(msgspec.Struct, frozen=True):
    """What people decide. `letters`: class → its letter in the next year, "" for a class that ends;
    `undecided`: pupils without a decision of the council are promoted as well.
    """

    calendar: Calendar | None = None
    letters: dict[str, str] = {}
    undecided: bool = False
    order_no: str = ""
    order_date: date | None = None


class Issue(msgspec.Struct, frozen=True, omit_defaults=True):
    """What is not carried, and why. `person_id`: of a pupil or a teacher, whom the door names."""

    code: str
    text: str
    class_id: str = ""
    person_id: str = ""


class ClassDraft(msgspec.Struct, frozen=True):
    """What becomes of a class. `into`: its name in the next year, "" when it ends; how many of its
    pupils go there, stay in their grade level, leave the school, wait for the council; `there`: how
    many of them are in a class of the next year already.
    """

    class_id: str
    name: str
    into: str
    new_id: str
    going: int = 0
    conditional: int = 0
    retained: int = 0
    leaving: int = 0
    waiting: int = 0
    there: int = 0


class Draft(msgspec.Struct, frozen=True):
    """The plan of a rollover. `opened`: the next year is open already, with its own calendar."""

    year: int
    calendar: Calendar
    opened: bool
    classes: tuple[ClassDraft, ...]
    steps: tuple[Step, ...]
    issues: tuple[Issue, ...]

    @property
    def hash(self) -> str:
        """SHA-256 of what would be written, 64 hexadecimal digits."""
        return sha256(msgspec.json.encode(self.steps, order="deterministic")).hexdigest()
