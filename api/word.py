"""Word documents and presentations that are taken in: decided by their parts, written anew, refused
when they act.

A .docx (a .pptx) is a ZIP of XML. What could act by itself (macros, embedded objects, templates and
pictures fetched from elsewhere) is refused; the rest is packed anew, so that nothing hides around
the parts.
"""

from __future__ import annotations

import struct
import zlib
from io import BytesIO
from lzma import LZMAError
from typing import Final
from xml.etree import ElementTree as ET
from zipfile import ZIP_DEFLATED, BadZipFile, ZipFile, ZipInfo

from domain.people.consent import Media
from domain.refusals import Invalid

DOCX: Final[Media] = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
PPTX: Final[Media] = "application/vnd.openxmlformats-officedocument.presentationml.presentation"
MOST_INFLATED: Final = 20_000_000  # bytes of all parts
MOST_PARTS: Final = 500
NEEDED: Final = frozenset({"[Content_Types].xml", "_rels/.rels"})
#: the part that says what it is
MAIN: Final[dict[Media, str]] = {DOCX: "word/document.xml", PPTX: "ppt/presentation.xml"}
#: parts that act or carry something else
ACTING: Final = ("vbaproject", "vbadata", "activex", "embeddings/", "oleobject", ".bin", ".exe")
#: of a day that is nobody's: the packing tells nothing of its own
_EPOCH = (1980, 1, 1, 0, 0, 0)
_ENCRYPTED = 0x1
_ACTING_TEXT = (
    b"macroenabled",
    b"<!doctype",
    b"<!entity",
    b"ddeauto",
    b"dde ",
    b"ppaction://program",
)
#: every packing stumbles in its own way
_STUMBLES = (
    BadZipFile,
    EOFError,
    LZMAError,
    NotImplementedError,
    OSError,
    RuntimeError,
    ValueError,
    struct.error,
    zlib.error,
)
SPOILT = Invalid("scan.spoilt", "Этот документ не открывается.")


def is_zip(content: bytes) -> bool:
    """It begins as a ZIP does."""
    return content.startswith(b"PK\x03\x04")


def harmless(content: bytes, *also: Media) -> tuple[Media, bytes]:
    """(what it is, it packed anew): a Word document, or one of the others that are taken as well.

    Raises Invalid: it is none, it acts, it unfolds without an end.
    """
    parts = _parts(content)
    kind = next((one for one in (DOCX, *also) if parts.keys() >= {*NEEDED, MAIN[one]}), None)
    if kind is None:
        others = " и не презентация (.pptx)" if also else ""
        raise Invalid("scan.unknown", f"Этот архив — не документ Word (.docx){others}.")
    for name, text in parts.items():
        low = name.lower()
        if any(one in low for one in ACTING) or _acts(low, text):
            raise Invalid(
                "scan.acting",
                "В этом документе есть программа, вложение или ссылка на чужой шаблон: сохраните"
                " его без них или как PDF.",
            )
    out = BytesIO()
    with ZipFile(out, "w", ZIP_DEFLATED) as packed:
        for name, text in parts.items():
            info = ZipInfo(name, _EPOCH)
            info.compress_type = ZIP_DEFLATED
            packed.writestr(info, text)
    return kind, out.getvalue()


def _acts(name: str, text: bytes) -> bool:
    """A part acts, or is written so that nobody can look into it. name: in small letters. Raises
    Invalid.
    """
    low = text[:1].isspace() or text[:1] == b"<" or text.startswith(b"\xef\xbb\xbf")
    if not low and not name.endswith((".xml", ".rels")):
        return False  # a picture
    if b"\0" in text:  # UTF-16: what is looked for below would not be found in it
        return True
    plain = text.lower()
    return any(one in plain for one in _ACTING_TEXT) or (
        name.endswith(".rels") and _reaches_out(text)
    )


def _reaches_out(relations: bytes) -> bool:
    """It fetches something from elsewhere: a template, a picture. A link waits for a click. Read as
    Word reads it: the same may be written in many ways. Raises Invalid.
    """
    try:
        found = ET.fromstring(relations)  # noqa: S314 - no DOCTYPE has come so far
    except (ET.ParseError, LookupError, ValueError) as fault:
        raise SPOILT from fault
    return any(
        one.get("TargetMode", "").strip().lower() == "external"
        and not one.get("Type", "").endswith("/hyperlink")
        for one in found.iter()
    )


def _parts(content: bytes) -> dict[str, bytes]:
    """name → bytes, each name once. Raises Invalid."""
    try:
        with ZipFile(BytesIO(content)) as packed:
            listed = packed.infolist()
            names = [one.filename for one in listed if not one.is_dir()]
            whole = sum(one.file_size for one in listed)
            if len(listed) > MOST_PARTS or whole > MOST_INFLATED:
                raise Invalid("scan.too_many_bytes", "Этот документ разворачивается без конца.")
            if len(set(names)) != len(names) or any(
                one.flag_bits & _ENCRYPTED or ".." in one.filename or one.filename.startswith("/")
                for one in listed
            ):
                raise SPOILT
            return {name: packed.read(name) for name in names}
    except _STUMBLES as fault:
        raise SPOILT from fault
