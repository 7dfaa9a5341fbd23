"""Nothing typed is lost: a busy server, no network, a reload, an expired session, a rival."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from uuid import uuid4

import pytest
from playwright.sync_api import Page, Response, Route, expect

from tests import cast as c
from tests.browser.audited import PATIENCE
from tests.browser.ground import TODAY, Site, killable, recent_columns
from tests.browser.hands import barriers, cell, classes, expect_saved, stand_on

pytestmark = pytest.mark.browser

WRITES = "**/api/v1/lessons/*/marks"
SYNC = "#sync"


def busy(route: Route, seconds: int = 1) -> None:
    """The server asks to come back in so many seconds."""
    route.fulfill(
        status=503,
        headers={"Retry-After": str(seconds)},
        content_type="application/problem+json",
        body="{}",
    )


def busy_for_an_hour(route: Route) -> None:
    """What waits repeats nothing by itself while a test looks at it."""
    busy(route, 3600)


def test_a_busy_server_is_asked_again_with_the_same_key(register: Page, column: int) -> None:
    keys: list[str] = []
    seen: list[bool] = []  # that it is busy: a second is soon over

    def until_seen(route: Route) -> None:
        keys.append(route.request.headers["idempotency-key"])
        if seen:
            route.continue_()
        else:
            busy(route)

    register.route(WRITES, until_seen)
    stand_on(register, 0, column)
    register.keyboard.press("5")
    expect(register.locator(SYNC)).to_have_text("Сервер занят · ждут отправки: 1")
    seen.append(True)
    expect_saved(register)
    assert len(keys) >= 2
    assert len(set(keys)) == 1


def test_marks_typed_without_a_network_survive_a_reload(register: Page, column: int) -> None:
    register.route(WRITES, lambda route: route.abort())
    stand_on(register, 0, column)
    register.keyboard.press("5")
    register.keyboard.press("Enter")
    register.keyboard.press("4")
    expect(register.locator(SYNC)).to_have_text("Нет связи · ждут отправки: 2")
    register.on("dialog", lambda dialog: dialog.accept())  # «покинуть страницу?»
    register.reload()
    expect(cell(register, 0, column)).to_have_text("5")
    expect(cell(register, 0, column)).to_have_class(classes("wait"))
    register.unroute(WRITES)
    register.locator(SYNC).click()
    expect_saved(register)
    register.reload()
    expect(cell(register, 1, column)).to_have_text("4")


def test_what_a_closed_tab_left_unsent_is_taken_over_by_the_next(
    register: Page, column: int
) -> None:
    register.route(WRITES, lambda route: route.abort())
    stand_on(register, 0, column)
    register.keyboard.press("5")
    expect(register.locator(SYNC)).to_have_text("Нет связи · ждут отправки: 1")
    address, context = register.url, register.context
    register.close()
    another = context.new_page()
    another.goto(address)
    expect(cell(another, 0, column)).to_have_text("5")
    expect_saved(another)
    another.reload()
    expect(cell(another, 0, column)).to_have_text("5")


def test_an_expired_session_asks_for_the_password_and_goes_on(
    register: Page, column: int, go_for_tea: Callable[[], None], password: str
) -> None:
    go_for_tea()
    stand_on(register, 0, column)
    register.keyboard.press("5")
    dialog = register.locator("#password-dialog")
    expect(dialog).to_contain_text("Записи не потеряны")
    expect(register.locator(SYNC)).to_have_text("Войдите снова · ждут отправки: 1")
    expect(dialog.get_by_label("Логин")).to_have_value("anna")
    dialog.get_by_label("Пароль").fill("не тот пароль")
    register.keyboard.press("Enter")
    expect(dialog.locator(".error")).not_to_be_empty()
    dialog.get_by_label("Пароль").fill(password)
    register.keyboard.press("Enter")
    expect(dialog).not_to_be_visible()
    expect_saved(register)
    register.reload()
    expect(cell(register, 0, column)).to_have_text("5")


def test_a_mark_that_a_colleague_changed_first_is_shown_and_not_overwritten(
    register: Page, column: int
) -> None:
    found = stand_on(register, 0, column)
    register.keyboard.press("3")
    expect_saved(register)
    mark_id = mark_of(register, 0, column)
    correct_elsewhere(register, mark_id, saw="3", value="4")
    register.keyboard.press("5")
    expect(register.locator(SYNC)).to_have_text("Кто-то успел раньше: 1")
    expect(found).to_have_text("4")
    expect(found).to_have_class(classes("conflict"))
    register.keyboard.press("Enter")
    card = register.locator("#card")
    expect(card).to_contain_text("Сейчас: 3 → 4")
    expect(card).to_contain_text("Вы исправляли на 5")
    register.get_by_role("button", name="Оставить как есть").click()
    expect_saved(register)
    expect(found).to_have_text("4")


@pytest.mark.parametrize(("login", "row"), [("anna", 6), ("vera", 7)])
def test_a_mark_from_another_desk_comes_by_the_stream_into_an_open_page(
    site: Site, register: Page, column: int, login: str, row: int
) -> None:
    """Also into that of a deputy, who may only read."""
    with site.person(login, viewport={"width": 1366, "height": 800}) as watcher:
        watcher.add_init_script("window.setInterval = () => 0")  # nothing is asked for by the clock
        with watcher.expect_response("**/api/v1/stream?*"):
            watcher.goto(site.algebra())
        found = cell(watcher, row, column)
        expect(found).to_have_text("")
        stand_on(register, row, column)
        register.keyboard.press("4")
        expect_saved(register)
        expect(found).to_have_text("4")


def test_a_term_mark_from_another_desk_settles_old_marks_of_an_open_page(
    site: Site, register: Page
) -> None:
    """Where late corrections are flagged, they end with the term mark."""
    with site.person("dina") as dina:
        flagged = {"version": "с пометкой", "late_corrections": True, "order_no": "9-о"}
        post(dina, f"/years/{TODAY.year}/regulation", flagged)
    old = stand_on(register, 5, 0)  # a lesson of the beginning of September
    register.keyboard.press("4")
    expect_saved(register)
    register.evaluate("sessionStorage.clear(); localStorage.clear()")  # as on another day
    with register.expect_response("**/api/v1/stream?*"):
        register.reload()
    expect(old).to_have_text("4")
    expect(old).not_to_have_class(classes("lock"))
    pupil = register.locator("journal-grid tbody tr").nth(5).get_attribute("data-pupil")

    with site.person("anna") as anna:
        marks = [{"pupil_id": pupil, "value": "4", "reason_code": "OTHER"}]
        body = {"subject_id": c.ALGEBRA, "term": 1, "marks": marks}
        post(anna, f"/classes/{c.CLASS_7A}/term-marks", body)

    expect(old).to_have_class(classes("lock"))
    stand_on(register, 5, 0)
    register.keyboard.press("5")
    expect(register.locator("#card")).to_contain_text("Срок правки прошёл")


def post(page: Page, path: str, body: dict[str, object]) -> None:
    """What the person of this page writes by a program."""
    answer = page.request.post(
        f"/api/v1{path}", data=body, headers={"Idempotency-Key": str(uuid4())}
    )
    assert answer.ok, answer.text()


def test_marks_typed_while_the_server_is_killed_arrive_when_it_is_back(site: Site) -> None:
    with killable(site) as server, site.person("anna") as page:
        page.goto(f"{server.url}{site.algebra()}")
        expect(page.locator("journal-grid[data-ready]")).to_be_visible()
        page.wait_for_load_state("networkidle")  # the card and the rest are there as well
        column = recent_columns(page)[next(site.taken)]
        stand_on(page, 0, column)
        server.kill()
        page.keyboard.press("5")
        page.keyboard.press("Enter")
        page.keyboard.press("4")
        expect(page.locator(SYNC)).to_have_text("Нет связи · ждут отправки: 2")
        expect(cell(page, 1, column)).to_have_class(classes("wait"))
        server.start()
        page.locator(SYNC).click()
        expect_saved(page)
        page.reload()
        expect(cell(page, 0, column)).to_have_text("5")
        expect(cell(page, 1, column)).to_have_text("4")


def test_signing_out_empties_what_was_kept_for_the_person(register: Page, column: int) -> None:
    register.route(WRITES, lambda route: route.abort())
    stand_on(register, 0, column)
    register.keyboard.press("5")
    expect(register.locator(SYNC)).to_have_text("Нет связи · ждут отправки: 1")
    assert register.evaluate("Object.keys(localStorage).sort().map((key) => key.slice(0, 13))") == [
        "letopis:queue",
        "letopis:today",
    ]
    register.on("dialog", lambda dialog: dialog.accept())
    register.get_by_role("button", name="Выйти").click()
    register.wait_for_url("**/sign-in")
    assert register.evaluate("Object.keys(localStorage).length") == 0


def test_what_is_typed_about_a_lesson_waits_as_a_draft_until_it_is_recorded(
    register: Page, column: int
) -> None:
    head = register.locator("th.les button").nth(column)
    panel, note = register.locator("#lesson"), register.locator("#draft")
    head.click()
    expect(note).not_to_be_visible()
    panel.get_by_label("Тема урока").fill("Степени")
    panel.get_by_label("Домашнее задание").fill("№ 212")
    panel.locator("#roll select").first.select_option("LATE")
    panel.get_by_role("button", name="Предыдущий урок").click()
    expect(note).not_to_be_visible()
    panel.get_by_role("button", name="Следующий урок").click()
    expect(note).to_be_visible()
    assert not barriers(register)
    panel.get_by_role("button", name="Закрыть").click()
    register.reload()
    head.click()
    expect(panel.get_by_label("Тема урока")).to_have_value("Степени")
    expect(panel.locator("#roll select").first).to_have_value("LATE")
    panel.get_by_role("button", name="Записать тему").click()
    expect(panel.locator("#topic-form .result")).to_have_text("✓ Тема записана")
    expect(note).to_be_visible()
    note.get_by_role("button", name="Сбросить").click()
    expect(note).not_to_be_visible()
    expect(panel.get_by_label("Домашнее задание")).to_have_value("")
    expect(panel.get_by_label("Тема урока")).to_have_value("Степени")
    drafts = "Object.keys(localStorage).filter((key) => key.startsWith('letopis:draft'))"
    assert register.evaluate(drafts) == []


def test_what_is_recorded_late_is_told_of_its_own_lesson_and_not_of_the_one_shown_by_now(
    register: Page,
) -> None:
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    register.route("**/api/v1/lessons/*/topic", hold)
    register.locator("th.les button").nth(1).click()  # no column is taken from other tests
    panel, result = register.locator("#lesson"), register.locator("#topic-form .result")
    head = panel.locator("h2").inner_text()
    panel.get_by_label("Тема урока").fill("Степени")
    with register.expect_request("**/api/v1/lessons/*/topic"):
        panel.get_by_role("button", name="Записать тему").click()
    panel.get_by_role("button", name="Следующий урок").click()
    expect(panel.locator("#draft")).not_to_be_visible()
    held.pop().continue_()
    expect(register.locator("#toast")).to_contain_text("✓ Тема записана")
    expect(register.locator("#toast")).to_contain_text(head)
    expect(result).to_have_text("")
    panel.get_by_role("button", name="Предыдущий урок").click()
    expect(panel.get_by_label("Тема урока")).to_have_value("Степени")
    expect(panel.locator("#draft")).not_to_be_visible()


def test_a_page_left_alone_asks_for_nothing_so_that_the_session_may_end(register: Page) -> None:
    register.clock.install()
    register.reload()
    expect(register.locator("journal-grid[data-ready]")).to_be_visible()
    register.evaluate(
        """() => {
          const usual = window.fetch;
          window.asked = 0;
          window.fetch = (...request) => { window.asked += 1; return usual(...request); };
        }"""
    )
    register.clock.run_for(60_000)
    attended = register.evaluate("asked")
    assert attended >= 2
    register.clock.run_for(60 * 60_000)
    assert register.evaluate("asked") <= 2 * attended + 2  # two minutes after the last key at most


def mark_of(page: Page, row: int, column: int) -> str:
    """The id of the mark in a cell, as the API tells it once it has what was saved."""
    api = page.locator("journal-grid").get_attribute("data-api")
    [saved] = [one for one in page.context.cookies() if one.get("name") == "letopis_position"]
    url = f"{origin(page)}{api}&min_position={saved.get('value')}"
    answers = (page.request.get(url) for _ in range(PATIENCE))
    register = json.loads(next(answer for answer in answers if answer.ok).text())
    lesson = register["lessons"][column]["lesson_id"]
    [mark] = register["pupils"][row]["cells"][lesson]
    return str(mark["mark_id"])


def correct_elsewhere(page: Page, mark_id: str, *, saw: str, value: str) -> None:
    """The same teacher at another desk."""
    answer = page.evaluate(
        """async ([url, body]) => (await fetch(url, {method: "POST", body: JSON.stringify(body),
          headers: {"content-type": "application/json", "idempotency-key": crypto.randomUUID()},
        })).status""",
        [
            f"/api/v1/marks/{mark_id}/corrections",
            {"saw": saw, "value": value, "reason_code": "APPEAL"},
        ],
    )
    assert answer == 200


def origin(page: Page) -> str:
    """«http://127.0.0.1:1234»."""
    return str(page.evaluate("location.origin"))


