"""Facts of a person: ids and references only. Names live in the vault and die there."""

from __future__ import annotations

from datetime import date
from typing import Literal

import msgspec

from domain.fact import Fact
from domain.people.consent import Media
from domain.people.standing_facts import (
    CameOfAge,
    FactsReviewed,
    ForecastTurnedOff,
    ForecastTurnedOn,
    GlassBroken,
    GlassReviewed,
    GuardianLimited,
    GuardianLimitLifted,
)
from domain.people.talk_facts import (
    ConversationClosed,
    ConversationOpened,
    ConversationReplied,
    ConversationSeen,
)
from domain.values import PayloadRef

PersonKind = Literal["staff", "pupil", "guardian"]
ConsentPurpose = Literal["diary", "email", "push"]
RevocationReason = Literal["left", "reissued", "request", "suspicion"]
Receiving = Literal["password", "signature"]


class PersonRegistered(Fact, frozen=True, omit_defaults=True):
    TOPIC = "person.registered"
    kind: PersonKind
    name: PayloadRef


class PersonRenamed(Fact, frozen=True, omit_defaults=True):
    """The old name leaves the vault with this fact."""

    TOPIC = "person.renamed"
    old: PayloadRef
    name: PayloadRef


class PayloadErased(Fact, frozen=True, omit_defaults=True):
    """A text about this person left the vault; its hash proves nothing any more."""

    TOPIC = "person.payload-erased"
    payload_ids: tuple[str, ...]
    basis: str


class PersonErased(Fact, frozen=True, omit_defaults=True):
    """The name left the vault; the journal keeps the id."""

    TOPIC = "person.erased"
    name: PayloadRef
    basis: str


class GuardianLinked(Fact, frozen=True, omit_defaults=True):
    """On the pupil's stream."""

    TOPIC = "person.guardian-linked"
    guardian_id: str
    since: date


class GuardianUnlinked(Fact, frozen=True, omit_defaults=True):
    """`on` is the first day without the link."""

    TOPIC = "person.guardian-unlinked"
    guardian_id: str
    on: date


class ConsentGiven(Fact, frozen=True, omit_defaults=True):
    """On the pupil's stream (clause 1.11): the diary opens for the guardian and the pupil.

    `until` is the first day without the consent.
    """

    TOPIC = "person.consent-given"
    guardian_id: str
    purpose: ConsentPurpose
    since: date
    until: date | None = None


class ConsentDocumented(Fact, frozen=True, omit_defaults=True):
    """The paper of the consent that was given just before: its points and its scan are in the
    vault (152-ФЗ, art. 9(4)).
    """

    TOPIC = "person.consent-documented"
    guardian_id: str
    purpose: ConsentPurpose
    paper: PayloadRef
    scan: PayloadRef | None = None
    media: Media | None = None


class ConsentWithdrawn(Fact, frozen=True, omit_defaults=True):
    TOPIC = "person.consent-withdrawn"
    guardian_id: str
    purpose: ConsentPurpose


class AccountIssued(Fact, frozen=True, omit_defaults=True):
    """Credentials were issued (clause 3.1.2); login and hash live outside the log.

    `to` is the id of whoever received them: the person, or a guardian.
    """

    TOPIC = "person.account-issued"
    to: str


class AccountReceived(Fact, frozen=True, omit_defaults=True):
    """The credentials have arrived (clause 3.1.2): `to` is the id of whoever has them now.

    signature: whoever handed them out saw it; password: the person has changed the one-time
    password for one's own, so it is the first sign-in, too.
    """

    TOPIC = "person.account-received"
    to: str
    how: Receiving


class AccountRevoked(Fact, frozen=True, omit_defaults=True):
    TOPIC = "person.account-revoked"
    reason: RevocationReason


#: letters of a family name, a given name, a patronymic; of an address
LONGEST_PART, LONGEST_ADDRESS = 100, 300


class Name(msgspec.Struct, frozen=True, omit_defaults=True):
    """The body of a name in the vault (JSON): who somebody is. Of a pupil also the day of birth and
    the address, which form 12 asks for; they come and go with the name and are in no fact.
    """

    family: str
    given: str
    patronymic: str = ""
    born: date | None = None
    address: str = ""

    @property
    def full(self) -> str:
        """«Иванова Анна Петровна»."""
        return " ".join(part for part in (self.family, self.given, self.patronymic) if part)

    @property
    def short(self) -> str:
        """«Иванова А. П.»."""
        initials = [f"{part[0]}." for part in (self.given, self.patronymic) if part]
        return " ".join([self.family, *initials])

    @property
    def sort_key(self) -> str:
        """Russian collation: Ё after Е; the embedded database has no ICU."""
        return self.full.lower().replace("ё", "е\uffff")


FACTS: tuple[type[Fact], ...] = (
    PersonRegistered,
    PersonRenamed,
    PayloadErased,
    PersonErased,
    GuardianLinked,
    GuardianUnlinked,
    ConsentGiven,
    ConsentDocumented,
    ConsentWithdrawn,
    AccountIssued,
    AccountReceived,
    AccountRevoked,
    GuardianLimited,
    GuardianLimitLifted,
    CameOfAge,
    GlassBroken,
    GlassReviewed,
    FactsReviewed,
    ForecastTurnedOff,
    ForecastTurnedOn,
    ConversationOpened,
    ConversationReplied,
    ConversationSeen,
    ConversationClosed,
)
