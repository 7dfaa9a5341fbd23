"""Live figures of the clauses of the «Положение»: pure reads, computed when they are asked for.

async def mine(conn, schema, context) -> Figure | None      in projections/figures/<room>.py
MEASURES["4.2.а-4"] = (mine,)                                in projections/figures/table.py
"""

from __future__ import annotations

from projections.figures.figure import Context, Figure, Measure, context_of
from projections.figures.table import MEASURES, figures

__all__ = ["MEASURES", "Context", "Figure", "Measure", "context_of", "figures"]
