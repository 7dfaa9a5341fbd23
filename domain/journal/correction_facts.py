"""Facts about what lies beyond a teacher's own reach: requests for corrections, reopened terms."""

from __future__ import annotations

from typing import Literal

from domain.fact import Fact
from domain.values import PayloadRef, ReasonCode, Tier

#: what becomes of the term mark when a mark below it is corrected
TermMarkFate = Literal["", "kept", "changed"]


class CorrectionRequested(Fact, frozen=True, omit_defaults=True):
    """Служебная записка: the mark that the teacher `saw` is to become `value` ("": annulled)."""

    TOPIC = "journal.correction-requested"
    request_id: str
    mark_id: str
    saw: str
    reason_code: ReasonCode
    reason: PayloadRef
    value: str = ""


class CorrectionApproved(Fact, frozen=True, omit_defaults=True):
    """By another person than who asked; the correction itself is the fact that comes with it.

    T3: by an order or an act (`order_no`), and with a word on the term mark that stands.
    """

    TOPIC = "journal.correction-approved"
    request_id: str
    mark_id: str
    tier: Tier
    order_no: str = ""
    term_mark: TermMarkFate = ""


class CorrectionRejected(Fact, frozen=True, omit_defaults=True):
    TOPIC = "journal.correction-rejected"
    request_id: str
    mark_id: str
    reason: PayloadRef


class TermReopened(Fact, frozen=True, omit_defaults=True):
    """By an order: what was settled may be corrected again, with everything that is said of it."""

    TOPIC = "journal.term-reopened"
    term: int
    order_no: str


FACTS: tuple[type[Fact], ...] = (
    CorrectionRequested,
    CorrectionApproved,
    CorrectionRejected,
    TermReopened,
)
