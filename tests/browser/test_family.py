"""The family's pages in a browser: marks by subject, the signature, and a day without a network."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests import cast as c
from tests.browser.ground import Site
from tests.browser.hands import SAID, barriers
from tests.browser.test_standing import send

pytestmark = pytest.mark.browser

PHONE: dict[str, Any] = {"viewport": {"width": 360, "height": 740}}
DIARY = f"/pupils/{c.PETYA}/diary/2026-09-21"
MARKS = f"/pupils/{c.PETYA}/marks"
KEPT = "caches.keys().then(names => names.filter(name => name.startsWith('letopis:seen')).length)"


def test_marks_of_a_subject_and_what_another_would_do(site: Site) -> None:
    with site.person("anna", viewport={"width": 1366, "height": 800}) as page:
        for day in ("2026-09-24", "2026-09-25"):
            mark = {"mark_id": c.an_id(f"семейная {day}"), "pupil_id": c.PETYA, "value": "3"}
            lesson = c.an_id(f"{day}/5")
            send(page, f"/lessons/{lesson}/marks", {"marks": [mark | {"work_type_id": c.ANSWER}]})
    with site.person("olga", **PHONE, color_scheme="dark") as page:
        page.goto(MARKS)
        assert barriers(page) == []
        page.get_by_role("link", name="Алгебра").click()
        expect(page.locator(".chart circle")).to_have_count(2)
        page.get_by_role("button", name="Ещё 5 с весом 1", exact=True).click()
        expect(page.locator(".imagined")).to_contain_text("балл будет 3,67")
        page.locator(".imagined a").click()
        expect(page.locator(".imagined")).to_have_count(0)
        assert barriers(page) == []


def test_a_week_of_the_diary_is_one_sheet_of_paper_with_days_side_by_side(site: Site) -> None:
    with site.person("olga", **PHONE) as page:
        page.goto(DIARY)
        page.set_viewport_size({"width": 794, "height": 1123})
        page.emulate_media(media="print")
        days = page.locator("details.day")
        expect(days.first.locator("li.lesson").first).to_be_visible()  # closed on the screen
        left = {round(place["x"]) for one in days.all() if (place := one.bounding_box())}
        assert len(left) == 2, "two columns"
        paper = page.pdf(format="A4", prefer_css_page_size=True)
        assert len(re.findall(rb"/Type /Page\b", paper)) == 1


def test_what_was_seen_stays_without_a_network_until_signing_out(site: Site) -> None:
    with site.person("olga", **PHONE) as page:
        page.goto(DIARY)
        page.evaluate("navigator.serviceWorker.ready.then(() => true)")
        page.goto(DIARY)  # now through the worker
        page.wait_for_function(f"{KEPT}.then(count => count === 1)")
        page.context.set_offline(True)
        page.goto(DIARY)
        expect(page.locator("#offline")).to_contain_text("Нет сети")
        expect(page.locator("h1")).to_contain_text("сентября")
        page.goto("/")  # where the installed application starts
        expect(page.locator("h1")).to_contain_text("сентября")
        page.goto("/questions")
        expect(page.locator("h1")).to_have_text("Нет сети")
        page.goto(DIARY)
        with page.expect_navigation():
            page.context.set_offline(False)
        expect(page.locator("#offline")).to_have_count(0)
        page.get_by_role("button", name="Выйти").click()
        expect(page.get_by_label("Логин")).to_be_visible()
        assert page.evaluate(KEPT) == 0


#: no push service is asked: the browser's part of a subscription, as it would make it
SUBSCRIBED = """
    const bytes = (length, first) => Uint8Array.from({ length }, (_, at) => at ? at : first).buffer;
    PushManager.prototype.getSubscription = async () => null;
    PushManager.prototype.subscribe = async ({ userVisibleOnly, applicationServerKey }) => {
        if (!userVisibleOnly || applicationServerKey.length !== 87) throw new Error("strange");
        return { endpoint: "https://push.example.org/1",
            getKey: (name) => name === "auth" ? bytes(16, 7) : bytes(65, 4) };
    };
    Notification.requestPermission = async () => "granted";
"""


def test_a_telephone_is_told_that_there_is_something_new(site: Site) -> None:
    with site.person("olga", **PHONE, permissions=["notifications"]) as page:
        page.add_init_script(SUBSCRIBED)
        page.goto("/notices")
        assert barriers(page) == []
        page.get_by_role("button", name="Присылать сюда").click()
        expect(page.locator(SAID)).to_have_text("Сюда будут приходить уведомления.")
        device = page.locator("form", has=page.get_by_role("button", name="Выключить"))
        expect(device).to_contain_text("Chrome")
        said = said_by_the_worker(page, "Есть новое в дневнике")
        assert said == ["Есть новое в дневнике"]
        device.get_by_role("button", name="Выключить").click()
        expect(page.locator(SAID)).to_contain_text("больше ничего не приходит")
        expect(device).to_have_count(0)


#: the shell of Chromium that tests run in shows nothing: what would be shown is kept
KEEPING = """
    self.shown = [];
    self.registration.showNotification = async (title) => void self.shown.push(title);
    true;
"""
SHOWN = """async () => {
    while (!self.shown.length) await new Promise((done) => setTimeout(done, 10));
    return self.shown;
}"""


def said_by_the_worker(page: Page, word: str) -> list[str]:
    """A push service delivers a word to the worker; titles of what it shows."""
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    [worker] = page.context.service_workers
    worker.evaluate(KEEPING)
    session = page.context.new_cdp_session(page)
    registered: list[dict[str, Any]] = []

    def known(at: dict[str, Any]) -> None:
        registered.extend(at["registrations"])

    session.on("ServiceWorker.workerRegistrationUpdated", known)
    session.send("ServiceWorker.enable")
    while not registered:
        page.evaluate("new Promise((done) => setTimeout(done, 10))")  # until they are named
    at = {
        "origin": registered[0]["scopeURL"].rstrip("/"),
        "registrationId": registered[0]["registrationId"],
    }
    session.send("ServiceWorker.deliverPushMessage", at | {"data": word})
    said: list[str] = worker.evaluate(SHOWN)
    session.detach()
    return said
