"""The clauses of the «Положение» that work now, each by its number, through the one write door."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest

from domain.commands import payload_hash
from domain.journal import facts as j
from domain.journal.state import Journal
from domain.people import facts as p
from domain.refusals import Forbidden, Invalid, NotFound
from domain.regulation import Regulation
from domain.school import Handing, MarkInput
from domain.values import ATTENDANCE_LABELS, AttendanceCode, LessonKind, ReasonCode, Role
from domain.world import World
from tests.cast import (
    ALGEBRA,
    ALLA,
    ANNA,
    ANSWER,
    BORIS,
    CLASS_7A,
    CLASS_7B,
    DINA,
    ENGLISH,
    FIRST_HALF,
    GALINA,
    HISTORY,
    KIRA,
    MASHA,
    OLGA,
    PETYA,
    SCHOOL,
    SECOND_HALF,
    SVETA,
    TANYA,
    VERA,
    YOLKIN,
    ZOYA,
    an_id,
)
from tests.domain.engine_room import DAY, SLUG, WAIT_S
from tests.domain.seventh_a import SEPTEMBER_1, SUBSTITUTION, THURSDAY, WEDNESDAY
from tests.domain.small_school import SmallSchool
from tests.specs import T0, YEAR

MARK = an_id("отметка")
NOT_YOURS = (Forbidden, "lesson.not_yours")
UNKNOWN = (NotFound, "lesson.unknown")


@pytest.fixture
def school() -> Iterator[SmallSchool]:
    school = SmallSchool()
    yield school
    school.room.engine.close(WAIT_S)


def a_mark(value: str = "4", comment: str = "", pupil: str = PETYA) -> list[MarkInput]:
    return [MarkInput(MARK, pupil, value, ANSWER, None, comment)]


# -- 1. General ------------------------------------------------------------------------------


@pytest.mark.clause("1.2")
def test_the_course_of_teaching_is_rebuilt_from_what_is_stored(school: SmallSchool) -> None:
    lesson = school.lesson(1)
    school.does("record_topic", CLASS_7A, lesson, "Дроби", by=ANNA)
    school.does("give_marks", CLASS_7A, lesson, a_mark(), by=ANNA)
    lived = school.room.engine._schools[SLUG].world
    read_again = World(school.log, hot=100)
    assert read_again.journal(CLASS_7A) == lived.journal(CLASS_7A)
    assert read_again.office(SCHOOL, YEAR) == lived.office(SCHOOL, YEAR)
    assert read_again.person(PETYA) == lived.person(PETYA)


@pytest.mark.clause("1.5")
@pytest.mark.parametrize("person", [DINA, VERA, SVETA, ALLA])
def test_the_administration_keeps_the_lists_but_not_the_marks(
    school: SmallSchool, person: str
) -> None:
    school.does("depart_pupil", CLASS_7A, YOLKIN, THURSDAY, "21-у", by=person)
    assert (
        school.refuses("give_marks", CLASS_7A, school.lesson(1), a_mark(), by=person) == NOT_YOURS
    )


@pytest.mark.clause("1.5")
def test_teachers_and_the_class_teacher_have_their_own_part_only(school: SmallSchool) -> None:
    lesson = school.lesson(1)
    school.does("give_marks", CLASS_7A, lesson, a_mark(), by=ANNA)
    assert school.refuses("record_topic", CLASS_7A, lesson, "Дроби", by=BORIS) == NOT_YOURS
    assert school.refuses("record_topic", CLASS_7A, lesson, "Дроби", by=KIRA) == NOT_YOURS
    school.does("link_guardian", YEAR, PETYA, OLGA, SEPTEMBER_1)
    consent = (CLASS_7A, PETYA, OLGA, "diary", SEPTEMBER_1)
    assert school.refuses("give_consent", *consent, by=ANNA)[0] is Forbidden
    [given] = school.does("give_consent", *consent, by=KIRA)
    assert given.envelope.role is Role.CLASS_TEACHER


@pytest.mark.clause("1.7")
def test_every_lesson_stands_in_the_journal_before_anybody_has_written(school: SmallSchool) -> None:
    lessons = World(school.log, hot=10).journal(CLASS_7A).lessons.values()
    assert {lesson.teacher_id for lesson in lessons} == {ANNA, BORIS, GALINA}
    assert all(lesson.topic is None for lesson in lessons)
    assert all(lesson.attendance is None and not lesson.no_homework for lesson in lessons)


@pytest.mark.clause("1.11")
def test_only_a_guardian_consents_and_the_journal_goes_on_without(school: SmallSchool) -> None:
    consent = (CLASS_7A, PETYA, OLGA, "diary", SEPTEMBER_1)
    refused = school.refuses("give_consent", *consent, by=KIRA)
    assert refused == (Invalid, "consent.not_a_guardian")
    school.does("link_guardian", YEAR, PETYA, OLGA, SEPTEMBER_1)
    school.does("give_consent", *consent, by=KIRA)
    assert school.facts("withdraw_consent", CLASS_7A, PETYA, OLGA, "diary", by=KIRA) == [
        p.ConsentWithdrawn(OLGA, "diary")
    ]
    school.does("give_marks", CLASS_7A, school.lesson(1), a_mark(), by=ANNA)


# -- 2. Aims ---------------------------------------------------------------------------------


@pytest.mark.clause("2.2.5")
def test_nothing_is_ever_removed_what_was_there_is_still_told(school: SmallSchool) -> None:
    lesson = school.lesson(1)
    ill = [j.AttendanceEntry(PETYA, AttendanceCode.ILL)]
    school.does("take_attendance", CLASS_7A, lesson, ill, by=ANNA)
    school.does("give_marks", CLASS_7A, lesson, a_mark(), by=ANNA)
    how: dict[str, Any] = {"reason_code": ReasonCode.TYPO, "by": ANNA}
    before = list(school.log.events)
    [corrected] = school.facts("correct_mark", CLASS_7A, MARK, saw="4", value="5", **how)
    [annulled] = school.facts("annul_mark", CLASS_7A, MARK, saw="5", **how)
    [present] = school.facts("take_attendance", CLASS_7A, lesson, [], by=ANNA)
    assert school.log.events[: len(before)] == before
    assert isinstance(corrected, j.MarkCorrected)
    assert isinstance(annulled, j.MarkAnnulled)
    assert isinstance(present, j.AttendanceCorrected)
    assert (corrected.old_value, annulled.old_value) == ("4", "5")
    assert present.changes[0].old_code is AttendanceCode.ILL


# -- 3. Rules --------------------------------------------------------------------------------


@pytest.mark.clause("3.1.2")
def test_handing_out_and_taking_back_credentials_is_recorded(school: SmallSchool) -> None:
    petya = [Handing(PETYA, OLGA)]
    [issued] = school.does("issue_accounts", YEAR, petya, by=ALLA)
    assert (issued.fact, issued.envelope.by) == (p.AccountIssued(OLGA), ALLA)
    [revoked] = school.does("revoke_account", YEAR, PETYA, "suspicion", by=ALLA)
    assert revoked.fact == p.AccountRevoked("suspicion")
    for person in (ANNA, PETYA, OLGA, ZOYA):
        assert school.refuses("issue_accounts", YEAR, petya, by=person)[0] is Forbidden


@pytest.mark.clause("3.1.2")
def test_a_class_teacher_hands_out_credentials_to_the_families_of_the_own_class(
    school: SmallSchool,
) -> None:
    slip = [Handing(PETYA, PETYA)]
    [issued] = school.does("issue_accounts", YEAR, slip, CLASS_7A, by=KIRA)
    assert issued.envelope.role is Role.CLASS_TEACHER
    [received] = school.facts("receive_accounts", YEAR, slip, "signature", CLASS_7A, by=KIRA)
    assert received == p.AccountReceived(PETYA, "signature")
    for colleague in (ANNA, SVETA):
        refused = school.refuses("issue_accounts", YEAR, slip, CLASS_7A, by=colleague)
        assert refused[0] is Forbidden


@pytest.mark.clause("3.1.3")
@pytest.mark.parametrize(
    ("topic", "kind", "title", "code"),
    [
        ("Present Perfect", LessonKind.LESSON, "", "text.not_russian"),
        ("Unit 3. Test 1", LessonKind.LESSON, "", "text.not_russian"),
        ("", LessonKind.LESSON, "", "text.empty"),
        ("🙂", LessonKind.LESSON, "", "text.not_russian"),
        ("Дроби", LessonKind.CONTROL, "", "text.empty"),
        ("Дроби", LessonKind.PRACTICAL, "", "text.empty"),
        ("Дроби", LessonKind.LABORATORY, "", "text.empty"),
        ("Дроби", LessonKind.EXCURSION, "", "text.empty"),
        ("Дроби", LessonKind.CONTROL, "Test 1", "text.not_russian"),
        ("Present Perfect: тренировка", LessonKind.LESSON, "", None),
        ("Ё", LessonKind.LESSON, "", None),
        ("Дроби", LessonKind.CONTROL, "Контрольная № 1 «Дроби»", None),
        ("Дроби", LessonKind.EXCURSION, "Музей чисел", None),
    ],
)
def test_entries_are_in_russian_and_works_have_their_own_topic(
    school: SmallSchool, topic: str, kind: LessonKind, title: str, code: str | None
) -> None:
    arguments = (CLASS_7A, school.lesson(1), topic, kind, title)
    if code is None:
        [fact] = school.facts("record_topic", *arguments, by=ANNA)
        assert isinstance(fact, j.TopicRecorded)
        assert (fact.topic, fact.kind, fact.title) == (topic, kind, title)
    else:
        assert school.refuses("record_topic", *arguments, by=ANNA) == (Invalid, code)


@pytest.mark.clause("3.1.3")
def test_homework_and_a_foreign_language_are_no_exception(school: SmallSchool) -> None:
    english = school.lesson(2, FIRST_HALF)
    topic = school.refuses("record_topic", CLASS_7A, english, "Present Perfect", by=BORIS)
    work = (CLASS_7A, english, an_id("дз"), "Ex. 5, p. 12", THURSDAY)
    homework = school.refuses("assign_homework", *work, by=BORIS)
    assert topic == homework == (Invalid, "text.not_russian")


@pytest.mark.clause("3.3.5")
def test_a_class_is_divided_by_an_order_only(school: SmallSchool) -> None:
    halves = (
        j.Subgroup(an_id("первая"), "1", (PETYA,)),
        j.Subgroup(an_id("вторая"), "2", (MASHA,)),
    )

    def order(number: str, subgroups: tuple[j.Subgroup, ...]) -> j.SubgroupSplitOrdered:
        return j.SubgroupSplitOrdered(HISTORY, WEDNESDAY, number, WEDNESDAY, subgroups)

    assert school.refuses("split_class", CLASS_7A, order(" ", halves)) == (
        Invalid,
        "split.no_order",
    )
    both = (halves[0], j.Subgroup(an_id("вторая"), "2", (MASHA, PETYA)))
    assert school.refuses("split_class", CLASS_7A, order("16-у", both)) == (
        Invalid,
        "split.overlap",
    )
    [fact] = school.facts("split_class", CLASS_7A, order("16-у", halves))
    assert isinstance(fact, j.SubgroupSplitOrdered)
    assert fact.order_no == "16-у"


@pytest.mark.clause("3.3.5")
def test_each_teacher_of_a_group_keeps_records_of_the_own_group(school: SmallSchool) -> None:
    first, second = school.lesson(2, FIRST_HALF), school.lesson(2, SECOND_HALF)
    school.does("record_topic", CLASS_7A, first, "Времена года", by=BORIS)
    school.does("record_topic", CLASS_7A, second, "Семья", by=GALINA)
    assert school.refuses("record_topic", CLASS_7A, second, "Семья", by=BORIS) == NOT_YOURS
    masha = a_mark(pupil=MASHA)
    assert school.refuses("give_marks", CLASS_7A, first, masha, by=BORIS) == (
        Invalid,
        "mark.pupil_not_in_class",
    )


@pytest.mark.clause("3.3.6")
def test_a_substitute_writes_under_the_own_name_for_a_time(school: SmallSchool) -> None:
    lesson = school.lesson(1)
    assert school.refuses("give_marks", CLASS_7A, lesson, a_mark(), by=TANYA) == UNKNOWN
    school.does("appoint_substitute", CLASS_7A, SUBSTITUTION)
    [given] = school.does("give_marks", CLASS_7A, lesson, a_mark(), by=TANYA)
    assert (given.envelope.by, given.envelope.acting_for) == (TANYA, ANNA)
    english = school.lesson(2, FIRST_HALF)
    assert school.refuses("record_topic", CLASS_7A, english, "Семья", by=TANYA) == NOT_YOURS
    school.room.now += timedelta(days=10)  # a week after the last day, and more
    assert school.refuses("record_topic", CLASS_7A, lesson, "Дроби", by=TANYA) == NOT_YOURS


# -- 4. Rights and duties --------------------------------------------------------------------


@pytest.mark.clause("4.1.г")
def test_a_teacher_leaves_a_word_that_can_be_forgotten_but_not_forged(school: SmallSchool) -> None:
    school.does("give_marks", CLASS_7A, school.lesson(1), a_mark(), by=ANNA)
    [fact] = school.facts("comment_mark", CLASS_7A, MARK, "Решает быстро", by=ANNA)
    assert isinstance(fact, j.MarkCommented)
    row = school.log.vault[fact.comment.id]
    assert (row.subject, row.body) == (PETYA, "Решает быстро")
    assert fact.comment.hash == payload_hash(row.salt, row.body)
    school.does("erase_payloads", YEAR, PETYA, [fact.comment.id], "акт 3", by=ALLA)
    assert fact.comment.id not in school.log.vault


@pytest.mark.clause("4.2.а-1")
def test_attendance_marks_and_homework_are_recorded_and_so_is_their_absence(
    school: SmallSchool,
) -> None:
    lesson, english = school.lesson(1), school.lesson(2, FIRST_HALF)
    assert school.facts("take_attendance", CLASS_7A, english, [], by=BORIS) == [
        j.AttendanceTaken(english)
    ]
    assert school.facts("declare_no_homework", CLASS_7A, english, by=BORIS) == [
        j.HomeworkNotAssigned(english)
    ]
    for code in AttendanceCode:
        school.does("take_attendance", CLASS_7A, lesson, [j.AttendanceEntry(PETYA, code)], by=ANNA)
    assert set(ATTENDANCE_LABELS) == set(AttendanceCode)
    school.does("give_marks", CLASS_7A, lesson, a_mark(), by=ANNA)


@pytest.mark.clause("4.2.а-2")
def test_topic_and_homework_are_entered_and_their_changes_are_kept(school: SmallSchool) -> None:
    lesson, work = school.lesson(1), an_id("дз")
    school.does("record_topic", CLASS_7A, lesson, "Дроби", by=ANNA)
    school.does("assign_homework", CLASS_7A, lesson, work, "№ 5, устно", THURSDAY, by=ANNA)
    [topic] = school.facts("record_topic", CLASS_7A, lesson, "Дроби и доли", by=ANNA)
    [text] = school.facts(
        "assign_homework", CLASS_7A, lesson, work, "№ 6, устно", THURSDAY, by=ANNA
    )
    assert isinstance(topic, j.TopicCorrected)
    assert isinstance(text, j.HomeworkCorrected)
    assert (topic.old_topic, text.old_text) == ("Дроби", "№ 5, устно")


@pytest.mark.clause("4.2.а-3", "4.2.а-4")
def test_when_something_was_recorded_is_the_servers_word(school: SmallSchool) -> None:
    """Lateness is computed from this moment; nobody can write it earlier than it was."""
    lesson = school.lesson(1)
    school.room.now = T0 + 30 * DAY
    [late] = school.does("take_attendance", CLASS_7A, lesson, [], by=ANNA)
    work = (CLASS_7A, lesson, an_id("дз"), "№ 5, устно", date(2026, 10, 9))
    [homework] = school.does("assign_homework", *work, by=ANNA)
    assert late.envelope.at == homework.envelope.at == T0 + 30 * DAY
    school.room.now = T0
    [after] = school.does("record_topic", CLASS_7A, lesson, "Дроби", by=ANNA)
    assert after.envelope.at == T0 + 30 * DAY, "a clock that goes back takes nothing with it"


@pytest.mark.clause("4.2.а-3", "4.2.а-4")
def test_the_deadlines_are_data_of_the_regulation_in_force(school: SmallSchool) -> None:
    office = World(school.log, hot=10).office(SCHOOL, YEAR)
    assert (office.regulation.fill_days, office.regulation.homework_due) == (7, "lesson_day")
    stricter = Regulation(version="kukarino-2027", fill_days=3)
    school.does("adopt_regulation", YEAR, stricter, "5-у")
    assert World(school.log, hot=10).office(SCHOOL, YEAR).regulation == stricter


@pytest.mark.clause("4.2.а-4")
def test_homework_is_not_written_before_the_lesson_nor_due_on_its_day(school: SmallSchool) -> None:
    lesson = school.lesson(1)
    same_day = (CLASS_7A, lesson, an_id("дз"), "№ 5, устно", WEDNESDAY)
    assert school.refuses("assign_homework", *same_day, by=ANNA) == (Invalid, "homework.due")
    school.room.now = T0  # tomorrow's lesson is still to come
    tomorrow = next(
        key
        for key, one in World(school.log, hot=10).state(CLASS_7A, Journal).lessons.items()
        if one.date == THURSDAY
    )
    ahead = (CLASS_7A, tomorrow, an_id("дз"), "№ 5, устно", date(2026, 9, 9))
    assert school.refuses("assign_homework", *ahead, by=ANNA) == (Invalid, "lesson.in_the_future")


@pytest.mark.clause("4.2.г-1")
def test_consents_are_kept_for_each_purpose_with_their_history(school: SmallSchool) -> None:
    school.does("link_guardian", YEAR, PETYA, OLGA, SEPTEMBER_1)
    for purpose in ("diary", "email", "push"):
        school.does("give_consent", CLASS_7A, PETYA, OLGA, purpose, SEPTEMBER_1, by=KIRA)
    school.does("withdraw_consent", CLASS_7A, PETYA, OLGA, "email", by=KIRA)
    school.does("give_consent", CLASS_7A, PETYA, OLGA, "email", WEDNESDAY, by=KIRA)
    history = [r for r in school.log.recorded() if "consent" in r.fact.TOPIC]
    assert len(history) == 5
    assert {r.envelope.by for r in history} == {KIRA}
    other = (CLASS_7B, PETYA, OLGA, "diary", SEPTEMBER_1)
    assert school.refuses("give_consent", *other, by=KIRA)[0] is Forbidden


@pytest.mark.clause("4.3-2")
def test_every_record_is_signed_and_nobody_writes_for_a_teacher(school: SmallSchool) -> None:
    [given] = school.does("give_marks", CLASS_7A, school.lesson(1), a_mark(), by=ANNA)
    envelope = given.envelope
    assert (envelope.by, envelope.role, envelope.at) == (ANNA, Role.TEACHER, T0)
    assert envelope.basis.startswith("assignment:")
    how: dict[str, Any] = {"saw": "4", "value": "5", "reason_code": ReasonCode.TYPO}
    for person in (VERA, DINA, ALLA, SVETA, KIRA, BORIS):
        assert school.refuses("correct_mark", CLASS_7A, MARK, by=person, **how) == NOT_YOURS
    no_lesson = school.refuses("give_marks", CLASS_7A, an_id("нет"), a_mark(), by=ANNA)
    assert no_lesson == UNKNOWN, "no mark without a lesson"


# -- 6. Forbidden ----------------------------------------------------------------------------


@pytest.mark.clause("6")
@pytest.mark.parametrize("person", [PETYA, OLGA])
def test_pupils_and_parents_write_nothing_at_all(school: SmallSchool, person: str) -> None:
    lesson = school.lesson(1)
    school.does("give_marks", CLASS_7A, lesson, a_mark(), by=ANNA)
    how: dict[str, Any] = {"saw": "4", "value": "5", "reason_code": ReasonCode.TYPO}
    extra = j.LessonAdded(an_id("ещё"), date(2026, 9, 4), 3, ALGEBRA, ANNA)
    split = j.SubgroupSplitOrdered(ENGLISH, THURSDAY, "1", THURSDAY, ())
    attempts: list[tuple[Any, ...]] = [
        ("give_marks", CLASS_7A, lesson, a_mark("5")),
        ("record_topic", CLASS_7A, lesson, "Дроби"),
        ("take_attendance", CLASS_7A, lesson, []),
        ("declare_no_homework", CLASS_7A, lesson),
        ("assign_homework", CLASS_7A, lesson, an_id("дз"), "№ 5, устно", THURSDAY),
        ("comment_mark", CLASS_7A, MARK, "Молодец"),
        ("add_lesson", CLASS_7A, extra),
        ("split_class", CLASS_7A, split),
        ("close_term", CLASS_7A, 1),
    ]
    for command, *arguments in attempts:
        kind, _ = school.refuses(command, *arguments, by=person)
        assert kind in (NotFound, Forbidden)
    assert school.refuses("correct_mark", CLASS_7A, MARK, by=person, **how) == UNKNOWN
    del how["value"]
    assert school.refuses("annul_mark", CLASS_7A, MARK, by=person, **how) == UNKNOWN
