"""QR codes for paper."""

from __future__ import annotations

import segno

#: A module of 0.4 mm is read by any telephone from a school's printer.
MODULE_MM = 0.4


def svg(text: str, title: str) -> str:
    """The code as an inline SVG at its printed size, quiet zone included (level M). `title` is its
    name for who does not see it.
    """
    code = segno.make(text, error="m", micro=False)
    side = code.symbol_size(scale=1)[0] * MODULE_MM
    drawn = code.svg_inline(scale=1, omitsize=True, svgclass="qr", lineclass=None, title=title)
    return drawn.replace("<svg ", f'<svg width="{side:.1f}mm" height="{side:.1f}mm" role="img" ', 1)
