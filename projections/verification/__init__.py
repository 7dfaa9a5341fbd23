"""Verification: everything that the log says of itself is derived again from its rows."""

from __future__ import annotations

from projections.verification.findings import Report
from projections.verification.run import verify

__all__ = ["Report", "verify"]
