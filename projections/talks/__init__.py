"""talks_v1: conversations between two people; what was said is in the vault."""

from __future__ import annotations

from projections.talks.fold import Talks
from projections.talks.reading import (
    Conversation,
    Family,
    Word,
    administrators,
    conversations,
    families,
    words,
)

__all__ = [
    "Conversation",
    "Family",
    "Talks",
    "Word",
    "administrators",
    "conversations",
    "families",
    "words",
]
