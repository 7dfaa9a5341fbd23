"""«Вопросы»: one's own conversations, a new question, an answer. The forms need no script."""

from __future__ import annotations

from functools import partial
from typing import Any
from uuid import UUID

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from api import talks
from api.caller import Caller
from api.deps import SignedIn
from api.errors import STATUS
from api.house import fresh_id
from api.pages import wording
from api.pages.forms import Sent, back, or_again, sent
from api.pages.rendering import page
from api.pages.routing import Behind, PageRoute, viewer_of
from domain.people.talk_commands import MOST_CHARACTERS
from domain.refusals import Invalid, Refusal
from projections.talks import Conversation

router = APIRouter(route_class=PageRoute, include_in_schema=False)

HOME = "/questions"
ONE = HOME + "/{conversation_id}"


@router.get(HOME)
async def questions(caller: SignedIn, behind: Behind) -> Response:
    """Conversations, and a form to ask."""
    return await _home(caller, behind=behind)


@router.post(HOME)
async def ask(request: Request, caller: SignedIn) -> Response:
    """A question; then to its page."""
    form = await sent(request)

    async def act() -> Response:
        to, pupil_id = talks.chosen(form.one("to"))
        once = form.once(caller, HOME)
        answer = await talks.ask(caller, form.key(), to, pupil_id, form.one("text"), once)
        return await back(answer, f"{HOME}/{form.key()}")

    return await or_again(act, partial(_home, caller, form=form))


@router.get(ONE)
async def one(conversation_id: UUID, caller: SignedIn, behind: Behind) -> Response:
    """Everything that was said, and the form of an answer."""
    return await _one(caller, str(conversation_id), behind=behind)


@router.post(ONE + "/replies")
async def reply(conversation_id: UUID, request: Request, caller: SignedIn) -> Response:
    """Another word."""
    form, number = await sent(request), str(conversation_id)
    talk, year = await talks.place(caller, number), await caller.door.rights.year()
    try:
        answer = caller.door.school.reply_in_conversation(
            year,
            talk.asker_id,
            number,
            form.one("text"),
            by=caller.actor,
            request=form.once(caller, request.url.path),
        )
        return await back(answer, f"{HOME}/{number}")
    except Invalid as refusal:
        return await _one(caller, number, refusal=refusal)


@router.post(ONE + "/reading")
async def have_read(conversation_id: UUID, request: Request, caller: SignedIn) -> Response:
    """Everything so far is read."""
    form, number = await sent(request), str(conversation_id)
    talk, year = await talks.place(caller, number), await caller.door.rights.year()
    answer = caller.door.school.see_conversation(
        year,
        talk.asker_id,
        number,
        by=caller.actor,
        request=form.once(caller, request.url.path),
    )
    return await back(answer, f"{HOME}/{number}")


@router.post(ONE + "/closing")
async def close(conversation_id: UUID, request: Request, caller: SignedIn) -> Response:
    """Nothing is left to ask."""
    form, number = await sent(request), str(conversation_id)
    talk, year = await talks.place(caller, number), await caller.door.rights.year()
    answer = caller.door.school.close_conversation(
        year,
        talk.asker_id,
        number,
        by=caller.actor,
        request=form.once(caller, request.url.path),
    )
    return await back(answer, HOME)


async def _home(
    caller: Caller,
    *,
    behind: bool = False,
    form: Sent | None = None,
    refusal: Refusal | None = None,
) -> Response:
    found = await talks.own(caller)
    unread, late = await talks.waiting(caller, found)
    lines = [_line(one, caller) for one in found]
    context = {
        "open": [one for one in lines if not one["closed"]],
        "closed": [one for one in lines if one["closed"]],
        "unread": unread,
        "late": wording.plural(late, "вопрос", "вопроса", "вопросов") if late else "",
        "addressees": [
            {
                "value": f"{one.person_id}/{one.pupil_id}" if one.pupil_id else one.person_id,
                "words": f"{one.name} — {one.words}"
                + (f", {wording.called(one.pupil)}" if one.pupil else ""),
            }
            for one in await talks.addressees(caller)
        ],
        "to": form.one("to") if form else "",
        "text": form.one("text") if form else "",
        "longest": MOST_CHARACTERS,
        "key": fresh_id(),
        "error": refusal.message if refusal else "",
    }
    return page(
        "control/questions.html",
        context,
        viewer=await viewer_of(caller, HOME, behind=behind),
        status=STATUS[type(refusal)] if refusal else 200,
    )


async def _one(
    caller: Caller, number: str, *, behind: bool = False, refusal: Refusal | None = None
) -> Response:
    talk, words = await talks.one(caller, number)
    zone = caller.door.zone
    context = {
        "one": _line(talk, caller),
        "words": [
            {
                "by": wording.short_name(word.by),
                "own": word.by_id == caller.person_id,
                "at": wording.moment(word.at, zone),
                "text": word.text or "Слова стёрты.",
            }
            for word in words
        ],
        "longest": MOST_CHARACTERS,
        "keys": fresh_id,
        "error": refusal.message if refusal else "",
    }
    return page(
        "control/question.html",
        context,
        viewer=await viewer_of(caller, HOME, behind=behind),
        status=STATUS[type(refusal)] if refusal else 200,
    )


def _line(one: Conversation, caller: Caller) -> dict[str, Any]:
    other = one.asked if one.asker_id == caller.person_id else one.asker
    about = wording.called(one.pupil) if one.pupil else "работа с журналом"
    return {
        "conversation_id": one.conversation_id,
        "other": wording.short_name(other),
        "about": about,
        "last": wording.moment(one.last_at, caller.door.zone),
        "unread": one.unread_by == caller.person_id,
        "waits": one.waits_for(caller.person_id),
        "closed": one.closed_at is not None,
        "shut": not one.consented,
    }
