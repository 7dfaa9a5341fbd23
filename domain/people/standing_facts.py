"""Facts about how people stand to each other: a guardian limited by a document, a pupil of age,
a diary opened in an emergency, records made under one's name.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal

from domain.fact import Fact
from domain.values import PayloadRef

Verdict = Literal["mine", "not_mine"]


class StandingFact(Fact, frozen=True, omit_defaults=True):
    """What the state keeps in `Standing`."""


class GuardianLimited(StandingFact, frozen=True, omit_defaults=True):
    """On the pupil's stream: by a document (a court's decision) the guardian, though linked, sees
    nothing on days [since, until). The words of the document are in the vault.
    """

    TOPIC = "person.guardian-limited"
    guardian_id: str
    since: date
    order: PayloadRef
    until: date | None = None


class GuardianLimitLifted(StandingFact, frozen=True, omit_defaults=True):
    """`on` is the first day without the limit."""

    TOPIC = "person.guardian-limit-lifted"
    guardian_id: str
    on: date
    order: PayloadRef


class CameOfAge(StandingFact, frozen=True, omit_defaults=True):
    """On the pupil's stream: from now on the pupil speaks for oneself. No day is kept: it would be
    the birthday, and a fact is for ever.
    """

    TOPIC = "person.came-of-age"


class GlassBroken(StandingFact, frozen=True, omit_defaults=True):
    """On the pupil's stream: whoever writes this reads the diary until then, though it is closed.
    Why is in the vault.
    """

    TOPIC = "person.glass-broken"
    glass_id: str
    until: datetime
    reason: PayloadRef


class GlassReviewed(StandingFact, frozen=True, omit_defaults=True):
    """Somebody else has looked at why the glass was broken."""

    TOPIC = "person.glass-reviewed"
    glass_id: str


class FactsReviewed(StandingFact, frozen=True, omit_defaults=True):
    """After a suspicion (clause 3.3.6) a person says of records made under one's name whose they
    are. `positions` of the school's log; `mark_ids` are the marks that those records are about.
    """

    TOPIC = "person.facts-reviewed"
    verdict: Verdict
    positions: tuple[int, ...]
    mark_ids: tuple[str, ...] = ()


class ForecastTurnedOff(StandingFact, frozen=True, omit_defaults=True):
    """On the pupil's stream: the family does not want the child's marks to be forecast; nobody is
    shown a forecast of this pupil any more.
    """

    TOPIC = "person.forecast-turned-off"


class ForecastTurnedOn(StandingFact, frozen=True, omit_defaults=True):
    """The family wants the forecast again."""

    TOPIC = "person.forecast-turned-on"


FACTS: tuple[type[Fact], ...] = (
    GuardianLimited,
    GuardianLimitLifted,
    CameOfAge,
    GlassBroken,
    GlassReviewed,
    FactsReviewed,
    ForecastTurnedOff,
    ForecastTurnedOn,
)
