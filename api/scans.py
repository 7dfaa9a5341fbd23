"""Scans of papers: what is taken in, decided by what the bytes are; made harmless on the way.

A picture is decoded and written anew, so that nothing but its pixels stays: no place where it was
taken, no comment, no second file behind it. A PDF cannot be made anew, so one that could act by
itself is refused (OWASP ASVS V5.2).
"""

from __future__ import annotations

import re
import zlib
from io import BytesIO
from typing import Final
from urllib.parse import quote

from PIL import Image, ImageOps
from starlette.responses import Response

from api import word
from domain.people.consent import Media
from domain.refusals import Invalid

MOST_BYTES: Final = 3_000_000  # in base64 within a request it still fits into what a door lets in
LONGEST_SIDE: Final = 2_000  # pixels; a sheet of A4 at 170 dots an inch
MOST_PIXELS: Final = 60_000_000  # the largest telephone picture; more is a bomb
MOST_INFLATED: Final = 20_000_000  # bytes of a PDF's packed objects
JPEG_QUALITY: Final = 85

EXTENSIONS: Final[dict[Media, str]] = {
    "application/pdf": "pdf",
    "image/jpeg": "jpg",
    "image/png": "png",
    word.DOCX: "docx",
    word.PPTX: "pptx",
}
#: of a paper: saved, never shown as a page of ours, kept by nobody on the way
DOWNLOAD_HEADERS: Final = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "sandbox; default-src 'none'",
    "Cache-Control": "private, no-store",
}
ZIP: Final = "application/zip"
HANDED_OUT = "К уроку прикладывают PDF, Word (.docx), презентацию (.pptx), JPEG или PNG, до 3 МБ."
WANTED = "Скан принимается как фотография (JPEG или PNG) или PDF, до 3 МБ."
#: names of a PDF by which it acts, carries other files, or hides what it does
ACTING: Final = (
    b"/JavaScript",
    b"/Launch",
    b"/EmbeddedFile",
    b"/XFA",
    b"/RichMedia",
    b"/Encrypt",
)
TEST_VIRUS = b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE"
END_OF_ZIP = b"PK\x05\x06"
_STREAM = re.compile(rb"stream\r?\n(.*?)endstream", re.DOTALL)
#: something is done on opening; a place in brackets is only shown: each PDF of LibreOffice has it
_ON_OPENING = re.compile(rb"/OpenAction(?!\s*\[)")
_SHORT_JS = re.compile(rb"/JS[\s(<\[/]")
_ESCAPED = re.compile(rb"#([0-9A-Fa-f]{2})")


def document(content: bytes) -> tuple[Media, bytes]:
    """As `checked`, and a Word document as well: where no signed paper is asked for."""
    if word.is_zip(content) and len(content) <= MOST_BYTES:
        return word.harmless(content)
    return checked(content)


def attachment(content: bytes) -> tuple[Media, bytes]:
    """As `document`, and a presentation as well: what a teacher hands out at a lesson."""
    if word.is_zip(content) and len(content) <= MOST_BYTES:
        return word.harmless(content, word.PPTX)
    return checked(content, HANDED_OUT)


def download(body: bytes, name: str, media_type: str) -> Response:
    """A file to be saved under this name, whatever letters it has."""
    headers = dict(DOWNLOAD_HEADERS) | {
        "Content-Disposition": f"attachment; filename*=UTF-8''{quote(name)}"
    }
    return Response(body, media_type=media_type, headers=headers)


def checked(content: bytes, wanted: str = WANTED) -> tuple[Media, bytes]:
    """(what it is, what is kept of it). Raises Invalid with what is taken in."""
    if len(content) > MOST_BYTES:
        raise Invalid("scan.too_large", f"Файл больше 3 МБ. {wanted}")
    if content.startswith(b"%PDF-"):
        return "application/pdf", _harmless(content)
    if content.startswith(b"\xff\xd8\xff"):
        return "image/jpeg", _drawn_anew(content, "JPEG")
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png", _drawn_anew(content, "PNG")
    raise Invalid("scan.unknown", f"Такой файл не принимается. {wanted}")


def _drawn_anew(content: bytes, kind: str) -> bytes:
    try:
        drawn = _pixels(content, kind)
    except Invalid:
        raise
    except Exception as fault:  # decoders raise whatever they stumble over
        raise Invalid("scan.spoilt", f"Файл не открывается как картинка. {WANTED}") from fault
    out = BytesIO()
    drawn.save(out, kind, quality=JPEG_QUALITY, optimize=True)
    return out.getvalue()


def _pixels(content: bytes, kind: str) -> Image.Image:
    """The picture the right way up, at most so large, and nothing that it was kept with."""
    with Image.open(BytesIO(content), formats=[kind]) as image:
        if image.width * image.height > MOST_PIXELS:
            raise Invalid("scan.too_many_pixels", f"Картинка слишком велика. {WANTED}")
        image.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))  # a JPEG need not unfold whole
        clear = image.has_transparency_data
        drawn = ImageOps.exif_transpose(image).convert("RGBA" if clear else "RGB")
    drawn.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    if clear:  # as on paper: black words on nothing would be black on black
        sheet = Image.new("RGB", drawn.size, "white")
        sheet.paste(drawn, mask=drawn)
        drawn = sheet
    drawn.info.clear()
    return drawn


def _harmless(content: bytes) -> bytes:
    if not content.rstrip().endswith(b"%%EOF") or END_OF_ZIP in content or TEST_VIRUS in content:
        raise Invalid("scan.spoilt", f"Это не цельный документ PDF. {WANTED}")
    outside = _STREAM.sub(b"", content)
    packed = _unpacked(content)
    if _SHORT_JS.search(_plain(outside + packed)) or any(
        _ON_OPENING.search(text) or any(name in text for name in ACTING)
        for text in (_plain(content), _plain(packed))
    ):
        raise Invalid(
            "scan.acting",
            "В этом PDF есть программа, вложение или пароль: отсканируйте бумагу заново.",
        )
    return content


def _plain(text: bytes) -> bytes:
    """Names as they are read: «/J#61vaScript» is «/JavaScript»."""
    return _ESCAPED.sub(lambda found: bytes([int(found[1], 16)]), text)


def _unpacked(content: bytes) -> bytes:
    """The objects that a PDF keeps packed in streams of objects. Raises Invalid for a bomb."""
    whole = b""
    for found in _STREAM.finditer(content):
        header = content[content.rfind(b"obj", 0, found.start()) : found.start()]
        if b"/ObjStm" not in _plain(header):
            continue
        try:
            whole += zlib.decompressobj().decompress(found[1], MOST_INFLATED)
        except zlib.error as fault:
            raise Invalid("scan.spoilt", f"Этот PDF не открывается. {WANTED}") from fault
        if len(whole) >= MOST_INFLATED:
            raise Invalid("scan.too_many_bytes", f"Этот PDF разворачивается без конца. {WANTED}")
    return whole
