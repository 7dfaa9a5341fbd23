"""audit_v1: keys of the seals, and checks of the log that were asked for and done."""

from __future__ import annotations

from projections.audit.reading import Check, Key, checks, keys, last_done

__all__ = ["Check", "Key", "checks", "keys", "last_done"]
