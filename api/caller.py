"""Who is asking, and what that person may read. Writing rights are the domain's to decide."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Awaitable, Callable, Hashable
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar

from api.auth.scopes import Scope
from api.auth.store import Look, Session
from domain.access import Actor
from domain.calendar import local_date
from domain.permissions import ADMINISTRATION
from domain.refusals import Forbidden, NotFound
from domain.values import Role
from projections import directory

if TYPE_CHECKING:
    from api.house import Door

V = TypeVar("V")

STAFF = frozenset(
    {*ADMINISTRATION, Role.AUDITOR, Role.TEACHER, Role.CLASS_TEACHER}
)  # who sits at a desk in the school
READS_ALL = frozenset({*ADMINISTRATION, Role.AUDITOR})
MOST_KEPT = 50_000
DIARY = "diary"
FIRST_MONTH = 7  # a school year is in force from July on


@dataclass(frozen=True)
class Caller:
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

    @cached_property
    def actor(self) -> Actor:
        """The caller as the domain knows it."""
        return Actor(self.session.person_id, self.session.session_id)

    @property
    def staff(self) -> bool:
        return not STAFF.isdisjoint(self.roles)

    @property
    def administration(self) -> bool:
        return not self.roles.isdisjoint(ADMINISTRATION)

    @property
    def reads_all(self) -> bool:
        """The administration, and the auditor, who reads and writes nothing."""
        return not READS_ALL.isdisjoint(self.roles)

    def within(self, *scopes: Scope) -> None:
        """A program needs one of these scopes, with none of them named it needs to be a person.

        Raises Forbidden.
        """
        if self.reach is not None and self.reach.isdisjoint(scopes):
            raise Forbidden("token.out_of_scope", "Этот ключ программы сюда не подходит.")

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


class Rights:
    """What people of one school may read, kept until the directory of the school moves on.

    Nothing kept here is trusted longer than the bookmark says, which is at most 100 ms old.
    """

    def __init__(self, door: Door) -> None:
        self._door = door
        self._position = -1
        self._day: date | None = None
        self._kept: OrderedDict[Hashable, Any] = OrderedDict()

    def today(self) -> date:
        """The school's day."""
        return local_date(self._door.house.clock(), self._door.zone)

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
        if caller.reads_all:
            if await self._keep(("class", class_id), self._class_known, class_id):
                basis = min(caller.roles & READS_ALL)
        elif caller.staff:
            if class_id in await self._keep(("wards", who), self._wards, who):
                basis = "class_teacher"
            elif await self._keep(("teaches", who, class_id), self._teaches, who, class_id):
                basis = "teacher"
        if basis is None:
            raise NotFound("class.unknown", "Такого класса нет.")
        return basis

    async def answers_for(self, caller: Caller, class_id: str) -> bool:
        """The caller is the class teacher of the class today."""
        who = caller.person_id
        return class_id in await self._keep(("wards", who), self._wards, who)

    async def diary_basis(self, caller: Caller, pupil_id: str) -> str:
        """By what right the caller reads a pupil's diary.

        Raises NotFound to a stranger; Forbidden to a guardian or a pupil without consent (clause
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
            raise no_consent("Вашего согласия на электронный дневник сейчас нет.")
        return await self._staff_basis(caller, pupil_id)

    async def _staff_basis(self, caller: Caller, pupil_id: str) -> str:
        if caller.staff:
            classes = await self._keep(("classes", pupil_id), self._classes, pupil_id)
            if caller.administration and classes:
                return min(caller.roles & set(ADMINISTRATION))
            who = caller.person_id
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

    async def _year(self) -> int | None:
        async with self._door.reading() as (conn, schema):
            return await directory.school_year_of(conn, schema, self.today())

    async def _class_of(self, pupil_id: str) -> list[str]:
        async with self._door.reading() as (conn, schema):
            classes = await directory.pupil_classes(conn, schema, pupil_id)
            return [one["class_id"] for one in classes]

    async def _roles(self, person_id: str) -> frozenset[str]:
        async with self._door.reading() as (conn, schema):
            return frozenset(await directory.roles_of(conn, schema, person_id, self.today()))

    async def _wards(self, person_id: str) -> frozenset[str]:
        async with self._door.reading() as (conn, schema):
            classes = await directory.class_teacher_of(conn, schema, person_id, self.today())
            return frozenset(classes)

    async def _teaches(self, person_id: str, class_id: str) -> bool:
        async with self._door.reading() as (conn, schema):
            return await directory.teaches(conn, schema, person_id, class_id)

    async def _class_known(self, class_id: str) -> bool:
        async with self._door.reading() as (conn, schema):
            return await directory.class_card(conn, schema, class_id, self.today()) is not None

    async def _children(self, guardian_id: str) -> frozenset[str]:
        async with self._door.reading() as (conn, schema):
            children = await directory.children_of(conn, schema, guardian_id, self.today())
            return frozenset(child["pupil_id"] for child in children)

    async def _consent(self, guardian_id: str, pupil_id: str) -> bool:
        async with self._door.reading() as (conn, schema):
            day = self.today()
            return await directory.consent(conn, schema, pupil_id, guardian_id, DIARY, day)

    async def _consented(self, pupil_id: str) -> bool:
        async with self._door.reading() as (conn, schema):
            return await directory.consented(conn, schema, pupil_id, DIARY, self.today())

    async def _classes(self, pupil_id: str) -> frozenset[str]:
        """Classes of the pupil in the school year in force, left ones too."""
        async with self._door.reading() as (conn, schema):
            year = await directory.school_year_of(conn, schema, self.today())
            classes = await directory.pupil_classes(conn, schema, pupil_id)
            return frozenset(one["class_id"] for one in classes if one["year"] == year)


def no_consent(why: str) -> Forbidden:
    """Clause 1.11: the diary opens by written consent."""
    return Forbidden(
        "consent.required",
        f"{why} Дневник открывается по письменному согласию (п. 1.11 Положения); "
        "его принимает классный руководитель.",
        reason="consent.diary",
    )
