"""What decisions need to know of conversations, and the decisions: who may ask whom, who may read.

A question is between two people. About a child: its guardian, whose consent is in force, and a
teacher or the class teacher of that child. About the work with the journal: anybody of the staff
or a guardian, and an administrator.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import msgspec

from domain.fact import Fact
from domain.people import talk_facts as f
from domain.refusals import Conflict, Forbidden, Invalid, NotFound
from domain.values import PayloadRef, Role

if TYPE_CHECKING:
    from domain.journal.state import Journal
    from domain.office.state import Office
    from domain.people.state import Person

DIARY = "diary"


class Talk(msgspec.Struct, array_like=True):
    """A conversation; `unread` is who has not read the last word, or ""."""

    to: str
    pupil_id: str | None
    guardian_id: str | None
    unread: str
    closed: bool = False


Talks = dict[str, Talk]


def evolve(talks: Talks, asker: str, fact: f.TalkFact, by: str) -> None:
    """Fold one fact of the asker's stream."""
    match fact:
        case f.ConversationOpened():
            talks[fact.conversation_id] = Talk(fact.to, fact.pupil_id, fact.guardian_id, fact.to)
        case f.ConversationReplied():
            talk = talks[fact.conversation_id]
            talk.unread = talk.to if by == asker else asker
        case f.ConversationSeen():
            talks[fact.conversation_id].unread = ""
        case f.ConversationClosed():
            talks[fact.conversation_id].closed = True


def open_conversation(
    asker: Person,
    conversation_id: str,
    to: str,
    words: PayloadRef,
    pupil_id: str | None = None,
    guardian_id: str | None = None,
) -> list[Fact]:
    """A question; whether it may be asked has been decided. Raises Conflict."""
    talk = asker.talks.get(conversation_id)
    if talk is None:
        return [f.ConversationOpened(conversation_id, to, words, pupil_id, guardian_id)]
    if (talk.to, talk.pupil_id) == (to, pupil_id):
        return []
    raise Conflict("conversation.id_taken", "Под этим номером уже есть другой разговор.")


def reply(asker: Person, conversation_id: str, by: str, words: PayloadRef) -> list[Fact]:
    """Another word. Raises NotFound to strangers, Conflict."""
    if known(asker, conversation_id, by).closed:
        raise Conflict("conversation.closed", "Разговор закрыт: задайте новый вопрос.")
    return [f.ConversationReplied(conversation_id, words)]


def see(asker: Person, conversation_id: str, by: str) -> list[Fact]:
    """The person has read everything so far. Raises NotFound."""
    talk = known(asker, conversation_id, by)
    return [f.ConversationSeen(conversation_id)] if talk.unread == by else []


def close(asker: Person, conversation_id: str, by: str) -> list[Fact]:
    """Nothing is left to ask. Raises NotFound."""
    talk = known(asker, conversation_id, by)
    return [] if talk.closed else [f.ConversationClosed(conversation_id)]


def known(asker: Person, conversation_id: str, by: str) -> Talk:
    """The conversation, to one of the two. Raises NotFound to everybody else."""
    talk = asker.talks.get(conversation_id)
    if talk is None or by not in (asker.person_id, talk.to):
        raise NotFound("conversation.unknown", "Такого разговора нет.")
    return talk


def open_to_guardian(pupil: Person, guardian_id: str, today: date) -> bool:
    """Linked, kept away by no document, and the consent to the diary is in force."""
    limit = pupil.standing.limits.get(guardian_id)
    away = limit and limit.since <= today and (limit.until is None or today < limit.until)
    since = pupil.guardians.get(guardian_id)
    return (
        since is not None
        and since <= today
        and not away
        and any(
            one.guardian_id == guardian_id
            and one.purpose == DIARY
            and one.since <= today
            and (one.until is None or today < one.until)
            for one in pupil.consents
        )
    )


def teaches_child(
    journal: Journal, office: Office, person_id: str, pupil_id: str, today: date
) -> Role | None:
    """As what the person answers for the child today: its class teacher, a teacher, or nobody."""
    if not journal.enrolled(pupil_id, today):
        return None
    if office.class_teacher(journal.class_id, today) == person_id:
        return Role.CLASS_TEACHER
    for one in journal.assignments.values():
        if one.teacher_id != person_id or not one.span.covers(today):
            continue
        split = journal.split(one.subject_id, today)
        members = split.members.get(one.subgroup_id or "", []) if split else []
        if one.subgroup_id is None or pupil_id in members:
            return Role.TEACHER
    return None


def require_child(
    pupil: Person,
    journal: Journal,
    office: Office,
    by: str,
    to: str,
    today: date,
) -> tuple[str, Role]:
    """(the guardian of the two, the role of who asks). Raises NotFound, Forbidden."""
    guardian_id, teacher_id = (by, to) if by in pupil.guardians else (to, by)
    role = teaches_child(journal, office, teacher_id, pupil.person_id, today)
    if by == teacher_id and role is None:
        raise NotFound("pupil.unknown", "Такого ученика нет.")
    if guardian_id not in pupil.guardians or role is None:
        raise Forbidden(
            "conversation.not_about_child",
            "О ребёнке говорят его законный представитель и тот, кто его учит сейчас.",
        )
    if not open_to_guardian(pupil, guardian_id, today):
        raise no_consent()
    return guardian_id, Role.PARENT if by == guardian_id else role


def require_program(asker: Person, asked: Person, office: Office, today: date) -> None:
    """Clause 4.1.б: any user may ask an administrator. Raises NotFound, Forbidden, Invalid."""
    if asker.version == 0 or asker.kind == "pupil":
        raise NotFound("conversation.not_yours", "Вопросы задают сотрудники и родители.")
    if not office.holds(asked.person_id, Role.ADMINISTRATOR, today):
        raise Forbidden(
            "conversation.not_an_administrator", "О работе с журналом спрашивают администратора."
        )
    if asker.person_id == asked.person_id:
        raise Invalid("conversation.oneself", "Себя не спрашивают.")


def no_consent() -> Forbidden:
    """Clause 1.11: without the consent nothing about the child is told."""
    return Forbidden(
        "conversation.no_consent",
        "Согласия семьи на электронный дневник сейчас нет, и разговор о ребёнке закрыт.",
    )