def test_the_list_of_what_is_not_saved_repeats_and_takes_back(register: Page, column: int) -> None:
    register.wait_for_load_state("networkidle")  # the list is there as well
    register.route(WRITES, lambda route: route.abort())
    stand_on(register, 0, column)
    register.keyboard.press("5")
    expect(register.locator(SYNC)).to_have_text("Нет связи · ждут отправки: 1")
    register.keyboard.press("Enter")
    register.keyboard.press("4")
    expect(register.locator(SYNC)).to_have_text("Нет связи · ждут отправки: 2")
    register.route(WRITES, busy_for_an_hour)
    register.locator(SYNC).click()
    expect(register.locator(SYNC)).to_have_text("Сервер занят · ждут отправки: 2")
    dialog = register.locator("dialog.unsaved")
    expect(dialog.locator("li")).to_have_count(2)
    expect(dialog).to_contain_text("отметка 4")
    assert not barriers(register)
    dialog.get_by_role("button", name="Убрать").last.click()
    expect(dialog.locator("li")).to_have_count(1)
    expect(cell(register, 1, column)).to_have_text("")
    dialog.get_by_role("button", name="Убрать").click()  # that one may have arrived
    expect(dialog.locator("li")).to_have_count(1)
    register.unroute(WRITES)
    dialog.get_by_role("button", name="Повторить всё").click()
    expect(dialog).not_to_be_visible()
    expect_saved(register)
    register.reload()
    expect(cell(register, 0, column)).to_have_text("5")
    expect(cell(register, 1, column)).to_have_text("")


