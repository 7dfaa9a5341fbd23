"""Folding conversations."""

from __future__ import annotations

from domain.catalogue import FACTS
from domain.people import talk_facts as f
from projections.projection import Handlers, Placed
from projections.statements import Statements

HANDLERS: Handlers[Talks] = Handlers()
on = HANDLERS.on


class Talks(Statements):
    """talks_v1 of one school."""

    name = "talks_v1"
    handlers = HANDLERS
    tables = ("talk", "talk_word")
    topics = frozenset(fact.TOPIC for fact in f.FACTS)
    ignored = frozenset(FACTS) - topics

    def say(self, one: Placed, conversation_id: str, text_id: str) -> None:
        """A word of somebody."""
        self.run(
            "INSERT INTO {s}.talk_word (position, conversation_id, at, by, text_id)"
            " VALUES (%s, %s, %s, %s, %s)",
            one.position,
            conversation_id,
            one.body.at,
            one.body.by,
            text_id,
        )


@on(f.ConversationOpened)
def _opened(to: Talks, fact: f.ConversationOpened, one: Placed) -> None:
    to.run(
        "INSERT INTO {s}.talk (conversation_id, asker_id, asked_id, pupil_id, guardian_id,"
        " opened_at, last_at, last_by, unread_by)"
        " VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s)",
        fact.conversation_id,
        one.stream,
        fact.to,
        fact.pupil_id,
        fact.guardian_id,
        one.body.at,
        one.body.at,
        one.body.by,
        fact.to,
    )
    to.say(one, fact.conversation_id, fact.payload.id)


@on(f.ConversationReplied)
def _replied(to: Talks, fact: f.ConversationReplied, one: Placed) -> None:
    to.run(
        "UPDATE {s}.talk SET last_at = %s, last_by = %s, unread_by ="
        " CASE WHEN asker_id = %s THEN asked_id ELSE asker_id END, answered_at ="
        " CASE WHEN asked_id = %s THEN coalesce(answered_at, %s) ELSE answered_at END"
        " WHERE conversation_id = %s",
        one.body.at,
        one.body.by,
        one.body.by,
        one.body.by,
        one.body.at,
        fact.conversation_id,
    )
    to.say(one, fact.conversation_id, fact.payload.id)


@on(f.ConversationSeen)
def _seen(to: Talks, fact: f.ConversationSeen, _: Placed) -> None:
    to.run("UPDATE {s}.talk SET unread_by = NULL WHERE conversation_id = %s", fact.conversation_id)


@on(f.ConversationClosed)
def _closed(to: Talks, fact: f.ConversationClosed, one: Placed) -> None:
    to.run(
        "UPDATE {s}.talk SET closed_at = %s, unread_by = NULL WHERE conversation_id = %s",
        one.body.at,
        fact.conversation_id,
    )
