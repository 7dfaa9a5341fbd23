"""Every page by eye and by rule: no barrier, no sideways scroll on a phone, one language."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from api.pages.rendering import page as drawn_page
from tests import cast as c
from tests.browser.ground import TODAY, Site
from tests.browser.hands import barriers
from tests.house.test_every_route_names_its_caller import ROUTES

pytestmark = pytest.mark.browser

HERE = Path(__file__).parent
PHONE: dict[str, Any] = {
    "viewport": {"width": 360, "height": 780},
    "has_touch": True,
    "is_mobile": True,
}
DESK: dict[str, Any] = {"viewport": {"width": 1366, "height": 800}}
DARK: dict[str, Any] = {**DESK, "color_scheme": "dark"}
DARK_PHONE: dict[str, Any] = {**PHONE, "color_scheme": "dark"}
#: a desk of 1280 points at 200 %
DOUBLE: dict[str, Any] = {"viewport": {"width": 640, "height": 400}}
COLUMN = f"/classes/{c.CLASS_7A}/subjects/{c.ALGEBRA}/year"
ENDS = (
    "/years",
    COLUMN,
    f"/classes/{c.CLASS_7A}/year",
    f"/classes/{c.CLASS_7A}/term-marks?subject_id={c.ALGEBRA}&term=1",
)
LESSON = c.an_id(f"{TODAY}/5")
CLASS, CHILD = f"/classes/{c.CLASS_7A}", f"/pupils/{c.PETYA}"
#: who opens what; each page is looked at on a desk by day, on a telephone by night, at 200 %
PAGES = {
    "anna": (
        *("/", "/account", "/password", "/no-such-page", "/debts", "/compliance"),
        *("/terms", "/correction-requests", "/outcomes", "/reports", "/forecast", "/remarks"),
        *("/questions", "/calendar", "/regulation", "/search", "/help"),
        *("/help/teacher-register", ENDS[0], COLUMN, ENDS[3]),
        f"{CLASS}/register?subject_id={c.ALGEBRA}",
        f"{CLASS}/subjects/{c.ALGEBRA}/comments",
        *(f"{CLASS}/outcomes", "/now", f"{CLASS}/sheet?subject_id={c.ALGEBRA}&term=1"),
        f"{CLASS}/forecast",
        f"{CLASS}/files?lesson={LESSON}",
        f"{CLASS}/debts?lesson={LESSON}",
        f"{CLASS}/lessons/{LESSON}/seats",
        "/compliance?week=2026-W38&duty=topic&status=missing",
        f"/compliance/teachers/{c.ANNA}?from=2026-09-01&to=2026-09-25",
    ),
    "kira": (
        *(f"{CLASS}/absences/2026-W39", f"{CLASS}/acknowledgements", f"{CLASS}/notices"),
        *(f"{CLASS}/parent-reports", "/reports/summary_sheet"),
        *(f"{CLASS}/credentials", f"{CLASS}/consents", f"{CLASS}/consents/{c.PETYA}/{c.OLEG}"),
    ),
    "vera": (
        *("/desk", "/trail", "/signals", "/attempts", "/grants", "/jobs", "/health", "/absences"),
        *("/inspections", "/trainings", "/substitutions", "/school-year", "/archive"),
        *("/compliance?week=2026-W38", "/compliance/terms", "/compliance/delays", "/availability"),
        *("/consents", "/forecast", "/forecast/calibration", "/help/site"),
        *("/compliance/marks", "/compliance/plans", "/regulation/history", "/report-runs"),
        f"{CLASS}/inspections",
        *("/regulation/edit?preset=ap147", ENDS[2], f"{CLASS}/terms/1"),
        f"{CLASS}/register?subject_id={c.ALGEBRA}",
    ),
    "alla": (
        *("/credentials", "/staff/credentials", "/webhooks", f"/people/{c.ANNA}/suspicion"),
        *("/school-year/words", "/school-year/pupils", "/school-year/rollover"),
        *("/school-year/import", "/school-year/oneroster"),
    ),
    "sveta": ("/service-requests", f"/people/{c.PETYA}/particulars"),
    "olga": (
        *("/diary", f"{CHILD}/marks", f"{CHILD}/marks/{c.ALGEBRA}", "/notices", "/questions"),
        *(f"{CHILD}/looks", f"{CHILD}/year", f"{CHILD}/forecast"),
    ),
    "petya": ("/diary", "/account", f"/people/{c.PETYA}/copy"),
}


#: pages that other tests bring to where there is something to look at, and look at there
ELSEWHERE = {
    "/audit": "test_audit.py",
    "/classes/{class_id}/past": "test_audit.py",
    "/classes/{class_id}/difference": "test_audit.py",
    "/classes/{class_id}/statement": "test_audit.py",
    "/classes/{class_id}/lessons/{lesson_id}": "test_saving.py",
    "/inspections/{inspection_id}": "test_control.py",
    "/jobs/{job}": "test_jobs.py",
    "/archive/{archived_year}/annotation": "test_look.py",
    "/questions/{conversation_id}": "test_control.py",
}
#: of everybody, and below looked at by nobody signed in
FOR_EVERYBODY = ("/sign-in", "/access", "/log")
#: no pages: files, what programs ask, and addresses that only lead on
NO_PAGES = {
    *("/healthz", "/readyz", "/metrics", "/sw.js", "/calendar/{secret}.ics"),
    "/classes/{class_id}/sheet.xlsx",
    "/classes/{class_id}/consents/{pupil_id}/{guardian_id}/blank",  # a PDF
    *("/sign-in/provider", "/sign-in/provider/return"),
    *("/marks", "/pupils/{pupil_id}/diary/{monday}"),  # «/diary» leads to the latter
}


def test_no_page_of_the_application_is_left_unlooked_at() -> None:
    """A new page says here who looks at it."""
    paths = {path.partition("?")[0] for of in PAGES.values() for path in of}
    known = NO_PAGES | set(ELSEWHERE) | set(FOR_EVERYBODY)
    pages = {
        route.path: route
        for name, route in ROUTES.items()
        if "GET" in name.split()[0] and not route.path.startswith("/api/")
    }
    assert known <= set(pages), "what is not there is not looked at"
    unseen = {
        place
        for place, route in pages.items()
        if not any(route.path_regex.match(path) for path in paths)
    }
    assert unseen - known == set()
    for place, file in ELSEWHERE.items():
        looks = (HERE / file).read_text(encoding="utf-8")
        assert "barriers(" in looks, file
        words = [word for word in place.split("/") if word and "{" not in word]
        assert re.search(rf"/{words[-1]}\b", looks), (place, file)


@pytest.fixture(scope="module")
def sit(site: Site) -> Iterator[Callable[[str, dict[str, Any]], Page]]:
    """Somebody at a device, signed in once for all pages."""
    with ExitStack() as stack:
        known: dict[tuple[str, str], Page] = {}

        def at(login: str, device: dict[str, Any]) -> Page:
            key = (login, str(device))
            if key not in known:
                known[key] = stack.enter_context(site.person(login, **device))
            return known[key]

        yield at


@pytest.mark.parametrize(
    ("login", "path"), [(login, path) for login, paths in PAGES.items() for path in paths]
)
def test_a_page_has_no_barrier(
    sit: Callable[[str, dict[str, Any]], Page], login: str, path: str
) -> None:
    page = sit(login, PHONE)
    page.emulate_media(color_scheme="light")
    page.set_viewport_size(DESK["viewport"])
    answer = page.goto(path)
    assert answer
    assert answer.ok or path == "/no-such-page"
    by_day = barriers(page)
    assert fits(page, DESK["viewport"]), "the page scrolls sideways on a desk"
    page.set_viewport_size(DOUBLE["viewport"])
    assert fits(page, DOUBLE["viewport"]), "the page scrolls sideways at 200 %"
    page.set_viewport_size(PHONE["viewport"])
    page.emulate_media(color_scheme="dark")
    assert fits(page, PHONE["viewport"]), "the page scrolls sideways on a telephone"
    assert (by_day, barriers(page)) == ([], [])


@pytest.mark.parametrize("path", [f"{ENDS[2]}?said=recorded", "/regulation?said=adopted"])
def test_what_was_just_done_is_said_on_the_screen_and_not_on_paper(
    sit: Callable[[str, dict[str, Any]], Page], path: str
) -> None:
    page = sit("vera", DESK)
    page.goto(path)
    said = page.locator("main p[role=status]").first
    expect(said).to_be_visible()
    page.emulate_media(media="print")
    expect(said).to_be_hidden()
    page.emulate_media(media="screen")


def test_a_long_tag_goes_on_in_another_line_on_a_telephone(
    sit: Callable[[str, dict[str, Any]], Page],
) -> None:
    page = sit("vera", PHONE)
    page.goto("/desk")
    page.set_viewport_size(PHONE["viewport"])
    late = "домашнее задание: с опозданием на 15 ч 13 мин, посещаемость: нет записи"
    page.locator("main h1").evaluate(
        "(head, words) => { const tag = document.createElement('span');"
        " tag.className = 'tag warn'; tag.textContent = words; head.after(tag); }",
        late,
    )
    expect(page.get_by_text(late)).to_be_visible()
    assert fits(page, PHONE["viewport"])


def fits(page: Page, viewport: dict[str, int]) -> bool:
    """Nothing sticks out to the side."""
    width: int = page.evaluate("document.documentElement.scrollWidth")
    return width <= viewport["width"]


@pytest.mark.parametrize(("login", "path"), [("anna", COLUMN), ("vera", ENDS[2])])
def test_at_double_size_the_keyboard_skips_to_the_page(
    sit: Callable[[str, dict[str, Any]], Page], login: str, path: str
) -> None:
    page = sit(login, DOUBLE)
    page.goto(path)
    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")  # into the page itself
    assert page.evaluate("document.activeElement.closest('main') !== null")


@pytest.mark.parametrize("path", FOR_EVERYBODY)
def test_a_page_for_everybody_has_no_barrier(site: Site, path: str) -> None:
    for device in (DESK, DARK_PHONE):
        context = site.browser.new_context(base_url=site.url, **device)
        page = context.new_page()
        page.goto(path)
        assert not barriers(page)
        assert fits(page, device["viewport"])
        context.close()


def test_a_correction_by_an_act_beside_an_archived_year_has_no_barrier(site: Site) -> None:
    """Its year would have to be over: the page is drawn with a pupil's marks as they would be."""
    context = {
        "year": 2025,
        "years": "2025/2026",
        "classes": [{"class_id": c.CLASS_7A, "name": "7а"}],
        "class_id": c.CLASS_7A,
        "pupils": [(c.PETYA, "Ёлкин Пётр")],
        "pupil_id": c.PETYA,
        "places": [(f"{c.ALGEBRA}/1/4", "Алгебра, I четверть: «4»")],
        "marks": ["5", "4", "3", "2"],
    }
    drawn = bytes(drawn_page("ends/annotation.html", context, viewer=None).body).decode()
    path = "/archive/2025/annotation"
    for device in (DESK, DARK_PHONE):
        there = site.browser.new_context(base_url=site.url, **device)
        page = there.new_page()
        page.route(f"**{path}", lambda route: route.fulfill(body=drawn, content_type="text/html"))
        page.goto(path)
        expect(page.get_by_label("Что должно стоять")).to_be_visible()
        assert not barriers(page)
        assert fits(page, device["viewport"])
        there.close()


