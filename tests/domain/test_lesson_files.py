"""Files of lessons: attached while homework may be written, removed without rewriting."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

import msgspec
import pytest

from domain.journal import facts as f
from domain.journal import lesson_files
from domain.journal.correction_facts import TermReopened
from domain.journal.file_facts import FileKind, LessonFileAttached, LessonFileRemoved
from domain.journal.lessons import cancel_lesson, written_about
from domain.journal.outcomes import SealedFile
from domain.refusals import Conflict, Forbidden, Invalid, NotFound
from tests.cast import ANNA, BORIS, CLASS_7A, KIRA, OLGA, PETYA, TANYA, VERA, an_id
from tests.domain.engine_room import WAIT_S
from tests.domain.seventh_a import A_TEXT, ANOTHER_TEXT, LESSON, SCHOOL_YEAR, TOMORROW
from tests.domain.small_school import SmallSchool
from tests.specs import T0, Decision, given

FILE, ANOTHER = an_id("файл"), an_id("другой файл")
SHA = "9f" * 32
ATTACHED = LessonFileAttached(
    FILE, LESSON, FileKind.HOMEWORK, A_TEXT, ANOTHER_TEXT, "application/pdf", 48_213, SHA
)
REMOVED = LessonFileRemoved(FILE, LESSON, A_TEXT, SHA)
CLOSED = f.TermClosed(1, date(2026, 9, 1), date(2026, 10, 25))
SEALED = SealedFile("c2VhbGVk", "application/pdf", SHA, 48_213)


def attached(number: int) -> LessonFileAttached:
    """One of several different files."""
    return msgspec.structs.replace(
        ATTACHED, file_id=an_id(f"файл {number}"), sha256=f"{number:02}" * 32
    )


def attach(at: datetime = T0, **other: Any) -> Decision:
    new = msgspec.structs.replace(ATTACHED, **other)
    return lambda w: lesson_files.attach_file(w.journal, new, at)


def remove(lesson_id: str = LESSON, file_id: str = FILE) -> Decision:
    return lambda w: lesson_files.remove_file(w.journal, lesson_id, file_id, T0)


def test_a_file_is_attached_once() -> None:
    given(*SCHOOL_YEAR).when(attach()).then(ATTACHED).and_again_nothing_happens()


def test_a_file_sent_again_under_its_number_must_be_the_same() -> None:
    there = given(*SCHOOL_YEAR, ATTACHED)
    there.when(attach(sha256="7e" * 32)).then_refused(Conflict, "lesson_file.id_taken")
    there.when(attach(file_id=ANOTHER)).then_refused(Conflict, "lesson_file.twice")
    both = msgspec.structs.replace(ATTACHED, file_id=ANOTHER, kind=FileKind.LESSON)
    there.when(attach(file_id=ANOTHER, kind=FileKind.LESSON)).then(both)


def test_a_lesson_has_so_many_files_and_no_more_until_one_is_removed() -> None:
    most = [attached(number) for number in range(lesson_files.MOST_FILES)]
    full = given(*SCHOOL_YEAR, *most)
    refused = full.when(attach()).then_refused(Conflict, "lesson_file.too_many")
    assert "не больше 5 файлов" in refused.message
    gone = LessonFileRemoved(most[0].file_id, LESSON, A_TEXT, most[0].sha256)
    given(*SCHOOL_YEAR, *most, gone).when(attach()).then(ATTACHED)


def test_a_removed_file_stays_in_the_record_and_does_not_come_back_by_itself() -> None:
    there = given(*SCHOOL_YEAR, ATTACHED)
    there.when(remove()).then(REMOVED).and_again_nothing_happens()
    gone = given(*SCHOOL_YEAR, ATTACHED, REMOVED)
    gone.when(attach()).then_refused(Conflict, "lesson_file.removed")
    again = msgspec.structs.replace(ATTACHED, file_id=ANOTHER)
    gone.when(remove(file_id=ANOTHER)).then_refused(NotFound, "lesson_file.unknown")
    gone.when(attach(file_id=ANOTHER)).then(again)


def test_files_follow_the_windows_of_homework() -> None:
    year = given(*SCHOOL_YEAR)
    year.when(attach(lesson_id=an_id("нет"))).then_refused(NotFound, "lesson.unknown")
    ahead = year.when(attach(lesson_id=TOMORROW))
    ahead.then_refused(Invalid, "lesson.in_the_future")
    cancelled = given(*SCHOOL_YEAR, f.LessonCancelled(LESSON, "Карантин"))
    cancelled.when(attach()).then_refused(Conflict, "lesson.cancelled")
    closed = given(*SCHOOL_YEAR, ATTACHED, CLOSED)
    refused = closed.when(attach(file_id=ANOTHER)).then_refused(Forbidden, "term.closed")
    assert "через завуча" in refused.message
    closed.when(remove()).then_refused(Forbidden, "term.closed")


def test_a_term_opened_again_still_has_its_files() -> None:
    again = given(*SCHOOL_YEAR, ATTACHED, CLOSED, TermReopened(1, "77-у"))
    again.when(remove()).then(REMOVED)


def test_a_lesson_with_a_file_is_neither_moved_nor_cancelled() -> None:
    there = given(*SCHOOL_YEAR, ATTACHED)
    there.when(lambda w: cancel_lesson(w.journal, LESSON, "Карантин")).then_refused(
        Forbidden, "lesson.has_entries"
    )
    gone = given(*SCHOOL_YEAR, ATTACHED, REMOVED)
    spec = gone.when(lambda w: cancel_lesson(w.journal, LESSON, "Карантин"))
    spec.then(f.LessonCancelled(LESSON, "Карантин"))
    assert LESSON not in written_about(spec.world.journal)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  Карточка 3.pdf ", "Карточка 3.pdf"),
        ("C:\\fakepath\\фото.jpg", "фото.jpg"),
        ("../../etc/passwd", "passwd"),
        ("фото\u202efdp.docx", "фотоfdp.docx"),  # else it would be read as «фотоxcod.pdf»
    ],
)
def test_a_name_is_the_last_part_of_what_was_typed(typed: str, kept: str) -> None:
    assert lesson_files.file_name(typed) == kept


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("  ", "lesson_file.no_name"),
        ("a/..", "lesson_file.no_name"),
        ("\u200b\u2060", "lesson_file.no_name"),  # nobody could see the link
        ("я" * 121, "lesson_file.long_name"),
        ("a\x00b", "text.unprintable"),
    ],
)
def test_a_name_that_cannot_be_kept_is_refused(typed: str, code: str) -> None:
    with pytest.raises(Invalid) as refused:
        lesson_files.file_name(typed)
    assert refused.value.code == code


@pytest.fixture
def school() -> Iterator[SmallSchool]:
    school = SmallSchool()
    yield school
    school.room.engine.close(WAIT_S)


def asked(lesson: str, name: str = "Карточка 3.pdf") -> tuple[Any, ...]:
    kind = FileKind.HOMEWORK
    return ("attach_lesson_file", CLASS_7A, lesson, FILE, kind, name, SEALED)


def test_the_name_and_the_file_lie_in_the_vault_of_who_attached(school: SmallSchool) -> None:
    lesson = school.lesson(1)
    [fact] = school.facts(*asked(lesson), by=ANNA)
    assert isinstance(fact, LessonFileAttached)
    assert (fact.sha256, fact.size, fact.media) == (SHA, 48_213, "application/pdf")
    name, body = school.log.vault[fact.payload.id], school.log.vault[fact.file.id]
    assert (name.subject, name.kind, name.body) == (ANNA, "title", "Карточка 3.pdf")
    assert (body.subject, body.kind, body.body) == (ANNA, "scan", SEALED.body)


def test_files_are_of_the_lessons_teacher(school: SmallSchool) -> None:
    lesson = school.lesson(1)
    for by in (BORIS, KIRA, VERA):
        assert school.refuses(*asked(lesson), by=by) == (Forbidden, "lesson.not_yours")
    for by in (TANYA, OLGA, PETYA):
        assert school.refuses(*asked(lesson), by=by) == (NotFound, "lesson.unknown")
    school.does(*asked(lesson), by=ANNA)
    gone = ("remove_lesson_file", CLASS_7A, lesson, FILE)
    assert school.refuses(*gone, by=BORIS) == (Forbidden, "lesson.not_yours")
    [fact] = school.facts(*gone, by=ANNA)
    assert isinstance(fact, LessonFileRemoved)
    assert fact.sha256 == SHA
