"""Pages that are drawn: headings, paragraphs and tables on A4 lying on its side.

Lengths are whole hundredths of a point, heights count from the lower edge: the same everywhere.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate
from typing import Final, NamedTuple

from api.documents.letters import THOUSANDTHS, Letters, clean

MM: Final = 283.4646  # hundredths of a point
WIDTH, HEIGHT = 84189, 59528
MARGIN = round(12 * MM)
INSIDE = WIDTH - 2 * MARGIN
SIZE = 900  # of letters, unless told
_FOOT_SIZE, _FOOT = 800, 1850
_HEAD_SIZE = 800  # of heads that stand upright
_TOP, _BELOW, _STEP = 810, 220, 1050  # cell: down to its first baseline, below the last, a line
_MOST = 40  # lines of a row that is not broken
_RULE = 40
_CAPITALS = 660  # thousandths of the size
_GREY, _DARK, _BLACK = ".51", ".235", "0"
_WORD = re.compile(r"[^ -]*[ -]|[^ -]+")


class Column(NamedTuple):
    """Of a table. `inset`: from either side; `upright`: how its head stands."""

    width: int
    size: int = SIZE
    middle: bool = False
    bold: bool = False
    inset: int = 100
    upright: bool = False


class _Line(NamedTuple):
    """Of a cell: from its left edge, glyphs."""

    indent: int
    glyphs: str


_EMPTY = [_Line(0, "")]


class _Page(NamedTuple):
    texts: list[str]
    strokes: list[str]


class Paper:
    """A document, page by page. letters: with every sign that will be drawn."""

    def __init__(self, letters: Letters) -> None:
        self._letters = letters
        self._known: dict[Column, dict[str, list[_Line]]] = {}
        self._pages: list[_Page] = []
        self.page()

    def page(self) -> None:
        """Begin the next page."""
        self._at = _Page([], [])
        self._pages.append(self._at)
        self._y = HEIGHT - MARGIN
        self._font = (0, False)

    def heading(self, text: str, size: int) -> None:
        """A line in bold."""
        self._y -= 450 if self._y < HEIGHT - MARGIN else 0
        self.paragraph(text, size, bold=True)

    def paragraph(
        self, text: str, size: int = SIZE, *, bold: bool = False, dark: bool = False
    ) -> None:
        """Lines over the whole width."""
        for line in self._lines(text, INSIDE, size, bold=bold):
            if self._y - size < MARGIN:
                self.page()
            self._y -= size * _CAPITALS // THOUSANDTHS
            self._write(MARGIN, self._y, self._glyphs(line, bold=bold), size, bold=bold, dark=dark)
            self._y -= size // 2
        self._y -= 250

    def table(
        self, columns: Sequence[Column], head: Sequence[str], rows: Iterable[Sequence[str]]
    ) -> None:
        """A table; its head is on every page of it. A row that no page would hold is broken."""
        lefts = list(accumulate((one.width for one in columns), initial=MARGIN))
        edges = self._head(columns, head, lefts)
        known = [self._known.setdefault(one, {}) for one in columns]
        for row in rows:
            cells = [
                of.get(text) or self._placed(text, column, of)
                for text, column, of in zip(row, columns, known, strict=True)
            ]
            while (tallest := max(map(len, cells))) > (fits := self._fits()):
                if tallest > _MOST and fits > 0:
                    edges.append(self._row([lines[:fits] for lines in cells], columns, lefts))
                    cells = [lines[fits:] for lines in cells]
                self._ruled(edges, lefts)
                self.page()
                edges = self._head(columns, head, lefts)
            edges.append(self._row(cells, columns, lefts))
        self._ruled(edges, lefts)
        self._y -= 700

    def _fits(self) -> int:
        """Lines of a row that there is room for."""
        return (self._y - MARGIN - _TOP - _BELOW) // _STEP + 1

    def _row(
        self, cells: Sequence[list[_Line]], columns: Sequence[Column], lefts: Sequence[int]
    ) -> int:
        """Draws it; answers its lower edge."""
        texts = self._at.texts
        for lines, column, left in zip(cells, columns, lefts[:-1], strict=True):
            if lines is _EMPTY:
                continue
            self._choose(column.size, bold=column.bold)
            y = self._y - _TOP
            for indent, glyphs in lines:
                texts.append(f"1 0 0 1 {left + indent} {y} Tm<{glyphs}>Tj")
                y -= _STEP
        self._y -= _TOP + _BELOW + _STEP * (max(map(len, cells)) - 1)
        return self._y

    def written(self, title: str, author: str, foot: str) -> bytes:
        """The PDF/A-3b. foot: stands under each page with its number."""
        for number, page in enumerate(self._pages, 1):
            self._at, self._font = page, (0, False)
            text = f"{foot} · {number} из {len(self._pages)}"
            x = (WIDTH - self._width(clean(text), _FOOT_SIZE, bold=False)) // 2
            self._write(x, _FOOT, self._glyphs(clean(text), bold=False), _FOOT_SIZE)
        size = f"{WIDTH / 100:.2f} {HEIGHT / 100:.2f}"
        return self._letters.document(title, author, foot, list(map(_content, self._pages)), size)

    def _head(
        self, columns: Sequence[Column], head: Sequence[str], lefts: Sequence[int]
    ) -> list[int]:
        """Edges of the rows, from above, so far."""
        height = _TOP + _BELOW
        for text, column in zip(head, columns, strict=True):
            if column.upright:
                wide = self._width(text, _HEAD_SIZE, bold=False)
                height = max(height, wide + 2 * _BELOW)
        if self._y - height - _TOP - _BELOW < MARGIN:
            self.page()
        top, self._y = self._y, self._y - height
        for text, column, left in zip(head, columns, lefts[:-1], strict=True):
            glyphs = self._glyphs(text, bold=False)
            if column.upright:
                x = left + (column.width + _HEAD_SIZE * _CAPITALS // THOUSANDTHS) // 2
                self._write(x, self._y + _BELOW, glyphs, _HEAD_SIZE, turn="0 1 -1 0")
            else:
                [line, *_] = self._fitted(text, column._replace(size=SIZE, bold=False))
                self._write(left + line.indent, self._y + _BELOW, line.glyphs, SIZE)
        return [top, self._y]

    def _ruled(self, edges: Sequence[int], lefts: Sequence[int]) -> None:
        left, right, top, bottom = lefts[0], lefts[-1], edges[0], edges[-1]
        self._at.strokes.extend(f"{left} {y} m {right} {y} l" for y in edges)
        self._at.strokes.extend(f"{x} {top} m {x} {bottom} l" for x in lefts)

    def _placed(self, text: str, column: Column, known: dict[str, list[_Line]]) -> list[_Line]:
        known[text] = self._fitted(text, column) if text else _EMPTY
        return known[text]

    def _fitted(self, text: str, column: Column) -> list[_Line]:
        """Lines of a cell."""
        room = column.width - 2 * column.inset
        found = []
        for line in self._lines(text, room, column.size, bold=column.bold):
            rest = room - self._width(line, column.size, bold=column.bold)
            indent = column.inset + (rest // 2 if column.middle else 0)
            found.append(_Line(indent, self._glyphs(line, bold=column.bold)))
        return found

    def _lines(self, text: str, room: int, size: int, *, bold: bool) -> list[str]:
        """The text as lines that are no wider than the room; at least one."""
        found = []
        for given in clean(text).split("\n"):
            line = given
            if self._width(given, size, bold=bold) > room:
                line = ""
                for word in self._words(given, room, size, bold=bold):
                    if line and self._width((line + word).rstrip(), size, bold=bold) > room:
                        found.append(line.rstrip())
                        line = ""
                    line += word
            found.append(line.rstrip())
        return found

    def _words(self, text: str, room: int, size: int, *, bold: bool) -> Iterator[str]:
        """Words, each with the space or the hyphen after it; of one that is wider than the room,
        pieces.
        """
        for word in _WORD.findall(text):
            rest = word
            while self._width(rest.rstrip(), size, bold=bold) > room and len(rest) > 1:
                many = len(rest)
                while self._width(rest[:many], size, bold=bold) > room and many > 1:
                    many -= 1
                yield rest[:many]
                rest = rest[many:]
            yield rest

    def _width(self, text: str, size: int, *, bold: bool) -> int:
        widths = self._letters.faces[bold].widths
        return sum(map(widths.__getitem__, text)) * size // THOUSANDTHS

    def _glyphs(self, text: str, *, bold: bool) -> str:
        return text.translate(self._letters.faces[bold].glyphs)

    def _choose(self, size: int, *, bold: bool) -> None:
        """The font of what is written next."""
        if self._font != (size, bold):
            self._font = (size, bold)
            self._at.texts.append(f"{'/f1' if bold else '/f0'} {size} Tf")

    def _write(
        self,
        x: int,
        y: int,
        glyphs: str,
        size: int,
        *,
        bold: bool = False,
        dark: bool = False,
        turn: str = "1 0 0 1",
    ) -> None:
        texts = self._at.texts
        self._choose(size, bold=bold)
        if dark:
            texts.append(f"{_DARK} scn")
        texts.append(f"{turn} {x} {y} Tm<{glyphs}>Tj")
        if dark:
            texts.append(f"{_BLACK} scn")


def _content(page: _Page) -> bytes:
    """As PDF draws it."""
    return "\n".join(
        [
            f"q .01 0 0 .01 0 0 cm /c0 CS {_GREY} SCN /c0 cs {_BLACK} scn {_RULE} w",
            *page.strokes,
            "S",
            "BT",
            *page.texts,
            "ET",
            "Q",
        ]
    ).encode("ascii")
