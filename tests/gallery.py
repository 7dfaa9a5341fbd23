"""A gallery of the pages of the demonstration school, drawn by the Chromium of this machine.

    python -m tests.gallery [--data DIR]      writes docs/gallery

Without --data a demonstration of its own is made first, which takes a minute or two; with it, the
one of that directory is opened (`letopis up --demo school --data DIR` has made it).
"""

from __future__ import annotations

import argparse
import io
import json
import re
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

FOLDER = Path(__file__).parents[1] / "docs" / "gallery"
DESK = {"width": 1280, "height": 800}
PHONE = {"width": 360, "height": 740}
QUALITY = 72
READY = re.compile(r"READY (http://\S+)")


class Shot(NamedTuple):
    """A picture: its file, what it shows, who looks at which page, on what; `do` comes first."""

    name: str
    words: str
    role: str
    path: str
    size: dict[str, int] = DESK
    dark: bool = False
    do: Callable[[Page], None] | None = None


def _first(selector: str) -> Callable[[Page], None]:
    """Follow the first link of the page that is like this."""

    def follow(page: Page) -> None:
        page.goto(page.locator(selector).first.get_attribute("href") or "/")

    return follow


def _register(page: Page) -> None:
    _first(".journals a")(page)
    page.wait_for_selector("journal-grid[data-ready]")
    page.locator("td.c").nth(4).click()


def _lesson(page: Page) -> None:
    link = page.locator('.lessons a[href*="lesson="]').first.get_attribute("href") or ""
    found = re.search(r"/classes/([^/]+)/register.*lesson=([^&]+)", link)
    assert found, link
    page.goto(f"/classes/{found[1]}/lessons/{found[2]}")
    page.wait_for_selector("#now[data-ready]")
    page.locator("#now li button").nth(2).click()


def _keys(page: Page) -> None:
    page.keyboard.press("?")
    page.wait_for_selector("dialog.keys")


def _search(page: Page) -> None:
    page.locator("main input[type=search]").fill("аб")
    page.keyboard.press("Enter")
    page.wait_for_selector(".found li")


def _slider(page: Page) -> None:
    _first('a[href*="/past"]')(page)


SHOTS = (
    Shot("today", "Учитель: уроки дня и чего в них не хватает", "teacher", "/"),
    Shot("register", "Учитель: журнал класса, как лист Excel", "teacher", "/", do=_register),
    Shot("register-dark", "То же вечером", "teacher", "/", dark=True, do=_register),
    Shot("lesson-phone", "Учитель: урок одной рукой", "teacher", "/", PHONE, do=_lesson),
    Shot("debts", "Учитель: свои долги и сроки", "teacher", "/debts"),
    Shot("keys", "Клавиши страницы по «?»", "teacher", "/", do=_keys),
    Shot(
        *("absences", "Классный руководитель: пропуски недели", "class_teacher", "/absences"),
        do=_first('a[aria-label="Предыдущая неделя"]'),  # of the running one not much is known
    ),
    Shot("consents", "Классный руководитель: согласия", "class_teacher", "/consents"),
    Shot("diary-phone", "Родитель: неделя дневника", "parent", "/diary", PHONE),
    Shot("marks-phone", "Родитель: отметки по предметам", "parent", "/marks", PHONE),
    Shot("diary-dark", "Ученик: неделя вечером", "pupil", "/diary", PHONE, dark=True),
    Shot("desk", "Завуч: пять чисел, каждое открывает свой список", "deputy", "/desk"),
    Shot("filling", "Завуч: заполнение журналов", "deputy", "/compliance"),
    Shot("trail", "Завуч: кто, когда и что изменил", "deputy", "/trail"),
    Shot("signals", "Завуч: сигналы — повод спросить", "deputy", "/signals"),
    Shot("forecast", "Завуч: прогноз", "deputy", "/forecast"),
    Shot("search", "Поиск ученика с любой страницы", "deputy", "/search", do=_search),
    Shot("regulation", "Положение как данные: пункт, правило, число", "deputy", "/regulation"),
    Shot("slider", "Аудитор: страница журнала на любой момент", "auditor", "/audit", do=_slider),
    Shot("authenticity", "Проверка подлинности, без входа", "", "/log"),
    Shot("health", "Администратор: состояние системы", "administrator", "/health"),
    Shot("school-year", "Администратор: учебный год по шагам", "administrator", "/school-year"),
    Shot("help", "Помощь: с чего начать", "teacher", "/help"),
    Shot("access-phone", "Родителям: как получить доступ, без входа", "", "/access", PHONE),
)


def main() -> None:
    """Draw every picture, and the page that shows them."""
    parser = argparse.ArgumentParser(description="галерея страниц в docs/gallery")
    parser.add_argument("--data", type=Path, help="каталог готовой показательной школы")
    wanted = parser.parse_args()
    FOLDER.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory() as made:
        data = wanted.data or Path(made)
        with serving(data) as url, chromium() as browser:
            people = known(data)
            for shot in SHOTS:
                picture = drawn(browser, url, people, shot)
                (FOLDER / f"{shot.name}.webp").write_bytes(picture)
    (FOLDER / "README.md").write_text(index(), "utf-8")


def index() -> str:
    """The page of the gallery."""
    shown = "\n\n".join(f"## {one.words}\n\n![{one.words}]({one.name}.webp)" for one in SHOTS)
    return (
        "# Галерея\n\nСтраницы показательной школы; все люди в ней выдуманы. Снято командой "
        f"`python -m tests.gallery`.\n\n{shown}\n"
    )


@contextmanager
def serving(data: Path) -> Iterator[str]:
    """The demonstration of a directory at an address; made when it is not there."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "api", "up", "--demo", "school"]
    running = subprocess.Popen(
        [*command, "--data", str(data), "--port", str(port)], stdout=subprocess.PIPE, text=True
    )
    try:
        assert running.stdout is not None
        ready = next(filter(None, map(READY.search, running.stdout)), None)
        assert ready, "the demonstration does not come up"
        yield ready[1]
    finally:
        running.terminate()
        running.wait()


def known(data: Path) -> dict[str, dict[str, str]]:
    """The first person of each role, with login and password."""
    told = subprocess.run(
        [sys.executable, "-m", "api", "demo", "--json", "--data", str(data)],
        stdout=subprocess.PIPE,
        check=True,
    )
    people: dict[str, dict[str, str]] = {}
    for one in json.loads(told.stdout)["people"]:
        people.setdefault(one["role"], one)
    return people


@contextmanager
def chromium() -> Iterator[Browser]:
    """The Chromium of this machine."""
    found = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))))
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=["--no-sandbox"])
        yield browser
        browser.close()


def drawn(browser: Browser, url: str, people: dict[str, Any], shot: Shot) -> bytes:
    """A picture as WebP."""
    context = browser.new_context(
        base_url=url,
        viewport=shot.size,  # type: ignore[arg-type]
        color_scheme="dark" if shot.dark else "light",
        locale="ru-RU",
        has_touch=shot.size is PHONE,
        timezone_id="Europe/Moscow",
    )
    if shot.role:
        who = {name: people[shot.role][name] for name in ("login", "password")}
        answer = context.request.post("/api/v1/session", data=who, headers={"origin": url})
        assert answer.ok, answer.text()
    page = context.new_page()
    page.goto(shot.path)
    if shot.do:
        shot.do(page)
    page.wait_for_load_state("networkidle")
    picture = Image.open(io.BytesIO(page.screenshot()))
    context.close()
    into = io.BytesIO()
    picture.save(into, "WEBP", quality=QUALITY, method=6)
    return into.getvalue()


if __name__ == "__main__":
    main()
