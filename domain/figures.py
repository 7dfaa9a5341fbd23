"""Figures of a group for those who are not its teachers: none that would give a pupil away."""

from __future__ import annotations

from typing import TypeVar

from domain.regulation import Regulation

V = TypeVar("V")


def hidden_below(pupils: int, figure: V, regulation: Regulation) -> V | None:
    """The figure of a group of so many pupils, or None when they are too few to hide in it: in an
    average or a share of fewer than `small_class` one would be recognised (clause 1.12).

    pupils: how many the figure was counted over, not how many are on the roster.
    """
    return figure if pupils >= regulation.small_class else None
