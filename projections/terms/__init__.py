"""Terms and years: what the marks suggest, what was issued, what is in the way of closing."""

from __future__ import annotations

from projections.terms.suggesting import suggestions

__all__ = ["suggestions"]
