"""Who may do what: pure, and no by default. Doors pass an `Actor`; facts keep the `Right`.

A stranger learns nothing: 404 (NotFound) comes before 403 (Forbidden).
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

import msgspec

from domain.calendar import local_date
from domain.journal.state import Journal, Lesson
from domain.office.state import Office
from domain.people.state import Person
from domain.permissions import ADMINISTRATION, PERMISSIONS, Act, Scope, holders
from domain.refusals import Forbidden, NotFound
from domain.values import Origin, Role

#: A substitute finishes the papers of a lesson so long after it.
SUBSTITUTE_GRACE = timedelta(days=7)


class Actor(msgspec.Struct, frozen=True):
    """Who acts, as the door has established it. `session` is an opaque id, never a secret."""

    person_id: str
    session: str
    origin: Origin = Origin.PERSON
    operator: bool = False


class Right(msgspec.Struct, frozen=True):
    """By what right something was done; kept in the fact's envelope."""

    role: Role
    basis: str
    acting_for: str | None = None


def administer(
    actor: Actor, office: Office | None, at: datetime, act: Act, *, zone: str = "UTC"
) -> Right:
    """A role that may do this in the whole school, held on the day; or the server's own command
    line.

    `office` is None before the first year is opened. Raises Forbidden.
    """
    if actor.operator:
        return Right(Role.OPERATOR, str(actor.origin))
    if office is not None:
        day = local_date(at, office.zone or zone)
        for role in holders(act):
            if office.holds(actor.person_id, role, day):
                return Right(role, "appointment")
    raise Forbidden("access.administration_only", "Это делает администрация школы.")


def class_teacher(actor: Actor, office: Office, class_id: str, at: datetime, act: Act) -> Right:
    """The class teacher of this class, or who may do this in the whole school. Raises Forbidden."""
    own = PERMISSIONS[act].get(Role.CLASS_TEACHER) is Scope.OWN_CLASS
    if own and office.class_teacher(class_id, local_date(at, office.zone)) == actor.person_id:
        return Right(Role.CLASS_TEACHER, "appointment")
    return administer(actor, office, at, act)


def own_class(actor: Actor, journal: Journal, office: Office, at: datetime) -> Right:
    """The class teacher of this class, and nobody for them. Raises NotFound to a stranger,
    Forbidden to who sees the class.
    """
    if office.class_teacher(journal.class_id, local_date(at, office.zone)) == actor.person_id:
        return Right(Role.CLASS_TEACHER, "appointment")
    if sees(actor, journal, office, at):
        raise Forbidden(
            "class.not_yours", f"Это делает классный руководитель {journal.name} класса."
        )
    raise NotFound("class.unknown", "Такого класса нет.")


def of_class(actor: Actor, journal: Journal, office: Office, at: datetime) -> Right:
    """A teacher of the class today, or its class teacher. Raises NotFound to a stranger, Forbidden
    to who only sees the class.
    """
    today = local_date(at, journal.zone)
    for number, one in journal.assignments.items():
        if one.teacher_id == actor.person_id and one.span.covers(today):
            return Right(Role.TEACHER, f"assignment:{number}")
    if office.class_teacher(journal.class_id, today) == actor.person_id:
        return Right(Role.CLASS_TEACHER, "appointment")
    if sees(actor, journal, office, at):
        raise Forbidden(
            "class.not_teaching", f"Это делают учителя {journal.name} класса и его руководитель."
        )
    raise NotFound("class.unknown", "Такого класса нет.")


def comment_on(
    actor: Actor,
    journal: Journal,
    office: Office,
    subject_id: str,
    pupil_id: str,
    at: datetime,
) -> Right:
    """The pupil's teacher of the subject today. Raises NotFound to a stranger, Forbidden."""
    try:
        return teach_subject(actor, journal, subject_id, pupil_id, local_date(at, journal.zone))
    except Forbidden:
        if sees(actor, journal, office, at):
            raise Forbidden(
                "pupil_comment.not_yours",
                "Комментарий по предмету пишет учитель, который ведёт его у этого ученика.",
            ) from None
        raise NotFound("class.unknown", "Такого класса нет.") from None


def guardian(actor: Actor, pupil: Person, day: date) -> Right:
    """A guardian whose consent opens the pupil's diary that day (clause 1.11).

    Raises NotFound to a stranger and to a guardian who is kept away, Forbidden without consent.
    """
    who = actor.person_id
    if who not in receivers(pupil, day, consent=False):
        raise NotFound("pupil.unknown", "Такого ученика нет.")
    if who not in receivers(pupil, day, consent=True):
        raise Forbidden("consent.required", "Вашего согласия на электронный дневник сейчас нет.")
    return Right(Role.PARENT, "guardian")


