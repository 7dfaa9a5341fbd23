"""What a sealer refuses, and what witnesses refuse it: `refused.txt` beside the keys.

A line an alarm: since when, what about, a sentence. No file or no line: nothing is wrong.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from projections.seals.files import write_whole

REFUSED = "refused.txt"
_COLUMNS = 3


class Alarm(NamedTuple):
    """`about`: seal, publication, mail, or a witness's name. `since` is aware UTC."""

    since: datetime
    about: str
    sentence: str


class Alarms:
    """The alarms of one school."""

    def __init__(self, room: Path) -> None:
        self._path = room / REFUSED

    def read(self) -> list[Alarm]:
        """Every alarm, oldest first."""
        try:
            lines = self._path.read_text("utf-8").splitlines()
        except FileNotFoundError:
            return []
        found = [line.split("\t") for line in lines]
        return sorted(
            Alarm(datetime.fromisoformat(one[0]), one[1], one[2])
            for one in found
            if len(one) == _COLUMNS
        )

    def ring(self, about: str, sentence: str, now: datetime) -> None:
        """Something is wrong; `since` stays what it was. Raises OSError."""
        known = {one.about: one for one in self.read()}
        since = known[about].since if about in known else now
        self._write(known | {about: Alarm(since, about, " ".join(sentence.split()))}, known)

    def clear(self, about: str) -> None:
        """It is well again. Raises OSError."""
        known = {one.about: one for one in self.read()}
        self._write({key: one for key, one in known.items() if key != about}, known)

    def _write(self, alarms: dict[str, Alarm], known: dict[str, Alarm]) -> None:
        if alarms != known:
            lines = (
                f"{one.since.isoformat()}\t{one.about}\t{one.sentence}\n" for one in alarms.values()
            )
            write_whole(self._path, "".join(lines))
