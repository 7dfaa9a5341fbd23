"""Typesetting: `<name>.typ` of this folder, with data as JSON. The same data give the same bytes.

The templates use the fonts that come with the `typst` package (Libertinus Serif, DejaVu Sans Mono;
both have Cyrillic), so that a server without fonts prints the same.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import orjson

if TYPE_CHECKING:
    import typst

FOLDER = Path(__file__).parent


class UnprintableError(Exception):
    """The document would not look as it is meant to: a fault of a template, or a sign that no font
    has.
    """


@cache
def _typst() -> Any:
    """Seven megabytes of code: loaded for the first document, not at the start."""
    return import_module("typst")


@cache
def _fonts() -> typst.Fonts:
    """The embedded fonts and no others."""
    fonts: typst.Fonts = _typst().Fonts(include_system_fonts=False)
    return fonts


#: for who does not see the page; and for twenty-five years in an archive, too
Standard = Literal["a-3a", "a-3b", "ua-1"]
TAGGED: tuple[Standard, ...] = ("ua-1",)
KEPT: tuple[Standard, ...] = ("a-3a", "ua-1")
#: without tags, an eighteenth of the size: for thousands of cells that are a CSV file, too
PLAIN: tuple[Standard, ...] = ("a-3b",)


def pdf(template: str, data: Mapping[str, Any], standards: Sequence[Standard] = TAGGED) -> bytes:
    """The document, tagged for who does not see it (PDF/UA-1) unless it is `PLAIN`. Blocks for some
    50 ms a page.

    The template finds the data as `json(bytes(sys.inputs.data))`. Raises UnprintableError, also
    for what Typst only warns of.
    """
    compiler = _typst()
    document: bytes
    try:
        document, warnings = compiler.compile_with_warnings(
            FOLDER / f"{template}.typ",
            format="pdf",
            root=FOLDER,
            font_paths=_fonts(),
            sys_inputs={"data": orjson.dumps(data).decode()},
            pdf_standards=[*standards],
            pdf_tags=tuple(standards) != PLAIN,
            timestamp=0,
        )
    except compiler.TypstError as fault:
        raise UnprintableError(str(fault)) from fault
    if warnings:
        raise UnprintableError("; ".join(warning.message for warning in warnings))
    return document


#: so many compilations Typst keeps what it has laid out
_REMEMBERED = 11


def forget() -> None:
    """Let Typst forget what it has laid out: pages of an archive do not come again, and a hundred
    of them would fill half a gigabyte. It forgets what ten compilations did not ask for.
    """
    for _ in range(_REMEMBERED):
        _typst().compile(b"", format="pdf", font_paths=_fonts())
