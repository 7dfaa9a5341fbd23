"""The base of every fact."""

from __future__ import annotations

from typing import ClassVar

import msgspec


class Fact(msgspec.Struct, frozen=True, omit_defaults=True):
    """Something that happened, in the past tense. `TOPIC` names it for ever, without a version."""

    TOPIC: ClassVar[str]
