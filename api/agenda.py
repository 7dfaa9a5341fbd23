"""Calendars of lessons by a secret address: issued, revoked, and read without signing in.

What stands in one is meant for a telephone's calendar, which may keep it anywhere: subjects, times,
rooms, homework of the class and tests; no names of children, no marks, no absences.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import time, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from api import ical
from api.auth.sessions import hash_of, new_token
from api.auth.store import CalendarLink, Look
from api.caller import Caller
from api.errors import Gone
from domain.bells import Bells
from domain.bells import at as ringing
from domain.calendar import monday
from domain.refusals import Conflict, Forbidden, NotFound
from domain.values import LESSON_KIND_LABELS, LessonKind, Role
from domain.writing import Request
from projections import directory
from projections.agenda import Due, Lesson, due_ahead, lessons_ahead
from projections.office.years import bells_of

if TYPE_CHECKING:
    from api.house import Door

#: days before this week's Monday, and after it
BEFORE, AFTER = timedelta(weeks=2), timedelta(weeks=12)
UNKNOWN = NotFound(
    "calendar.unknown",
    "Такой ссылки нет, или её отозвали. Новую можно получить на странице «Календарь».",
)


@dataclass(frozen=True)
class Whose:
    """Whom one may have a calendar of."""

    about: str
    name: str
    class_name: str
    own: bool


async def possible(caller: Caller) -> list[Whose]:
    """Calendars that the caller may have: one's children, one's own as a pupil or a teacher."""
    who, today = caller.person_id, caller.door.rights.today()
    async with caller.reading() as (conn, schema):
        person = await directory.person(conn, schema, who)
        children = []
        if Role.PARENT in caller.roles:
            children = await directory.children_of(conn, schema, who, today)
    found = [
        Whose(one["pupil_id"], one["name"], one["class_name"] or "", own=False) for one in children
    ]
    if caller.roles & {Role.PUPIL, Role.TEACHER}:
        found.insert(0, Whose(who, person["name"] if person else "", "", own=True))
    return found


async def issue(caller: Caller, about: str, request: Request) -> str | None:
    """A new secret in place of the former one, told once: a repeat of the request answers None.

    Raises NotFound for whom the caller may have no calendar of; Forbidden, also without a fresh
    password; Conflict when the calendar is closed today.
    """
    caller.fresh()
    door = caller.door
    if about not in {one.about for one in await possible(caller)}:
        raise NotFound("calendar.nobody", "Такого календаря нет.")
    try:
        await _right(caller, about)
    except Gone as refusal:
        raise Conflict(refusal.code, refusal.message) from None
    secret, number = new_token(), str(UUID(bytes=request.key, version=4))
    now = door.house.clock()
    if not await door.store.issue_calendar_link(
        caller.person_id, about, number, hash_of(secret), now
    ):
        return None
    await door.looks.add(caller.look("calendar-link", about, "ok", "issued"))
    return secret


async def links(caller: Caller) -> list[CalendarLink]:
    """The caller's addresses in force, without their secrets."""
    return await caller.door.store.calendar_links(caller.person_id)


async def revoke(caller: Caller, about: str) -> None:
    """The address is refused from its next request on. Raises NotFound."""
    if await caller.door.store.revoke_calendar_link(caller.person_id, about) is None:
        raise NotFound("calendar.unknown", "Такой ссылки нет, или её уже отозвали.")
    await caller.door.looks.add(caller.look("calendar-link", about, "ok", "revoked"))


async def opened(door: Door, secret: str, address: str | None) -> bytes:
    """The calendar behind a secret. A line of the access log is durable before it is shown.

    Raises NotFound for a secret that is none, TooMany, Gone when its person may not read it today.
    """
    now = door.house.clock()
    found = await door.store.calendar_link(hash_of(secret), now)
    if found is None:
        await door.throttle.wrong_token(address)
        await door.store.record([Look(now, None, None, "calendar", "", "refused", "unknown")])
        raise UNKNOWN
    session, about = found
    door.link_pace.read(session.session_id, now)
    caller = Caller(door, session, await door.rights.roles(session.person_id))
    try:
        basis = await _right(caller, about)
    except Gone as refusal:
        await door.looks.add(caller.look("calendar", about, "refused", refusal.code))
        raise
    noted = door.looks.begin(caller.look("calendar", about, "ok", basis))
    body = await written(caller, about, teacher=basis == Role.TEACHER)
    await noted
    return body


