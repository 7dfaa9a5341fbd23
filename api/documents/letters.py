"""Letters for pages that are drawn and not typeset: thousands of cells a minute would be spent on.

Typst sets one specimen of every sign that is needed; its PDF/A-3b gives the fonts (embedded,
with what was used of them), the colour profile and the words about the document. Pages that were
drawn with these letters take the place of the specimen's.
"""

from __future__ import annotations

import re
import unicodedata
import zlib
from base64 import b64encode
from collections.abc import Iterable, Iterator, Sequence
from html import escape
from typing import Final, NamedTuple
from uuid import NAMESPACE_URL, uuid5

from api.documents.typesetting import PLAIN, Typeset, UnprintableError, pdf

FIRST = "|"  # stands before each sign of the specimen; no accent changes it
ORDINARY = re.compile("[ -~А-яЁё№«»–—…]")
BOX = "□"  # where a sign is that the font has not
THOUSANDTHS: Final = 1000
GLYPH: Final = 4  # digits
_CONTROLS = {sign: " " for sign in range(32) if chr(sign) != "\n"}
_UNSEEN: dict[int, str] = _CONTROLS | dict.fromkeys((0xAD, 0x200B, 0x2060, 0xFEFF), "")
_ESCAPED = {"n": 10, "r": 13, "t": 9, "b": 8, "f": 12, "(": 40, ")": 41, "\\": 92}
_STRING = re.compile(rb"\(((?:[^()\\]|\\.)*)\)", re.DOTALL)
_SIGN = re.compile(r"\\([0-7]{3}|.)|(.)", re.DOTALL)
_WIDTHS = re.compile(rb"(\d+) ?(?:\[([\d. ]*)\]|(\d+) ([\d.]+)) ?")
_STREAM = re.compile(rb"<<.*?>>\nstream\n(.*)\nendstream", re.DOTALL)


class Face(NamedTuple):
    """Of a font: sign (its number, as `str.translate` has it) → its glyph in hexadecimal digits;
    sign → width in thousandths of the size.
    """

    glyphs: dict[int, str]
    widths: dict[str, int]


def clean(text: str) -> str:
    """As it is drawn: composed, without what only says where a line may break."""
    return unicodedata.normalize("NFC", text).translate(_UNSEEN)


