"""What decisions need to know of the log's own affairs."""

from __future__ import annotations

from datetime import date
from functools import singledispatch

import msgspec

from domain.audit import facts as f
from domain.codec import Envelope
from domain.fact import Fact


class Audit(msgspec.Struct):
    """Keys by verifier key (True while in use); checks by id, None when they are done; the last
    day of the access log that was sealed.
    """

    audit_id: str
    version: int = 0
    keys: dict[str, bool] = {}
    checks: dict[str, f.CheckRequested | None] = {}
    sealed_day: date | None = None


def evolve(state: Audit, fact: Fact, envelope: Envelope) -> None:
    """Fold one fact. Raises TypeError for a fact of another stream."""
    del envelope
    _apply(fact, state)


@singledispatch
def _apply(fact: Fact, _state: Audit) -> None:
    raise TypeError(f"{type(fact).__name__} is not a fact of the log about itself")


@_apply.register
def _introduced(fact: f.SealKeyIntroduced, s: Audit) -> None:
    s.keys[fact.verifier_key] = True


@_apply.register
def _retired(fact: f.SealKeyRetired, s: Audit) -> None:
    s.keys[fact.verifier_key] = False


@_apply.register
def _requested(fact: f.CheckRequested, s: Audit) -> None:
    s.checks[fact.check_id] = fact


@_apply.register
def _completed(fact: f.CheckCompleted, s: Audit) -> None:
    s.checks[fact.check_id] = None


@_apply.register
def _day_sealed(fact: f.AccessDaySealed, s: Audit) -> None:
    s.sealed_day = fact.day