def test_keys_are_told_by_a_question_mark_and_the_search_is_a_slash_away(register: Page) -> None:
    register.locator("td.c").nth(3).click()
    register.keyboard.press("?")
    keys = register.locator("dialog.keys")
    expect(keys).to_contain_text("аннулировать отметку")
    expect(keys).to_contain_text("найти ученика")
    assert not barriers(register)
    register.keyboard.press("Escape")
    expect(keys).to_have_count(0)
    register.keyboard.press("F2")
    field = register.locator("#card").get_by_label("Запись", exact=True)
    expect(field).to_be_focused()
    register.keyboard.type("?m/s")  # while editing letters are letters
    expect(field).to_have_value("?m/s")
    expect(register.locator("dialog.keys, dialog.cell-menu")).to_have_count(0)
    register.keyboard.press("Escape")
    register.locator("h1").click()
    register.keyboard.press("/")
    register.keyboard.type("ёлк")
    register.keyboard.press("Enter")
    register.wait_for_url("**/search")
    expect(register.locator(".found li")).to_have_count(1)
    assert not barriers(register)


def test_dialogs_have_no_barrier(register: Page, column: int) -> None:
    register.locator("th.les button").nth(column).click()
    expect(register.locator("#lesson")).to_be_visible()
    assert not barriers(register)
    head = register.locator("#lesson header > div")
    here = head.inner_text()
    register.get_by_role("button", name="Предыдущий урок").click()
    expect(head).not_to_have_text(here, use_inner_text=True)
    register.get_by_role("button", name="Следующий урок").click()
    expect(head).to_have_text(here, use_inner_text=True)
    register.keyboard.press("Escape")
    register.locator("td.c").nth(column).click()
    register.keyboard.press("F2")
    expect(register.locator("#card")).to_be_visible()
    assert not barriers(register)


