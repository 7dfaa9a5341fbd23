"""One sample of every field a fact may have; every fact as full and as small as it can be."""

from __future__ import annotations

import types
import typing
from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any, get_args, get_origin, get_type_hints

import msgspec

from domain.audit import facts as audit
from domain.bells import Schedule
from domain.calendar import Bell, Calendar, Term, TimetableEntry
from domain.catalogue import FACTS
from domain.codec import Envelope
from domain.duties import Duty
from domain.fact import Fact
from domain.journal import absence_facts as absences
from domain.journal import control_facts as control
from domain.journal import facts as journal
from domain.journal import file_facts as files
from domain.journal import outcome_facts as outcomes
from domain.journal import plan_facts as plans
from domain.office import archive_facts as archive
from domain.office import facts as office
from domain.office import ledger_facts as ledger
from domain.office.check_facts import DutyFound
from domain.regulation import Regulation
from domain.values import (
    AttendanceCode,
    CouncilDecision,
    LessonKind,
    Origin,
    PayloadRef,
    ReasonCode,
    Role,
    Tier,
)


def number(n: int) -> str:
    """An id in its one spelling: lower case, hyphens, version 4."""
    return f"{n:08x}-0000-4000-8000-{n:012x}"


REF = PayloadRef(number(0xE1), "0gXv1kbvHCKy3zHcOnWvGZcz6gZhtM2TYlLrKfGtk9M")
OLD_REF = PayloadRef(number(0xE2), "n4bQgYhMfWWaL-qgxVrQFaO_TxsrC4Is0V1sFbDwCgg")
TERM = Term(1, "1 четверть", date(2026, 9, 1), date(2026, 10, 25))
CALENDAR = Calendar(2026, (TERM,), (date(2026, 11, 4),), (1, 2, 3, 4, 5, 6))
APPOINTMENT = office.Appointment(number(0xA3), Role.DEPUTY, date(2026, 9, 1), date(2027, 9, 1))

