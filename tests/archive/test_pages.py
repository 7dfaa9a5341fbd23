"""Named pages of class journals and sheets, for the people's bag."""

from __future__ import annotations

from datetime import UTC, date, datetime
from io import BytesIO

import pytest
from pypdf import PdfReader

from api.documents.archive import act, cut, summaries
from domain.calendar import Calendar, Term
from domain.office.archive_facts import ArchiveAnnotated
from domain.people.facts import Name
from domain.values import AttendanceCode, LessonKind, PayloadRef
from projections.archive.write import Written
from projections.archive.year import ClassBook, Lesson, Mark, Year
from tests.archive.pdfa import faults

SCHOOL = "Школа № 1"
NAMES = {
    "p1": Name("Ёлкин", "Игорь"),
    "p2": Name("Ивлева", "Анна"),
    "t1": Name("Орлова", "Нина", "Петровна"),
}


@pytest.fixture(scope="module")
def year() -> Year:
    """7а has algebra on 30 days of one term; Ivleva's mark has an annotation."""
    found = Year("00000000-0000-4000-8000-00000000005c", 2026)
    days = [date(2026, 9, 1 + n) for n in range(30)]
    found.calendar = Calendar(year=2026, terms=(Term(1, "1 четверть", days[0], days[-1]),))
    found.subjects = {"s1": "Алгебра"}
    found.archived_at = datetime(2027, 6, 30, 9, tzinfo=UTC)
    book = ClassBook("c1", 7, "а")
    book.pupils = {"p1": [(days[0], None)], "p2": [(days[0], None)], "gone": [(days[0], None)]}
    for n, day in enumerate(days):
        book.lessons[f"l{n:02}"] = Lesson(day, 1, "s1", "t1", None, topic=f"Тема {n}")
    book.lessons["l03"].kind, book.lessons["l03"].title = str(LessonKind.CONTROL), "Дроби"
    book.lessons["l05"].cancelled = True
    book.marks = {
        "m1": Mark("l02", "p1", "5", "w", "1.00"),
        "m2": Mark("l03", "p2", "4", "w", "2.00"),
    }
    book.absences = {("l04", "p1"): AttendanceCode.ILL}
    book.results = {("p1", "s1", "1"): "5", ("p2", "s1", "1"): "4"}
    found.classes = {"c1": book}
    ref = PayloadRef("00000000-0000-4000-8000-0000000000e1", "A" * 43)
    found.annotations = [ArchiveAnnotated("a1", "c1", "p2", "s1", "4", "5", "3", ref, "m2")]
    return found


def text_of(content: bytes) -> str:
    return "\n".join(page.extract_text() for page in PdfReader(BytesIO(content)).pages)


def test_pages_of_a_journal_have_names_marks_absences_and_what_an_act_says(year: Year) -> None:
    sheets = list(summaries(SCHOOL)(year, NAMES))
    assert [name for name, _ in sheets] == [
        "data/sheets/07a-summary.pdf",
        "data/sheets/07a-journal-01-algebra.pdf",
    ]
    summary, journal = (text_of(content) for _, content in sheets)
    assert journal.index("Ёлкин Игорь") < journal.index("Ивлева Анна")
    assert "данные удалены" in journal
    assert "Учитель: Орлова Н. П." in journal
    assert "1 четверть, продолжение" in journal  # 29 lessons are two pages
    assert "4*" in journal
    assert "Ивлева Анна, отметка урока: вместо «4» следует читать «5», акт № 3" in journal
    assert "Тема 3 («Дроби»)" in journal
    assert "Тема 5" not in journal.replace("Тема 5 ", "")
    assert "по акту № 3: Алгебра" in summary


def test_a_smile_in_a_topic_does_not_keep_a_year_from_being_archived(year: Year) -> None:
    lesson = year.classes["c1"].lessons["l01"]
    was, lesson.topic = lesson.topic, "За\u0301мок 🙂"
    _, (_, content) = summaries(SCHOOL)(year, NAMES)
    lesson.topic = was
    assert "За\u0301мок □" in text_of(content)
    assert "□ — знак, которого нет в шрифте; он есть в архиве журнала." in text_of(content)
    assert faults(content, "B") == []
    _, (_, plain) = summaries(SCHOOL)(year, NAMES)
    assert "□" not in text_of(plain)


def test_the_same_year_gives_the_same_pages(year: Year) -> None:
    assert list(summaries(SCHOOL)(year, NAMES)) == list(summaries(SCHOOL)(year, NAMES))


def test_a_signature_does_not_run_off_the_act() -> None:
    # 68 bytes with a key's number, 76 with a witness's moment: Typst may find no place to break
    seal = f"школа\n12\nAA==\n\n— школа {'A' * 92}\n— witness.example {'A' * 104}\n"

    lines = cut(seal)

    assert max(map(len, lines)) == 72
    assert "".join(lines) == seal.replace("\n", "")
    assert lines[:4] == ["школа", "12", "AA==", ""]


@pytest.fixture(scope="module")
def journal(year: Year) -> bytes:
    """A page of the journal of 7а."""
    _, (_, content) = summaries(SCHOOL)(year, NAMES)
    return content


def test_a_sheet_of_a_class_may_be_kept_and_be_read_aloud(year: Year) -> None:
    (_, content), _ = summaries(SCHOOL)(year, NAMES)
    assert faults(content, "A") == []
    spoilt = content.replace(b"/StructTreeRoot", b"/StructTreeRood")
    assert faults(spoilt, "A") == ["it has no structure"]


def test_a_page_of_a_journal_may_be_kept(journal: bytes) -> None:
    assert faults(journal, "B") == []
    assert "it is not marked" in faults(journal, "A")


def test_the_act_may_be_kept_and_be_read_aloud(bags: Written) -> None:
    assert faults(act(bags, SCHOOL, "Europe/Moscow"), "A") == []


@pytest.mark.parametrize(
    ("was", "spoilt", "said"),
    [
        (b"/OutputIntents", b"/OutputIntentz", "output intent"),
        (b"/GTS_PDFA1", b"/GTS_PDFX1", "output intent"),
        (b"/FontFile3", b"/FontFileX", "not inside"),
        (b"/ToUnicode", b"/ToUnicodX", "read aloud"),
        (b"<pdfaid:part>3<", b"<pdfaid:part>2<", "PDF/A-3b"),
        (b"/Metadata 2", b"/Metadatz 2", "no description"),
        (b"<xmp:CreateDate>2027", b"<xmp:CreateDate>2028", "days differ"),
        (b"/ID[(", b"/IX[(", "identifiers"),
        (b"\nET\nQ", b"\nET\nq", "not closed"),
    ],
)
def test_what_may_not_be_kept_is_found(
    journal: bytes, was: bytes, spoilt: bytes, said: str
) -> None:
    assert was in journal
    assert any(said in one for one in faults(journal.replace(was, spoilt), "B"))
