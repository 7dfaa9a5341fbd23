"""The web process without its shelf: every page of the journal is read and drawn anew."""

from __future__ import annotations

from api import shelf
from api.cli import main


class _Empty(shelf.Shelf):
    """Keeps nothing."""

    def __init__(self) -> None:
        super().__init__(0)


if __name__ == "__main__":
    shelf.Shelf = _Empty  # type: ignore[misc, assignment]
    raise SystemExit(main())
