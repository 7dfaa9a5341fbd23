"""Kukarino's 7а three weeks later: more pupils, lessons enough for a test each, a projector."""

from __future__ import annotations

import itertools
import json
import secrets
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import uuid4

import uvicorn
from playwright.sync_api import Browser, BrowserContext, Page, expect

from api.app import create_app
from api.commands.serve import Server
from domain.engine import Engine
from domain.journal.facts import LessonAdded
from domain.people.facts import Name
from domain.school import School
from projections.postgres.database import PROJECTOR, conninfo
from projections.postgres.settings import Settings
from projections.projector import Projector
from tests import cast as c
from tests.api.ground import OPERATOR, PASSWORD, SLUG, YEAR, Clock, lay_school, project
from tests.conftest import SECRET
from tests.domain.seventh_a import SEPTEMBER_1, noon
from tests.ground import engine_on, request

TODAY = date(2026, 9, 25)  # a Friday
AFTERNOON = noon(TODAY) + timedelta(hours=3)
NEWCOMERS = {
    c.an_id(f"новенький {number}"): Name(name.split()[0], name.split()[1])
    for number, name in enumerate(
        (
            "Абрамова Алиса",
            "Виноградов Илья",
            "Данилова Полина",
            "Жукова Вероника",
            "Зайцев Лев",
            "Романова Елизавета",
            "Черкасов-Преображенский Константин",
        )
    )
}


def lay(url: str) -> None:
    """7а with ten pupils and two extra algebra lessons on each day of the last two weeks, folded:
    what a test finds never depends on how far the projector has got.
    """
    lay_school(url)
    with engine_on(url, clock=lambda: noon(SEPTEMBER_1)) as engine:
        for answer in _commands(engine):
            answer.result(10)
    project(url)


def _commands(engine: Engine) -> Iterator[Any]:
    school = School(
        engine,
        SLUG,
        c.SCHOOL,
        ids=lambda: str(uuid4()),
        salts=lambda: secrets.token_urlsafe(16),
    )
    by: dict[str, Any] = {"by": OPERATOR}
    for person_id, name in NEWCOMERS.items():
        yield school.register_person(YEAR, person_id, "pupil", name, **by, request=request())
    yield school.enrol_pupils(c.CLASS_7A, tuple(NEWCOMERS), SEPTEMBER_1, **by, request=request())
    yield school.give_consent(
        c.CLASS_7A, c.PETYA, c.OLGA, "push", SEPTEMBER_1, **by, request=request()
    )
    for back, number in itertools.product(range(12), (5, 6)):
        day = TODAY - timedelta(days=back)
        if day.isoweekday() < 6:
            extra = LessonAdded(c.an_id(f"{day}/{number}"), day, number, c.ALGEBRA, c.ANNA)
            yield school.add_lesson(c.CLASS_7A, extra, **by, request=request())


@dataclass
class Site:
    """The running application, as a browser sees it."""

    url: str
    browser: Browser
    clock: Clock
    database: str
    password: str = PASSWORD
    taken: Iterator[int] = field(default_factory=itertools.count)

    @contextmanager
    def person(self, login: str, **device: Any) -> Iterator[Page]:
        """A person at a browser of one's own, signed in through the page."""
        context = self.browser.new_context(
            base_url=self.url, locale="ru-RU", timezone_id="Europe/Moscow", **device
        )
        page = context.new_page()
        complaints = watch(page)
        self.sign_in(page, login)
        try:
            yield page
        finally:
            context.close()
        assert not complaints, complaints

    def sign_in(self, page: Page, login: str) -> None:
        """Fill in the form as a person does, a moment after whoever did so before: of too many
        sessions of a person the oldest ends, and not any of those that began at once.
        """
        self.clock.forward(timedelta(seconds=1))
        page.goto("/sign-in")
        page.get_by_label("Логин").fill(login)
        page.get_by_label("Пароль").fill(self.password)
        page.get_by_role("button", name="Войти").click()
        expect(page.locator("header.top")).to_be_visible()

    def algebra(self, **more: str) -> str:
        """The path of 7а's algebra page."""
        query = "&".join(f"{k}={v}" for k, v in {"subject_id": c.ALGEBRA, **more}.items())
        return f"/classes/{c.CLASS_7A}/register?{query}"


