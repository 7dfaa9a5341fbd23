"""What a school takes in as the scan of a paper (OWASP ASVS 5.0, V5.2 and V5.4)."""

from __future__ import annotations

import zlib
from io import BytesIO
from struct import pack
from zipfile import ZipFile

import pytest
from PIL import Image

from api.scans import LONGEST_SIDE, MOST_BYTES, checked
from domain.refusals import Invalid
from tests.api.papers import PDF, noted, pdf_packed, pdf_with, picture, told

EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


def zipped() -> bytes:
    out = BytesIO()
    with ZipFile(out, "w") as made:
        made.writestr("../../x", "0" * 1_000)
    return out.getvalue()


def flat(width: int, height: int) -> bytes:
    """The header of a PNG that would unfold to so many pixels; its rows are all zeros."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return pack(">I", len(data)) + kind + data + pack(">I", zlib.crc32(kind + data))

    header = pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    rows = zlib.compress(bytes(1_000_000))
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")
    )


REFUSED = {
    "V5.2.1 larger than 3 MB": (PDF + b" " * MOST_BYTES, "scan.too_large"),
    "V5.2.2 nothing": (b"", "scan.unknown"),
    "V5.2.2 svg": (SVG, "scan.unknown"),
    "V5.2.2 html": (b"<!doctype html><script>alert(1)</script>", "scan.unknown"),
    "V5.2.2 gif": (picture("GIF"), "scan.unknown"),
    "V5.2.2 a page that begins as a JPEG": (b"\xff\xd8\xff<html><script>", "scan.spoilt"),
    "V5.2.2 a JPEG that is cut": (picture(size=(500, 500))[:300], "scan.spoilt"),
    "V5.2.2 a PNG that is cut": (picture("PNG")[:60], "scan.spoilt"),
    "V5.2.2 a PDF that does not end": (PDF[:-8], "scan.spoilt"),
    "V5.2.2 a page that has a PDF in it": (b"<html>" + PDF, "scan.unknown"),
    "V5.2.2 a PDF that is an archive, too": (PDF + zipped() + b"%%EOF", "scan.spoilt"),
    "V5.2.3 an archive": (zipped(), "scan.unknown"),
    "V5.2.3 a PDF that unfolds without end": (
        pdf_packed(bytes(30_000_000)),
        "scan.too_many_bytes",
    ),
    "V5.2.6 more pixels than anybody prints": (flat(8_000, 8_000), "scan.too_many_pixels"),
    "V5.2.6 pixels enough to fill the memory": (flat(60_000, 60_000), "scan.spoilt"),
    "V5.4.3 a virus": (EICAR, "scan.unknown"),
    "V5.4.3 a virus in a PDF": (pdf_with(EICAR), "scan.spoilt"),
    "V5.4.3 a program": (pdf_with(b"/S/JavaScript/JS(app.alert(1))"), "scan.acting"),
    "V5.4.3 a program spelt otherwise": (pdf_with(b"/S/J#61vaScript"), "scan.acting"),
    "V5.4.3 a program, packed": (pdf_packed(b"<</S/JavaScript/JS(x)>>"), "scan.acting"),
    "V5.4.3 its short name": (pdf_with(b"/JS (app.alert(1))"), "scan.acting"),
    "V5.4.3 a command": (pdf_with(b"/S/Launch/F(cmd.exe)"), "scan.acting"),
    "V5.4.3 a file inside": (pdf_with(b"/Type/EmbeddedFile"), "scan.acting"),
    "V5.4.3 what is done on opening": (pdf_with(b"/OpenAction 4 0 R"), "scan.acting"),
    "V5.4.3 what is done on opening, within": (
        pdf_with(b"/OpenAction <</S/URI/URI(http://elsewhere)>>"),
        "scan.acting",
    ),
    "V5.4.3 what nobody can look into": (pdf_with(b"/Encrypt 5 0 R"), "scan.acting"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_refused_with_what_is_taken_in(name: str) -> None:
    content, code = REFUSED[name]

    with pytest.raises(Invalid) as refusal:
        checked(content)

    assert refusal.value.code == code
    assert len(refusal.value.message) > 40


def test_a_plain_pdf_is_kept_as_it_is() -> None:
    assert checked(PDF) == ("application/pdf", PDF)
    assert checked(pdf_packed(b"<</Type/Page>>"))[0] == "application/pdf"


def test_a_pdf_may_say_which_page_is_shown_first() -> None:
    """Each one that LibreOffice writes does; an action in its place stays refused."""
    shown_first = pdf_with(b"/Type/Catalog/OpenAction[1 0 R /XYZ null null 0]/Lang(ru-RU)")
    assert checked(shown_first) == ("application/pdf", shown_first)


def test_a_picture_forgets_where_it_was_taken_and_stands_upright() -> None:
    before = told()
    assert b"taken at home" in before

    media, after = checked(before)

    with Image.open(BytesIO(after)) as image:
        assert (media, image.format, image.size) == ("image/jpeg", "JPEG", (40, 60))
        assert not image.getexif()
        assert {"comment", "icc_profile", "exif"}.isdisjoint(image.info)
        top, bottom = image.getpixel((20, 5)), image.getpixel((20, 55))
    assert isinstance(top, tuple)
    assert isinstance(bottom, tuple)
    assert (top[1] < 60, bottom[1] > 200) == (True, True)  # what was on the left is at the top now


def test_a_png_stays_one_and_loses_its_words() -> None:
    media, after = checked(noted())

    with Image.open(BytesIO(after)) as image:
        assert (media, image.format) == ("image/png", "PNG")
        assert not image.info


def test_what_follows_a_picture_is_gone() -> None:
    for kind in ("JPEG", "PNG"):
        _, after = checked(picture(kind) + zipped() + SVG)
        assert b"PK" not in after
        assert b"<svg" not in after


def test_a_large_picture_is_made_smaller() -> None:
    _, after = checked(picture("PNG", (5_000, 2_500)))

    with Image.open(BytesIO(after)) as image:
        assert image.size == (LONGEST_SIDE, LONGEST_SIDE // 2)


def test_grey_and_see_through_pictures_are_pictures() -> None:
    for mode in ("L", "P", "LA", "RGBA", "CMYK", "1", "I;16"):
        out = BytesIO()
        Image.new(mode, (8, 8)).save(out, "JPEG" if mode == "CMYK" else "PNG")
        assert checked(out.getvalue())[1]


def test_black_words_on_nothing_are_on_white_paper() -> None:
    image = Image.new("RGBA", (60, 40))
    image.paste((0, 0, 0, 255), (0, 0, 20, 40))
    out = BytesIO()
    image.save(out, "PNG")

    _, after = checked(out.getvalue())

    with Image.open(BytesIO(after)) as kept:
        assert (kept.getpixel((10, 20)), kept.getpixel((40, 20))) == ((0, 0, 0), (255, 255, 255))
