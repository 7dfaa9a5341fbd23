"""The gallery shows what its command draws, and stays small."""

from __future__ import annotations

import pytest

pytest.importorskip("playwright.sync_api", reason="no Playwright: no gallery is drawn")

from tests.gallery import FOLDER, SHOTS, index

MOST = 2_000_000  # bytes, all of it


def test_the_gallery_has_every_picture_and_no_other() -> None:
    """Draw it anew with `python -m tests.gallery`."""
    assert {one.name for one in SHOTS} == {file.stem for file in FOLDER.glob("*.webp")}
    assert (FOLDER / "README.md").read_text("utf-8") == index()


def test_the_gallery_is_small() -> None:
    assert sum(file.stat().st_size for file in FOLDER.iterdir()) < MOST