#: The value of a field, by its name: the same in every fact that has the field.
SAMPLES: dict[str, Any] = {
    "absence_id": number(0xC0),
    "archive_version": 1,
    "annotation_id": number(0xF7),
    "was": "3",
    "should_be": "4",
    "act_no": "акт № 5",
    "gaps": (archive.Gap("debts", 2),),
    "journal": archive.ArchiveFile("ab" * 32, 5_000),
    "people": archive.ArchiveFile("cd" * 32, 5_000),
    "abbr": "К",
    "absences": 4,
    "appointment": APPOINTMENT,
    "assignment_id": number(0xB1),
    "average": "3.67",
    "basis": "акт № 3 от 02.09.2026",
    "bells": (Bell(1, "08:30", "09:15"),),
    "calendar": CALENDAR,
    "changes": (
        journal.AttendanceChange(number(0xA1), AttendanceCode.LATE, AttendanceCode.LATE, 15, 5),
    ),
    "checked": (control.Checked.TIMELINESS, control.Checked.HOMEWORK),
    "inspection_id": number(0xBC),
    "conversation_id": number(0xBE),
    "training_id": number(0xBF),
    "person_ids": (number(0xA3),),
    "channel": ledger.Channel.PORTAL,
    "outcome": ledger.Outcome.REFUSED,
    "applicant_id": number(0xA4),
    "remark_id": number(0xBD),
    "subject_ids": (number(0xD1),),
    "class_id": number(0xC1),
    "code": AttendanceCode.ILL,
    "comment": REF,
    "date": date(2026, 9, 2),
    "annulled": (number(0xB7),),
    "debt_id": number(0xB2),
    "part": 2,
    "parts": 3,
    "plan_id": number(0xBC),
    "lesson_ids": (number(0xB4), number(0xB8)),
    "old_room": "112",
    "schedules": (Schedule("Вторая смена", (Bell(1, "13:30", "14:10"),), 2, (1, 5)),),
    "shift": 2,
    "from_class": number(0xC3),
    "marks": (
        journal.CarriedMark(
            number(0xB5), number(0xD1), date(2026, 9, 2), "5", number(0xD3), "1.50"
        ),
    ),
    "term_marks": (journal.CarriedTermMark(number(0xD1), 1, "4"),),
    "whence": REF,
    "whither": REF,
    "day": date(2026, 9, 2),
    "lines": 512,
    "document": REF,
    "due_date": date(2026, 9, 9),
    "flag": 4127,
    "glass_id": number(0xBA),
    "greatest_delay_minutes": 2_881,
    "groups": 14,
    "grant_id": number(0xBB),
    "mark_ids": (number(0xB7),),
    "order": REF,
    "positions": (17, 227918),
    "verdict": "not_mine",
    "class_ids": (number(0xC1),),
    "ends": date(2026, 10, 25),
    "entries": (TimetableEntry(3, 1, number(0xD1), number(0xA2), number(0xD2), "214"),),
    "exceptions": (journal.AttendanceEntry(number(0xA1), AttendanceCode.LATE, 5),),
    "grade_level": 7,
    "position": 41,
    "guardian_id": number(0xA4),
    "guardian_ids": (number(0xA4),),
    "hidden": True,
    "note": REF,
    "homework_id": number(0xB3),
    "how": "signature",
    "individual_for": (number(0xA1),),
    "kind": LessonKind.CONTROL,
    "comment_id": number(0xBD),
    "defence_id": number(0xBE),
    "file": REF,
    "file_id": number(0xBF),
    "size": 48_213,
    "level": outcomes.Level.RAISED,
    "old_level": outcomes.Level.BASIC,
    "old_on": date(2026, 11, 30),
    "most_points": 20,
    "results": (outcomes.WorkResult(number(0xA1), outcomes.Level.RAISED, 17),),
    "sha256": "9f" * 32,
    "work_id": number(0xBF),
    "check_id": number(0xB9),
    "checked_position": 227918,
    "facts": 227918,
    "found": 1,
    "findings": (audit.Finding("leaf", "position 17"),),
    "rows": 556104,
    "lesson_id": number(0xB4),
    "lessons": 210,
    "letter": "а",
    "mark_id": number(0xB5),
    "monday": date(2026, 8, 31),
    "name": REF,
    "notice_id": number(0xBC),
    "number": 1,
    "old": OLD_REF,
    "old_date": date(2026, 9, 2),
    "old_due_date": date(2026, 9, 3),
    "old_kind": LessonKind.LESSON,
    "old_number": 2,
    "old_text": "§ 4",
    "old_title": "Дроби",
    "old_topic": "Дроби",
    "old_value": "3",
    "on": date(2026, 12, 1),
    "order_date": date(2026, 8, 31),
    "order_no": "15-у",
    "paper": REF,
    "scan": OLD_REF,
    "media": "application/pdf",
    "payload": REF,
    "payload_ids": (number(0xE1), number(0xE2)),
    "person_id": number(0xA3),
    "pupil_id": number(0xA1),
    "purpose": "diary",
    "reason": REF,
    "reason_code": ReasonCode.REWORK,
    "regulation": Regulation(),
    "role": Role.DEPUTY,
    "room": "214",
    "school_id": number(0x5C),
    "series": (
        journal.Series(
            number(0xD1),
            number(0xA2),
            (journal.ScheduledLesson(number(0xB4), date(2026, 9, 2), 1),),
            number(0xD2),
            "214",
        ),
    ),
    "since": date(2026, 9, 1),
    "staff": (APPOINTMENT,),
    "starts": date(2026, 9, 1),
    "request_id": number(0xBC),
    "protocol_no": "9",
    "protocol_date": date(2027, 5, 28),
    "old_protocol_no": "8",
    "old_protocol_date": date(2027, 5, 27),
    "decision": CouncilDecision.PROMOTED,
    "old_decision": CouncilDecision.CONDITIONALLY_PROMOTED,
    "saw": "3",
    "term_mark": "changed",
    "missed_share": "0.78",
    "suggested": "4",
    "version": "kukarino-2026",
    "subgroup_id": number(0xD2),
    "subgroups": (journal.Subgroup(number(0xD2), "1 группа", (number(0xA1),)),),
    "subject": office.Subject(number(0xD1), "Алгебра"),
    "subject_id": number(0xD1),
    "subjects": (office.Subject(number(0xD1), "Алгебра"),),
    "substitute_id": number(0xA5),
    "substitution_id": number(0xB6),
    "teacher_id": number(0xA2),
    "term": 1,
    "text": "§ 5, № 17 «письменно»",
    "tier": Tier.T1,
    "title": "Сложение дробей",
    "to": number(0xA4),
    "to_class": number(0xC2),
    "topic": "Present Perfect: тренировка",
    "unfilled": 2,
    "until": date(2026, 9, 4),
    "untaken": 1,
    "unexplained": 1,
    "value": "н/а",
    "verifier_key": (
        "00000000-0000-4000-8000-00000000005c+5b8d0f0e+AdBaEjRWeJq83vASNFZ4mrze8BI0Vnia"
    ),
    "week": "2026-W36",
    "weight": "1.50",
    "word": REF,
    "work_type": office.WorkType(number(0xD3), "Контрольная работа", "К", "2.00"),
    "work_type_id": number(0xD3),
    "work_types": (office.WorkType(number(0xD3), "Контрольная работа", "К", "2.00"),),
    "year": 2026,
    "zone": "Europe/Moscow",
}
#: The few fields whose name means something else in one fact.
OF_ITS_OWN: dict[tuple[str, str], Any] = {
    ("office.fill-check-closed", "found"): (DutyFound(Duty.HOMEWORK, 180, 12, 3, 1, 14),),
    ("journal.absence-reason-set", "changes"): (
        absences.ReasonChange(
            number(0xB4), AttendanceCode.ABSENT_UNSPECIFIED, AttendanceCode.EXCUSED
        ),
    ),
    ("journal.project-defence-recorded", "kind"): outcomes.DefenceKind.RESEARCH,
    ("journal.lesson-file-attached", "kind"): files.FileKind.HOMEWORK,
    ("journal.comprehensive-work-corrected", "results"): (
        outcomes.ResultChange(number(0xA1), outcomes.Level.RAISED, 17, outcomes.Level.BASIC, 12),
    ),
    ("journal.parent-report-sent", "how"): outcomes.Delivery.PAPER,
    ("office.staff-away", "kind"): ledger.AwayKind.TRAINING,
    ("person.registered", "kind"): "pupil",
    ("journal.lesson-plan-adopted", "lessons"): (
        plans.PlannedLesson(3, "Дроби", LessonKind.CONTROL, "Сложение дробей", "§ 5, № 17", 2),
    ),
    ("office.red-flag-reviewed", "code"): "F2",
    ("person.glass-broken", "until"): datetime(2026, 9, 2, 9, 30, tzinfo=UTC),
    ("person.glass-broken", "reason"): REF,
    ("person.account-revoked", "reason"): "suspicion",
    ("journal.lesson-cancelled", "reason"): "Карантин",
    ("audit.seal-key-introduced", "reason"): "planned",
    ("audit.seal-key-retired", "reason"): "planned",
    ("journal.inspected", "hash"): "9f" * 32,
    ("journal.remark-opened", "kind"): control.Checked.HOMEWORK,
    ("audit.check-requested", "kind"): "replay",
    ("audit.check-requested", "until"): datetime(2026, 12, 1, 9, tzinfo=UTC),
    ("audit.check-completed", "kind"): "replay",
    ("audit.access-day-sealed", "hash"): "9f" * 32,
    ("audit.check-completed", "until"): datetime(2026, 12, 1, 9, tzinfo=UTC),
}

