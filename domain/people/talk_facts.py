"""Facts of conversations (clauses 4.1.б, 2.2.4): on the stream of the person who asked. What was
said is in the vault.
"""

from __future__ import annotations

from domain.fact import Fact
from domain.values import PayloadRef


class TalkFact(Fact, frozen=True, omit_defaults=True):
    """What the state keeps in `Talks`."""


class ConversationOpened(TalkFact, frozen=True, omit_defaults=True):
    """A question to one person: about a child (`guardian_id` is the one of the two that is its
    guardian), or, without a child, about the work with the journal.
    """

    TOPIC = "person.conversation-opened"
    conversation_id: str
    to: str
    payload: PayloadRef
    pupil_id: str | None = None
    guardian_id: str | None = None


class ConversationReplied(TalkFact, frozen=True, omit_defaults=True):
    """By the one or the other; the other has not read it yet."""

    TOPIC = "person.conversation-replied"
    conversation_id: str
    payload: PayloadRef


class ConversationSeen(TalkFact, frozen=True, omit_defaults=True):
    """Whoever writes this has read everything so far."""

    TOPIC = "person.conversation-seen"
    conversation_id: str


class ConversationClosed(TalkFact, frozen=True, omit_defaults=True):
    """Nothing is left to ask."""

    TOPIC = "person.conversation-closed"
    conversation_id: str


FACTS: tuple[type[Fact], ...] = (
    ConversationOpened,
    ConversationReplied,
    ConversationSeen,
    ConversationClosed,
)
