"""Conversations as both doors show them: one's own, and whom one may ask."""

from __future__ import annotations

from datetime import timedelta
from typing import NamedTuple

from api.caller import Caller
from domain.people.talks import no_consent
from domain.permissions import PERMISSIONS, Act
from domain.refusals import Invalid, NotFound
from domain.regulation import Regulation
from domain.values import Role
from domain.writing import Answer, Request
from projections import directory, talks
from projections.talks import Conversation, Word

ASKING = frozenset(PERMISSIONS[Act.ASK_ABOUT_PROGRAM]) | frozenset(PERMISSIONS[Act.ASK_ABOUT_CHILD])


class Addressee(NamedTuple):
    """Somebody whom the caller may ask: about a child, or about the program."""

    person_id: str
    name: str
    words: str  # «классный руководитель», «Алгебра», «мать или отец ученика»
    pupil_id: str | None
    pupil: str | None


def may_talk(caller: Caller) -> None:
    """Staff and guardians; pupils and auditors have no questions here. Raises NotFound."""
    if caller.roles.isdisjoint(ASKING):
        raise NotFound("path.unknown", "Такого адреса нет.")


async def own(caller: Caller) -> list[Conversation]:
    """The caller's conversations: open ones first. Raises NotFound."""
    may_talk(caller)
    async with caller.reading() as (conn, schema):
        return await talks.conversations(conn, schema, caller.person_id, caller.door.rights.today())


async def one(caller: Caller, conversation_id: str) -> tuple[Conversation, list[Word]]:
    """One of the caller's conversations with everything said.

    Raises NotFound to whoever is not one of the two, Forbidden to a guardian without consent.
    """
    found = await place(caller, conversation_id)
    if not found.consented and caller.person_id == found.guardian_id:
        raise no_consent()
    async with caller.reading() as (conn, schema):
        return found, await talks.words(conn, schema, conversation_id)


async def place(caller: Caller, conversation_id: str) -> Conversation:
    """A conversation of the caller's. What was written a moment ago is waited for.

    Raises NotFound, Busy.
    """
    may_talk(caller)
    found = await _find(caller, conversation_id)
    if not found:
        now = await caller.door.progress.now(0.0)
        await caller.door.progress.reach(now.head.position)
        found = await _find(caller, conversation_id)
    if not found:
        raise NotFound("conversation.unknown", "Такого разговора нет.")
    return found[0]


async def _find(caller: Caller, conversation_id: str) -> list[Conversation]:
    today = caller.door.rights.today()
    async with caller.reading() as (conn, schema):
        return await talks.conversations(conn, schema, caller.person_id, today, conversation_id)


async def waiting(caller: Caller, known: list[Conversation]) -> tuple[int, int]:
    """(conversations whose last word the caller has not read, questions to the caller that have
    had no answer for longer than the regulation says).
    """
    door = caller.door
    year = await door.rights.year()
    async with door.reading() as (conn, schema):
        rules = await directory.regulation_of(conn, schema, year) or Regulation()
    limit = door.house.clock() - timedelta(days=rules.answer_days)
    unread = sum(each.unread_by == caller.person_id for each in known)
    late = sum(
        each.asked_id == caller.person_id
        and each.answered_at is None
        and each.closed_at is None
        and each.opened_at < limit
        for each in known
    )
    return unread, late


async def ask(
    caller: Caller,
    conversation_id: str,
    to: str,
    pupil_id: str | None,
    words: str,
    once: Request,
) -> Answer:
    """A question, about a child or about the work with the journal. Raises NotFound."""
    may_talk(caller)
    door = caller.door
    if pupil_id is None:
        year = await door.rights.year()
        return door.school.ask_about_program(
            year, conversation_id, to, words, by=caller.actor, request=once
        )
    class_id = await door.rights.class_of(pupil_id)
    return door.school.ask_about_child(
        class_id, conversation_id, pupil_id, to, words, by=caller.actor, request=once
    )


async def addressees(caller: Caller) -> list[Addressee]:
    """Whom the caller may ask today. Raises NotFound."""
    may_talk(caller)
    door, who = caller.door, caller.person_id
    today, year = door.rights.today(), await door.rights.year()
    found: list[Addressee] = []
    async with door.reading() as (conn, schema):
        if Role.PARENT in caller.roles:
            for child in await directory.children_of(conn, schema, who, today):
                if await directory.consent(conn, schema, child["pupil_id"], who, "diary", today):
                    found += await _teachers(caller, child)
        if caller.staff:
            for family in await talks.families(conn, schema, who, year, today):
                words = f"родитель, {family.class_name}"
                found.append(
                    Addressee(
                        family.guardian_id, family.guardian, words, family.pupil_id, family.pupil
                    )
                )
        for person_id, name in await talks.administrators(conn, schema, year, today):
            if person_id != who:
                found.append(Addressee(person_id, name, "работа с журналом", None, None))
    return found


async def _teachers(caller: Caller, child: dict[str, str]) -> list[Addressee]:
    """The class teacher and the teachers of a child."""
    today = caller.door.rights.today()
    async with caller.door.reading() as (conn, schema):
        card = (
            await directory.class_card(conn, schema, child["class_id"] or "", today)
            if child["class_id"]
            else None
        )
    if card is None:
        return []
    pupil_id, pupil, day = child["pupil_id"], child["name"], today.isoformat()
    answers: dict[str, tuple[str, list[str]]] = {}
    if teacher := card["class_teacher"]:
        answers[teacher["person_id"]] = (teacher["name"], ["классный руководитель"])
    groups = {group["subgroup_id"] for group in card["subgroups"] if pupil_id in group["pupils"]}
    for each in card["assignments"]:
        in_force = each["since"] <= day and (each["until"] is None or day < each["until"])
        if in_force and (each["subgroup_id"] is None or each["subgroup_id"] in groups):
            _, words = answers.setdefault(each["teacher_id"], (each["teacher"], []))
            if each["subject"] not in words:
                words.append(each["subject"])
    return [
        Addressee(person_id, name, ", ".join(words), pupil_id, pupil)
        for person_id, (name, words) in answers.items()
        if person_id != caller.person_id
    ]


def chosen(text: str) -> tuple[str, str | None]:
    """«person» or «person/pupil» of a form → the two. Raises Invalid."""
    person, _, pupil = text.partition("/")
    if not person:
        raise Invalid("conversation.to", "Выберите, кого спросить.")
    return person, pupil or None