class Letters:
    """Letters of one kind of documents. `faces`: plain, bold; on a page they are /f0 and /f1,
    its colour space (grey) is /c0. `missing`: signs that the font has not, drawn as an empty box:
    a topic of years ago is not what anybody can correct.
    """

    def __init__(
        self,
        plain: Iterable[str],
        bold: Iterable[str],
        date: Sequence[int],
        typeset: Typeset = pdf,
    ) -> None:
        """The texts that are to be drawn; date: of the documents, year, month, day. Raises
        UnprintableError.
        """
        signs = [_signs(plain), _signs(bold)]
        self.missing: frozenset[str] = frozenset()
        try:
            self._specimen = _specimen(signs, date, typeset)
        except UnprintableError:
            self.missing = frozenset(_missing({*signs[0], *signs[1]}, date, typeset))
            if not self.missing:
                raise
            signs = [[one for one in of if one not in self.missing] for of in signs]
            self._specimen = _specimen(signs, date, typeset)
        self._objects = _objects(self._specimen)
        self._pages = self._number(rb"/Type/Pages/")
        self._page = self._number(rb"/Type/Page/")
        page = self._objects[self._page]
        self._content = _reference(page, rb"/Contents")
        self._resources = _reference(page, rb"/Resources")
        self._info = _reference(self._specimen, rb"/Info")
        self._about = self._number(rb"/Type/Metadata/")
        drawn = zlib.decompress(self._stream(self._content)).partition(b"/f1 ")
        self.faces = tuple(
            _face(of, self._font(name), glyphs, self.missing)
            for of, name, glyphs in zip(signs, (b"/f0", b"/f1"), drawn[::2], strict=True)
        )

        for name, face in zip((b"/f0", b"/f1"), self.faces, strict=True):
            self._name_signs(name, face)

    def _name_signs(self, name: bytes, face: Face) -> None:
        """Tell what glyphs are that Typst tells of with their neighbours only: accents."""
        outer = self._objects[_reference(self._objects[self._resources], name)]
        number = _reference(outer, rb"/ToUnicode")
        said = zlib.decompress(self._stream(number))
        new = [
            f"<{glyph}> <{chr(sign).encode('utf-16-be').hex().upper()}>"
            for sign, glyph in face.glyphs.items()
            if len(glyph) == GLYPH and f"<{glyph}> <".encode() not in said
        ]
        if new:
            lines = "\n".join((f"{len(new)} beginbfchar", *new, "endbfchar", "endcmap"))
            said = said.replace(b"endcmap", lines.encode())
            self._objects[number] = b"<</Length %d/Type/CMap/WMode 0>>\nstream\n%b\nendstream" % (
                len(said),
                said,
            )

    def document(
        self, title: str, author: str, foot: str, pages: Sequence[bytes], size: str
    ) -> bytes:
        """PDF/A-3b of pages (their content, as PDF draws it). foot: what with the title makes it
        this document and no other; size: "width height" in points.

        Nothing is packed: what packing makes depends on the library and its version.
        """
        objects = dict(self._objects)
        places = [self._page, self._content]
        places += range(len(objects) + 1, len(objects) + 2 * len(pages) - 1)
        pairs = list(zip(places[::2], places[1::2], strict=True))
        for (page, content), drawn in zip(pairs, pages, strict=True):
            objects[page] = (
                f"<</Type/Page/Resources {self._resources} 0 R/MediaBox[0 0 {size}]"
                f"/Parent {self._pages} 0 R/Contents {content} 0 R>>"
            ).encode()
            objects[content] = b"<</Length %d>>\nstream\n%b\nendstream" % (len(drawn), drawn)
        kids = " ".join(f"{page} 0 R" for page, _ in pairs)
        objects[self._pages] = f"<</Type/Pages/Count {len(pages)}/Kids[{kids}]>>".encode()
        objects[self._info] = (
            objects[self._info]
            .replace(b"(letopis-title)", _hex(title))
            .replace(b"(letopis-author)", _hex(author))
        )
        number = b64encode(uuid5(NAMESPACE_URL, f"{author}\n{title}\n{foot}").bytes)
        objects[self._about] = self._described(title, author, len(pages), number)
        trailer = self._specimen[self._specimen.rindex(b"trailer") :]
        root = _reference(trailer, rb"/Root")
        return _file(self._specimen.partition(b"1 0 obj")[0], objects, root, self._info, number)

    def _described(self, title: str, author: str, pages: int, number: bytes) -> bytes:
        said = self._stream(self._about)
        said = said.replace(b"letopis-title", escape(title, quote=False).encode())
        said = said.replace(b"letopis-author", escape(author, quote=False).encode())
        said = said.replace(b"<xmpTPg:NPages>1<", b"<xmpTPg:NPages>%d<" % pages)
        [was] = re.findall(rb"<xmpMM:DocumentID>([^<]+)<", said)
        said = said.replace(was, number)
        return b"<</Length %d/Type/Metadata/Subtype/XML>>\nstream\n%b\nendstream" % (
            len(said),
            said,
        )

    def _number(self, mark: bytes) -> int:
        """Of the only object with such a mark."""
        [found] = [number for number, one in self._objects.items() if mark in one]
        return found

    def _stream(self, number: int) -> bytes:
        found = _STREAM.fullmatch(self._objects[number])
        if found is None:
            raise UnprintableError("the specimen of letters is not as Typst used to write it")
        return found[1]

    def _font(self, name: bytes) -> bytes:
        """The object that has the widths of a font."""
        outer = self._objects[_reference(self._objects[self._resources], name)]
        return self._objects[_reference(outer, rb"/DescendantFonts\[")]


def _signs(texts: Iterable[str]) -> list[str]:
    """Every sign once, in order, for a specimen."""
    return sorted({" ", BOX, *clean("".join(texts))} - {FIRST, "\n"})


def _specimen(signs: Sequence[Sequence[str]], date: Sequence[int], typeset: Typeset) -> bytes:
    plain, bold = signs
    return typeset("letters", {"plain": plain, "bold": bold, "date": list(date)}, PLAIN)


