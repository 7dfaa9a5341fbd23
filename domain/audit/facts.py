"""Facts of the log about itself: one stream a school. Ids and counts only."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal

import msgspec

from domain.fact import Fact

#: what is done to the log: everything derived again, or the projections folded again and compared
CheckKind = Literal["verification", "replay"]
KeyReason = Literal["first", "planned", "compromised", "lost"]
FindingKind = Literal[
    "head",  # the head row is not the last fact
    "gap",  # a position is missing
    "version",  # a stream has a hole
    "unreadable",  # the stored bytes are no fact of their topic
    "strange_stream",  # a fact on a stream of another kind
    "moment",  # recorded before the fact before it
    "leaf",  # the row is not what the tree covers
    "sql_leaf",  # the database hashes the row otherwise
    "tile",  # a hash of the tree is not that of the hashes below
    "tree_behind",  # facts that the tree does not cover yet
    "checkpoint",  # a signed root that the rows do not give
    "signature",  # a checkpoint or cosignature that its key has not signed
    "sealer_note",  # the sealer's own last note says otherwise
    "outside_note",  # a note from outside says otherwise
    "access_log",  # lines about who looked are not those of the day's hash
    "minted",  # an id is not registered, or registered without a fact
    "missing",  # a row that the facts give and the table lacks
    "extra",  # a row that the facts do not give
    "changed",  # a row that the facts give otherwise
    "impossible",  # what was asked for cannot be checked
]

#: A fact lists so many findings; the check itself counts them all.
MOST_FINDINGS = 20


class Finding(msgspec.Struct, frozen=True):
    """What a check found, and where: ids, positions or keys of a row."""

    kind: FindingKind
    place: str


class SealKeyIntroduced(Fact, frozen=True, omit_defaults=True):
    """From here on checkpoints carry this key's signature too (C2SP verifier key)."""

    TOPIC = "audit.seal-key-introduced"
    verifier_key: str
    reason: KeyReason


class SealKeyRetired(Fact, frozen=True, omit_defaults=True):
    """The key signs no more. What it signed before stays signed, unless it was compromised: then
    only what a witness had cosigned by then.
    """

    TOPIC = "audit.seal-key-retired"
    verifier_key: str
    reason: KeyReason


class CheckRequested(Fact, frozen=True, omit_defaults=True):
    """Somebody wants the log checked: of one school year, or up to a moment, or all of it."""

    TOPIC = "audit.check-requested"
    check_id: str
    kind: CheckKind
    year: int | None = None
    until: datetime | None = None


class CheckCompleted(Fact, frozen=True, omit_defaults=True):
    """The log was checked up to a position. `found` counts all findings, `findings` lists the
    first; none means that everything agrees.
    """

    TOPIC = "audit.check-completed"
    check_id: str
    kind: CheckKind
    checked_position: int
    facts: int
    rows: int
    found: int = 0
    findings: tuple[Finding, ...] = ()
    year: int | None = None
    until: datetime | None = None


class AccessDaySealed(Fact, frozen=True, omit_defaults=True):
    """The access log of a closed day: how many lines, and SHA-256 over them (hex). Who looked is
    kept outside of the log and for a shorter time; this keeps it from being rewritten meanwhile.
    """

    TOPIC = "audit.access-day-sealed"
    day: date
    lines: int
    hash: str


FACTS: tuple[type[Fact], ...] = (
    SealKeyIntroduced,
    SealKeyRetired,
    CheckRequested,
    CheckCompleted,
    AccessDaySealed,
)
