"""Documents for paper: a Typst template and data in, a tagged PDF out."""

from __future__ import annotations

from api.documents.typesetting import UnprintableError, pdf

__all__ = ["UnprintableError", "pdf"]
