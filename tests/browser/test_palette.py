"""The colours of marks are changeable: not everybody tells red from green."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests import cast as c
from tests.browser.ground import Site
from tests.browser.hands import barriers
from tests.browser.test_look import DESK, fits

GRID = f"/classes/{c.CLASS_7A}/register?subject_id={c.ALGEBRA}"

pytestmark = pytest.mark.browser


def _colours(page: Page) -> list[str]:
    chips = page.locator("section:has(#palette) .chip")
    return chips.evaluate_all("all => all.map((one) => getComputedStyle(one).backgroundColor)")  # type: ignore[no-any-return]


@pytest.mark.parametrize(("palette", "colours"), [("blue", 4), ("plain", 1)])
def test_a_palette_is_chosen_once_and_has_no_barrier_by_day_and_night(
    site: Site, palette: str, colours: int
) -> None:
    with site.person("anna", **DESK) as page:
        page.goto("/account")
        usual = _colours(page)
        page.get_by_label("В этом браузере").select_option(palette)
        chosen = _colours(page)
        assert len(set(chosen)) == colours
        assert not set(chosen) & set(usual)

        page.reload()
        expect(page.get_by_label("В этом браузере")).to_have_value(palette)
        for path in ("/account", "/", GRID):
            page.goto(path)
            assert fits(page, DESK["viewport"])
            for scheme in ("light", "dark"):
                page.emulate_media(color_scheme=scheme)
                assert not barriers(page)

        page.emulate_media(color_scheme="light")
        page.goto("/account")
        page.get_by_label("В этом браузере").select_option("")
        assert _colours(page) == usual
