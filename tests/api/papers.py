"""Files that somebody may bring as the scan of a consent, and what a paper says."""

from __future__ import annotations

import zlib
from base64 import b64encode
from io import BytesIO
from typing import Any

from PIL import Image
from PIL.PngImagePlugin import PngInfo

WHERE = "Кукарино, улица Лесная, дом 4"
PDF = b"%PDF-1.7\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"

PAPER: dict[str, Any] = {
    "child": {"name": "Петров Пётр", "address": WHERE, "document": "II-АБ № 123456, ЗАГС, 2013"},
    "signer": {"name": "Петрова Ольга", "address": WHERE, "document": "46 12 654321, ОВД, 2012"},
    "ground": "мать, свидетельство о рождении",
    "operator": "Кукаринская школа, Кукарино, улица Школьная, дом 1",
    "aim": "электронный дневник",
    "data": "имя, класс, отметки, посещаемость",
    "actions": "запись, хранение, показ в дневнике, удаление",
    "term": "до окончания школы; отзыв заявлением классному руководителю",
    "signed_on": "2026-09-01",
}


def picture(kind: str = "JPEG", size: tuple[int, int] = (60, 40), **saved: Any) -> bytes:
    """A plain picture, red on the left and white on the right."""
    image = Image.new("RGB", size, "white")
    image.paste("red", (0, 0, size[0] // 2, size[1]))
    out = BytesIO()
    image.save(out, kind, **saved)
    return out.getvalue()


def told() -> bytes:
    """A JPEG that knows where it was taken and says so in a comment; it lies on its side."""
    exif = Image.Exif()
    exif[0x0112] = 6  # turned a quarter
    exif[0x010F] = "Телефон мамы"
    exif.get_ifd(0x8825)[2] = (55.0, 42.0, 7.0)
    return picture(exif=exif, comment=b"taken at home", icc_profile=b"a profile " * 20)


def noted() -> bytes:
    """A PNG with words in it."""
    words = PngInfo()
    words.add_text("Author", "taken at home", zip=True)
    return picture("PNG", pnginfo=words)


def pdf_with(inside: bytes) -> bytes:
    """A PDF with this among its objects."""
    return PDF.replace(b"trailer", b"3 0 obj<<" + inside + b">>endobj\ntrailer")


def pdf_packed(inside: bytes) -> bytes:
    """A PDF that keeps this in a packed stream of objects."""
    packed = zlib.compress(inside)
    header = b"3 0 obj<</Type/ObjStm/Filter/FlateDecode/N 1>>stream\n"
    return PDF.replace(b"trailer", header + packed + b"\nendstream endobj\ntrailer")


def in_text(content: bytes) -> str:
    """As a request carries it."""
    return b64encode(content).decode()
