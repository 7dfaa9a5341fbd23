"""Word documents that a school takes in: by their parts, packed anew, never one that acts."""

from __future__ import annotations

from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile

import pytest

from api.demo.papers import record
from api.scans import checked, document
from api.word import DOCX, MOST_INFLATED
from domain.refusals import Invalid

PAPER = record("Протокол защиты", ["Тема: «Родники»."])
LINKED = (
    b'<Relationships><Relationship Id="r1" TargetMode="External"'
    b' Type="http://x/relationships/%s" Target="http://elsewhere/x"/></Relationships>'
)


def with_part(name: str, text: bytes, base: bytes = PAPER) -> bytes:
    """A document with a part more."""
    out = BytesIO(base)
    with ZipFile(out, "a", ZIP_DEFLATED) as packed:
        packed.writestr(name, text)
    return out.getvalue()


def without(name: str) -> bytes:
    out = BytesIO()
    with ZipFile(BytesIO(PAPER)) as old, ZipFile(out, "w") as new:
        for info in old.infolist():
            if info.filename != name:
                new.writestr(info, old.read(info))
    return out.getvalue()


def spoilt() -> bytes:
    """A document whose parts are listed as they should be and do not unpack."""
    content = bytearray(PAPER)
    begins = content.find(b"word/document.xml") + len("word/document.xml")
    content[begins + 5 : begins + 25] = bytes(
        255 - one for one in content[begins + 5 : begins + 25]
    )
    return bytes(content)


def related(relations: bytes) -> bytes:
    """A document whose settings are related to what these say."""
    return with_part("word/_rels/settings.xml.rels", relations)


def parts(content: bytes) -> dict[str, bytes]:
    with ZipFile(BytesIO(content)) as packed:
        return {name: packed.read(name) for name in packed.namelist()}


def test_a_document_is_packed_anew_and_says_the_same() -> None:
    media, kept = document(PAPER + b"something behind")
    assert media == DOCX
    assert parts(kept) == parts(PAPER)
    assert b"something behind" not in kept
    assert document(kept) == (DOCX, kept)
    linked = with_part("word/_rels/document.xml.rels", LINKED % b"hyperlink")
    assert document(linked)[0] == DOCX


REFUSED = {
    "an archive of anything": (without("word/document.xml"), "scan.unknown"),
    "macros": (with_part("word/vbaProject.bin", b"x"), "scan.acting"),
    "another document within": (with_part("word/embeddings/a.xlsx", b"PK"), "scan.acting"),
    "a template from elsewhere": (
        with_part("word/_rels/settings.xml.rels", LINKED % b"attachedTemplate"),
        "scan.acting",
    ),
    "the same in letters of two bytes": (
        related((LINKED % b"attachedTemplate").decode().encode("utf-16")),
        "scan.acting",
    ),
    "the same with a letter by its number": (
        related((LINKED % b"attachedTemplate").replace(b"External", b"&#69;xternal")),
        "scan.acting",
    ),
    "the same after the end of a tag that is none": (
        related((LINKED % b"attachedTemplate").replace(b'"r1"', b'"a>b"')),
        "scan.acting",
    ),
    "the same that calls itself a link elsewhere": (
        related((LINKED % b"attachedTemplate").replace(b'"r1"', b"\"Type='/hyperlink'\"")),
        "scan.acting",
    ),
    "relations that nobody can read": (related(b"<Relationships>"), "scan.spoilt"),
    "parts that do not unpack": (spoilt(), "scan.spoilt"),
    "entities": (with_part("word/a.xml", b"<!DOCTYPE a [<!ENTITY b 'c'>]><a/>"), "scan.acting"),
    "a way out of the folder": (with_part("../x.xml", b"<a/>"), "scan.spoilt"),
    "one that unfolds without end": (
        with_part("word/a.xml", b"<a>" + bytes(MOST_INFLATED)),
        "scan.too_many_bytes",
    ),
    "one that is cut": (PAPER[:-30], "scan.spoilt"),
}


@pytest.mark.parametrize(("content", "code"), REFUSED.values(), ids=REFUSED)
def test_what_is_no_harmless_document_is_refused(content: bytes, code: str) -> None:
    with pytest.raises(Invalid) as refused:
        document(content)
    assert refused.value.code == code


def test_where_a_signed_paper_is_asked_for_no_document_is_taken() -> None:
    with pytest.raises(Invalid) as refused:
        checked(PAPER)
    assert refused.value.code == "scan.unknown"
