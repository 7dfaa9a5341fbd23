"""Who has a page of the journal open right now: known to this process alone, and for a minute."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

STAYS = timedelta(minutes=1)


class Presence:
    """Pages and who looks at them. Nothing of it is recorded."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self._pages: dict[str, dict[str, datetime]] = {}

    def others(self, page: str, person_id: str) -> list[str]:
        """Note that the person has the page open; who else had it within the last minute."""
        now = self._clock()
        here = {one: seen for one, seen in self._pages.get(page, {}).items() if now - seen < STAYS}
        here[person_id] = now
        self._pages[page] = here
        return [one for one in here if one != person_id]
