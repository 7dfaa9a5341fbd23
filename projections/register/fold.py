"""Folding the register: every value with the positions between which it was true."""

from __future__ import annotations

from projections.register import fold_lessons, fold_roster
from projections.register.desk import HANDLERS, Desk

# Importing them fills the table of handlers.
_FILLED = (fold_lessons, fold_roster)


class Register(Desk):
    """register_v1 of one school."""

    name = "register_v1"
    tables = (
        "register_moment",
        "register_term",
        "register_roster",
        "register_subgroup",
        "register_lesson",
        "register_topic",
        "register_taken",
        "register_attendance",
        "register_homework",
        "register_file",
        "register_mark",
        "register_carried",
        "register_term_mark",
    )
    topics = HANDLERS.topics()  # every one: each has a moment
    ignored: frozenset[str] = frozenset()
