"""Pages drawn with letters of a specimen: what is on them, and that each is a whole PDF/A."""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from typing import Any

import pytest
from pypdf import PdfReader

from api.documents.letters import BOX, FIRST, Letters, clean
from api.documents.paper import INSIDE, Column, Paper

DATE = (2026, 6, 30)
FOOT = "7а, Алгебра, 2025/2026"
HEAD = ("Тема", "Задание")
COLUMNS = (Column(INSIDE // 2, inset=300), Column(INSIDE // 2, 800, inset=300))
ALWAYS = (FOOT, *HEAD, "0123456789 · из")


def table(rows: Sequence[tuple[str, str]], *, title: str = "Журнал", foot: str = FOOT) -> PdfReader:
    """A document with one table. Strict: what is not a whole PDF raises."""
    letters = Letters([*ALWAYS, foot, *map("".join, rows)], [title], DATE)
    paper = Paper(letters)
    paper.heading(title, 1300)
    paper.table(COLUMNS, HEAD, rows)
    return PdfReader(io.BytesIO(paper.written(title, "Школа № 1", foot)), strict=True)


def texts(reader: PdfReader) -> list[str]:
    return [page.extract_text() for page in reader.pages]


def test_what_is_drawn_can_be_read_and_found() -> None:
    [page] = texts(table([("Дроби — «½», № 5", "§ 3, x < 4")]))
    assert page.splitlines()[:3] == ["Журнал", "Тема Задание", "Дроби — «½», № 5 § 3, x < 4"]
    assert page.splitlines()[-1] == f"{FOOT} · 1 из 1"


def test_every_page_of_a_table_has_its_head_and_its_number() -> None:
    pages = texts(table([(f"Тема {n}", f"№ {n}") for n in range(120)]))
    assert len(pages) == 3
    assert all(page.count("Задание") == 1 for page in pages)
    assert [page.splitlines()[-1][-6:] for page in pages] == ["1 из 3", "2 из 3", "3 из 3"]
    found = re.findall(r"Тема (\d+) № (\d+)", "\n".join(pages))
    assert found == [(str(n), str(n)) for n in range(120)]


def test_a_row_that_no_page_would_hold_is_broken() -> None:
    pages = texts(table([("Пересказ", " ".join(f"слово{n}" for n in range(2_000)))]))
    assert len(pages) > 3
    assert re.findall(r"слово(\d+)", "\n".join(pages)) == [str(n) for n in range(2_000)]


def test_lines_break_after_spaces_and_hyphens_and_a_word_that_is_too_wide_anywhere() -> None:
    letters = Letters(["Преображенская-Константинопольская Анна", "Ж" * 90], [], DATE)
    paper = Paper(letters)
    lines = paper._lines("Преображенская-Константинопольская Анна", 9_000, 900, bold=False)
    assert lines == ["Преображенская-", "Константинопольская", "Анна"]
    wide = paper._lines("Ж" * 90, 9_000, 900, bold=False)
    assert "".join(wide) == "Ж" * 90
    assert all(paper._width(line, 900, bold=False) <= 9_000 for line in wide)


def test_widths_are_those_of_the_font() -> None:
    signs = "абвгдеЖШщ 0123456789.,№«»-()\\"
    plain = Letters([signs], [], DATE).faces[0]
    assert set(plain.widths) == {*signs, FIRST, BOX}
    assert all(plain.widths.values())
    assert plain.widths["Ш"] > plain.widths["а"] > plain.widths["."]
    assert len({plain.widths[digit] for digit in "0123456789"}) == 1


def test_letters_of_two_signs_are_composed_and_unseen_ones_take_no_room() -> None:
    assert clean("и\u0306\t5") == "й 5"
    [page] = texts(table([("И\u0306од пере\u00adнос", "a\u00a0b")]))
    assert "Йод перенос" in page


@pytest.mark.parametrize("strange", ["漢", "🙂", "✓", "₽", "👍🏽", "\u20dd", "\x7f"])
def test_a_sign_that_the_font_has_not_is_an_empty_box(strange: str) -> None:
    """A topic of years ago is not what anybody can correct: the page is drawn all the same."""
    letters = Letters([*ALWAYS, f"Тема {strange}"], [f"Журнал {strange}"], DATE)
    assert letters.missing == {*strange}
    for face in letters.faces:
        assert all(face.glyphs[ord(sign)] == face.glyphs[ord(BOX)] for sign in strange)
    [page] = texts(table([(f"Тема {strange}.", "5")]))
    assert f"Тема {BOX * len(strange)}." in page


def test_a_stress_stands_over_its_letter_and_takes_no_room() -> None:
    letters = Letters(["за\u0301мок"], [], DATE)
    assert letters.missing == frozenset()
    assert letters.faces[0].widths["\u0301"] == 0
    [page] = texts(table([("за\u0301мок", "5")]))
    assert "за\u0301мок" in page


def test_the_same_pages_are_the_same_bytes_and_others_have_another_number() -> None:
    def drawn(foot: str) -> bytes:
        stream: Any = table([("Тема", "5")], foot=foot).stream
        data: bytes = stream.getvalue()
        return data

    assert drawn("7а") == drawn("7а")
    numbers = [re.findall(rb"/ID\[\((.{24})\)\(\1\)\]", drawn(foot)) for foot in ("7а", "7б")]
    assert numbers[0] != numbers[1]
    assert all(len(one) == 1 for one in numbers)


def test_the_words_about_a_document_agree_and_are_escaped() -> None:
    title = "Журнал: 5 < 6 & «Дроби»"
    reader = table([("Тема", "")], title=title)
    assert reader.metadata is not None
    assert (reader.metadata.title, reader.metadata.author) == (title, "Школа № 1")
    assert reader.xmp_metadata is not None
    assert reader.xmp_metadata.dc_title == {"x-default": title}
    assert reader.xmp_metadata.dc_creator == ["Школа № 1"]
    root: Any = reader.root_object
    said = root["/Metadata"].get_object().get_data().decode()
    assert "<xmpTPg:NPages>1</xmpTPg:NPages>" in said
    assert "letopis-" not in said


def test_content_is_not_packed_so_that_every_machine_writes_the_same() -> None:
    contents: Any = table([("Тема", "5")]).pages[0]["/Contents"]
    assert "/Filter" not in contents
