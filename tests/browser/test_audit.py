"""Proof for who comes from outside: the desk, the slider, what changed, seals, paper."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, ViewportSize, expect

from tests import cast as c
from tests.browser.audited import live
from tests.browser.ground import Site
from tests.browser.hands import barriers
from tests.browser.test_look import DARK, DESK, PHONE

pytestmark = pytest.mark.browser

QUERY = f"subject_id={c.ALGEBRA}&term=1"
CLASS = f"/classes/{c.CLASS_7A}"
PAST = f"{CLASS}/past?{QUERY}"
DIFFERENCE = f"{CLASS}/difference?{QUERY}&from=2026-09-18T14:10"
#: of a moment that the seal is sure to cover, whatever other tests write
STATEMENT = f"{CLASS}/statement?{QUERY}&as_of=2026-09-25T14:30"
MIDDLE = f"{PAST}&as_of=2026-09-18T14:10"
PAGES = ["/audit", PAST, MIDDLE, DIFFERENCE, STATEMENT, "/log"]
A4_ON_ITS_SIDE: ViewportSize = {"width": 1047, "height": 718}  # 277 × 190 mm at 96 to the inch
WEIGHT = 100_000  # bytes of a page and all it needs, compressed


@pytest.fixture(scope="module")
def note(site: Site) -> str:
    """The journal is lived in and sealed; the newest seal."""
    return live(site)


@pytest.fixture(params=["desk", "dark", "phone"])
def device(request: pytest.FixtureRequest) -> dict[str, Any]:
    """A desk by day, a desk by night, a phone."""
    return {"desk": DESK, "dark": DARK, "phone": PHONE}[request.param]


def step_of(page: Page) -> int:
    """On which change the page stands, as it says itself."""
    found = re.search(r"изменение (\d+) из", page.locator("#clock").inner_text())
    return int(found[1]) if found else 0


def test_no_page_has_a_barrier(site: Site, note: str, device: dict[str, Any]) -> None:
    with site.person("igor", **device) as page:
        for path in PAGES:
            answer = page.goto(path)
            assert answer is not None
            assert answer.status == 200, path
            assert not barriers(page), path
            width = page.evaluate("document.documentElement.scrollWidth")
            assert width <= device["viewport"]["width"], f"{path} scrolls sideways"


def test_the_list_of_subjects_opens_inside_of_a_phone(site: Site, note: str) -> None:
    with site.person("igor", **PHONE) as page:
        page.goto(PAST)
        page.get_by_text("Другой предмет…").click()
        menu = page.locator("details.menu ul")
        expect(menu.get_by_role("link").first).to_be_visible()
        box = menu.bounding_box()
        assert box is not None
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= PHONE["viewport"]["width"]
        menu.get_by_role("link").first.click()
        expect(page.locator("h1")).to_contain_text("Английский")


def test_every_page_is_light(site: Site, note: str) -> None:
    with site.person("igor", **DESK) as page:
        sizes: list[int] = []
        network = page.context.new_cdp_session(page)
        network.send("Network.enable")
        network.send("Network.setCacheDisabled", {"cacheDisabled": True})
        page.on("requestfinished", lambda one: sizes.append(one.sizes()["responseBodySize"]))
        for path in PAGES:
            sizes.clear()
            page.goto(path, wait_until="networkidle")
            assert sizes, path
            assert sum(sizes) < WEIGHT, path


def test_the_auditor_comes_to_the_desk_and_opens_a_journal(site: Site, note: str) -> None:
    with site.person("igor", **DESK) as page:
        expect(page.locator("h1")).to_have_text("Проверка журналов")
        page.get_by_role("link", name="7а").click()
        expect(page.locator("h1")).to_contain_text("7а ·")


def test_the_slider_goes_from_change_to_change_by_keys(site: Site, note: str) -> None:
    with site.person("igor", **DESK) as page:
        page.goto(MIDDLE)
        slider, clock = page.locator("#slider"), page.locator("#clock")
        stood, when = step_of(page), page.locator(".when").inner_text()
        assert stood > 1
        slider.focus()
        page.keyboard.press("ArrowLeft")
        expect(clock).to_contain_text(f"изменение {stood - 1} из")
        expect(page.locator(".when")).not_to_have_text(when)
        expect(page.locator("#shown[aria-busy]")).to_have_count(0)
        expect(slider).to_be_focused()
        assert slider.get_attribute("aria-valuetext")
        expect(page.locator("td.lit").first).to_be_in_viewport()
        page.keyboard.press("Home")
        expect(clock).to_contain_text("до первого изменения")
        page.keyboard.press("End")
        expect(clock).to_contain_text("сейчас")
        expect(page.locator("td.lit").first).to_be_visible()
        assert "as_of" not in page.url


def test_a_button_goes_to_the_correction_before_and_keeps_the_focus(site: Site, note: str) -> None:
    with site.person("igor", **DESK) as page:
        page.goto(MIDDLE)
        stood = step_of(page)
        back = page.get_by_role("link", name="‹ исправление")
        back.press("Enter")
        expect(page.locator(".deed")).to_contain_text(re.compile("исправила|аннулировала"))
        assert step_of(page) < stood
        expect(page.locator('[data-step="fix-back"]')).to_be_focused()
        address = page.url
        page.reload()
        assert page.url == address
        expect(page.locator(".deed")).to_contain_text(re.compile("исправила|аннулировала"))


def test_every_tick_of_the_strip_is_a_step_of_the_slider(site: Site, note: str) -> None:
    with site.person("igor", **DESK) as page:
        page.goto(PAST)
        drawn = "".join(
            page.locator(f".strip path.{kind}").get_attribute("d") or ""
            for kind in ("entry", "fixed")
        )
        assert drawn.count("M") == int(page.locator("#slider").get_attribute("max") or 0) > 90


def test_without_scripts_the_past_is_reached_by_links_and_by_the_form(
    site: Site, note: str
) -> None:
    with site.person("igor", **DESK) as signed:
        kept = signed.context.storage_state()
        context = site.browser.new_context(
            base_url=site.url, java_script_enabled=False, storage_state=kept
        )
        page = context.new_page()
        page.goto(MIDDLE)
        expect(page.locator("#slider")).to_be_hidden()
        stood = step_of(page)
        page.get_by_role("link", name="изменение ›").click()
        assert step_of(page) == stood + 1
        page.get_by_label("Показать на").fill("2026-09-16T14:03")
        page.get_by_role("button", name="Показать").click()
        assert 0 < step_of(page) < stood
        expect(page.locator(".when")).to_contain_text("16 сентября 2026, 14:03")
        page.goto(DIFFERENCE)
        expect(page.locator("td.diff").first).to_be_visible()
        context.close()


def test_the_difference_is_read_without_colour(site: Site, note: str) -> None:
    with site.person("igor", **DESK) as page:
        page.goto(PAST)
        page.get_by_role("link", name="‹ исправление").click()
        expect(page.locator(".deed")).to_contain_text(" → ")
        told = page.locator(".deed li").first.inner_text()
        page.get_by_role("link", name="‹ изменение").click()
        expect(page.locator(".deed")).not_to_contain_text(told)
        page.get_by_role("link", name="Что изменилось с этого момента").click()
        expect(page.locator("h1")).to_contain_text("что изменилось")
        was, became = re.findall(r": (\S+) → (\S+),", told)[0]
        cell = page.locator("td.diff", has=page.locator("s")).first
        assert cell.locator("s").inner_text() == was
        assert cell.locator("b").inner_text() == became
        expect(page.locator(".list.fixed")).to_contain_text(told)


def test_a_receipt_is_saved_and_judged(site: Site, note: str, tmp_path: Path) -> None:
    with site.person("igor", **DESK) as page:
        page.goto(DIFFERENCE)
        with page.expect_download() as saving:
            page.get_by_role("link", name=re.compile("^Квитанция")).first.click()
        assert saving.value.suggested_filename.endswith(".tlog-proof")
        file = tmp_path / "receipt.tlog-proof"
        saving.value.save_as(file)

    context = site.browser.new_context(base_url=site.url, java_script_enabled=False)
    outside = context.new_page()
    outside.goto("/log")
    outside.get_by_label("или файл квитанции").set_input_files(file)
    outside.get_by_role("button", name="Проверить").click()
    expect(outside.locator("h1")).to_have_text("Есть в журнале")
    outside.goto("/log")
    text = file.read_text(encoding="utf-8").replace("index ", "index 1", 1)
    outside.get_by_label("Текст квитанции").fill(text)
    outside.get_by_role("button", name="Проверить").click()
    expect(outside.locator("h1")).to_have_text("Не наше")
    assert not_only_colour(outside)
    context.close()


def not_only_colour(page: Page) -> bool:
    """The verdict has a sign and words, and says what to do."""
    head = page.locator(".verdict .head")
    return bool(head.locator("svg.sign").count() and page.locator(".steps li").count())


@pytest.mark.parametrize("bring", ["the seal", "a strange text"])
def test_a_verdict_has_no_barrier(
    site: Site, note: str, device: dict[str, Any], bring: str
) -> None:
    context = site.browser.new_context(base_url=site.url, **device)
    page = context.new_page()
    page.goto("/log")
    page.get_by_label("Текст квитанции").fill(note if bring == "the seal" else bring)
    page.get_by_role("button", name="Проверить").click()
    expect(page.locator(".verdict")).to_be_visible()
    assert not barriers(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= device["viewport"]["width"]
    context.close()


def test_a_check_is_asked_for_and_followed(site: Site, note: str) -> None:
    with site.person("igor", **DESK) as page:
        page.goto("/audit")
        page.get_by_role("button", name="Проверить журнал").click()
        expect(page.locator("#checks [data-waiting]")).to_contain_text("Полная проверка журнала")
        expect(page.locator("#checks [data-waiting]")).to_contain_text("Игнатьев И. И.")
        assert not barriers(page)


def test_the_statement_fits_the_paper_and_repeats_its_head(site: Site, note: str) -> None:
    with site.person("vera", **DESK) as page:
        page.goto(STATEMENT)
        expect(page.locator("svg.qr")).to_be_visible()
        page.emulate_media(media="print")
        page.set_viewport_size(A4_ON_ITS_SIDE)
        assert page.evaluate("document.documentElement.scrollWidth") <= A4_ON_ITS_SIDE["width"]
        expect(page.locator("header.top")).to_be_hidden()
        expect(page.get_by_role("button", name="Печать")).to_be_hidden()
        expect(page.locator("tr.identity").first).to_be_visible()
        side = page.locator("svg.qr").bounding_box()
        assert side is not None
        assert abs(side["width"] / 96 * 25.4 - 32) < 0.5
        assert page.locator("thead").first.evaluate("e => getComputedStyle(e).display") == (
            "table-header-group"
        )
        assert page.locator("tbody tr").first.evaluate("e => getComputedStyle(e).breakInside") == (
            "avoid"
        )


def test_a_parent_saves_the_receipt_of_a_mark(site: Site, note: str) -> None:
    with site.person("olga", **PHONE) as page:
        page.goto(f"/pupils/{c.PETYA}/diary/2026-09-21")
        page.locator("details.day").first.locator("summary").click()
        link = page.get_by_role("link", name=re.compile("^Квитанция об отметке")).first
        with page.expect_download() as saving:
            link.click()
        assert saving.value.suggested_filename.startswith("otmetka-")


def test_the_history_of_a_cell_gives_receipts(site: Site, note: str) -> None:
    with site.person("anna", **DESK) as page:
        page.goto(site.algebra())
        expect(page.locator("journal-grid[data-ready]")).to_be_visible()
        page.locator("td.fix").first.click()
        page.keyboard.press("F2")
        page.get_by_role("button", name="История").first.click()
        with page.expect_download() as saving:
            page.locator(".story a", has_text="Квитанция").last.click()
        assert saving.value.suggested_filename.endswith(".tlog-proof")
