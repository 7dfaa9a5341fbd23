"""Papers as people bring them back: out of letters, Windows Notepad and browsers.

Forms and letters end their lines with CRLF, programs add spaces, indents and marks of quotation,
and the last newline gets lost. Nothing of that is in what was signed; whatever else is changed,
the signature tells.
"""

from __future__ import annotations

import codecs
import re

_END = re.compile(r"\r\n?")
_MANY = re.compile(r"\n{3,}")
# Space, tab, no-break space, zero-width space, byte-order mark, the mark of a quoted line.
_MARGIN = " \t\u00a0\u200b\ufeff>"
_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def plain(text: str) -> str:
    """The lines as they were signed, each ended by a newline."""
    lines = (line.strip(_MARGIN) for line in _END.sub("\n", text).split("\n"))
    whole = "\n".join(lines).replace("\u00a0", " ").strip("\n")
    return _MANY.sub("\n\n", whole) + "\n"


def from_file(raw: bytes) -> str:
    """The text of a file in any of the encodings of Notepad: UTF-8, «Юникод», ANSI."""
    if raw.startswith(_MARKS):
        return plain(raw.decode("utf-16", "replace"))
    try:
        return plain(raw.decode())
    except UnicodeDecodeError:
        return plain(raw.decode("cp1251", "replace"))
