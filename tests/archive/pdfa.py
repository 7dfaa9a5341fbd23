"""What PDF/A-3 (ISO 19005-3) asks of a document, as far as a program of ours can see it.

No validator of another hand is to be had where this is tested (veraPDF comes by Maven alone), so
the rules are looked at one by one: clause numbers are those of the standard.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from typing import Any, Literal

from pypdf import PdfReader
from pypdf.generic import ArrayObject, DictionaryObject, StreamObject

#: actions that a document for keeping has not (6.5.1)
_FORBIDDEN = {"/Launch", "/Sound", "/Movie", "/ResetForm", "/ImportData", "/JavaScript"}
#: a font of pages is one of these; a simple one would need an encoding (6.2.11)
_INNER = {"/CIDFontType0", "/CIDFontType2"}


def faults(content: bytes, conformance: Literal["A", "B"]) -> list[str]:
    """What is not as it is asked, in words; nothing for a document that may be kept."""
    reader = PdfReader(io.BytesIO(content), strict=True)
    root: Any = reader.root_object
    found = [*_file(reader, content), *_about(reader, root, conformance), *_colours(root)]
    for number, page in enumerate(reader.pages, 1):
        found += [f"page {number}: {fault}" for fault in _page(page)]
    found += [fault for one in _objects(reader) for fault in _object(one)]
    if conformance == "A":
        found += _tags(root)
    return found


def _file(reader: PdfReader, content: bytes) -> Iterator[str]:
    """6.1.2–6.1.3."""
    if not re.match(rb"%PDF-1\.[0-7]\r?\n%[\x80-\xff]{4,}\r?\n", content):
        yield "the header is not that of a file with binary content"
    if not content.rstrip().endswith(b"%%EOF"):
        yield "something follows the end"
    trailer: Any = reader.trailer
    if "/ID" not in trailer or len(trailer["/ID"]) != 2:
        yield "the trailer has no two identifiers"
    if "/Encrypt" in trailer:
        yield "it is encrypted"


def _about(reader: PdfReader, root: Any, conformance: str) -> Iterator[str]:
    """6.6.2, 6.6.4: the description agrees with itself and says what it is."""
    if "/Metadata" not in root:
        yield "there is no description"
        return
    said = root["/Metadata"].get_object().get_data().decode()
    if f"<pdfaid:part>3</pdfaid:part><pdfaid:conformance>{conformance}<" not in said:
        yield f"it does not say that it is PDF/A-3{conformance.lower()}"
    xmp, info = reader.xmp_metadata, reader.metadata
    if xmp is None or info is None:
        yield "the description cannot be read"
        return
    if (xmp.dc_title or {}).get("x-default") != info.title or not info.title:
        yield "the titles differ"
    if info.author and xmp.dc_creator != [info.author]:
        yield "the authors differ"
    if xmp.xmp_create_date is None or info.creation_date is None:
        yield "it does not say when it was made"
    elif xmp.xmp_create_date.replace(tzinfo=None) != info.creation_date.replace(tzinfo=None):
        yield "the days differ"


def _colours(root: Any) -> Iterator[str]:
    """6.2.3: what its colours mean, by a profile that is inside."""
    intents = [one.get_object() for one in root.get("/OutputIntents", [])]
    profiles = [one["/DestOutputProfile"] for one in intents if one.get("/S") == "/GTS_PDFA1"]
    if len(profiles) != 1:
        yield "there is no one output intent"
        return
    profile = profiles[0].get_object()
    data = profile.get_data()
    components = {b"RGB ": 3, b"GRAY": 1, b"CMYK": 4}.get(data[16:20])
    if data[36:40] != b"acsp" or data[8] > 4 or profile["/N"] != components:
        yield "the profile of colours is none"


def _page(page: Any) -> Iterator[str]:
    """6.2.11: fonts; 6.5.2: no actions; a content whose states are closed."""
    if "/AA" in page:
        yield "it has actions"
    for name, font in page["/Resources"].get("/Font", {}).items():
        outer = font.get_object()
        if outer["/Subtype"] != "/Type0" or outer["/Encoding"] != "/Identity-H":
            yield f"{name} is a font of another kind"
            continue
        inner = outer["/DescendantFonts"][0].get_object()
        descriptor = inner["/FontDescriptor"].get_object()
        program = descriptor.get("/FontFile3") or descriptor.get("/FontFile2")
        if inner["/Subtype"] not in _INNER or program is None or not program.get_data():
            yield f"{name} is not inside"
        if inner["/Subtype"] == "/CIDFontType2" and "/CIDToGIDMap" not in inner:
            yield f"{name} does not say which glyph is which"
        if "/ToUnicode" not in outer:
            yield f"{name} cannot be read aloud"
        if "/W" not in inner:
            yield f"{name} has no widths"
    drawn = page.get_contents().get_data()
    words = re.sub(rb"<[0-9A-Fa-f]*>|\((?:\\.|[^()\\])*\)", b"", drawn).split()
    if words.count(b"q") != words.count(b"Q") or words.count(b"BT") != words.count(b"ET"):
        yield "its states are not closed"


def _objects(reader: PdfReader) -> Iterator[DictionaryObject]:
    """Every dictionary and stream that the document leads to."""
    seen: set[tuple[int, int]] = set()
    waiting: list[Any] = [reader.trailer]
    while waiting:
        one = waiting.pop()
        if hasattr(one, "idnum"):
            if (one.idnum, one.generation) in seen:
                continue
            seen.add((one.idnum, one.generation))
            one = one.get_object()
        if isinstance(one, DictionaryObject):
            yield one
            waiting += [one.raw_get(key) for key in one]
        elif isinstance(one, ArrayObject):
            waiting += list(one)


def _object(one: DictionaryObject) -> Iterator[str]:
    """6.1.7: streams; 6.2.8: images; 6.5: actions; 6.8: files."""
    if isinstance(one, StreamObject):
        filters = str(one.get("/Filter", ""))
        if "/LZWDecode" in filters or "/Crypt" in filters:
            yield f"a stream is packed by {filters}"
        if {"/F", "/FFilter", "/FDecodeParms"} & {*one}:
            yield "a stream is not inside"
    if one.get("/Type") != "/StructElem" and one.get("/S") in _FORBIDDEN:
        yield f"it does {one['/S']}"
    if one.get("/Type") == "/Annot" and not int(one.get("/F", 0)) & 4:
        yield "an annotation is not printed"
    if one.get("/Interpolate"):
        yield "an image is guessed at"
    if one.get("/Type") == "/Filespec" and "/AFRelationship" not in one:
        yield "a file does not say what it is for"


def _tags(root: Any) -> Iterator[str]:
    """6.7: structure for who does not see it."""
    if not root.get("/MarkInfo", {}).get("/Marked"):
        yield "it is not marked"
    if "/StructTreeRoot" not in root or "/K" not in root["/StructTreeRoot"]:
        yield "it has no structure"
    if not root.get("/Lang"):
        yield "it does not say its language"
