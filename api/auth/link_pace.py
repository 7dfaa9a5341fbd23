"""How often one secret address is read: a telephone's calendar asks every few hours."""

from __future__ import annotations

from collections import OrderedDict, deque
from datetime import datetime, timedelta

from api.errors import TooMany

MOST_READS, WITHIN = 30, timedelta(minutes=10)
MOST_LINKS = 20_000


class LinkPace:
    """Counts in this process; another one counts for itself."""

    def __init__(self) -> None:
        self._read: OrderedDict[str, deque[datetime]] = OrderedDict()

    def read(self, link_id: str, now: datetime) -> None:
        """The address is read now. Raises TooMany."""
        times = self._read.setdefault(link_id, deque())
        self._read.move_to_end(link_id)
        while times and now - times[0] >= WITHIN:
            times.popleft()
        if len(times) >= MOST_READS:
            wait = int((times[0] + WITHIN - now).total_seconds()) + 1
            raise TooMany(
                "calendar.too_often",
                "Календарь запрашивают слишком часто: раза в час довольно.",
                retry_after=wait,
            )
        times.append(now)
        if len(self._read) > MOST_LINKS:
            self._read.popitem(last=False)
