"""Templates into answers: one environment, strict about names, with the headers of a page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import orjson
from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape
from starlette.responses import HTMLResponse

from api.pages import helping, packing, register, wording
from api.pages.assets import static_url

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:;"
    " connect-src 'self'; worker-src 'self'; manifest-src 'self'; form-action 'self';"
    " base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    # Pages show other people's children: nothing of them stays in a shared cache or on disk.
    "Cache-Control": "private, no-cache",
}

environment = Environment(
    loader=PackageLoader("api", "templates"),
    autoescape=select_autoescape(default=True),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
environment.globals["static_url"] = static_url
environment.policies["json.dumps_function"] = lambda value, **_: orjson.dumps(value).decode()
environment.filters.update(
    day=wording.day,
    drawn=register.drawn,
    day_in_words=wording.day_in_words,
    comma=wording.comma,
    weight=wording.weight,
    short_name=wording.short_name,
    initials=wording.initials,
)

#: where the body goes; no text of the database may have it
_HERE = "\x00"


class Pieced(HTMLResponse):
    """A page of pieces, some of them compressed already."""

    def __init__(self, pieces: Sequence[str | packing.Piece]) -> None:
        super().__init__(packing.plain(pieces), headers=HEADERS)
        self.pieces = pieces


def body(template: str, context: Mapping[str, Any], *, of: str) -> packing.Piece:
    """A part of pages that is drawn once for many of them; `of`: the template of the page."""
    shown = {**context, "help": helping.address(of)}
    return packing.piece(environment.get_template(template).render(shown))


def around(
    body: packing.Piece, template: str, context: Mapping[str, Any], *, viewer: Mapping[str, Any]
) -> HTMLResponse:
    """As `page`, around a body that was drawn before, where the template has `body`."""
    shown = {**context, "body": _HERE, "viewer": viewer, "help": helping.address(template)}
    before, *after = environment.get_template(template).render(shown).split(_HERE)
    return Pieced([before, *(part for one in after for part in (body, one))])


def page(
    template: str,
    context: Mapping[str, Any],
    *,
    viewer: Mapping[str, Any] | None,
    status: int = 200,
) -> HTMLResponse:
    """Draw a page for `viewer` (what `viewer.viewer` answers) or, with None, for nobody."""
    shown = {**context, "viewer": viewer, "help": helping.address(template)}
    html = environment.get_template(template).render(shown)
    return HTMLResponse(html, status, headers=HEADERS)
