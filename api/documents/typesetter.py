"""The process that typesets: orders by standard input, documents by standard output, to the end.

What Typst has laid out it remembers, and what it has used it does not give back: six reports of
1,500 lines left 1.9 GB in the process that printed them. So none that stays does it.
"""

from __future__ import annotations

import sys
from pathlib import Path

import msgspec
import typst

from api.documents.typesetting import DONE, UNPRINTABLE, Order, receive, send


def typeset(order: Order, fonts: typst.Fonts) -> bytes:
    """DONE and the document, or UNPRINTABLE and why: what Typst only warns of is a fault, too."""
    template = Path(order.template)
    document: bytes
    try:
        document, warnings = typst.compile_with_warnings(
            template,
            format="pdf",
            root=template.parent,
            font_paths=fonts,
            sys_inputs={"data": order.data},
            pdf_standards=[*order.standards],
            pdf_tags=order.tagged,
            timestamp=0,
        )
    except typst.TypstError as fault:
        return UNPRINTABLE + str(fault).encode()
    if warnings:
        return UNPRINTABLE + "; ".join(one.message for one in warnings).encode()
    return DONE + document


def main() -> None:
    """Typeset until nothing is ordered any more, with the embedded fonts and no others."""
    fonts = typst.Fonts(include_system_fonts=False)
    while order := receive(sys.stdin.buffer):
        send(sys.stdout.buffer, typeset(msgspec.json.decode(order, type=Order), fonts))


if __name__ == "__main__":
    main()