def watch(page: Page) -> list[str]:
    """What the browser complains of: faults of scripts and what the policy of the page refuses.

    An answer of 4xx or 5xx is no complaint: several tests provoke them.
    """
    complaints: list[str] = []
    page.on("pageerror", lambda fault: complaints.append(str(fault)))

    def on_console(message: Any) -> None:
        if message.type == "error" and "Failed to load resource" not in message.text:
            complaints.append(message.text)

    page.on("console", on_console)
    return complaints


def recent_columns(page: Page) -> list[int]:
    """Columns of the register whose lessons a teacher may still correct."""
    register = json.loads(page.locator("#register-data").text_content() or "{}")
    return [
        column
        for column, lesson in enumerate(register["lessons"])
        if TODAY - timedelta(days=12) < date.fromisoformat(lesson["date"]) <= TODAY
    ]


@contextmanager
def serving(database: str, data_dir: Path, clock: Clock) -> Iterator[str]:
    """The application and its projector in threads; the address it serves at."""
    settings = Settings(
        data_dir=data_dir,
        secret=SECRET,
        database_url=database,
        pool_max=4,
        push_contact="mailto:it@school.example",
    )
    projector = Projector(conninfo(database, PROJECTOR, SECRET))
    app = create_app(settings, database, clock=clock)
    listening = socket.create_server(("127.0.0.1", 0))
    server = Server(uvicorn.Config(app, log_level="warning", access_log=False))
    threads = [
        threading.Thread(target=projector.run),
        threading.Thread(target=server.run, kwargs={"sockets": [listening]}),
    ]
    for thread in threads:
        thread.start()
    try:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    finally:
        projector.stop.set()
        server.should_exit = True
        for thread in threads:
            thread.join(20)
        listening.close()


class Killable:
    """The same school served by a process of its own, which may be killed and started again."""

    def __init__(self, site: Site) -> None:
        self._site = site
        # Bound, and nobody listens: while the process is away, the port is nobody else's.
        self._held = socket.socket()
        self._held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        self._held.bind(("127.0.0.1", 0))
        self._port = self._held.getsockname()[1]
        self.url = f"http://127.0.0.1:{self._port}"
        self.start()

    def start(self) -> None:
        """Returns when it listens."""
        about = (self._site.database, str(self._port), self._site.clock.at.isoformat())
        self.process = subprocess.Popen(
            [sys.executable, "-c", "from tests.browser.ground import alone; alone()", *about],
            stdout=subprocess.PIPE,
        )
        assert self.process.stdout is not None
        assert self.process.stdout.readline() == b"READY\n"

    def kill(self) -> None:
        """As the machine does that runs out of memory: without a word."""
        self.process.kill()
        self.process.communicate()

    def close(self) -> None:
        """There is none any more."""
        self.kill()
        self._held.close()


@contextmanager
def killable(site: Site) -> Iterator[Killable]:
    """A server to kill; at the end there is none."""
    server = Killable(site)
    try:
        yield server
    finally:
        server.close()


def alone() -> None:
    """The process itself: database, port and moment are its arguments."""
    database, port, moment = sys.argv[1:]
    with TemporaryDirectory() as data:
        settings = Settings(data_dir=Path(data), secret=SECRET, database_url=database, pool_max=4)
        app = create_app(settings, database, clock=Clock(datetime.fromisoformat(moment)))
        listening = socket.create_server(("127.0.0.1", int(port)), reuse_port=True)
        sys.stdout.write("READY\n")
        sys.stdout.flush()
        config = uvicorn.Config(app, log_level="warning", access_log=False)
        Server(config).run(sockets=[listening])


__all__ = ["BrowserContext", "Site", "killable", "lay", "recent_columns", "serving"]
