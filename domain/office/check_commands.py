"""The command that closes the weekly check: a job's."""

from __future__ import annotations

from datetime import date, datetime

from domain import access
from domain.access import Actor
from domain.calendar import local_date
from domain.commands import Commands, on
from domain.fact import Fact
from domain.office.check_facts import FillCheckClosed
from domain.office.state import Office
from domain.permissions import Act
from domain.refusals import Invalid
from domain.weeks import days_of
from domain.world import World
from domain.writing import Answer, Decided, Request


class CheckCommands(Commands):
    """The weekly check of how journals are filled."""

    def close_fill_check(
        self, year: int, new: FillCheckClosed, *, by: Actor, request: Request
    ) -> Answer:
        """Note what a week's check has found; from then on the deputy sees the week."""

        def decided(world: World, at: datetime) -> Decided:
            state = world.office(self.school_id, year)
            right = access.administer(by, state, at, Act.CLOSE_FILL_CHECK)
            facts = close_fill_check(state, new, local_date(at, state.zone))
            return Decided(right, on(state.office_id, facts))

        return self._submit(by, request, decided)


def close_fill_check(office: Office, new: FillCheckClosed, today: date) -> list[Fact]:
    """Close a week that is over, once. Raises Invalid."""
    _, sunday = days_of(new.week)
    if today <= sunday:
        raise Invalid("fill_check.week_not_over", f"Неделя {new.week} ещё не кончилась.")
    return [] if new.week in office.fill_checks else [new]