def test_groups_of_sections_open_by_keyboard_and_say_where_one_is(site: Site) -> None:
    with site.person("vera", **DESK) as page:
        page.goto("/inspections")
        group = page.get_by_role("button", name="Контроль")
        expect(group).to_have_attribute("aria-current", "true")
        group.focus()
        page.keyboard.press("Enter")
        here = page.get_by_role("link", name="Проверки и замечания")
        expect(here).to_have_attribute("aria-current", "page")
        assert not barriers(page)
        page.keyboard.press("Escape")
        expect(here).not_to_be_visible()
        expect(group).to_be_focused()
        page.keyboard.press("Enter")
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        page.wait_for_url("**/compliance")


def test_a_phone_has_all_sections_behind_a_button_also_without_a_script(site: Site) -> None:
    with site.person("vera", **PHONE) as page:
        kept = page.context.storage_state()
    plain = site.browser.new_context(
        base_url=site.url, storage_state=kept, java_script_enabled=False, **PHONE
    )
    page = plain.new_page()
    page.goto("/trail")
    page.get_by_role("button", name="Меню").tap()
    page.get_by_role("link", name="Особый доступ").tap()
    page.wait_for_url("**/grants")
    plain.close()


def test_a_deputy_sees_the_register_and_cannot_write(site: Site) -> None:
    with site.person("vera", **DESK) as page:
        page.goto(site.algebra())
        expect(page.locator(".past")).to_contain_text("Только чтение")
        expect(page.locator("#sync")).to_have_count(0)


def test_a_stranger_reads_that_there_is_no_such_class(site: Site) -> None:
    with site.person("zoya", **DESK) as page:
        answer = page.goto(site.algebra())
        assert answer is not None
        assert answer.status == 404
        expect(page.locator("h1")).to_have_text("Такой страницы нет")


def test_who_is_not_signed_in_returns_to_the_page_after_the_password(site: Site) -> None:
    context = site.browser.new_context(base_url=site.url)
    page = context.new_page()
    page.goto("/trail?kind=mark-corrected")
    page.get_by_label("Логин").fill("vera")
    page.get_by_label("Пароль").fill(site.password)
    page.keyboard.press("Enter")
    page.wait_for_url("**/trail?kind=mark-corrected")
    context.close()


def test_a_wrong_password_is_said_in_russian(site: Site) -> None:
    context = site.browser.new_context(base_url=site.url)
    page = context.new_page()
    page.goto("/sign-in")
    page.get_by_label("Логин").fill("vera")
    page.get_by_label("Пароль").fill("не тот")
    page.keyboard.press("Enter")
    expect(page.locator(".error")).to_have_text("Логин или пароль не подходит.")
    context.close()
