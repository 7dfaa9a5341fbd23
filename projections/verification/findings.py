"""What a verification has found: all of it counted, the first by position kept."""

from __future__ import annotations

from bisect import insort

import msgspec

from domain.audit.facts import MOST_FINDINGS, Finding, FindingKind

#: A finding of these is about the row whose position, stream, version and topic it names.
OF_A_ROW = frozenset(
    {"version", "unreadable", "strange_stream", "moment", "leaf", "sql_leaf"}
)  # fmt: skip
LONGEST_PLACE = 300  # characters


class Report(msgspec.Struct, frozen=True):
    """What was checked: facts up to `position`, tiles of the tree, checkpoints with the root they
    come to (32 bytes in hex). `found` counts all findings, `findings` lists the first by position.
    """

    position: int
    facts: int
    tiles: int
    checkpoints: int
    root: str
    found: int
    findings: tuple[Finding, ...]

    @property
    def agrees(self) -> bool:
        """Nothing was found."""
        return self.found == 0

    @property
    def first_wrong_row(self) -> str | None:
        """Position, stream/version and topic of the first row that is not as it was written."""
        return next((one.place for one in self.findings if one.kind in OF_A_ROW), None)


class Findings:
    """Collects findings. Memory does not grow with their number."""

    def __init__(self) -> None:
        self.count = 0
        self._kept: list[tuple[int, int, Finding]] = []

    def add(self, kind: FindingKind, position: int, place: str) -> None:
        """Something at a position of the log is not as it should be. `place`: see `Finding`."""
        self.count += 1
        if len(self._kept) == MOST_FINDINGS and position >= self._kept[-1][0]:
            return
        insort(self._kept, (position, self.count, Finding(kind, place[:LONGEST_PLACE])))
        del self._kept[MOST_FINDINGS:]

    def first(self) -> tuple[Finding, ...]:
        """The first by position; at one position, in the order in which they were found."""
        return tuple(finding for _, _, finding in self._kept)
