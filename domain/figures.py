"""Figures of a group for those who are not its teachers: none that would give a pupil away."""

from __future__ import annotations

from typing import TypeVar

V = TypeVar("V")

#: Fewer pupils than this are recognised in an average or in a share (clause 1.12).
FEWEST = 5


def hidden_below(pupils: int, figure: V, n: int = FEWEST) -> V | None:
    """The figure of a group of so many pupils, or None when they are too few to hide in it.

    pupils: how many the figure was counted over, not how many are on the roster.
    """
    return figure if pupils >= n else None
