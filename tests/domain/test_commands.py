"""The table of contents of the write side: rights, envelopes, texts, streams."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import msgspec
import pytest

from domain.access import Actor
from domain.audit import facts as a
from domain.bells import Schedule
from domain.calendar import Calendar, Term
from domain.commands import payload_hash
from domain.journal import facts as j
from domain.journal.control import NewRemark
from domain.journal.control_facts import Checked, JournalInspected
from domain.journal.day_changes import Teacher
from domain.journal.marks import NewDebt
from domain.journal.outcome_facts import Delivery, Level
from domain.journal.outcomes import NewResult, SealedFile
from domain.journal.plan_facts import PlannedLesson
from domain.journal.results import NewDecision
from domain.journal.term_marks import NewTermMark
from domain.office import facts as o
from domain.office.archive_commands import UNWRITTEN
from domain.office.archive_facts import ArchiveAnnotated, ArchiveFile, ArchiveWritten
from domain.office.bell_facts import DayBellsChanged
from domain.office.check_facts import FillCheckClosed
from domain.office.grant_facts import JournalsOpened
from domain.office.ledger_facts import AwayKind, Channel, Outcome, StaffAway, TrainingHeld
from domain.office.ledgers import Application, NewRequest
from domain.office.signal_commands import Flag
from domain.people import facts as p
from domain.refusals import Conflict, Forbidden, Invalid, NotFound
from domain.regulation import Regulation
from domain.school import Handing, MarkInput, ReasonInput
from domain.values import AttendanceCode, CouncilDecision, Origin, ReasonCode, Role, Tier
from domain.world import office_id
from tests.cast import (
    ALGEBRA,
    ALLA,
    ANNA,
    ANSWER,
    BORIS,
    CLASS_7A,
    CLASS_7B,
    CONTROL,
    DINA,
    ENGLISH,
    FIRST_HALF,
    HISTORY,
    IGOR,
    KIRA,
    MASHA,
    NEWCOMER,
    OLGA,
    PETYA,
    SCHOOL,
    SVETA,
    TANYA,
    VERA,
    YOLKIN,
    ZOYA,
    an_id,
)
from tests.domain.engine_room import DAY, OPERATOR, WAIT_S
from tests.domain.seventh_a import (
    ANNAS,
    BELLS,
    CALENDAR,
    SEPTEMBER_1,
    SUBSTITUTION,
    TANYAS,
    THURSDAY,
    WEDNESDAY,
    YEAR_OPENED,
)
from tests.domain.small_school import SmallSchool
from tests.specs import T0, YEAR

MARK = an_id("отметка")

#: an id that nobody has
NOBODY = an_id("никто")


@pytest.fixture
def school() -> Iterator[SmallSchool]:
    school = SmallSchool()
    yield school
    school.room.engine.close(WAIT_S)


def a_mark(value: str = "4", pupil: str = PETYA, comment: str = "") -> MarkInput:
    return MarkInput(MARK, pupil, value, ANSWER, None, comment)


def mark_given(school: SmallSchool, comment: str = "") -> str:
    lesson = school.lesson(1)
    school.does("give_marks", CLASS_7A, lesson, [a_mark(comment=comment)], by=ANNA)
    return lesson


# -- envelopes -------------------------------------------------------------------------------


def test_a_fact_says_who_when_and_by_what_right(school: SmallSchool) -> None:
    [given] = school.does("give_marks", CLASS_7A, school.lesson(1), [a_mark()], by=ANNA)
    envelope = given.envelope
    assert (envelope.at, envelope.by, envelope.role) == (T0, ANNA, Role.TEACHER)
    assert (envelope.basis, envelope.session) == (f"assignment:{ANNAS}", "s")
    assert (envelope.origin, envelope.acting_for) == (Origin.PERSON, None)
    office = [r for r in school.log.recorded() if str(r.originator_id) == office_id(SCHOOL, YEAR)]
    assert envelope.cites == office[-1].originator_version
    assert str(given.originator_id) == CLASS_7A


def test_a_substitutes_fact_says_on_whose_behalf(school: SmallSchool) -> None:
    school.does("appoint_substitute", CLASS_7A, SUBSTITUTION)
    [given] = school.does("give_marks", CLASS_7A, school.lesson(1), [a_mark()], by=TANYA)
    assert (given.envelope.by, given.envelope.acting_for) == (TANYA, ANNA)
    assert given.envelope.basis == f"substitution:{TANYAS}"


def test_an_import_says_that_it_was_one(school: SmallSchool) -> None:
    program = Actor(ZOYA, "cli", Origin.IMPORT, operator=True)
    [given] = school.does("give_marks", CLASS_7A, school.lesson(1), [a_mark()], by=program)
    assert (given.envelope.origin, given.envelope.role) == (Origin.IMPORT, Role.OPERATOR)


# -- lessons and marks -----------------------------------------------------------------------


def test_a_day_of_a_teacher(school: SmallSchool) -> None:
    lesson = school.lesson(1)
    ill = [j.AttendanceEntry(MASHA, AttendanceCode.ILL)]
    column = [MarkInput(an_id("1"), PETYA, "5", ANSWER), MarkInput(an_id("2"), PETYA, "4", CONTROL)]
    work = an_id("дз")
    story = [
        *school.facts("record_topic", CLASS_7A, lesson, "Дроби", by=ANNA),
        *school.facts("take_attendance", CLASS_7A, lesson, ill, by=ANNA),
        *school.facts("assign_homework", CLASS_7A, lesson, work, "№ 5, устно", THURSDAY, by=ANNA),
        *school.facts("give_marks", CLASS_7A, lesson, column, by=ANNA),
    ]
    assert [fact.TOPIC for fact in story] == [
        "journal.topic-recorded",
        "journal.attendance-taken",
        "journal.homework-assigned",
        "journal.mark-given",
        "journal.mark-given",
    ]
    other = school.lesson(2, FIRST_HALF)
    assert school.facts("declare_no_homework", CLASS_7A, other, by=BORIS) == [
        j.HomeworkNotAssigned(other)
    ]


def test_a_mark_is_corrected_annulled_and_commented(school: SmallSchool) -> None:
    mark_given(school)
    how: dict[str, Any] = {"reason_code": ReasonCode.TYPO, "by": ANNA}
    [corrected] = school.facts("correct_mark", CLASS_7A, MARK, saw="4", value="5", **how)
    assert isinstance(corrected, j.MarkCorrected)
    assert corrected.reason is None
    [commented] = school.facts("comment_mark", CLASS_7A, MARK, "Молодец", by=ANNA)
    assert isinstance(commented, j.MarkCommented)
    [annulled] = school.facts("annul_mark", CLASS_7A, MARK, saw="5", **how)
    assert isinstance(annulled, j.MarkAnnulled)
    assert school.facts("annul_mark", CLASS_7A, MARK, saw="5", **how) == []


def test_a_column_of_marks_is_annulled_as_a_whole_or_not_at_all(school: SmallSchool) -> None:
    lesson = mark_given(school)
    other = MarkInput(an_id("вторая"), PETYA, "5", ANSWER)
    school.does("give_marks", CLASS_7A, lesson, [other], by=ANNA)
    how: dict[str, Any] = {"reason_code": ReasonCode.TYPO, "reason": "не тот класс"}
    both = {MARK: "4", other.mark_id: "5"}

    of_boris = school.refuses("annul_marks", CLASS_7A, lesson, both, **how, by=BORIS)
    assert of_boris == (Forbidden, "lesson.not_yours")
    stale = school.refuses("annul_marks", CLASS_7A, lesson, both | {MARK: "3"}, **how, by=ANNA)
    assert stale == (Conflict, "mark.changed_meanwhile")
    elsewhere = school.lesson(2, FIRST_HALF)
    strange = school.refuses("annul_marks", CLASS_7A, elsewhere, both, **how, by=BORIS)
    assert strange == (NotFound, "mark.unknown")
    nowhere = school.refuses("annul_marks", CLASS_7A, an_id("нет"), both, **how, by=ANNA)
    assert nowhere == (NotFound, "lesson.unknown")

    annulled = school.facts("annul_marks", CLASS_7A, lesson, both, **how, by=ANNA)

    facts = [fact for fact in annulled if isinstance(fact, j.MarkAnnulled)]
    assert [(fact.mark_id, fact.old_value) for fact in facts] == list(both.items())
    reasons = {fact.reason.id for fact in facts if fact.reason}
    assert len(reasons) == len(both)  # each mark's is one's own
    assert school.facts("annul_marks", CLASS_7A, lesson, both, **how, by=ANNA) == []


def test_a_debt_and_its_end(school: SmallSchool) -> None:
    lesson = mark_given(school)
    debt = NewDebt(an_id("точка"), PETYA, CONTROL, THURSDAY)
    school.does("raise_debts", CLASS_7A, lesson, [debt], by=ANNA)
    refused = school.refuses("resolve_debt", CLASS_7A, debt.debt_id, by=BORIS)
    assert refused == (Forbidden, "lesson.not_yours")
    assert school.facts("resolve_debt", CLASS_7A, debt.debt_id, MARK, by=ANNA) == [
        j.DebtResolved(debt.debt_id, MARK)
    ]
    assert school.refuses("resolve_debt", CLASS_7A, an_id("нет"), by=ANNA) == (
        NotFound,
        "debt.unknown",
    )


def test_a_term_mark_is_annulled_by_its_author_today_or_by_a_leader(school: SmallSchool) -> None:
    column = [NewTermMark(PETYA, "4", "3.67")]
    school.facts("issue_term_marks", CLASS_7A, ALGEBRA, 1, column, by=ANNA)
    place: tuple[Any, ...] = (CLASS_7A, PETYA, ALGEBRA, 1)
    how: dict[str, Any] = {"saw": "4", "reason_code": ReasonCode.TYPO}
    for stranger in (KIRA, BORIS, OLGA):
        assert school.refuses("annul_term_mark", *place, **how, by=stranger) == (
            Forbidden,
            "access.administration_only",
        )
    [own] = school.facts("annul_term_mark", *place, **how, by=ANNA)
    assert isinstance(own, j.TermMarkAnnulled)
    school.facts("issue_term_marks", CLASS_7A, ALGEBRA, 1, column, by=ANNA)
    [by_another] = school.facts("annul_term_mark", *place, **how, reason="не тому", by=DINA)
    assert isinstance(by_another, j.TermMarkAnnulled)
    assert (own.tier, by_another.tier) == (Tier.T0, Tier.T2)
    assert by_another.reason is not None
    assert school.log.vault[by_another.reason.id].subject == PETYA


def test_term_marks_are_issued_corrected_and_closed(school: SmallSchool) -> None:
    column = [NewTermMark(PETYA, "4", "3.67"), NewTermMark(MASHA, "5")]
    issued = school.facts("issue_term_marks", CLASS_7A, ALGEBRA, 1, column, by=ANNA)
    assert len(issued) == 2
    how: dict[str, Any] = {"reason_code": ReasonCode.RECOUNT, "reason": "пересчёт", "by": ANNA}
    [corrected] = school.facts(
        "correct_term_mark", CLASS_7A, PETYA, ALGEBRA, 1, saw="4", value="5", **how
    )
    assert isinstance(corrected, j.TermMarkCorrected)
    assert corrected.reason is not None
    assert school.log.vault[corrected.reason.id].subject == PETYA
    assert school.refuses("close_term", CLASS_7A, 1, by=ANNA) == (
        Forbidden,
        "access.administration_only",
    )
    [closed] = school.facts("close_term", CLASS_7A, 1)
    assert isinstance(closed, j.TermClosed)
    assert school.refuses("issue_term_marks", CLASS_7A, ALGEBRA, 1, [], by=ANNA) == (
        Invalid,
        "term_mark.empty",
    )
    half = [NewTermMark(PETYA, "4"), NewTermMark(MASHA, "4")]
    assert school.refuses("issue_term_marks", CLASS_7A, ENGLISH, 2, half, by=BORIS) == (
        Forbidden,
        "term_mark.not_yours",
    )


def test_what_is_settled_is_refused_as_closed_not_as_unknown(school: SmallSchool) -> None:
    mark_given(school)
    school.does("close_term", CLASS_7A, 1)
    how: dict[str, Any] = {"saw": "4", "value": "5", "reason_code": ReasonCode.TYPO}
    assert school.refuses("correct_mark", CLASS_7A, MARK, by=ANNA, **how) == (
        Forbidden,
        "term.closed",
    )
    assert school.refuses("correct_mark", CLASS_7A, an_id("нет"), by=ANNA, **how) == (
        NotFound,
        "mark.unknown",
    )


def test_lessons_are_added_moved_and_cancelled(school: SmallSchool) -> None:
    extra = j.LessonAdded(an_id("ещё"), date(2026, 9, 4), 3, ALGEBRA, ANNA)
    assert school.facts("add_lesson", CLASS_7A, extra, by=ANNA) == [extra]
    history = j.LessonAdded(an_id("история"), date(2026, 9, 4), 2, HISTORY, ZOYA)
    assert school.refuses("add_lesson", CLASS_7A, history, by=ANNA) == (
        Forbidden,
        "lesson.not_yours",
    )
    assert school.facts("add_lesson", CLASS_7A, history, by=VERA) == [history]
    school.does("move_lesson", CLASS_7A, extra.lesson_id, date(2026, 9, 7), 1)
    school.does("cancel_lesson", CLASS_7A, extra.lesson_id, "Карантин")
    assert school.refuses("schedule_lessons", CLASS_7A, 9) == (NotFound, "term.unknown")


def test_a_deputy_who_teaches_may_also_add_lessons_of_others(school: SmallSchool) -> None:
    own = j.TeacherAssigned(an_id("Вера ведёт"), VERA, HISTORY, SEPTEMBER_1)
    school.does("assign_teacher", CLASS_7A, own)
    extra = j.LessonAdded(an_id("ещё"), date(2026, 9, 4), 3, ALGEBRA, ANNA)
    assert school.facts("add_lesson", CLASS_7A, extra, by=VERA) == [extra]


# -- texts about people ----------------------------------------------------------------------


def test_a_comment_is_in_the_vault_and_its_hash_in_the_fact(school: SmallSchool) -> None:
    lesson = mark_given(school, "Старался")
    fact = school.log.recorded()[-1].fact
    assert isinstance(fact, j.MarkGiven)
    assert fact.comment is not None
    row = school.log.vault[fact.comment.id]
    assert (row.subject, row.kind, row.body, len(row.salt)) == (PETYA, "comment", "Старался", 16)
    assert fact.comment.hash == payload_hash(row.salt, "Старался")
    assert b"\xd0\xa1\xd1\x82\xd0\xb0\xd1\x80" not in b"".join(e.state for e in school.log.events)
    before = dict(school.log.vault)
    repeated = [a_mark(comment="Старался")]
    assert school.facts("give_marks", CLASS_7A, lesson, repeated, by=ANNA) == []
    assert school.log.vault == before


def test_a_blank_comment_is_none(school: SmallSchool) -> None:
    mark_given(school, "  ")
    fact = school.log.recorded()[-1].fact
    assert isinstance(fact, j.MarkGiven)
    assert fact.comment is None
    refused = school.refuses("comment_mark", CLASS_7A, MARK, " \n", by=ANNA)
    assert refused == (Invalid, "comment.empty")


def test_a_reason_belongs_to_the_pupil_of_the_mark(school: SmallSchool) -> None:
    mark_given(school)
    [fact] = school.facts(
        "correct_mark",
        CLASS_7A,
        MARK,
        saw="4",
        value="5",
        reason_code=ReasonCode.OTHER,
        reason="Петя переписал",
        by=ANNA,
    )
    assert isinstance(fact, j.MarkCorrected)
    assert fact.reason is not None
    assert school.log.vault[fact.reason.id].subject == PETYA


def test_homework_of_one_pupil_goes_to_the_vault(school: SmallSchool) -> None:
    [fact] = school.facts(
        "assign_homework",
        CLASS_7A,
        school.lesson(1),
        an_id("дз"),
        "повторить то, что пропустил",
        THURSDAY,
        (MASHA, PETYA),
        by=ANNA,
    )
    assert isinstance(fact, j.HomeworkAssigned)
    assert fact.payload is not None
    assert fact.text == ""
    assert school.log.vault[fact.payload.id].kind == "homework"


def test_a_new_name_ends_the_old_one(school: SmallSchool) -> None:
    old = next(r.fact for r in school.log.recorded() if str(r.originator_id) == PETYA)
    assert isinstance(old, p.PersonRegistered)
    assert old.name.id in school.log.vault
    new = p.Name("Ёлкин", "Пётр")
    [fact] = school.facts("rename_person", YEAR, PETYA, new)
    assert isinstance(fact, p.PersonRenamed)
    assert (fact.old, old.name.id in school.log.vault) == (old.name, False)
    assert school.log.vault[fact.name.id].body == '{"family":"Ёлкин","given":"Пётр"}'


def test_an_erased_person_leaves_the_vault_and_stays_in_the_journal(school: SmallSchool) -> None:
    mark_given(school)
    [fact] = school.facts("erase_person", YEAR, PETYA, "акт 3", by=ALLA)
    assert isinstance(fact, p.PersonErased)
    assert fact.name.id not in school.log.vault
    assert school.facts("erase_person", YEAR, PETYA, "акт 3", by=ALLA) == []
    next_mark = MarkInput(an_id("2"), PETYA, "5", ANSWER)
    assert school.facts("give_marks", CLASS_7A, school.lesson(1), [next_mark], by=ANNA) != []


def test_a_text_about_a_pupil_is_erased_by_an_act(school: SmallSchool) -> None:
    mark_given(school, "Старался")
    fact = school.log.recorded()[-1].fact
    assert isinstance(fact, j.MarkGiven)
    assert fact.comment is not None
    gone = [fact.comment.id]
    assert school.facts("erase_payloads", YEAR, PETYA, gone, "акт 4", by=ALLA) == [
        p.PayloadErased(tuple(gone), "акт 4")
    ]
    assert fact.comment.id not in school.log.vault


@pytest.mark.parametrize(
    ("name", "code"),
    [
        (p.Name("", "Анна"), "person.name"),
        (p.Name("Иванова", " "), "person.name"),
        (p.Name("Ива\x00нова", "Анна"), "text.unprintable"),
        (p.Name("Иванова", "А" * 101), "person.too_long"),
        (p.Name("Иванова", "Анна", address="Мира" * 76), "person.too_long"),
    ],
)
def test_a_person_has_a_family_name_and_a_given_one(
    school: SmallSchool, name: p.Name, code: str
) -> None:
    assert school.refuses("register_person", YEAR, NEWCOMER, "pupil", name) == (Invalid, code)
    assert school.refuses("rename_person", YEAR, PETYA, name) == (Invalid, code)


@pytest.mark.parametrize(
    ("kind", "name", "code"),
    [
        ("staff", p.Name("Иванова", "Анна", born=date(1990, 1, 1)), "person.particulars"),
        ("guardian", p.Name("Иванова", "Анна", address="Кукарино"), "person.particulars"),
        ("pupil", p.Name("Иванова", "Анна", born=date(2126, 1, 1)), "person.born"),
        ("pupil", p.Name("Иванова", "Анна", born=date(1912, 1, 1)), "person.born"),
        ("pupil", p.Name("Иванова", "Анна", address="Кука\x00рино"), "text.unprintable"),
    ],
)
def test_a_birthday_and_an_address_are_kept_of_pupils_alone(
    school: SmallSchool, kind: str, name: p.Name, code: str
) -> None:
    assert school.refuses("register_person", YEAR, NEWCOMER, kind, name) == (Invalid, code)


def test_another_address_ends_the_old_one(school: SmallSchool) -> None:
    first = p.Name("Ёлкин", "Пётр", born=date(2013, 5, 9), address="Кукарино, 1")
    [before] = school.facts("rename_person", YEAR, PETYA, first)
    [fact] = school.facts(
        "rename_person", YEAR, PETYA, p.Name("Ёлкин", "Пётр", born=date(2013, 5, 9))
    )
    assert isinstance(before, p.PersonRenamed)
    assert isinstance(fact, p.PersonRenamed)
    assert before.name.id not in school.log.vault
    assert school.log.vault[fact.name.id].body == (
        '{"family":"Ёлкин","given":"Пётр","born":"2013-05-09"}'
    )


def test_a_text_that_cannot_be_stored_is_refused_at_the_door(school: SmallSchool) -> None:
    mark_given(school)
    refused = school.refuses("comment_mark", CLASS_7A, MARK, "нуль\x00", by=ANNA)
    assert refused == (Invalid, "text.unprintable")


# -- several streams -------------------------------------------------------------------------


def test_a_class_is_formed_with_its_journal_in_one_append(school: SmallSchool) -> None:
    number = an_id("8а")
    formed = school.does("form_class", YEAR, o.ClassFormed(number, 8, "а"))
    assert [r.fact.TOPIC for r in formed] == ["office.class-formed", "journal.opened"]
    assert [str(r.originator_id) for r in formed] == [office_id(SCHOOL, YEAR), number]
    assert len(school.log.batches[-1].events) == 2
    assert school.facts("form_class", YEAR, o.ClassFormed(number, 8, "а")) == []
    taken = school.refuses("form_class", YEAR, o.ClassFormed(PETYA, 8, "б"))
    assert taken == (NotFound, "thing.unknown")


def test_a_transfer_is_one_append_on_two_journals(school: SmallSchool) -> None:
    how = (CLASS_7A, CLASS_7B, PETYA, THURSDAY, "22-у")
    moved = school.does("transfer_pupil", *how)
    assert [(str(r.originator_id), r.fact) for r in moved] == [
        (CLASS_7A, j.PupilDeparted(PETYA, THURSDAY, "22-у", CLASS_7B)),
        (CLASS_7B, j.PupilEnrolled(PETYA, THURSDAY, "22-у", None, CLASS_7A)),
    ]
    assert len(school.log.batches[-1].events) == 2
    assert school.facts("transfer_pupil", *how) == []


def test_a_transfer_goes_somewhere_else(school: SmallSchool) -> None:
    same = school.refuses("transfer_pupil", CLASS_7A, CLASS_7A, PETYA, THURSDAY, "22-у")
    assert same == (Invalid, "roster.same_class")
    stranger = school.refuses("transfer_pupil", CLASS_7A, CLASS_7B, NEWCOMER, THURSDAY, "22-у")
    assert stranger == (NotFound, "roster.unknown_pupil")
    nowhere = school.refuses("transfer_pupil", CLASS_7A, an_id("9я"), PETYA, THURSDAY, "22-у")
    assert nowhere == (NotFound, "class.unknown")


def test_a_pupil_named_twice_is_enrolled_once(school: SmallSchool) -> None:
    enrolled = school.facts("enrol_pupils", CLASS_7A, [NEWCOMER, NEWCOMER], WEDNESDAY)
    assert enrolled == [j.PupilEnrolled(NEWCOMER, WEDNESDAY)]


def test_pupils_are_enrolled_all_or_none(school: SmallSchool) -> None:
    school.does("depart_pupil", CLASS_7A, YOLKIN, THURSDAY, "23-у")
    both = school.refuses("enrol_pupils", CLASS_7A, [NEWCOMER, YOLKIN], WEDNESDAY)
    assert both == (Invalid, "roster.overlap")


# -- rights ----------------------------------------------------------------------------------

NEW = an_id("новое")
LEVEL = NewResult(PETYA, Level.BASIC)
SEALED = SealedFile("c2VhbGVk", "application/pdf", "9f" * 32)
A_KEY, ANOTHER_KEY = "school+00000000+AQ==", "school+11111111+AQ=="
INSPECTED = JournalInspected(NEW, WEDNESDAY, WEDNESDAY, (Checked.TOPICS,), 1, "00" * 32)
A_REQUEST = NewRequest(NEW, PETYA, Channel.PORTAL, WEDNESDAY)
ANNOTATION = ArchiveAnnotated(NEW, CLASS_7A, PETYA, ALGEBRA, "", "5", "3", UNWRITTEN, term=1)
A_FILE = ArchiveFile("00" * 32, 1)
GRANT = JournalsOpened(NEW, IGOR, WEDNESDAY, THURSDAY, "61-у")
ADMINISTRATIONS: dict[str, tuple[Any, ...]] = {
    "open_year": (YEAR_OPENED,),
    "adopt_regulation": (YEAR, Regulation(version="2"), "5-у"),
    "change_calendar": (CALENDAR, "9-у"),
    "introduce_subject": (YEAR, o.Subject(NEW, "Физика")),
    "introduce_work_type": (YEAR, o.WorkType(NEW, "Диктант", "Н", "1")),
    "appoint": (YEAR, o.Appointment(ZOYA, Role.DEPUTY, WEDNESDAY)),
    "dismiss": (YEAR, SVETA, Role.SECRETARY, THURSDAY),
    "adopt_bells": (YEAR, THURSDAY, [Schedule("Обычный день", BELLS)], "3-о"),
    "assign_shift": (YEAR, CLASS_7A, 2, THURSDAY),
    "change_day_bells": (YEAR, DayBellsChanged(THURSDAY, BELLS, "40-у")),
    "appoint_class_teacher": (YEAR, o.ClassTeacherAppointed(CLASS_7A, TANYA, THURSDAY)),
    "adopt_timetable": (YEAR, CLASS_7A, THURSDAY, ()),
    "form_class": (YEAR, o.ClassFormed(NEW, 8, "а")),
    "register_person": (YEAR, NEWCOMER, "pupil", p.Name("Новый", "Ученик")),
    "rename_person": (YEAR, PETYA, p.Name("Новый", "Ученик")),
    "erase_person": (YEAR, PETYA, "акт 3"),
    "erase_payloads": (YEAR, PETYA, [NEW], "акт 3"),
    "link_guardian": (YEAR, PETYA, OLGA, SEPTEMBER_1),
    "unlink_guardian": (YEAR, PETYA, OLGA, THURSDAY),
    "break_glass": (YEAR, NEW, PETYA, "ищет полиция, нужен урок"),
    "enrol_pupils": (CLASS_7A, [NEWCOMER], WEDNESDAY),
    "depart_pupil": (CLASS_7A, PETYA, THURSDAY, "1"),
    "transfer_pupil": (CLASS_7A, CLASS_7B, PETYA, THURSDAY, "1"),
    "split_class": (CLASS_7A, j.SubgroupSplitOrdered(HISTORY, WEDNESDAY, "1", WEDNESDAY, ())),
    "assign_teacher": (CLASS_7A, j.TeacherAssigned(NEW, TANYA, HISTORY, WEDNESDAY)),
    "release_teacher": (CLASS_7A, ANNAS, THURSDAY),
    "appoint_substitute": (CLASS_7A, SUBSTITUTION),
    "schedule_lessons": (CLASS_7A, 2),
    "reschedule_lessons": (CLASS_7A, THURSDAY),
    "change_day": (CLASS_7A, THURSDAY, [Teacher(NEW, ANNA, TANYA)], "Болезнь учителя"),
    "close_term": (CLASS_7A, 1),
    "reopen_term": (CLASS_7A, 1, "77-у"),
    "record_council_decisions": (
        CLASS_7A,
        [NewDecision(PETYA, CouncilDecision.PROMOTED)],
        "9",
        WEDNESDAY,
    ),
    "request_check": (YEAR, a.CheckRequested(NEW, "verification")),
}
OPERATORS: dict[str, tuple[Any, ...]] = {
    "introduce_seal_key": (A_KEY, "planned"),
    "retire_seal_key": (A_KEY, "planned"),
    "complete_check": (a.CheckCompleted(NEW, "verification", 1, 1, 0),),
    "seal_access_day": (a.AccessDaySealed(SEPTEMBER_1, 3, "00" * 32),),
    "close_fill_check": (YEAR, FillCheckClosed("2026-W35", 1, 0, ())),
}
CLASS_TEACHERS: dict[str, tuple[Any, ...]] = {
    "give_consent": (CLASS_7A, PETYA, OLGA, "diary", SEPTEMBER_1),
    "withdraw_consent": (CLASS_7A, PETYA, OLGA, "diary"),
    "record_majority": (CLASS_7A, PETYA),
}
#: The class teacher's of the class, and nobody's for them.
OF_OWN_CLASS: dict[str, tuple[Any, ...]] = {
    "send_parent_reports": (CLASS_7A, [PETYA], 1, 0, Delivery.PAPER),
    "set_absence_reasons": (CLASS_7A, [ReasonInput(PETYA, AttendanceCode.ILL, (NEW,))]),
    "confirm_attendance_week": (CLASS_7A, date(2026, 8, 31)),
    "record_comprehensive_work": (CLASS_7A, NEW, "Работа", WEDNESDAY, 0, [LEVEL]),
    "record_metasubject_levels": (CLASS_7A, [LEVEL]),
}
#: Of those who teach the class: its teachers, the class teacher too where the table says so.
OF_TEACHERS: dict[str, tuple[Any, ...]] = {
    "adopt_lesson_plan": (CLASS_7A, NEW, ALGEBRA, None, [PlannedLesson(1, "Дроби")]),
    "comment_pupil": (CLASS_7A, NEW, PETYA, ALGEBRA, "рассуждает"),
    "annotate_forecast": (CLASS_7A, PETYA, ALGEBRA),
    "record_defence": (CLASS_7A, NEW, PETYA, "PROJECT", "Мосты", "5", WEDNESDAY, SEALED),
}
#: The administration's, about what somebody has done before.
AFTERWARDS: dict[str, tuple[Any, ...]] = {
    "open_journals": (YEAR, GRANT),
    "close_journals": (YEAR, NEW, THURSDAY),
    "limit_guardian": (YEAR, PETYA, OLGA, WEDNESDAY, None, "решение суда"),
    "lift_guardian_limit": (YEAR, PETYA, OLGA, THURSDAY, "решение суда"),
    "review_glass": (YEAR, PETYA, NEW),
    "inspect_journal": (CLASS_7A, INSPECTED),
    "open_remark": (CLASS_7A, NEW, NewRemark(NEW, Checked.TOPICS), "нет темы"),
    "accept_remark": (CLASS_7A, NEW),
    "return_remark": (CLASS_7A, NEW, "тема не та"),
    "hold_training": (YEAR, TrainingHeld(NEW, WEDNESDAY, "Журнал", (ANNA,))),
    "record_staff_away": (YEAR, StaffAway(NEW, ANNA, WEDNESDAY, THURSDAY, AwayKind.ILL)),
    "record_staff_back": (YEAR, NEW, THURSDAY),
    "request_service": (YEAR, A_REQUEST, Application("Олег", "", "отметки")),
    "decide_service": (YEAR, NEW, Outcome.GRANTED),
    "review_red_flag": (YEAR, Flag("F2", 17, ANNA), "пересдача"),
    "archive_year": (YEAR, "1"),
    "annotate_archive": (YEAR, ANNOTATION, "решение комиссии"),
    "note_archive_written": (YEAR, ArchiveWritten(1, A_FILE, A_FILE)),
    "approve_correction": (CLASS_7A, NEW),
    "reject_correction": (CLASS_7A, NEW, "сроки прошли"),
}
#: What people say about themselves.
THEIR_OWN: dict[str, tuple[Any, ...]] = {
    "decide_own_diary": (YEAR, PETYA, "diary"),
    "turn_forecast": (YEAR, PETYA),
    "review_facts": ("mine", (1,), ()),
    "acknowledge_diary": (CLASS_7A, PETYA, date(2026, 8, 31), 0),
    "announce_absence": (CLASS_7A, NEW, PETYA, THURSDAY, THURSDAY, AttendanceCode.ILL),
}
#: The administration's about anybody, the class teacher's about the families of the class.
ACCOUNTS: dict[str, tuple[Any, ...]] = {
    "issue_accounts": (YEAR, [Handing(PETYA, PETYA)], CLASS_7A),
    "receive_accounts": (YEAR, [Handing(PETYA, PETYA)], "signature", CLASS_7A),
    "revoke_account": (YEAR, PETYA, "left", CLASS_7A),
}
TEACHERS = {
    *("add_lesson", "record_topic", "take_attendance", "assign_homework", "declare_no_homework"),
    *("give_marks", "correct_mark", "annul_mark", "annul_marks", "comment_mark"),
    *("raise_debts", "resolve_debt"),
    *("attach_lesson_file", "remove_lesson_file"),
    *("issue_term_marks", "correct_term_mark", "annul_term_mark"),
    *("request_correction", "correct_result"),
    *("issue_year_marks", "record_exam_marks", "issue_final_marks"),
}
#: The teacher's to whom it is said.
ANSWERS = {"resolve_remark"}
#: One of two people's: tests/domain/test_talks.py.
TALKS = {
    *("ask_about_child", "ask_about_program", "reply_in_conversation"),
    *("see_conversation", "close_conversation"),
}
PLANNERS = {"move_lesson", "cancel_lesson"}


def test_every_command_is_somebodys(school: SmallSchool) -> None:
    """A new command says here whose it is."""
    commands = {
        name
        for name in dir(school.door)
        if not name.startswith("_") and callable(getattr(school.door, name))
    }
    known = {*ADMINISTRATIONS, *OPERATORS, *CLASS_TEACHERS, *ACCOUNTS, *TEACHERS, *PLANNERS}
    known |= {*AFTERWARDS, *THEIR_OWN, *ANSWERS, *OF_OWN_CLASS, *OF_TEACHERS, "correct_defence"}
    known.add("annul_defence")
    known |= TALKS
    assert commands - {"engine"} == known


@pytest.mark.parametrize("command", ADMINISTRATIONS)
@pytest.mark.parametrize("person", [ANNA, KIRA, PETYA, OLGA, ZOYA])
def test_what_is_the_administrations_is_nobody_elses(command: str, person: str) -> None:
    school = SmallSchool()
    refused = school.refuses(command, *ADMINISTRATIONS[command], by=person)
    assert refused == (Forbidden, "access.administration_only")
    school.room.engine.close(WAIT_S)


@pytest.mark.parametrize("command", ADMINISTRATIONS)
def test_the_administration_may_do_what_is_its_own(command: str, school: SmallSchool) -> None:
    school.asks(command, *ADMINISTRATIONS[command], by=DINA).result(WAIT_S)


@pytest.mark.parametrize("command", OPERATORS)
@pytest.mark.parametrize("person", [ANNA, DINA, PETYA, OLGA, ZOYA])
def test_what_is_the_operators_is_nobody_elses(command: str, person: str) -> None:
    school = SmallSchool()
    refused = school.refuses(command, *OPERATORS[command], by=person)
    assert refused == (Forbidden, "access.administration_only")
    school.room.engine.close(WAIT_S)


def test_the_operator_introduces_a_key_and_retires_the_old_one(school: SmallSchool) -> None:
    for command, *arguments in (
        ("introduce_seal_key", A_KEY, "planned"),
        ("introduce_seal_key", ANOTHER_KEY, "planned"),
        ("retire_seal_key", A_KEY, "planned"),
    ):
        school.does(command, *arguments, by=OPERATOR)


def test_a_consent_is_the_class_teachers_or_the_administrations(school: SmallSchool) -> None:
    school.does("link_guardian", YEAR, PETYA, OLGA, SEPTEMBER_1)
    for person in (ANNA, OLGA, PETYA, ZOYA):
        for command, arguments in CLASS_TEACHERS.items():
            assert school.refuses(command, *arguments, by=person) == (
                Forbidden,
                "access.administration_only",
            )
    [given] = school.does("give_consent", *CLASS_TEACHERS["give_consent"], by=KIRA)
    assert (given.envelope.role, str(given.originator_id)) == (Role.CLASS_TEACHER, PETYA)
    [withdrawn] = school.facts("withdraw_consent", *CLASS_TEACHERS["withdraw_consent"], by=VERA)
    assert withdrawn == p.ConsentWithdrawn(OLGA, "diary")


def test_a_class_teacher_records_consents_of_the_own_class_only(school: SmallSchool) -> None:
    how = (CLASS_7A, NEWCOMER, OLGA, "diary", SEPTEMBER_1)
    assert school.refuses("give_consent", *how, by=KIRA) == (NotFound, "roster.unknown_pupil")
    other = (CLASS_7B, PETYA, OLGA, "diary", SEPTEMBER_1)
    assert school.refuses("give_consent", *other, by=KIRA)[0] is Forbidden


# -- credentials (clause 3.1.2) --------------------------------------------------------------


def handing(*people: str) -> list[Handing]:
    return [Handing(person, person) for person in people]


def test_a_class_teacher_issues_to_families_of_the_own_class_all_or_none(
    school: SmallSchool,
) -> None:
    school.does("link_guardian", YEAR, PETYA, OLGA, SEPTEMBER_1)
    issued = school.does("issue_accounts", YEAR, handing(PETYA, OLGA), CLASS_7A, by=KIRA)
    assert [str(one.originator_id) for one in issued] == [PETYA, OLGA]
    assert {one.envelope.role for one in issued} == {Role.CLASS_TEACHER}
    for stranger in (NEWCOMER, ANNA, VERA, ZOYA):
        assert school.refuses(
            "issue_accounts", YEAR, handing(MASHA, stranger), CLASS_7A, by=KIRA
        ) == (NotFound, "roster.unknown_person")
    other = school.refuses("issue_accounts", YEAR, handing(PETYA), CLASS_7B, by=KIRA)
    assert other == (Forbidden, "access.administration_only")
    anybody = school.refuses("issue_accounts", YEAR, handing(PETYA), by=KIRA)
    assert anybody == (Forbidden, "access.administration_only")


@pytest.mark.parametrize("command", ACCOUNTS)
def test_a_colleague_who_is_also_a_parent_is_the_administrators(
    command: str, school: SmallSchool
) -> None:
    """Else a class teacher could sign in as the deputy."""
    school.does("link_guardian", YEAR, PETYA, VERA, SEPTEMBER_1)
    how = {
        "issue_accounts": (YEAR, handing(VERA), CLASS_7A),
        "receive_accounts": (YEAR, handing(VERA), "signature", CLASS_7A),
        "revoke_account": (YEAR, VERA, "request", CLASS_7A),
    }[command]
    assert school.refuses(command, *how, by=KIRA) == (Forbidden, "account.of_staff")
    school.asks(command, *how, by=ALLA).result(WAIT_S)


def test_who_has_left_the_class_is_not_its_teachers_any_more(school: SmallSchool) -> None:
    school.does("depart_pupil", CLASS_7A, YOLKIN, WEDNESDAY, "23-у")
    left = school.refuses("issue_accounts", YEAR, handing(YOLKIN), CLASS_7A, by=KIRA)
    assert left == (NotFound, "roster.unknown_person")


def test_a_class_teacher_of_last_year_issues_nothing_once_the_new_year_is_opened(
    school: SmallSchool,
) -> None:
    school.room.now += 316 * DAY  # the middle of July: the year is usually opened in August
    assert len(school.does("issue_accounts", YEAR, handing(PETYA), CLASS_7A, by=KIRA)) == 1
    term = Term(1, "1 четверть", date(2027, 9, 1), date(2027, 10, 24))
    next_year = msgspec.structs.replace(YEAR_OPENED, calendar=Calendar(YEAR + 1, (term,)))
    school.does("open_year", next_year, by=OPERATOR)
    past = school.refuses("issue_accounts", YEAR, handing(PETYA), CLASS_7A, by=KIRA)
    assert past == (NotFound, "class.past")


def test_a_slip_is_taken_by_a_guardian_or_by_oneself(school: SmallSchool) -> None:
    school.does("link_guardian", YEAR, PETYA, OLGA, SEPTEMBER_1)
    school.does("issue_accounts", YEAR, handing(PETYA), CLASS_7A, by=KIRA)
    taken = ("receive_accounts", YEAR, [Handing(PETYA, OLGA)], "signature", CLASS_7A)
    assert school.facts(*taken, by=KIRA) == [p.AccountReceived(OLGA, "signature")]
    stranger = ("receive_accounts", YEAR, [Handing(PETYA, ZOYA)], "signature", CLASS_7A)
    assert school.refuses(*stranger, by=KIRA) == (NotFound, "roster.unknown_person")
    [entered] = school.does("receive_accounts", YEAR, handing(PETYA), "password", by=PETYA)
    assert (entered.envelope.role, entered.envelope.basis) == (Role.PUPIL, "self")
    for other in (OLGA, MASHA, ANNA):
        refused = school.refuses("receive_accounts", YEAR, handing(PETYA), "password", by=other)
        assert refused == (Forbidden, "access.administration_only")


def test_what_is_unknown_is_not_found(school: SmallSchool) -> None:
    nowhere = an_id("нигде")
    assert school.refuses("record_topic", nowhere, nowhere, "Дроби", by=ANNA) == (
        NotFound,
        "class.unknown",
    )
    assert school.refuses("record_topic", CLASS_7A, nowhere, "Дроби", by=ANNA) == (
        NotFound,
        "lesson.unknown",
    )
    assert school.refuses("introduce_subject", 2031, o.Subject(NEW, "Физика")) == (
        NotFound,
        "year.unknown",
    )
    assert school.refuses("record_topic", PETYA, nowhere, "Дроби", by=ANNA) == (
        NotFound,
        "thing.unknown",
    )
    assert school.refuses("rename_person", YEAR, NOBODY, p.Name("Новый", "Ученик")) == (
        NotFound,
        "person.unknown",
    )


def test_a_stream_of_another_kind_is_not_found_after_a_restart_either(school: SmallSchool) -> None:
    school.room.engine._schools["kukarino"].world.forget_all()
    assert school.refuses("record_topic", PETYA, NEW, "Дроби", by=ANNA) == (
        NotFound,
        "thing.unknown",
    )


def test_a_year_can_be_opened_by_the_command_line_only_once(school: SmallSchool) -> None:
    assert school.facts("open_year", YEAR_OPENED, by=OPERATOR) == []
    half = Calendar(2026, CALENDAR.terms[:2])
    other = o.YearOpened(SCHOOL, "Europe/Moscow", half, (), Regulation())
    assert school.refuses("open_year", other, by=OPERATOR) == (Conflict, "year.already_open")


def test_the_next_day_is_another_day(school: SmallSchool) -> None:
    mark_given(school)
    school.room.now += DAY
    how: dict[str, Any] = {"saw": "4", "value": "5", "reason_code": ReasonCode.TYPO, "by": ANNA}
    [fact] = school.facts("correct_mark", CLASS_7A, MARK, **how)
    assert isinstance(fact, j.MarkCorrected)
    assert fact.tier == "T1"
