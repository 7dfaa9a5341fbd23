"""Help: one text for each kind of page, in `api/help`, told by «Помощь» and by the key «?».

A file is Markdown of the plainest kind: a title (`# …`), paragraphs, headings (`## …`), lists
(`- …`), **strong words**, `keys` and [links](/of-this-site). What stands under `## Клавиши` are the
keys of the page. The file of a template is called like it, else like its folder: the help of
`teacher/today.html` is `teacher/today.md`, that of `control/sheet.html` is `control.md`. In an
address they are `teacher-today` and `control`.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from html import escape
from importlib.resources import files
from importlib.resources.abc import Traversable

FOLDER = files("api") / "help"
KEYS = "Клавиши"
EVERYWHERE = "everywhere"
_INLINE = (
    (re.compile(r"`([^`]+)`"), r"<kbd>\1</kbd>"),
    (re.compile(r"\*\*(.+?)\*\*"), r"<strong>\1</strong>"),
    (re.compile(r"\[([^\]]+)\]\((/[^)\s]*)\)"), r'<a href="\2">\1</a>'),
)
_LINK = re.compile(r'<a href="([^"]+)">(.+?)</a>')


@dataclass
class Text:
    """A help text: its title, and as HTML what it says and its keys."""

    title: str
    body: str
    keys: str


@dataclass
class _Part:
    """What stands under a heading; `items` are of the list that is being read."""

    blocks: list[str] = field(default_factory=list)
    items: list[str] = field(default_factory=list)

    def shown(self) -> str:
        """All of it as HTML. Every word in it has been escaped."""
        return "\n".join(self.blocks)

    def end_list(self) -> None:
        """What comes next is no item of the list."""
        if self.items:
            self.blocks.append(f"<ul>{''.join(self.items)}</ul>")
            self.items.clear()


@cache
def kind_of(template: str) -> str:
    """The help of a template: `teacher-today`, `control`; "" for none of its own."""
    whole = template.partition(".")[0].replace("/", "-")
    folder, _, _ = whole.rpartition("-")
    return next((one for one in (whole, folder) if one and _file(one).is_file()), "")


def address(template: str) -> str:
    """Where the help of a template is read."""
    kind = kind_of(template)
    return f"/help/{kind}" if kind else "/help"


def pages() -> list[tuple[str, Text]]:
    """The help of every kind of page: its name and its text; guides are none."""
    found = []
    for one in sorted(FOLDER.iterdir(), key=lambda file: file.name):
        inside = [one] if one.is_file() else list(one.iterdir())
        begin = "" if one.is_file() else f"{one.name}-"
        found += [f"{begin}{file.name.removesuffix('.md')}" for file in inside]
    told = {kind: text(kind) for kind in found if not kind.startswith(("guide-", EVERYWHERE))}
    return [(kind, told) for kind, told in told.items() if told]


def for_reader(shown: str, opens: Callable[[str], bool]) -> str:
    """A text as HTML in which links to pages that do not open for its reader are plain words."""
    return _LINK.sub(lambda link: link[0] if opens(link[1]) else link[2], shown)


def everywhere() -> str:
    """The keys that every page has, as HTML."""
    told = text(EVERYWHERE)
    return told.keys if told else ""


@cache
def text(kind: str) -> Text | None:
    """The help called so, or None."""
    if not re.fullmatch(r"[a-z_]+(-[a-z_]+)?", kind) or not _file(kind).is_file():
        return None
    return read(_file(kind).read_text("utf-8"))


def read(source: str) -> Text:
    """A text from its file. Raises ValueError for one that does not begin with a title."""
    title, _, rest = source.strip().partition("\n")
    if not title.startswith("# "):
        raise ValueError(f"a title is lacking: {title}")
    said, keys = _Part(), _Part()
    into = said
    for block in re.split(r"\n\s*\n", rest.strip()):
        if block.startswith("## "):
            heading, _, block = block.removeprefix("## ").partition("\n")  # noqa: PLW2901
            into.end_list()
            into = keys if heading.strip() == KEYS else said
            if into is said:
                said.blocks.append(f"<h2>{_inline(heading)}</h2>")
        _block(block, into)
    for part in (said, keys):
        part.end_list()
    return Text(title[2:].strip(), said.shown(), keys.shown())


def _block(block: str, into: _Part) -> None:
    lines = [line.strip() for line in block.splitlines() if line.strip()]
    if not lines:
        return
    if lines[0].startswith("- "):
        for item in " ".join(lines).removeprefix("- ").split(" - "):
            into.items.append(f"<li>{_inline(item)}</li>")
        return
    into.end_list()
    into.blocks.append(f"<p>{_inline(' '.join(lines))}</p>")


def _inline(words: str) -> str:
    told = escape(words.strip())
    for pattern, shape in _INLINE:
        told = pattern.sub(shape, told)
    return told


def _file(kind: str) -> Traversable:
    return FOLDER.joinpath(*f"{kind}.md".split("-"))
