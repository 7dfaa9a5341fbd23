"""«Задания по расписанию» and reminders in a browser: a job is run, a reminder dismissed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import psycopg
import pytest
from playwright.sync_api import expect

from projections.reminders import Reminder, remind
from scheduler.keeper import Keeper
from scheduler.timetable import TIMETABLE
from scheduler.work import workshop
from tests import cast as c
from tests.api.ground import SLUG
from tests.browser.ground import Site
from tests.browser.hands import barriers
from tests.conftest import SECRET

pytestmark = pytest.mark.browser

TELEPHONE = {"width": 360, "height": 740}


@pytest.fixture(scope="module")
def keeper(site: Site) -> Iterator[Keeper]:
    """A scheduler that has kept the timetable since yesterday, and today's was missed."""
    with workshop(site.database, SECRET, clock=site.clock) as shop:
        kept = Keeper(shop)
        site.clock.at -= timedelta(days=4)
        for days in (0, 1, 3):
            site.clock.at += timedelta(days=days)
            for line in TIMETABLE:
                kept.tick(line)
        yield kept


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [{"width": 1280, "height": 900}, TELEPHONE])
def test_the_pages_are_for_everybody(
    site: Site, keeper: Keeper, scheme: str, size: dict[str, int]
) -> None:
    with site.person("alla", viewport=size, color_scheme=scheme) as page:
        for there in ("/jobs", "/jobs/verify_log"):
            page.goto(there)
            assert barriers(page) == []
            wide = page.evaluate("document.documentElement.scrollWidth")
            assert wide <= size["width"], there


def test_a_job_is_run_at_once_and_the_page_follows(site: Site, keeper: Keeper) -> None:
    with site.person("alla") as page:
        page.goto("/jobs")
        card = page.locator("#take_snapshots")
        card.get_by_role("button", name="Запустить сейчас").click()
        expect(card).to_contain_text("ждёт запуска")

        keeper.answer()

        expect(card).to_contain_text("запустил(а) Абрамова А. А.")
        expect(card).to_contain_text("выполнено")
        expect(card.get_by_role("button", name="Запустить сейчас")).to_be_enabled()


def test_a_reminder_is_a_line_until_it_is_dismissed(site: Site) -> None:
    until = site.clock() + timedelta(hours=8)
    words = ("За сегодня не записано домашнее задание", "7а, алгебра, 5-й урок")
    with psycopg.connect(site.database) as conn:
        one = Reminder(c.ANNA, "homework", "today", words, "/", until)
        remind(conn, f"school_{SLUG}", [one], site.clock())
    with site.person("anna", viewport=TELEPHONE) as page:
        page.goto("/")
        strip = page.get_by_role("region", name="Напоминания")
        expect(strip).to_contain_text("7а, алгебра, 5-й урок")
        assert barriers(page) == []

        strip.get_by_role("button", name="Понятно").click()

        expect(strip).to_have_count(0)
        page.reload()
        expect(page.get_by_role("heading", name="Сегодня")).to_be_visible()
        expect(strip).to_have_count(0)
