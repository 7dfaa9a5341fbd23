"""A consent comes on paper and is taken back, at a browser that runs no scripts."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests import cast as c
from tests.api.papers import PDF
from tests.browser.ground import Site
from tests.browser.hands import SAID

pytestmark = pytest.mark.browser

CLASS = f"/classes/{c.CLASS_7A}/consents"


def test_a_consent_is_recorded_and_taken_back_without_a_script(site: Site, tmp_path: Path) -> None:
    with site.person("kira") as signed_in:
        cookies = signed_in.context.cookies()
        plain = site.browser.new_context(base_url=site.url, java_script_enabled=False)
        plain.add_cookies(cookies)  # type: ignore[arg-type]  # what it answers is what it takes
        page = plain.new_page()
        page.goto(CLASS)
        page.get_by_role("link", name="Записать: Петров Олег").click()
        for label in ("Адрес ребёнка", "Адрес подписавшего"):
            page.get_by_label(label).fill("Лесная, 4")
        for label in ("Документ ребёнка", "Документ подписавшего", "На каком основании"):
            page.get_by_label(label).fill("свидетельство")
        scan = tmp_path / "подпись.pdf"
        scan.write_bytes(PDF)
        page.get_by_label("Скан бумаги").set_input_files(scan)
        page.get_by_role("button", name="Записать согласие").click()

        expect(page.locator(SAID)).to_have_text("Согласие записано.")
        with page.expect_download() as download:
            page.get_by_role("link", name="Скан согласия: Петров Олег").click()
        assert download.value.path().read_bytes() == PDF
        assert download.value.suggested_filename.startswith("soglasie-")

        oleg = page.locator("li", has_text="Петров Олег")
        oleg.get_by_text("Отозвать").click()
        oleg.get_by_role("button", name="Да, согласие отозвано").click()

        expect(page.locator(SAID)).to_have_text("Отзыв записан: доступ закрыт.")
        expect(page.locator("li", has_text="Петров Олег")).to_contain_text("отозвано")
        plain.close()
