"""docs/facts.md from the code: every fact, its fields, what an omitted member means.

python -m tests.house.fact_catalogue      writes docs/facts.md
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_type_hints

import msgspec

from domain.audit import facts as audit
from domain.codec import MAX_STORED_BYTES, Envelope
from domain.fact import Fact
from domain.journal import facts as journal
from domain.office import facts as office
from domain.people import facts as people
from tests.house.fact_samples import structs_within
from tests.house.golden_facts import read, words

PAGE = Path(__file__).parents[2] / "docs" / "facts.md"

STREAMS = (
    ("The class journal", "one stream per class and school year", journal.FACTS),
    ("The school's office", "one stream per school and school year", office.FACTS),
    ("A person", "one stream per person; ids and references only", people.FACTS),
    ("The log about itself", "one stream per school", audit.FACTS),
)

INTRODUCTION = f"""\
# Facts

Generated from `domain/catalogue.py` by `python -m tests.house.fact_catalogue`; a test compares.

A fact is stored as one JSON object in UTF-8, at most {MAX_STORED_BYTES:,} bytes: the members of the
envelope, then `fact`. A member that is as usual is left out; what that means is in the column
"left out" and never changes. Ids are UUID strings (lower case, hyphens), days are ISO dates of
the school's own calendar, moments are UTC, decimals are strings with two places. The exact bytes
of every topic are in `tests/golden/facts/`; they are hashed, so they are for ever.

No fact holds a person's data: a text about a person is a `PayloadRef`, a pointer into the vault
with a salted hash (`tests/house/test_personal_data.py` walks every field).
"""


def page() -> str:
    """The whole page."""
    parts = [INTRODUCTION, "## Envelope\n", _doc(Envelope), _table(Envelope), _example()]
    for title, what, facts in STREAMS:
        parts.append(f"## {title}\n\n{what[0].upper()}{what[1:]}.\n")
        for fact in facts:
            parts += [f"### `{fact.TOPIC}` — {fact.__name__}\n", _doc(fact), _table(fact)]
    parts.append("## Parts of facts\n")
    for name, struct in sorted(_parts().items()):
        parts += [f"### {name}\n", _doc(struct), _table(struct)]
    parts.append("## Words\n\nA list may grow; a word that was ever stored stays.\n")
    parts += [
        f"- {name}: {', '.join(f'`{word}`' for word in of)}"
        for name, of in words().items()
        if "|" not in name
    ]
    return "\n".join(part for part in parts if part).rstrip() + "\n"


def _parts() -> dict[str, type[msgspec.Struct]]:
    found = {}
    for _, _, facts in STREAMS:
        for fact in facts:
            for _, struct in structs_within(fact):
                if not issubclass(struct, Fact):
                    found[struct.__name__] = struct
    return found


def _doc(struct: type[msgspec.Struct]) -> str:
    """The docstring of the class itself, if it has one."""
    own = struct.__dict__.get("__doc__")
    return f"{inspect.cleandoc(own)}\n" if own else ""


def _table(struct: type[msgspec.Struct]) -> str:
    rows = list(_rows(struct))
    if not rows:
        return ""
    return "\n".join(["| member | type | left out |", "|---|---|---|", *rows]) + "\n"


def _rows(struct: type[msgspec.Struct]) -> Iterator[str]:
    hints = get_type_hints(struct)
    omits = struct.__struct_config__.omit_defaults
    for field in msgspec.structs.fields(struct):
        left_out = ""
        if omits and not field.required:
            left_out = f"`{msgspec.json.encode(field.default).decode()}`"
        yield f"| `{field.encode_name}` | {_type(hints[field.name])} | {left_out} |"


def _type(hint: Any) -> str:
    text = hint.__name__ if isinstance(hint, type) and not hasattr(hint, "__args__") else str(hint)
    text = re.sub(r"\b(domain|datetime|typing)(\.\w+)*\.", "", text)
    return f"`{text}`".replace("|", "\\|")


def _example() -> str:
    return f"A mark, as it is stored:\n\n```json\n{read('journal.mark-given').full}\n```\n"


if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")
