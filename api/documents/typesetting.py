"""Typesetting: `<name>.typ` of this folder, with data as JSON. The same data give the same bytes.

The templates use the fonts that come with the `typst` package (Libertinus Serif, DejaVu Sans Mono;
both have Cyrillic), so that a server without fonts prints the same.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import IO, Any, Literal, Self, cast

import msgspec
import orjson

FOLDER = Path(__file__).parent

#: for who does not see the page; and for twenty-five years in an archive, too
Standard = Literal["a-3a", "a-3b", "ua-1"]
TAGGED: tuple[Standard, ...] = ("ua-1",)
KEPT: tuple[Standard, ...] = ("a-3a", "ua-1")
#: without tags, an eighteenth of the size: for thousands of cells that are a CSV file, too
PLAIN: tuple[Standard, ...] = ("a-3b",)

#: How an answer of the typesetter begins: with a document, or with why there is none.
DONE, UNPRINTABLE = b"+", b"-"
_LENGTH = 8  # bytes before every message, big-endian


class UnprintableError(Exception):
    """The document would not look as it is meant to: a fault of a template, or a sign that no font
    has.
    """


class Order(msgspec.Struct, frozen=True):
    """A document: the path of its template, the data for it as JSON, what it keeps to."""

    template: str
    data: str
    standards: tuple[Standard, ...]
    tagged: bool


class Typesetter:
    """A process for a few documents, one after another: what Typst has used goes when it ends."""

    def __enter__(self) -> Self:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "api.documents.typesetter"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            start_new_session=True,  # Ctrl+C is for who ordered; it ends when nobody does any more
        )
        return self

    def __exit__(self, *_: object) -> None:
        self._process.communicate()

    def pdf(
        self, template: str, data: Mapping[str, Any], standards: Sequence[Standard] = TAGGED
    ) -> bytes:
        """See `pdf`."""
        order = Order(
            str(FOLDER / f"{template}.typ"),
            orjson.dumps(data).decode(),
            tuple(standards),
            tuple(standards) != PLAIN,
        )
        try:
            send(cast("IO[bytes]", self._process.stdin), msgspec.json.encode(order))
            answer = receive(cast("IO[bytes]", self._process.stdout))
        except (BrokenPipeError, EOFError):
            answer = b""
        if not answer:
            raise ChildProcessError(
                "the typesetter has ended; its own words, if any, are in the log"
            )
        if not answer.startswith(DONE):
            raise UnprintableError(answer.removeprefix(UNPRINTABLE).decode())
        return answer.removeprefix(DONE)


#: `pdf`, or that of a `Typesetter` that has more to do
Typeset = Callable[[str, Mapping[str, Any], Sequence[Standard]], bytes]


def pdf(template: str, data: Mapping[str, Any], standards: Sequence[Standard] = TAGGED) -> bytes:
    """The document, tagged for who does not see it (PDF/UA-1) unless it is `PLAIN`. Blocks for a
    tenth of a second and some 50 ms a page.

    The template finds the data as `json(bytes(sys.inputs.data))`. Raises UnprintableError, also
    for what Typst only warns of.
    """
    with Typesetter() as typesetter:
        return typesetter.pdf(template, data, standards)


def send(pipe: IO[bytes], message: bytes) -> None:
    """Write a message and let it go."""
    pipe.write(len(message).to_bytes(_LENGTH, "big") + message)
    pipe.flush()


def receive(pipe: IO[bytes]) -> bytes:
    """Read a message; nothing when the other side has ended. Raises EOFError: it ended amid one."""
    length = pipe.read(_LENGTH)
    message = pipe.read(int.from_bytes(length, "big"))
    if length and len(message) < int.from_bytes(length, "big"):
        raise EOFError("half a message")
    return message
