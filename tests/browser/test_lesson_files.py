"""A teacher attaches files in the panel of a lesson; a mother downloads them on her telephone."""

from __future__ import annotations

from hashlib import sha256
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import FilePayload, Page, expect

from tests import cast as c
from tests.api.papers import PDF, picture
from tests.browser.ground import TODAY, Site
from tests.browser.hands import SAID, barriers
from tests.browser.test_look import DARK_PHONE, PHONE, fits

pytestmark = pytest.mark.browser

LESSON = c.an_id(f"{TODAY}/6")
ANOTHER = c.an_id(f"{TODAY}/5")


def panel_of(page: Page, site: Site, lesson: str = LESSON) -> None:
    page.goto(site.algebra(lesson=lesson, panel="1"))
    expect(page.locator("#lesson")).to_be_visible()


def card(name: str, content: bytes = PDF, media: str = "application/pdf") -> FilePayload:
    """A file as a person chooses it."""
    return {"name": name, "mimeType": media, "buffer": content}


def test_a_file_goes_from_the_panel_to_a_telephone_and_away_again(site: Site) -> None:
    with site.person("anna") as anna, site.person("olga", **PHONE) as olga:
        panel_of(anna, site)
        form = anna.locator("#files-form")
        form.locator("#file").set_input_files(card("list3.pdf"))
        form.get_by_label("Название").fill("Карточка 3. Дроби")
        form.get_by_role("button", name="Приложить").click()
        expect(form.locator(".result")).to_have_text("✓ Файл приложен")
        expect(form.locator("#files li")).to_contain_text(["Карточка 3. Дроби PDF, 1 КБ"])
        expect(form.get_by_label("Название")).to_have_value("")
        expect(anna.locator("#draft")).not_to_be_visible()
        assert not barriers(anna)

        olga.goto("/diary")
        today = olga.locator("details.today")
        link = today.get_by_role("link", name="Карточка 3. Дроби")
        expect(link).to_be_visible()
        assert fits(olga, PHONE["viewport"])
        assert not barriers(olga)
        with olga.expect_download() as waiting:
            link.click()
        saved = Path(waiting.value.path())
        assert waiting.value.suggested_filename == "Карточка 3. Дроби.pdf"
        assert sha256(saved.read_bytes()).digest() == sha256(PDF).digest()

        form.get_by_role("button", name="Убрать Карточка 3. Дроби").click()
        expect(form.locator(".result")).to_have_text("✓ Файл убран")
        expect(form.locator("#files li")).to_have_count(0)
        olga.reload()
        expect(today).to_be_visible()
        expect(link).to_have_count(0)


def test_without_a_network_nothing_is_lost_and_nothing_is_sent(site: Site) -> None:
    with site.person("anna") as anna:
        panel_of(anna, site, ANOTHER)
        form = anna.locator("#files-form")
        anna.locator("#homework").fill("§ 7, начало")
        form.locator("#file").set_input_files(card("list.pdf"))
        form.get_by_label("Название").fill("Карточка 4")
        anna.context.set_offline(True)
        form.get_by_role("button", name="Приложить").click()
        expect(form.locator(".result")).to_contain_text("файл не отправлен и сам не отправится")
        expect(form.get_by_label("Название")).to_have_value("Карточка 4")
        expect(anna.locator("#homework")).to_have_value("§ 7, начало")
        anna.context.set_offline(False)
        expect(form.locator("#files li")).to_have_count(0)
        form.get_by_role("button", name="Приложить").click()
        expect(form.locator(".result")).to_have_text("✓ Файл приложен")
        expect(form.locator("#files li")).to_have_count(1)
        expect(anna.locator("#homework")).to_have_value("§ 7, начало")
        anna.locator("#draft").get_by_role("button", name="Сбросить").click()


