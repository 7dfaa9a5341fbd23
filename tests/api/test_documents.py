"""Typesetting: the same bytes every time, no font of the machine, a warning is a fault."""

from __future__ import annotations

import io
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pypdf import PdfReader

from api.documents import UnprintableError, pdf, typesetting
from api.documents.slips import Slip, slips_pdf

UNTIL = datetime(2026, 9, 5, 9, tzinfo=UTC)


def slips(*people: Slip, origin: str = "https://shkola.example") -> bytes:
    """Slips of Kukarino."""
    return slips_pdf(
        people, school="Кукаринская школа", origin=origin, good_until=UNTIL, zone="Europe/Moscow"
    )


def one(number: int) -> Slip:
    return Slip(f"Петров Пётр {number}", f"petrov{number}", f"pass{number}word", "7а")


@pytest.mark.parametrize(("people", "sheets"), [(1, 1), (8, 1), (9, 2), (25, 4)])
def test_eight_slips_are_on_a_sheet(people: int, sheets: int) -> None:
    pages = PdfReader(io.BytesIO(slips(*map(one, range(people))))).pages

    assert len(pages) == sheets
    assert (float(pages[0].mediabox.width), float(pages[0].mediabox.height)) == pytest.approx(
        (595.28, 841.89), abs=0.01
    )
    for number in range(people):
        assert f"pass{number}word" in pages[number // 8].extract_text()


def test_the_same_slips_are_the_same_bytes() -> None:
    assert slips(one(1)) == slips(one(1))
    assert slips(one(1)) != slips(one(2))


def test_a_long_name_and_a_long_login_stay_on_their_slip() -> None:
    long = Slip("Константинопольский-Преображенский " * 2, "k" * 40, "k7m2pq9rstuv", "11а")

    assert len(PdfReader(io.BytesIO(slips(*[long] * 8))).pages) == 1


def test_without_an_address_a_slip_has_none() -> None:
    text = PdfReader(io.BytesIO(slips(one(1), origin=""))).pages[0].extract_text()

    assert "sign-in" not in text
    assert "Введите логин" in text


def test_a_sign_that_no_font_has_is_refused() -> None:
    with pytest.raises(UnprintableError, match="漢"):
        slips(Slip("漢", "han", "k7m2pq9rstuv"))


def test_a_warning_is_a_fault(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(typesetting, "FOLDER", tmp_path)
    (tmp_path / "letter.typ").write_text(
        '#set document(title: "x")\n#set text(font: ("No Such Font", "Libertinus Serif"))\nhi'
    )

    with pytest.raises(UnprintableError, match="no such font"):
        pdf("letter", {})


def test_a_document_is_tagged_and_says_what_it_is() -> None:
    reader = PdfReader(io.BytesIO(slips(one(1))))

    assert reader.metadata is not None
    assert reader.metadata.title == "Логины и одноразовые пароли"
    assert "StructTreeRoot" in str(reader.root_object)
    assert str(reader.root_object["/Lang"]) == "ru"


def test_what_a_long_document_takes_does_not_stay_with_who_printed_it() -> None:
    """Typst gives nothing back: it is loaded by a process of its own, which ends."""
    slips(one(1))

    assert "typst" not in sys.modules


def test_a_typesetter_that_is_killed_is_no_document() -> None:
    with typesetting.Typesetter() as typesetter:
        typesetter._process.kill()
        typesetter._process.wait()
        with pytest.raises(ChildProcessError, match="has ended"):
            typesetter.pdf("slips", {})


def test_a_typesetter_that_dies_amid_its_answer_is_no_document() -> None:
    half = io.BytesIO((100).to_bytes(8, "big") + typesetting.DONE + b"%PDF-1.7 half of")

    with pytest.raises(EOFError):
        typesetting.receive(half)