def has_minutes(answer: Response) -> bool:
    """Of a request that says how late somebody was."""
    return "minutes_late" in (answer.request.post_data or "")


def test_a_lesson_on_a_telephone_waits_for_the_network_in_the_register_s_queue(site: Site) -> None:
    lesson = c.an_id(f"{TODAY - timedelta(days=7)}/6")
    with site.person("anna", viewport={"width": 360, "height": 740}, has_touch=True) as page:
        page.goto(f"/classes/{c.CLASS_7A}/lessons/{lesson}")
        expect(page.locator("#now[data-ready]")).to_be_visible()
        assert not barriers(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= 360
        first, second, third = (page.locator("#now li button").nth(at) for at in (0, 1, 2))
        page.route("**/api/v1/lessons/*/*", lambda route: route.abort())
        first.tap()
        page.get_by_role("button", name="нет", exact=True).tap()
        second.tap()
        page.locator("#big [data-mark='5']").tap()
        expect(page.locator(SYNC)).to_have_text("Нет связи · ждут отправки: 2")
        expect(page.locator("#count")).to_contain_text("нет 1 из")
        page.unroute("**/api/v1/lessons/*/*")
        page.on("dialog", lambda dialog: dialog.accept())  # «покинуть страницу?»
        page.reload()
        expect(first.locator(".signs")).to_have_text("н, не был, причина не указана")
        expect(page.locator(SYNC)).to_have_text("Всё сохранено")
        third.tap()
        page.get_by_role("button", name="опоздал").tap()
        with page.expect_response(has_minutes) as told:
            page.get_by_role("button", name="10 минут").tap()
        assert told.value.ok
        page.get_by_role("button", name="Остальные на месте").tap()
        expect(page.locator("#count")).to_contain_text("Посещаемость отмечена: нет 1")
        expect(page.locator(SYNC)).to_have_text("Всё сохранено")
        page.goto(site.algebra(lesson=lesson))
        grid = page.locator("journal-grid[data-ready] tbody tr")
        expect(grid.nth(0).locator("td.c.cur")).to_have_text("н")