AT = datetime(2026, 9, 2, 9, 0, 0, 123456, tzinfo=UTC)
SALT = "AAECAwQFBgcICQoLDA0ODw"
FULL_ENVELOPE = Envelope(
    at=AT,
    by=number(0xA2),
    role=Role.TEACHER,
    session="5b8d0f0e",
    salt=SALT,
    basis=f"substitution:{number(0xB6)}",
    origin=Origin.DEMO,
    cites=17,
    acting_for=number(0xA5),
)
SMALL_ENVELOPE = Envelope(
    at=AT.replace(microsecond=0), by=number(0xA2), role=Role.TEACHER, session="", salt=SALT
)


def full(fact: type[Fact]) -> Fact:
    """The fact with every field filled."""
    return fact(**{name: sample(fact.TOPIC, name) for name in fact.__struct_fields__})


def small(fact: type[Fact]) -> Fact:
    """The fact with nothing but what it must have."""
    fields = msgspec.structs.fields(fact)
    return fact(**{f.name: sample(fact.TOPIC, f.name) for f in fields if f.required})


def sample(topic: str, name: str) -> Any:
    """The sample of a field of a fact. Raises KeyError for a field that has none yet."""
    return OF_ITS_OWN.get((topic, name)) or SAMPLES[name]


def structs_within(kind: type[Fact]) -> Iterator[tuple[str, type[msgspec.Struct]]]:
    """Every structure that a fact is made of, with the way to it; the fact itself first."""
    yield kind.TOPIC, kind
    waiting: list[tuple[str, type]] = [(kind.TOPIC, kind)]
    while waiting:
        where, struct = waiting.pop()
        for name, hint in get_type_hints(struct).items():
            for one in leaves(hint):
                if isinstance(one, type) and issubclass(one, msgspec.Struct):
                    yield f"{where}.{name}", one
                    waiting.append((f"{where}.{name}", one))


def leaves(hint: Any) -> Iterator[Any]:
    """The plain types inside an annotation."""
    if get_origin(hint) is typing.ClassVar:
        return
    if get_origin(hint) is typing.Literal:
        yield hint
    elif get_origin(hint) in (typing.Union, types.UnionType, tuple, list, dict):
        for one in get_args(hint):
            yield from leaves(one)
    else:
        yield hint


ALL = tuple(FACTS.values())