def test_a_large_photograph_is_made_smaller_before_it_is_sent(site: Site) -> None:
    out = BytesIO()
    Image.effect_noise((2600, 1900), 120).convert("RGB").save(out, "JPEG", quality=95)
    photo = out.getvalue()
    assert len(photo) > 3_000_000
    with site.person("anna") as anna:
        panel_of(anna, site, ANOTHER)
        form = anna.locator("#files-form")
        form.locator("#file").set_input_files(card("доска.jpg", photo, "image/jpeg"))
        form.get_by_role("button", name="Приложить").click()
        expect(form.locator(".result")).to_have_text("✓ Файл приложен")
        expect(form.locator("#files li").last).to_contain_text("доска.jpg фотография")


def test_a_large_see_through_picture_is_sent_on_white(site: Site) -> None:
    image = Image.new("RGBA", (1400, 700))
    image.paste(Image.effect_noise((700, 700), 120).convert("RGB"), (0, 0))
    out = BytesIO()
    image.save(out, "PNG", compress_level=0)
    assert 1_000_000 < len(out.getvalue())
    with site.person("anna") as anna:
        panel_of(anna, site, ANOTHER)
        form = anna.locator("#files-form")
        form.locator("#file").set_input_files(card("схема.png", out.getvalue(), "image/png"))
        form.get_by_role("button", name="Приложить").click()
        link = form.locator("#files").get_by_role("link", name="схема.png")
        expect(link).to_be_visible()
        with anna.expect_download() as waiting:
            link.click()
        with Image.open(Path(waiting.value.path())) as kept:
            assert kept.format == "JPEG"
            assert kept.getpixel((1200, 350)) == (255, 255, 255)


def test_the_same_without_a_script(site: Site) -> None:
    with site.person("anna") as anna, site.person("olga", **DARK_PHONE) as olga:
        kept, mothers = anna.context.storage_state(), olga.context.storage_state()
        with site.browser.new_context(
            base_url=site.url, storage_state=kept, java_script_enabled=False, **PHONE
        ) as plain:
            page = plain.new_page()
            page.goto(site.algebra(lesson=LESSON))
            page.locator("#handouts summary").click()
            page.get_by_role("button", name="Приложить файл…").click()
            expect(page.get_by_role("heading", level=1)).to_contain_text("Файлы урока: 7а")
            page.locator("#file").set_input_files(card("слайды.png", picture("PNG")))
            page.get_by_label("К чему он").select_option("к уроку")
            page.get_by_role("button", name="Приложить").click()
            expect(page.locator(SAID)).to_contain_text("Файл приложен")
            expect(page.get_by_role("link", name="слайды.png")).to_be_visible()
        with site.browser.new_context(
            base_url=site.url, storage_state=mothers, java_script_enabled=False, **PHONE
        ) as plain:
            page = plain.new_page()
            page.goto("/diary")
            link = page.locator("details.today").get_by_role("link", name="слайды.png")
            with page.expect_download() as waiting:
                link.click()
            assert Path(waiting.value.path()).read_bytes().startswith(b"\x89PNG")
        with site.browser.new_context(
            base_url=site.url, storage_state=kept, java_script_enabled=False
        ) as plain:
            page = plain.new_page()
            page.goto(f"/classes/{c.CLASS_7A}/files?lesson={LESSON}")
            page.get_by_role("button", name="Убрать слайды.png").click()
            expect(page.locator(SAID)).to_contain_text("Файл убран")
            expect(page.get_by_role("link", name="слайды.png")).to_have_count(0)


def test_the_deputy_sees_files_and_has_no_button(site: Site) -> None:
    with site.person("anna") as anna, site.person("vera") as vera:
        panel_of(anna, site)
        form = anna.locator("#files-form")
        form.locator("#file").set_input_files(card("для завуча.pdf"))
        form.get_by_role("button", name="Приложить").click()
        expect(form.locator(".result")).to_have_text("✓ Файл приложен")
        vera.goto(site.algebra())
        vera.locator("#handouts summary").click()
        expect(vera.get_by_role("link", name="для завуча.pdf")).to_be_visible()
        vera.goto(f"/classes/{c.CLASS_7A}/files?lesson={LESSON}")
        expect(vera.get_by_role("link", name="для завуча.pdf")).to_be_visible()
        expect(vera.get_by_role("button", name="Убрать")).to_have_count(0)
        expect(vera.locator("p.past")).to_contain_text("учитель, который ведёт этот урок")
        assert not barriers(vera)
