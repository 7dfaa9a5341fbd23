"""Questions between families and teachers, and to the administrator about the journal."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Request
from pydantic import Field
from starlette.responses import Response

from api import talks
from api.answers import read, written
from api.control import moment
from api.deps import SignedIn
from api.v1.wire import PREFIX, Body, Id, Once, Written, example
from domain.people.talk_commands import MOST_CHARACTERS
from projections.talks import Conversation

router = APIRouter(prefix=PREFIX, tags=["Вопросы"])

PERSON = {"person_id": "6f1c7c9e-3c1e-4a52-9f0e-0d4f4a9f6c11", "name": "Петрова Ольга"}
CONVERSATION: dict[str, Any] = {
    "conversation_id": "5e0c8f77-6a58-4c07-9a86-2f6f1f6b7c55",
    "asker": PERSON,
    "asked": {"person_id": "9d1b6f52-0c3e-4b52-8f0a-1a2b3c4d5e60", "name": "Антонова Анна"},
    "pupil": {"pupil_id": "7f1d4c1e-58b6-4d8e-9f0a-3f6f3f1c2b10", "name": "Петров Пётр"},
    "opened_at": "2026-11-23T09:00:00+00:00",
    "answered_at": None,
    "last_at": "2026-11-23T09:00:00+00:00",
    "unread": False,
    "waits_for_me": False,
    "closed_at": None,
    "consent": True,
}
WORD = {"at": "2026-11-23T09:00:00+00:00", "by": PERSON, "text": "Можно ли переписать работу?"}
Words = Annotated[str, Field(max_length=MOST_CHARACTERS)]


class QuestionIn(Body):
    """To whom; about which child, or without one about the work with the journal."""

    conversation_id: Id
    to: Id
    text: Words
    pupil_id: Id | None = None


class WordIn(Body):
    """What is said."""

    text: Words


@router.get(
    "/conversations",
    responses=example({"conversations": [CONVERSATION], "unread": 0, "unanswered": 0}),
)
async def conversations(request: Request, caller: SignedIn) -> Response:
    """One's own conversations, open ones first. unanswered: questions to oneself without an answer
    for longer than the regulation says. Nobody reads another's, whatever the role.
    """
    as_of = await caller.door.progress.as_of()
    found = await talks.own(caller)
    unread, late = await talks.waiting(caller, found)
    content = {
        "conversations": [talk_json(one, caller.person_id) for one in found],
        "unread": unread,
        "unanswered": late,
    }
    return read(request, content, as_of)


@router.get(
    "/conversations/addressees",
    responses=example(
        {"addressees": [PERSON | {"words": "Алгебра", "pupil": CONVERSATION["pupil"]}]}
    ),
)
async def addressees(request: Request, caller: SignedIn) -> Response:
    """Whom one may ask today: a guardian those who teach the child, they its guardians, everybody
    an administrator.
    """
    as_of = await caller.door.progress.as_of()
    content = {
        "addressees": [
            {
                "person_id": one.person_id,
                "name": one.name,
                "words": one.words,
                "pupil": one.pupil_id and {"pupil_id": one.pupil_id, "name": one.pupil},
            }
            for one in await talks.addressees(caller)
        ]
    }
    return read(request, content, as_of)


@router.post("/conversations", status_code=201)
async def ask(new: QuestionIn, caller: SignedIn, once: Once) -> Written:
    """A question to one person."""
    answer = await talks.ask(caller, new.conversation_id, new.to, new.pupil_id, new.text, once)
    return await written(answer)


@router.get("/conversations/{conversation_id}", responses=example(CONVERSATION | {"words": [WORD]}))
async def conversation(conversation_id: Id, request: Request, caller: SignedIn) -> Response:
    """Everything that was said, to one of the two."""
    as_of = await caller.door.progress.as_of()
    one, words = await talks.one(caller, conversation_id)
    content = talk_json(one, caller.person_id) | {
        "words": [
            {
                "at": moment(word.at),
                "by": {"person_id": word.by_id, "name": word.by},
                "text": word.text,
            }
            for word in words
        ]
    }
    return read(request, content, as_of)


@router.post("/conversations/{conversation_id}/replies", status_code=201)
async def reply(conversation_id: Id, new: WordIn, caller: SignedIn, once: Once) -> Written:
    """Another word; about a child only while the family's consent is in force."""
    one, year = await talks.place(caller, conversation_id), await caller.door.rights.year()
    answer = caller.door.school.reply_in_conversation(
        year, one.asker_id, conversation_id, new.text, by=caller.actor, request=once
    )
    return await written(answer)


@router.post("/conversations/{conversation_id}/reading", status_code=201)
async def have_read(conversation_id: Id, caller: SignedIn, once: Once) -> Written:
    """Everything so far is read."""
    one, year = await talks.place(caller, conversation_id), await caller.door.rights.year()
    answer = caller.door.school.see_conversation(
        year, one.asker_id, conversation_id, by=caller.actor, request=once
    )
    return await written(answer)


@router.post("/conversations/{conversation_id}/closing", status_code=201)
async def close(conversation_id: Id, caller: SignedIn, once: Once) -> Written:
    """Nothing is left to ask."""
    one, year = await talks.place(caller, conversation_id), await caller.door.rights.year()
    answer = caller.door.school.close_conversation(
        year, one.asker_id, conversation_id, by=caller.actor, request=once
    )
    return await written(answer)


def talk_json(one: Conversation, person_id: str) -> dict[str, Any]:
    """A conversation for one of the two."""
    return {
        "conversation_id": one.conversation_id,
        "asker": {"person_id": one.asker_id, "name": one.asker},
        "asked": {"person_id": one.asked_id, "name": one.asked},
        "pupil": one.pupil_id and {"pupil_id": one.pupil_id, "name": one.pupil},
        "opened_at": moment(one.opened_at),
        "answered_at": one.answered_at and moment(one.answered_at),
        "last_at": moment(one.last_at),
        "unread": one.unread_by == person_id,
        "waits_for_me": one.waits_for(person_id),
        "closed_at": one.closed_at and moment(one.closed_at),
        "consent": one.consented,
    }