def _missing(signs: Iterable[str], date: Sequence[int], typeset: Typeset) -> Iterator[str]:
    """Signs that cannot be set alone; those of every text are not tried."""
    for sign in signs:
        if not ORDINARY.fullmatch(sign):
            try:
                _specimen([[sign], [sign]], date, typeset)
            except UnprintableError:
                yield sign


def _face(signs: Sequence[str], font: bytes, drawn: bytes, missing: Iterable[str]) -> Face:
    """signs: as the specimen was asked for; drawn: the content of its page in this font."""
    widths = _widths(font)
    found = "".join(_digits(text) for text in _STRING.findall(drawn))
    glyphs = [found[at : at + GLYPH] for at in range(0, len(found), GLYPH)]
    groups: list[list[str]] = []
    for glyph in glyphs:
        if glyph == glyphs[0]:
            groups.append([])
        else:
            groups[-1].append(glyph)
    if len(groups) != len(signs):
        raise UnprintableError("the specimen of letters has other signs than it was asked for")
    of = dict(zip(signs, groups, strict=True)) | {FIRST: glyphs[:1]}
    of |= dict.fromkeys(missing, of[BOX])
    return Face(
        {ord(sign): "".join(drawn_as) for sign, drawn_as in of.items()},
        {sign: sum(widths.get(glyph, 0) for glyph in drawn_as) for sign, drawn_as in of.items()},
    )


def _widths(font: bytes) -> dict[str, int]:
    """Glyph → width. Two spellings (ISO 32000, 9.7.4.3): `first [width …]`, `first last width`."""
    found: dict[str, int] = {}
    spelled = font.partition(b"/W[")[2]
    for one in _WIDTHS.finditer(spelled):
        first = int(one[1])
        if one[2] is not None:
            span = [round(float(width)) for width in one[2].split()]
        else:
            span = [round(float(one[4]))] * (int(one[3]) - first + 1)
        found |= {f"{glyph:04X}": width for glyph, width in enumerate(span, first)}
    return found


def _digits(text: bytes) -> str:
    """A string of PDF as hexadecimal digits."""
    signs = _SIGN.findall(text.decode("latin-1"))
    return (
        bytes(
            ord(plain) if plain else _ESCAPED[code] if code in _ESCAPED else int(code, 8)
            for code, plain in signs
        )
        .hex()
        .upper()
    )


def _objects(written: bytes) -> dict[int, bytes]:
    """Number → what is between `obj` and `endobj`, by the table at the end."""
    table = written[int(written.rsplit(b"startxref", 1)[1].split()[0]) :]
    starts = [int(one) for one in re.findall(rb"(\d{10}) \d{5} n", table)]
    ends = [*starts[1:], len(written) - len(table)]
    found = {}
    for number, (start, end) in enumerate(zip(starts, ends, strict=True), 1):
        body = written[start:end].rstrip().removeprefix(b"%d 0 obj\n" % number)
        found[number] = body.removesuffix(b"\nendobj")
    return found


def _reference(where: bytes, name: bytes) -> int:
    [found] = re.findall(name + rb" ?(\d+) 0 R", where)
    return int(found)


def _hex(text: str) -> bytes:
    """A string of PDF in UTF-16."""
    return b"<FEFF%b>" % text.encode("utf-16-be").hex().upper().encode()


def _file(head: bytes, objects: dict[int, bytes], root: int, info: int, number: bytes) -> bytes:
    parts, places, at = [head], [], len(head)
    for one in range(1, len(objects) + 1):
        part = b"%d 0 obj\n%b\nendobj\n" % (one, objects[one])
        places.append(b"%010d 00000 n \n" % at)
        parts.append(part)
        at += len(part)
    count = len(objects) + 1
    parts.append(b"xref\n0 %d\n0000000000 65535 f \n" % count)
    parts += places
    parts.append(
        b"trailer\n<</Size %d/Root %d 0 R/Info %d 0 R/ID[(%b)(%b)]>>\nstartxref\n%d\n%%%%EOF"
        % (count, root, info, number, number, at)
    )
    return b"".join(parts)
