"""A real browser before the real application; skipped aloud where there is no Chromium."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from datetime import timedelta
from uuid import uuid4

import pytest

pytest.importorskip("playwright.sync_api", reason="no Playwright: the pages are not looked at")

from playwright.sync_api import Browser, Page, expect, sync_playwright

from api import progress
from tests.api.ground import Clock
from tests.browser.ground import AFTERNOON, Site, lay, recent_columns, serving
from tests.conftest import admin, clone, url_of

#: the shell first: the same engine without windows
NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
#: ms that something may take to be on the screen: of a machine with much to do, not of a person
PATIENCE_MS = 25_000
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """The Chromium of this machine. Gone with its file: Playwright's event loop runs in the
    test's own thread, and no other test could have one meanwhile.
    """
    chromium = next(filter(None, map(shutil.which, NAMES)), None)
    if chromium is None:
        pytest.skip("no Chromium on this machine: the pages are not looked at")
    expect.set_options(timeout=PATIENCE_MS)
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        yield running
        running.close()


@pytest.fixture(scope="module")
def site(
    browser: Browser, server: str, template: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Site]:
    """Kukarino, served for the tests of one file."""
    name = f"browser_{uuid4().hex}"
    clone(server, name, template)
    database = url_of(server, name)
    lay(database)
    clock = Clock(AFTERNOON)
    with (
        pytest.MonkeyPatch.context() as patch,
        serving(database, tmp_path_factory.mktemp("data"), clock) as url,
    ):
        patch.setattr(progress, "LONGEST_WAIT_S", PATIENCE_MS / 1000)
        yield Site(url, browser, clock, database)
    admin(server, "DROP DATABASE {} WITH (FORCE)", name)


@pytest.fixture
def register(site: Site) -> Iterator[Page]:
    """Anna before the algebra page of 7а."""
    with site.person("anna", viewport={"width": 1366, "height": 800}) as page:
        page.goto(site.algebra())
        expect(page.locator("journal-grid[data-ready]")).to_be_visible()
        yield page


@pytest.fixture
def column(site: Site, register: Page) -> int:
    """A lesson that no other test writes into."""
    return recent_columns(register)[next(site.taken)]


@pytest.fixture
def password(site: Site) -> str:
    """The password of the whole cast."""
    return site.password


@pytest.fixture
def go_for_tea(site: Site) -> Callable[[], None]:
    """Eleven minutes pass: a session of the staff ends after ten idle ones."""
    return lambda: site.clock.forward(timedelta(minutes=11))
