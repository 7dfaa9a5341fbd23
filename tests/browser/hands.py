"""A person's hands: keys of a Russian keyboard, cells of the register, the state of saving."""

from __future__ import annotations

import re
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page, expect

#: Russian letter → the physical key under it. Playwright's keyboard knows Latin ones only.
KEYS = {
    "н": "KeyY",
    "б": "Comma",
    "у": "KeyE",
    "п": "KeyG",
    "о": "KeyJ",
    "з": "KeyP",
    "ф": "KeyA",
    "в": "KeyD",
}
SAVED = "Всё сохранено"
#: what a page says of what was just done; until its styles are there, the toast is seen, too
SAID = "p[role=status]:visible"


def press_russian(page: Page, letter: str) -> None:
    """Press a key with the Russian layout on: the letter is Cyrillic, the key stays in place."""
    session = page.context.new_cdp_session(page)
    key = {"key": letter, "code": KEYS[letter], "windowsVirtualKeyCode": ord(KEYS[letter][-1])}
    session.send("Input.dispatchKeyEvent", {"type": "keyDown", "text": letter, **key})
    session.send("Input.dispatchKeyEvent", {"type": "keyUp", **key})
    session.detach()


def cell(page: Page, row: int, column: int) -> Locator:
    """A cell of the register; rows and columns count from nought."""
    return page.locator("journal-grid tbody tr").nth(row).locator("td.c").nth(column)


def stand_on(page: Page, row: int, column: int) -> Locator:
    """Click a cell, so that keys go there."""
    found = cell(page, row, column)
    found.click()
    expect(found).to_be_focused()
    return found


def average(page: Page, row: int) -> Locator:
    """The weighted average of a pupil."""
    return page.locator("journal-grid tbody tr").nth(row).locator("td.avg")


def expect_saved(page: Page) -> None:
    """Everything has reached the server."""
    expect(page.locator("#sync")).to_have_text(SAVED)
    expect(page.locator("td.wait")).to_have_count(0)


def classes(*names: str) -> re.Pattern[str]:
    """A pattern for an element's class attribute that holds all these names."""
    return re.compile("".join(rf"(?=.*\b{name}\b)" for name in names))


def barriers(page: Page) -> list[str]:
    """What axe finds wrong with the page, as sentences. Half a megabyte of it is brought to a page
    once, and of its answer only that is taken back.
    """
    if not page.evaluate("'axe' in window"):
        page.evaluate(Axe().axe_script)
    violations: list[dict[str, Any]] = page.evaluate(
        """axe.run(document, {
          resultTypes: ['violations'],
          rules: {'label-content-name-mismatch': {enabled: true}},  // off unless asked for
        }).then((found) => found.violations)"""
    )
    return [
        f"{found['id']}: {found['help']}: {found['nodes'][0]['html'][:160]}" for found in violations
    ]
