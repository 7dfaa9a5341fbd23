"""Facts about journals that were opened to an auditor: read-only, by an order, for a time."""

from __future__ import annotations

from datetime import date

from domain.fact import Fact


class JournalsOpened(Fact, frozen=True, omit_defaults=True):
    """An auditor may read these journals on days [since, until), also those of past years.

    `class_ids` empty: every journal of the school.
    """

    TOPIC = "office.journals-opened"
    grant_id: str
    person_id: str
    since: date
    until: date
    order_no: str
    class_ids: tuple[str, ...] = ()


class JournalsClosed(Fact, frozen=True, omit_defaults=True):
    """Before the time was over: `on` is the first day without."""

    TOPIC = "office.journals-closed"
    grant_id: str
    on: date


FACTS: tuple[type[Fact], ...] = (JournalsOpened, JournalsClosed)
