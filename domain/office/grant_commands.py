"""Commands that open journals to an auditor, and close them again."""

from __future__ import annotations

from datetime import date, datetime

from domain import access
from domain.access import Actor
from domain.calendar import local_date
from domain.commands import Commands, on
from domain.fact import Fact
from domain.office import grant_facts as f
from domain.office.state import Office
from domain.permissions import Act
from domain.refusals import Conflict, Invalid, NotFound
from domain.values import Role
from domain.world import World
from domain.writing import Answer, Decided, Request

#: A grant is for an inspection, not for ever.
MOST_DAYS = 400


class GrantCommands(Commands):
    """Journals opened to an auditor: the director's, a deputy's, the administrator's."""

    def open_journals(
        self, year: int, new: f.JournalsOpened, *, by: Actor, request: Request
    ) -> Answer:
        """Open journals (of any year; without classes all of them) to an auditor by an order."""

        def decided(world: World, at: datetime) -> Decided:
            state = world.office(self.school_id, year)
            right = access.administer(by, state, at, Act.OPEN_JOURNALS)
            for class_id in new.class_ids:
                world.journal(class_id)
            facts = open_journals(state, new, local_date(at, state.zone))
            return Decided(right, on(state.office_id, facts))

        return self._submit(by, request, decided)

    def close_journals(
        self, year: int, grant_id: str, on_day: date, *, by: Actor, request: Request
    ) -> Answer:
        """End a grant; `on_day` is the first day without it. `year`: in which it was given."""
        return self._in_office(
            year, Act.CLOSE_JOURNALS, by, request, lambda o: close_journals(o, grant_id, on_day)
        )


def open_journals(office: Office, new: f.JournalsOpened, today: date) -> list[Fact]:
    """Journals for an auditor of today or of a day to come. Raises Invalid, Conflict."""
    before = office.grants.get(new.grant_id)
    if before is not None:
        if before == new:
            return []
        raise Conflict("grant.id_taken", "Под этим номером уже есть другой допуск.")
    if not new.order_no.strip():
        raise Invalid("grant.no_order", "Укажите номер приказа.")
    if not 0 < (new.until - new.since).days <= MOST_DAYS:
        raise Invalid("grant.dates", "Допуск даётся на срок: от дня до года с небольшим.")
    auditor = any(
        one.person_id == new.person_id
        and one.role is Role.AUDITOR
        and (one.until is None or today < one.until)
        for one in office.staff
    )
    if not auditor:
        raise Invalid("grant.not_an_auditor", "Журналы открывают тому, кто назначен аудитором.")
    return [new]


def close_journals(office: Office, grant_id: str, on_day: date) -> list[Fact]:
    """End a grant. Raises NotFound; Invalid for a day outside of it."""
    grant = office.grants.get(grant_id)
    if grant is None:
        raise NotFound("grant.unknown", "Такого допуска нет.")
    if on_day < grant.since:
        raise Invalid("grant.dates", "Допуск ещё не начался.")
    closed = office.grants_closed.get(grant_id, grant.until)
    return [f.JournalsClosed(grant_id, on_day)] if on_day < closed else []
