"""Files that are either the old ones or the new ones, whatever happens to the machine."""

from __future__ import annotations

import os
import secrets
from pathlib import Path


def write_whole(path: Path, text: str, mode: int = 0o600) -> None:
    """Put a text in the place of a file: written aside, synced, renamed. Raises OSError."""
    write_whole_bytes(path, text.encode(), mode)


def write_whole_bytes(path: Path, content: bytes, mode: int = 0o600) -> None:
    """The same with bytes. Raises OSError."""
    aside = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    descriptor = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        aside.replace(path)
    finally:
        aside.unlink(missing_ok=True)
    sync(path.parent)


def sync(folder: Path) -> None:
    """Make names in a directory outlive a power cut. Raises OSError."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