def receivers(pupil: Person, day: date, *, consent: bool) -> tuple[str, ...]:
    """Guardians who may be told of the pupil that day: none that is kept away; `consent`: only
    those whose consent opens the diary to them.
    """
    agreed = {
        one.guardian_id
        for one in pupil.consents
        if one.purpose == "diary" and one.since <= day and (one.until is None or day < one.until)
    }
    return tuple(
        who
        for who, since in pupil.guardians.items()
        if since <= day and not _kept_away(pupil, who, day) and (not consent or who in agreed)
    )


def _kept_away(pupil: Person, guardian_id: str, day: date) -> bool:
    limit = pupil.standing.limits.get(guardian_id)
    return limit is not None and limit.since <= day and (limit.until is None or day < limit.until)


def teach(actor: Actor, journal: Journal, office: Office, lesson: Lesson, at: datetime) -> Right:
    """The right to write about a lesson: its teacher's, or a substitute's for that day.

    Nobody else writes marks, the administration neither (red flag: marks by a deputy). An import
    writes by the operator's right. Raises NotFound to a stranger, Forbidden to a colleague, the
    class teacher and the administration, who see the lesson anyway.
    """
    if actor.operator and actor.origin is Origin.IMPORT:
        return Right(Role.OPERATOR, "import")
    for number, one in journal.assignments.items():
        if (
            one.teacher_id == actor.person_id
            and one.subject_id == lesson.subject_id
            and one.subgroup_id in (None, lesson.subgroup_id)
            and one.span.covers(lesson.date)
        ):
            return Right(Role.TEACHER, f"assignment:{number}")
    today = local_date(at, journal.zone)
    for number, sub in journal.substitutions.items():
        if (
            sub.substitute_id == actor.person_id
            and sub.teacher_id == lesson.teacher_id
            and sub.since <= lesson.date <= sub.until
            and today - SUBSTITUTE_GRACE <= sub.until
        ):
            return Right(Role.TEACHER, f"substitution:{number}", acting_for=sub.teacher_id)
    if sees(actor, journal, office, at):
        raise Forbidden(
            "lesson.not_yours", "Этот урок ведёт другой учитель: записи делает он или замещающий."
        )
    raise NotFound("lesson.unknown", "Такого урока нет.")


def plan_lessons(
    actor: Actor,
    journal: Journal,
    office: Office,
    place: tuple[str, str | None],
    at: datetime,
    act: Act,
) -> Right:
    """The right to plan the lessons of a subject (and subgroup): its teacher's, also before the
    first lesson, or the administration's. Raises Forbidden to a colleague, NotFound to others.
    """
    today = local_date(at, journal.zone)
    subject_id, subgroup_id = place
    for number, one in journal.assignments.items():
        if (
            one.teacher_id == actor.person_id
            and one.subject_id == subject_id
            and one.subgroup_id in (None, subgroup_id)
            and (one.span.until is None or today < one.span.until)
        ):
            return Right(Role.TEACHER, f"assignment:{number}")
    try:
        return administer(actor, office, at, act)
    except Forbidden:
        if sees(actor, journal, office, at):
            raise Forbidden(
                "plan.not_yours", "План по предмету составляет тот, кто его ведёт, или завуч."
            ) from None
        raise NotFound("class.unknown", "Такого класса нет.") from None


def teach_subject(
    actor: Actor, journal: Journal, subject_id: str, pupil_id: str, day: date
) -> Right:
    """The right to issue a term mark: the pupil's teacher of the subject. Raises Forbidden."""
    if actor.operator and actor.origin is Origin.IMPORT:
        return Right(Role.OPERATOR, "import")
    split = journal.split(subject_id, day)
    for number, one in journal.assignments.items():
        if (
            one.teacher_id == actor.person_id
            and one.subject_id == subject_id
            and one.span.covers(day)
            and (
                one.subgroup_id is None
                or (split is not None and pupil_id in split.members.get(one.subgroup_id, ()))
            )
        ):
            return Right(Role.TEACHER, f"assignment:{number}")
    raise Forbidden("term_mark.not_yours", "Отметку за период ставит учитель предмета.")


def sees(actor: Actor, journal: Journal, office: Office, at: datetime) -> bool:
    """The actor sees the journal of the class: a colleague, its class teacher, administration."""
    today = local_date(at, journal.zone)
    return (
        colleague(actor, journal)
        or office.class_teacher(journal.class_id, today) == actor.person_id
        or any(office.holds(actor.person_id, role, today) for role in ADMINISTRATION)
    )


def colleague(actor: Actor, journal: Journal) -> bool:
    """The actor teaches in this class, now or before."""
    return any(a.teacher_id == actor.person_id for a in journal.assignments.values()) or any(
        s.substitute_id == actor.person_id for s in journal.substitutions.values()
    )
