"""Seals in a folder that somebody else looks after: `<origin>/latest.note` and its like."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from projections.audit import Key
from projections.seals.checkpoint import Checkpoint
from projections.seals.files import write_whole
from projections.seals.note import Note

LATEST = "latest.note"
KEYS = "keys.txt"
_OPEN_TO_ALL = 0o644


def published_size(folder: Path, origin: str) -> int:
    """How far a school's seals are published; 0 before the first. Raises Malformed, OSError."""
    try:
        note = (folder / origin / LATEST).read_bytes().decode()
    except FileNotFoundError:
        return 0
    return Checkpoint.of(Note.parse(note)).size


def publish(
    folder: Path, origin: str, notes: Iterable[tuple[int, str]], keys: Sequence[Key]
) -> None:
    """Write notes (size, text with cosignatures) in the order of their sizes. Raises OSError.

    The folder itself must be there: a mount that is missing must not become a local directory.
    """
    place = folder / origin
    place.mkdir(mode=0o755, exist_ok=True)
    write_whole(place / KEYS, keys_text(keys), _OPEN_TO_ALL)
    latest = ""
    for size, latest in notes:
        write_whole(place / f"{size}.note", latest, _OPEN_TO_ALL)
    if latest:
        write_whole(place / LATEST, latest, _OPEN_TO_ALL)


def keys_text(keys: Sequence[Key]) -> str:
    """A line a key: the verifier key, since when it signs, and until when."""
    return "".join(
        f"{key.verifier_key} {_since(key)}{f' {_until(key)}' if key.retired_at else ''}\n"
        for key in keys
    )


def _since(key: Key) -> str:
    return f"since {key.introduced_position} {key.introduced_at:%Y-%m-%d} {key.reason}"


def _until(key: Key) -> str:
    return f"until {key.retired_position} {key.retired_at:%Y-%m-%d} {key.retired_reason}"
