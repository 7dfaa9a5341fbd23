"""Commands about credentials (clause 3.1.2): the fact that they were handed out, never a secret."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import NamedTuple

from domain import access
from domain.access import Actor, Right
from domain.calendar import local_date
from domain.commands import Commands
from domain.office.state import Office
from domain.people import decisions as decide
from domain.people import facts as f
from domain.permissions import Act
from domain.refusals import Forbidden, NotFound
from domain.values import Role
from domain.world import World, office_id
from domain.writing import Answer, Decided, Request

#: As whom a person acts about oneself.
KINDS = {"staff": Role.TEACHER, "pupil": Role.PUPIL, "guardian": Role.PARENT}
#: A class teacher of last year answers for last year's families no more: a year begins in July,
#: once it is opened.
FIRST_MONTH = 7


class Handing(NamedTuple):
    """Credentials of a person, and who takes them: the person, or a guardian of a small pupil."""

    person_id: str
    to: str


class AccountCommands(Commands):
    """Issued, received, revoked.

    With `class_id` they are about pupils of the class and their guardians, and the class teacher
    may; without it they are the administration's, about anybody.
    """

    def issue_accounts(
        self,
        year: int,
        handed: Sequence[Handing],
        class_id: str | None = None,
        *,
        by: Actor,
        request: Request,
    ) -> Answer:
        """Credentials were made out: for all of them or for none. The older ones end."""

        def decided(world: World, at: datetime) -> Decided:
            right = self._over(world, at, by, Act.ISSUE_ACCOUNTS, year, class_id, handed)
            return Decided(
                right,
                [
                    (one.person_id, fact)
                    for one in handed
                    for fact in decide.issue_account(world.person(one.person_id), one.to)
                ],
            )

        return self._submit(by, request, decided)

    def receive_accounts(
        self,
        year: int,
        handed: Sequence[Handing],
        how: f.Receiving,
        class_id: str | None = None,
        *,
        by: Actor,
        request: Request,
    ) -> Answer:
        """The credentials have arrived: whoever handed them out saw a signature, or the person has
        put a password of one's own in the place of the one-time one.
        """

        def decided(world: World, at: datetime) -> Decided:
            if how == "password" and list(handed) == [Handing(by.person_id, by.person_id)]:
                right = _of_oneself(world, by)
            else:
                right = self._over(world, at, by, Act.RECEIVE_ACCOUNTS, year, class_id, handed)
            return Decided(
                right,
                [
                    (one.person_id, fact)
                    for one in handed
                    for fact in decide.receive_account(world.person(one.person_id), one.to, how)
                ],
            )

        return self._submit(by, request, decided)

    def revoke_account(
        self,
        year: int,
        person_id: str,
        reason: f.RevocationReason,
        class_id: str | None = None,
        *,
        by: Actor,
        request: Request,
    ) -> Answer:
        """Sign-in is closed. On suspicion a person closes one's own, whatever the role."""

        def decided(world: World, at: datetime) -> Decided:
            person = world.person(person_id)
            if reason == "suspicion" and by.person_id == person_id and person.version:
                right = _of_oneself(world, by)
            else:
                about = [Handing(person_id, person_id)]
                right = self._over(world, at, by, Act.REVOKE_ACCOUNT, year, class_id, about)
            facts = decide.revoke_account(person, reason)
            return Decided(right, [(person_id, fact) for fact in facts])

        return self._submit(by, request, decided)

    def _over(
        self,
        world: World,
        at: datetime,
        by: Actor,
        act: Act,
        year: int,
        class_id: str | None,
        handed: Sequence[Handing],
    ) -> Right:
        """The right over these people's credentials. Raises Forbidden; NotFound for who is not of
        the class.
        """
        if class_id is None:
            return access.administer(by, self._office_of(world, year), at, act)
        journal = world.journal(class_id)
        office = world.office(self.school_id, journal.year)
        right = access.class_teacher(by, office, class_id, at, act)
        day = local_date(at, journal.zone)
        if journal.year != self._in_force(world, journal.year, day):
            raise NotFound("class.past", "Это класс другого учебного года.")
        pupils = [
            pupil
            for pupil, spans in journal.pupils.items()
            if any(span.until is None or day < span.until for span in spans)
        ]
        families = {number for pupil in pupils for number in world.person(pupil).guardians}
        employed = {one.person_id for one in office.staff}
        for one in handed:
            if not {one.person_id, one.to} <= families.union(pupils):
                raise NotFound("roster.unknown_person", "Такого человека в этом классе нет.")
            staff = world.person(one.person_id).kind == "staff" or one.person_id in employed
            if staff and right.role is Role.CLASS_TEACHER:
                raise Forbidden(
                    "account.of_staff", "Логин и пароль сотруднику школы выдаёт администратор."
                )
        return right

    def _in_force(self, world: World, year: int, day: date) -> int:
        """The opened school year in force that day, from `year` on: from July on the new one, once
        it is opened. It may be opened in August only: until then the classes are those of last
        year.
        """
        newest = day.year - (day.month < FIRST_MONTH)
        later = range(newest, year, -1)
        return next((one for one in later if self._is_opened(world, one)), min(year, newest))

    def _is_opened(self, world: World, year: int) -> bool:
        return world.state(office_id(self.school_id, year), Office).version > 0


def _of_oneself(world: World, by: Actor) -> Right:
    """A person about oneself. Raises NotFound."""
    return Right(KINDS[decide.known(world.person(by.person_id)).kind], "self")