async def _right(caller: Caller, about: str) -> str:
    """By what right the caller has this calendar today. Raises Gone."""
    if about == caller.person_id and Role.TEACHER in caller.roles:
        return str(Role.TEACHER)
    family = (Role.PUPIL if about == caller.person_id else Role.PARENT) in caller.roles
    try:
        basis = await caller.door.rights.diary_basis(caller, about) if family else ""
    except Forbidden as refusal:
        raise Gone(refusal.code, refusal.message) from None
    except NotFound:
        basis = ""
    if basis not in {"self", "guardian"}:
        raise Gone("calendar.over", "Этот календарь вам больше не открыт: обратитесь в школу.")
    return basis


async def written(caller: Caller, about: str, *, teacher: bool) -> bytes:
    """The calendar of a person as of now, as iCalendar."""
    door = caller.door
    this_week = monday(door.rights.today())
    since, until = this_week - BEFORE, this_week + AFTER
    async with caller.reading() as (conn, schema):
        lessons = await lessons_ahead(conn, schema, about, since, until, teacher=teacher)
        due = [] if teacher else await due_ahead(conn, schema, about, since, until)
        bells = {
            year: await bells_of(conn, schema, year) or Bells()
            for year in sorted({one.year for one in lessons})
        }
    events = [
        *(_lesson(one, bells[one.year], door.school_id, teacher=teacher) for one in lessons),
        *(_due(one, door.school_id) for one in due),
    ]
    return ical.calendar(_named(lessons, teacher=teacher), door.zone, events, since, until)


def _named(lessons: Iterable[Lesson], *, teacher: bool) -> str:
    """The title of a calendar: of a family the class, for no names leave the school this way."""
    names = list(dict.fromkeys(one.class_name for one in lessons))
    return "Мои уроки" if teacher or not names else f"Уроки {names[-1]}"


def _lesson(one: Lesson, bells: Bells, school: str, *, teacher: bool) -> ical.Event:
    bell = ringing(bells.on(one.class_id, one.day), one.number)
    subject = f"{one.subject} ({one.subgroup})" if one.subgroup else one.subject
    if teacher:
        subject = f"{one.class_name} · {subject}"
    if one.kind is LessonKind.CONTROL:
        subject = f"Контрольная: {subject}"
    if one.cancelled:
        subject = f"Отменён: {subject}"  # some calendars overlook STATUS
    return ical.Event(
        uid=f"{one.lesson_id}@{school}",
        day=one.day,
        summary=subject,
        modified=one.modified,
        sequence=one.changes,
        starts=time.fromisoformat(bell.starts) if bell else None,
        ends=time.fromisoformat(bell.ends) if bell else None,
        place=f"каб. {one.room}" if one.room[:1].isdecimal() else one.room,
        description="\n".join(_told(one, teacher=teacher)),
        categories=("Контрольная",) if one.kind is LessonKind.CONTROL else ("Урок",),
        cancelled=one.cancelled,
    )


def _told(one: Lesson, *, teacher: bool) -> Iterator[str]:
    yield f"{one.number} урок"
    if not teacher:
        yield f"Замена: {one.substitute}" if one.substitute else f"Учитель: {one.teacher}"
    elif one.substitute:
        yield f"Вы заменяете: {one.teacher}"
    if one.topic:
        yield f"Тема: {one.topic}"
    if one.kind is not LessonKind.LESSON:
        label = LESSON_KIND_LABELS[one.kind].capitalize()
        yield f"{label}{f': {one.title}' if one.title else ''}{', по плану' if one.planned else ''}"


def _due(one: Due, school: str) -> ical.Event:
    return ical.Event(
        uid=f"{one.homework_id}@{school}",
        day=one.day,
        summary=f"Задано: {one.subject}",
        modified=one.modified,
        sequence=one.changes,
        description=one.text or "Личное задание: оно в дневнике.",
        categories=("Домашнее задание",),
    )


def path_of(secret: str) -> str:
    """The address of a calendar within the site."""
    return f"/calendar/{secret}.ics"
