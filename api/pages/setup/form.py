"""What a form of the setup is: what it shows, and the commands it sends."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from datetime import date, timedelta
from typing import Any, NamedTuple
from uuid import UUID, uuid5

from api.caller import Caller
from api.pages.forms import Sent
from api.v1.wire import part_of
from domain.calendar import Calendar
from domain.people.facts import Name
from domain.refusals import Invalid
from domain.school import School
from domain.writing import Answer, Request
from projections.postgres.pool import Connection

#: so long after its first day a year is still being set up
SETTING_UP = timedelta(days=30)


class Ask(NamedTuple):
    """A form as it is looked at: the year, the query or what was sent, a connection to read by."""

    caller: Caller
    year: int
    form: Sent
    conn: Connection
    schema: str

    @property
    def today(self) -> date:
        """The school's day."""
        return self.caller.door.rights.today()


class Order:
    """A form that was sent, as commands: each is a request of its own."""

    def __init__(self, ask: Ask, request: Request) -> None:
        self.ask, self.form, self.year = ask, ask.form, ask.year
        self.school: School = ask.caller.door.school
        self._request = request
        self.answers: list[Answer] = []

    def how(self) -> dict[str, Any]:
        """Who sends the next command, and its request."""
        request = part_of(self._request, len(self.answers))
        return {"by": self.ask.caller.actor, "request": request}

    def add(self, answer: Answer) -> None:
        """A command was queued."""
        self.answers.append(answer)

    def id_of(self, what: object) -> str:
        """The id of a thing that this form makes: sent again, it is the same thing."""
        return str(uuid5(UUID(self.form.key()), str(what)))

    def needed(self, name: str, words: str) -> str:
        """An id that must be chosen. Raises Invalid."""
        number = self.form.number(name)
        if number is None:
            raise Invalid("form.choose", f"Выберите: {words}.")
        return number


Show = Callable[[Ask], Awaitable[dict[str, Any]]]
Send = Callable[[Order], Awaitable[None]]


class StepForm(NamedTuple):
    """One form. `send` queues its commands, or raises Invalid before any of them."""

    title: str
    template: str
    show: Show
    send: Send


def since_of(ask: Ask, calendar: Calendar | None) -> str:
    """The day that a form proposes: the first of the year while it is being set up, then today."""
    starts = calendar.starts if calendar else ask.today
    return (starts if ask.today <= starts + SETTING_UP else ask.today).isoformat()


def listed(text: str) -> list[str]:
    """Lines that are not blank."""
    return [line.strip() for line in text.splitlines() if line.strip()]


def name_of(line: str) -> Name:
    """«Фамилия Имя Отчество». Raises Invalid."""
    parts = line.split()
    if not 2 <= len(parts) <= 4:  # noqa: PLR2004 - «Оглы» is a patronymic of two words
        raise Invalid("form.name", f"«{line}»: нужны фамилия, имя и отчество через пробел.")
    return Name(parts[0], parts[1], " ".join(parts[2:]))


def field(form: Sent, names: Iterable[str]) -> dict[str, str]:
    """Fields as they were sent, to be shown again."""
    return {name: form.one(name) for name in names}
