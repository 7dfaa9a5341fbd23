"""What a handler needs, as types: its signature tells who may call it.

    Anyone                    nobody need be signed in
    SignedIn                  anybody with a session and a password of one's own
    Informed                  the same, and programs that read
    SignedInAtAll             as SignedIn, a one-time password will do: to look at or end it
    Fresh                     a person who has shown the password within the last minutes
    Staff                     who works in the school
    Teacher                   who writes about lessons; whether about this one, the domain decides
    Administration            director, deputy, secretary, administrator
    FreshAdministration       the same, with the password shown within the last minutes
    ClassReader               the class of the path: its teachers, its class teacher, who reads all
    ClassKeeper               the class of the path: who hands out credentials to its families
    FreshClassKeeper          the same, with the password shown within the last minutes
    DiaryReader               the pupil of the path: the family with consent, the class teacher,
                              the administration
    MarkReader                the mark of the path: who reads its pupil's diary or its class
    LessonReader              the lesson of the path: who reads its class, and the families of
                              whoever was on its list
    TrailReader               who may look for changes: all of them, those of one's own class, those
                              of the journals that are open to an auditor
    ChangeReader              whoever may be told of what is written in some class or diary
    Inspector                 who may have the log checked
    JobReader                 who may see what the scheduler does
    JobRunner                 who may have a job of the scheduler carried out now
    WebhookKeeper             who says which other programs are told of what is written
    FlagReader                who reads red flags: all of them, or those of the journals that are
                              open to an auditor; a teacher never

Each says what a personal token must be good for to pass; one that says nothing lets none pass.
A stranger gets 404 before 403. Readings of diaries, registers and trails, refused ones too, leave
a line in the access log before they are answered.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Annotated, Any
from uuid import UUID

from fastapi import Depends, Query, Request

from api.admission import DoorOf, Known, caller_of, with_own_password
from api.auth.scopes import READING, Scope
from api.caller import STAFF, Caller
from domain.permissions import ADMINISTRATION, PERMISSIONS, Act, holders
from domain.refusals import Forbidden, NotFound, Refusal
from domain.values import Role

OK, REFUSED = "ok", "refused"


async def anyone() -> None:
    """No sign-in is asked for."""


async def signed_in_at_all(request: Request, door: DoorOf) -> Caller:
    """A person with a living session. Raises SignInRequired, Forbidden."""
    caller = await caller_of(request, door)
    caller.within()
    return caller


SignedInAtAll = Annotated[Caller, Depends(signed_in_at_all)]


async def signed_in(caller: Known) -> Caller:
    """A person who is admitted. Raises SignInRequired, TooMany, Forbidden."""
    caller.within()
    return caller


async def informed(caller: Known) -> Caller:
    """Anybody who is admitted, and any program that reads: what is taught, and when."""
    caller.within(*READING)
    return caller


async def fresh(caller: SignedInAtAll) -> Caller:
    """Who has shown the password within the last minutes. Raises SignInRequired, Forbidden."""
    with_own_password(caller).fresh()
    return caller


Anyone = Annotated[None, Depends(anyone)]
SignedIn = Annotated[Caller, Depends(signed_in)]
Informed = Annotated[Caller, Depends(informed)]
Fresh = Annotated[Caller, Depends(fresh)]


async def staff(caller: Known) -> Caller:
    """Raises NotFound to those who do not work in the school, Forbidden."""
    caller.within(Scope.READ_JOURNAL)
    if caller.roles.isdisjoint(STAFF):
        raise NotFound("path.unknown", "Такого адреса нет.")
    return caller


async def teacher(caller: Known) -> Caller:
    """Raises NotFound to who writes about no lesson: the domain asks about which. Forbidden."""
    caller.within(Scope.READ_JOURNAL, Scope.WRITE_JOURNAL)
    writers = {Role.TEACHER, Role.CLASS_TEACHER, *ADMINISTRATION}
    if caller.roles.isdisjoint(writers):
        raise NotFound("path.unknown", "Такого адреса нет.")
    return caller


async def administration(caller: Known) -> Caller:
    """Raises Forbidden to staff, NotFound to others."""
    caller.within()
    if caller.administration:
        return caller
    if caller.staff:
        raise Forbidden("access.administration_only", "Это делает администрация школы.")
    raise NotFound("path.unknown", "Такого адреса нет.")


async def inspector(caller: Known) -> Caller:
    """Raises Forbidden to other staff, NotFound to others."""
    caller.within(Scope.READ_TRAIL)
    if not caller.roles.isdisjoint(holders(Act.REQUEST_CHECK)):
        return caller
    if caller.staff:
        raise Forbidden(
            "access.inspectors_only", "Это для аудитора, директора, завуча и администратора."
        )
    raise NotFound("path.unknown", "Такого адреса нет.")


async def job_reader(caller: Known) -> Caller:
    """Raises Forbidden to other staff, NotFound to others."""
    caller.within()
    return _holder(
        caller, Act.READ_JOBS, "Задания по расписанию видят директор, завуч и администратор."
    )


async def job_runner(caller: Known) -> Caller:
    """Raises Forbidden to other staff, NotFound to others."""
    caller.within()
    return _holder(caller, Act.RUN_JOB, "Задание запускают директор и администратор.")


async def webhook_keeper(caller: Known) -> Caller:
    """Raises Forbidden to other staff, NotFound to others."""
    caller.within()
    return _holder(caller, Act.KEEP_WEBHOOKS, "Вебхуки заводят директор и администратор.")


def _holder(caller: Caller, act: Act, why: str) -> Caller:
    if not caller.roles.isdisjoint(holders(act)):
        return caller
    if caller.staff:
        raise Forbidden("access.not_your_role", why)
    raise NotFound("path.unknown", "Такого адреса нет.")


async def fresh_administration(caller: Known) -> Caller:
    """As `administration`; raises Forbidden when the password was shown too long ago."""
    (await administration(caller)).fresh()
    return caller


Staff = Annotated[Caller, Depends(staff)]
Teacher = Annotated[Caller, Depends(teacher)]
Administration = Annotated[Caller, Depends(administration)]
FreshAdministration = Annotated[Caller, Depends(fresh_administration)]
Inspector = Annotated[Caller, Depends(inspector)]
JobReader = Annotated[Caller, Depends(job_reader)]
JobRunner = Annotated[Caller, Depends(job_runner)]
WebhookKeeper = Annotated[Caller, Depends(webhook_keeper)]


async def noted(
    caller: Caller, act: str, subject: str, decide: Callable[[], Awaitable[str]]
) -> Caller:
    """Decide and note; nothing is shown before the line is durable. Raises what `decide` raises."""
    try:
        basis = await decide()
    except Refusal as refusal:
        await caller.door.looks.add(caller.look(act, subject, REFUSED, refusal.code))
        raise
    await caller.door.looks.add(caller.look(act, subject, OK, basis))
    return caller


async def class_reader(class_id: UUID, caller: Known) -> Caller:
    """Who reads the class of the path. Raises NotFound, Forbidden."""
    caller.within(Scope.READ_JOURNAL)
    number = str(class_id)
    return await noted(
        caller, "class", number, lambda: caller.door.rights.class_basis(caller, number)
    )


async def class_keeper(class_id: UUID, caller: Known) -> Caller:
    """The class teacher of the class of the path, or who issues credentials in the whole school.

    Raises NotFound to a stranger, Forbidden to a colleague.
    """
    caller.within()
    rights, number = caller.door.rights, str(class_id)
    await rights.class_basis(caller, number)
    issuers = holders(Act.ISSUE_ACCOUNTS)
    if caller.roles.isdisjoint(issuers) and not await rights.answers_for(caller, number):
        raise Forbidden(
            "access.class_teacher_only", "Это делает классный руководитель или администрация."
        )
    return caller


async def fresh_class_keeper(caller: Annotated[Caller, Depends(class_keeper)]) -> Caller:
    """As `class_keeper`; raises Forbidden when the password was shown too long ago."""
    caller.fresh()
    return caller


async def diary_reader(pupil_id: UUID, caller: Known) -> Caller:
    """Who reads the diary of the pupil of the path. Raises NotFound, Forbidden."""
    caller.within(Scope.READ_DIARY)
    number = str(pupil_id)
    return await noted(
        caller, "diary", number, lambda: caller.door.rights.diary_basis(caller, number)
    )


async def mark_reader(mark_id: UUID, caller: Known) -> Caller:
    """Who reads the history of the mark of the path. Raises NotFound, Forbidden."""
    caller.within(Scope.READ_JOURNAL, Scope.READ_DIARY)
    number = str(mark_id)

    async def decide() -> str:
        place = await caller.door.places.mark(number)
        if caller.staff:
            return await caller.door.rights.class_basis(caller, place.class_id)
        return await caller.door.rights.diary_basis(caller, place.pupil_id)

    try:
        return await noted(caller, "mark", number, decide)
    except NotFound:
        raise NotFound("mark.unknown", "Такой отметки нет.") from None


async def lesson_reader(lesson_id: UUID, caller: Known) -> Caller:
    """Who sees what is handed out at the lesson of the path. Raises NotFound."""
    caller.within(Scope.READ_JOURNAL, Scope.READ_DIARY)
    number = str(lesson_id)
    return await noted(
        caller, "lesson", number, lambda: caller.door.rights.lesson_basis(caller, number)
    )


async def trail_reader(caller: Known, class_id: Annotated[UUID | None, Query()] = None) -> Caller:
    """Who reads the trail: all of it, or that of a class one answers for, or, without a class, of
    the journals open to an auditor (`Rights.journals`). Raises NotFound.
    """
    caller.within(Scope.READ_TRAIL)

    async def decide() -> str:
        if caller.administration:
            return "reads_all"
        rights = caller.door.rights
        if class_id is not None and caller.staff:
            basis = await rights.class_basis(caller, str(class_id))
            if basis in (Role.CLASS_TEACHER, Role.AUDITOR):
                return basis
        elif await rights.journals(caller) != frozenset():
            return str(Role.AUDITOR)
        raise NotFound("path.unknown", "Такого адреса нет.")

    return await noted(caller, "trail", str(class_id or ""), decide)


async def flag_reader(caller: Known) -> Caller:
    """Who reads red flags. Raises Forbidden to other staff, NotFound to others."""
    caller.within(Scope.READ_TRAIL)
    require_flags(caller)

    async def decide() -> str:
        if caller.administration:
            return "reads_all"
        if await caller.door.rights.journals(caller) == frozenset():
            raise NotFound("path.unknown", "Такого адреса нет.")
        return str(Role.AUDITOR)

    return await noted(caller, "red-flags", "", decide)


async def change_reader(caller: Known) -> Caller:
    """Who reads the change feed; of what, `api.changes` says. Raises Forbidden."""
    caller.within(Scope.READ_DIARY, Scope.READ_JOURNAL, Scope.READ_TRAIL)
    return caller


def require_flags(caller: Caller) -> None:
    """Raises Forbidden to staff who read no red flags, NotFound to others."""
    if not caller.roles.isdisjoint(PERMISSIONS[Act.READ_RED_FLAGS]):
        return
    if caller.staff:
        raise Forbidden("flag.not_yours", "Сигналы смотрят директор, завуч и проверяющий.")
    raise NotFound("path.unknown", "Такого адреса нет.")


ClassReader = Annotated[Caller, Depends(class_reader)]
ClassKeeper = Annotated[Caller, Depends(class_keeper)]
FreshClassKeeper = Annotated[Caller, Depends(fresh_class_keeper)]
DiaryReader = Annotated[Caller, Depends(diary_reader)]
MarkReader = Annotated[Caller, Depends(mark_reader)]
LessonReader = Annotated[Caller, Depends(lesson_reader)]
TrailReader = Annotated[Caller, Depends(trail_reader)]
ChangeReader = Annotated[Caller, Depends(change_reader)]
FlagReader = Annotated[Caller, Depends(flag_reader)]

CALLERS: frozenset[Callable[..., Any]] = frozenset(
    {
        anyone,
        signed_in,
        informed,
        signed_in_at_all,
        fresh,
        staff,
        teacher,
        administration,
        fresh_administration,
        inspector,
        job_reader,
        job_runner,
        webhook_keeper,
        class_reader,
        class_keeper,
        fresh_class_keeper,
        diary_reader,
        mark_reader,
        lesson_reader,
        trail_reader,
        change_reader,
        flag_reader,
    }
)
