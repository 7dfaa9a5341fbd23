"""Typesetting: `<name>.typ` of this folder, with data as JSON. The same data give the same bytes.

The templates use the fonts that come with the `typst` package (Libertinus Serif, DejaVu Sans Mono;
both have Cyrillic), so that a server without fonts prints the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import orjson
import typst

FOLDER = Path(__file__).parent


class UnprintableError(Exception):
    """The document would not look as it is meant to: a fault of a template, or a sign that no font
    has.
    """


@cache
def _fonts() -> typst.Fonts:
    """The embedded fonts and no others."""
    return typst.Fonts(include_system_fonts=False)


def pdf(template: str, data: Mapping[str, Any]) -> bytes:
    """The document, tagged for who does not see it (PDF/UA-1). Blocks for some 50 ms a page.

    The template finds the data as `json(bytes(sys.inputs.data))`. Raises UnprintableError, also
    for what Typst only warns of.
    """
    try:
        document, warnings = typst.compile_with_warnings(
            FOLDER / f"{template}.typ",
            format="pdf",
            root=FOLDER,
            font_paths=_fonts(),
            sys_inputs={"data": orjson.dumps(data).decode()},
            pdf_standards="ua-1",
            timestamp=0,
        )
    except typst.TypstError as fault:
        raise UnprintableError(str(fault)) from fault
    if warnings:
        raise UnprintableError("; ".join(warning.message for warning in warnings))
    return document
