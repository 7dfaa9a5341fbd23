"""Who is asking, and what that person may read. Writing rights are the domain's to decide."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import AsyncIterator, Awaitable, Callable, Hashable
from contextlib import asynccontextmanager
from datetime import date
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from api.auth.scopes import Scope
from api.auth.store import Look, Session
from api.finding import Finding
from domain.access import Actor
from domain.permissions import ADMINISTRATION
from domain.refusals import Forbidden, NotFound
from domain.values import Role
from projections import files
from projections.postgres.pool import Connection

if TYPE_CHECKING:
    from api.house import Door

V = TypeVar("V")

STAFF = frozenset(
    {*ADMINISTRATION, Role.AUDITOR, Role.TEACHER, Role.CLASS_TEACHER}
)  # who sits at a desk in the school
MOST_KEPT = 50_000
CLOSED = (
    "Согласия семьи на дневник сейчас нет, и он закрыт. Отметки стоят в журнале класса. "
    "Если ждать нельзя, дневник открывается на полчаса с объяснением (раздел «Особый доступ»)."
)
FIRST_MONTH = 7  # a school year is in force from July on


class Caller(NamedTuple):
    """A person with a living session, or a program with a token of that person.

    `roles` are those of today; `reach`, of a program only, what the token is good for here.
    """

    door: Door
    session: Session
    roles: frozenset[str]
    reach: frozenset[str] | None = None

    @property
    def person_id(self) -> str:
        return self.session.person_id

    @property
    def actor(self) -> Actor:
        """The caller as the domain knows it."""
        return Actor(self.session.person_id, self.session.session_id)

    @property
    def staff(self) -> bool:
        return not STAFF.isdisjoint(self.roles)

    @property
    def administration(self) -> bool:
        return not self.roles.isdisjoint(ADMINISTRATION)

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[tuple[Connection, str]]:
        """As `Door.reading`, behind the second wall: rows about people whom the caller may know of,
        and none of anybody else, whatever is asked.
        """
        door = self.door
        async with door.house.database.asking(self.person_id, door.rights.today()) as conn:
            yield conn, door.schema

    def within(self, *scopes: Scope) -> None:
        """A program needs one of these scopes, with none of them named it needs to be a person.

        Raises Forbidden.
        """
        if self.reach is not None and self.reach.isdisjoint(scopes):
            raise Forbidden("token.out_of_scope", "Этот ключ программы сюда не подходит.")

    def may(self, scope: Scope) -> bool:
        """A person, or a program whose token is good for this."""
        return self.reach is None or scope in self.reach

    @property
    def lacks_factor(self) -> bool:
        """One of the roles asks for a second factor, and there is none."""
        return not self.session.factor and not self.roles.isdisjoint(self.door.house.second_factor)

    @property
    def is_fresh(self) -> bool:
        """A person, who has just shown the password (and code). A program never is."""
        since = self.door.house.clock() - self.session.auth_time
        return self.reach is None and since <= self.door.house.step_up

    def fresh(self) -> None:
        """Raises Forbidden when the password was shown too long ago."""
        self.within()
        if not self.is_fresh:
            raise Forbidden(
                "session.step_up_required", "Подтвердите, что это вы: введите пароль ещё раз."
            )

    def look(self, act: str, subject: str, outcome: str, basis: str) -> Look:
        """A line of the access log about this caller, now."""
        return Look(
            self.door.house.clock(),
            self.session.person_id,
            self.session.session_id,
            act,
            subject,
            outcome,
            basis,
        )


class Rights(Finding):
    """What people of one school may read, kept until the directory of the school moves on.

    Nothing kept here is trusted longer than the bookmark says, which is at most 100 ms old.
    """

    def __init__(self, door: Door) -> None:
        super().__init__(door)
        self._position = -1
        self._day: date | None = None
        self._kept: OrderedDict[Hashable, Any] = OrderedDict()

    async def roles(self, person_id: str) -> frozenset[str]:
        """Roles held today."""
        return await self._keep(("roles", person_id), self._roles, person_id)

    async def year(self) -> int:
        """The school year in force; before the first one is opened, the one that would be."""
        today = self.today()
        return await self._keep(("year",), self._year) or today.year - (today.month < FIRST_MONTH)

    async def class_of(self, pupil_id: str) -> str:
        """The class that the pupil is in, or was in last. Raises NotFound."""
        classes = await self._keep(("class_of", pupil_id), self._class_of, pupil_id)
        if not classes:
            raise NotFound("pupil.unknown", "Такого ученика нет.")
        return classes[0]

    async def class_basis(self, caller: Caller, class_id: str) -> str:
        """By what right the caller reads a class: its lists and its register. Raises NotFound."""
        who, basis = caller.person_id, None
        if caller.administration:
            if await self._keep(("class", class_id), self._class_known, class_id):
                basis = min(caller.roles & set(ADMINISTRATION))
        elif caller.staff:
            if class_id in await self._keep(("wards", who), self._wards, who):
                basis = "class_teacher"
            elif await self._keep(("teaches", who, class_id), self._teaches, who, class_id):
                basis = "teacher"
            elif covers(await self.journals(caller), class_id) and await self._keep(
                ("class", class_id), self._class_known, class_id
            ):
                basis = "auditor"
        if basis is None:
            raise NotFound("class.unknown", "Такого класса нет.")
        return basis

    async def lesson_basis(self, caller: Caller, lesson_id: str) -> str:
        """By what right the caller sees what is handed out at a lesson: of its class, or of the
        diary of a pupil who was on the list of that very lesson. Raises NotFound.
        """
        place = await self._door.places.lesson(lesson_id)
        try:
            return await self.class_basis(caller, place.class_id)
        except NotFound:
            family = await self.own_diaries(caller)
        async with caller.reading() as (conn, schema):
            pupil_id = await files.attended(conn, schema, lesson_id, family) if family else None
        if pupil_id is None:
            raise NotFound("lesson.unknown", "Такого урока нет.")
        return await self.diary_basis(caller, pupil_id)

    async def journals(self, caller: Caller) -> frozenset[str] | None:
        """Classes that the caller reads as the administration, or as an auditor today; None: all.

        What one reads as a teacher is not among them.
        """
        if caller.administration:
            return None
        if Role.AUDITOR not in caller.roles:
            return frozenset()
        who = caller.person_id
        return await self._keep(("journals", who), self._journals, who)

    async def answers_for(self, caller: Caller, class_id: str) -> bool:
        """The caller is the class teacher of the class today."""
        return class_id in await self.wards(caller)

    async def wards(self, caller: Caller) -> frozenset[str]:
        """The classes whose class teacher the caller is today."""
        who = caller.person_id
        return await self._keep(("wards", who), self._wards, who)

    async def own_diaries(self, caller: Caller) -> frozenset[str]:
        """Oneself and one's children, of those whose diary consent opens to the caller today."""
        who = caller.person_id
        found = set()
        if await self._keep(("consented", who), self._consented, who):
            found.add(who)
        if Role.PARENT in caller.roles:
            for pupil_id in await self._keep(("children", who), self._children, who):
                if await self._keep(("consent", who, pupil_id), self._consent, who, pupil_id):
                    found.add(pupil_id)
        return frozenset(found)

    async def diary_basis(self, caller: Caller, pupil_id: str) -> str:
        """By what right the caller reads a pupil's diary, and not one too many: see `Pace`.

        Raises TooMany, and as `_diary_basis`.
        """
        basis = await self._diary_basis(caller, pupil_id)
        self._door.pace.open(caller.person_id, pupil_id)
        return basis

    async def _diary_basis(self, caller: Caller, pupil_id: str) -> str:
        """Raises NotFound to a stranger; Forbidden to a guardian or a pupil without consent (clause
        1.11) and to a teacher, who reads the registers of one's own lessons instead.
        """
        who = caller.person_id
        if who == pupil_id:
            if await self._keep(("consented", pupil_id), self._consented, pupil_id):
                return "self"
            raise no_consent("Согласия законного представителя на ваш дневник сейчас нет.")
        if Role.PARENT in caller.roles and pupil_id in await self._keep(
            ("children", who), self._children, who
        ):
            if await self._keep(("consent", who, pupil_id), self._consent, who, pupil_id):
                return "guardian"
            raise await self._closed_to_guardian(pupil_id)
        return await self._staff_basis(caller, pupil_id)

    async def _closed_to_guardian(self, pupil_id: str) -> Forbidden:
        if await self._keep(("of_age", pupil_id), self._of_age, pupil_id):
            return Forbidden(
                "consent.required",
                "Ученику исполнилось восемнадцать, и дневник для вас он не открыл.",
                reason="consent.diary",
            )
        return no_consent("Вашего согласия на электронный дневник сейчас нет.")

    async def _staff_basis(self, caller: Caller, pupil_id: str) -> str:
        if caller.staff:
            classes = await self._keep(("classes", pupil_id), self._classes, pupil_id)
            who = caller.person_id
            if await self.through_glass(caller, pupil_id):
                return "glass"
            if caller.administration and classes:
                if await self._keep(("consented", pupil_id), self._consented, pupil_id):
                    return min(caller.roles & set(ADMINISTRATION))
                raise Forbidden("diary.closed", CLOSED)
            wards = await self._keep(("wards", who), self._wards, who)
            if not wards.isdisjoint(classes):
                return "class_teacher"
            for class_id in classes:
                if await self._keep(("teaches", who, class_id), self._teaches, who, class_id):
                    raise Forbidden(
                        "diary.not_yours",
                        "Дневник открыт семье, классному руководителю и администрации. "
                        "Отметки ученика по вашему предмету — в журнале класса.",
                    )
        raise NotFound("pupil.unknown", "Такого ученика нет.")

    async def through_glass(self, caller: Caller, pupil_id: str) -> bool:
        """The caller has opened this closed diary in an emergency, within the last half hour."""
        if not caller.administration:
            return False
        who = caller.person_id
        until = await self._keep(("glass", who, pupil_id), self._glass, who, pupil_id)
        return until is not None and self._door.house.clock() < until

    async def _keep(
        self, key: Hashable, find: Callable[..., Awaitable[V]], *arguments: Hashable
    ) -> V:
        """What was found under the key since the projections last moved, or found now."""
        position = (await self._door.progress.as_of()).position
        today = self.today()
        if (position, today) != (self._position, self._day):
            self._kept.clear()
            self._position, self._day = position, today
        if key in self._kept:
            found: V = self._kept[key]
            return found
        found = await find(*arguments)
        if (position, today) == (self._position, self._day):
            self._kept[key] = found
            if len(self._kept) > MOST_KEPT:
                self._kept.popitem(last=False)
        return found


def covers(journals: frozenset[str] | None, class_id: str) -> bool:
    """A class is among these (`Rights.journals`)."""
    return journals is None or class_id in journals


def no_consent(why: str) -> Forbidden:
    """Clause 1.11: the diary opens by written consent."""
    return Forbidden(
        "consent.required",
        f"{why} Дневник открывается по письменному согласию (п. 1.11 Положения); "
        "его принимает классный руководитель.",
        reason="consent.diary",
    )
