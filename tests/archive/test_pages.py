"""Named pages of class journals and sheets, for the people's bag."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from io import BytesIO
from typing import Any

import pytest
from pypdf import PdfReader

from api.documents.archive import cut, summaries
from domain.calendar import Calendar, Term
from domain.office.archive_facts import ArchiveAnnotated
from domain.people.facts import Name
from domain.values import AttendanceCode, LessonKind, PayloadRef
from projections.archive.year import ClassBook, Lesson, Mark, Year

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


def test_the_same_year_gives_the_same_pages(year: Year) -> None:
    assert list(summaries(SCHOOL)(year, NAMES)) == list(summaries(SCHOOL)(year, NAMES))


def test_a_signature_does_not_run_off_the_act() -> None:
    # 68 bytes with a key's number, 76 with a witness's moment: Typst may find no place to break
    seal = f"школа\n12\nAA==\n\n— школа {'A' * 92}\n— witness.example {'A' * 104}\n"

    lines = cut(seal)

    assert max(map(len, lines)) == 72
    assert "".join(lines) == seal.replace("\n", "")
    assert lines[:4] == ["школа", "12", "AA==", ""]


def test_pages_for_keeping_need_nothing_that_is_not_in_them(year: Year) -> None:
    """What PDF/A-3 asks and a program can see: it says so, colours and every font are inside, it is
    neither locked nor does it run anything. The sheet is tagged, too.
    """
    [summary, journal] = [
        PdfReader(BytesIO(content)) for _, content in summaries(SCHOOL)(year, NAMES)
    ]
    for reader, conformance in ((summary, "A"), (journal, "B")):
        root: Any = reader.root_object
        told = root["/Metadata"].get_object().get_data().decode()
        assert "<pdfaid:part>3</pdfaid:part>" in told
        assert f"<pdfaid:conformance>{conformance}</pdfaid:conformance>" in told
        assert ("<pdfuaid:part>1</pdfuaid:part>" in told) == (conformance == "A")
        assert ("/StructTreeRoot" in root) == (conformance == "A")
        assert "/OutputIntents" in root
        assert not reader.is_encrypted
        assert not {"/OpenAction", "/AA", "/JavaScript"} & {*root, *root.get("/Names", {})}
        fonts = list(_fonts_of(reader))
        assert fonts
        assert all("/FontFile2" in one or "/FontFile3" in one for one in fonts)


def _fonts_of(reader: PdfReader) -> Iterator[Any]:
    """Descriptors of the fonts of all pages."""
    pages: Any = reader.pages
    for page in pages:
        for font in page["/Resources"]["/Font"].values():
            [inner] = font.get_object()["/DescendantFonts"]
            yield inner.get_object()["/FontDescriptor"].get_object()
