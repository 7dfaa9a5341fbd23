"""Names of people as readers see them."""

from __future__ import annotations

import msgspec

from domain.people.facts import Name

#: What stands in place of a name that has left the vault.
ERASED = "данные удалены"

_decode = msgspec.json.Decoder(Name).decode


def name_of(body: str | None) -> Name | None:
    """The name in a vault body, or None when the vault has it no longer."""
    return None if body is None else _decode(body)


def shown(full_name: str | None) -> str:
    """A name for a page: the name, or the words for an erased one."""
    return full_name or ERASED
