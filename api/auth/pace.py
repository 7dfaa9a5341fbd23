"""How many different children's diaries one person opens in an hour: a family two or three, a class
teacher thirty. Whoever goes through them all is copying, not reading (OWASP ASVS V2.4.1).
"""

from __future__ import annotations

import logging
from collections import OrderedDict
from collections.abc import Callable
from datetime import datetime, timedelta

from api.errors import TooMany

logger = logging.getLogger(__name__)

MOST_PUPILS = 200
WITHIN = timedelta(hours=1)
MOST_PEOPLE = 20_000


class Pace:
    """Counts in this process; another one counts for itself."""

    def __init__(self, clock: Callable[[], datetime], most: int = MOST_PUPILS) -> None:
        self._clock = clock
        self.most = most
        self._opened: OrderedDict[str, OrderedDict[str, datetime]] = OrderedDict()

    def open(self, person_id: str, pupil_id: str) -> None:
        """The person opens this diary now. Raises TooMany when it is one too many."""
        now = self._clock()
        opened = self._opened.setdefault(person_id, OrderedDict())
        if pupil_id in opened:
            return
        while opened and now - next(iter(opened.values())) >= WITHIN:
            opened.popitem(last=False)
        if len(opened) >= self.most:
            wait = WITHIN - (now - next(iter(opened.values())))
            logger.warning("ALARM: %s has opened %d diaries in an hour", person_id, len(opened))
            raise TooMany(
                "diary.too_many",
                "За час открыто слишком много дневников. Подождите; сводки по классу и школе — в"
                " журнале и отчётах.",
                retry_after=int(wait.total_seconds()) + 1,
            )
        opened[pupil_id] = now
        self._opened.move_to_end(person_id)
        if len(self._opened) > MOST_PEOPLE:
            self._opened.popitem(last=False)
