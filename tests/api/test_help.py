"""Help texts: read as they are written, and no others."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from fastapi.testclient import TestClient

from api.pages import guidance, helping, viewer
from tests.api.ground import Desk
from tests.api.test_page_doors import look

At = Callable[[str], Desk]

KINDS = [kind for kind, _ in helping.pages()]


def test_a_text_is_read_as_it_is_written() -> None:
    told = helping.read(
        "# Лист\n\nПишут **все**,\nи <вы>.\n\n## Ещё\n\n- [дом](/)\n- `Esc` — прочь\n\n"
        "## Клавиши\n\n- `5` — отметка\n\n- `4` — тоже\n\n## Конец\n\nСлово."
    )
    assert told.title == "Лист"
    assert told.body == (
        "<p>Пишут <strong>все</strong>, и &lt;вы&gt;.</p>\n<h2>Ещё</h2>\n"
        '<ul><li><a href="/">дом</a></li><li><kbd>Esc</kbd> — прочь</li></ul>\n'
        "<h2>Конец</h2>\n<p>Слово.</p>"
    )
    assert told.keys == "<ul><li><kbd>5</kbd> — отметка</li><li><kbd>4</kbd> — тоже</li></ul>"
    with pytest.raises(ValueError, match="title"):
        helping.read("Без заглавия")


@pytest.mark.parametrize("kind", ["", "../help", "no-such", "guide", "teacher/today", "a-b-c"])
def test_what_is_no_help_is_not_read(kind: str) -> None:
    assert helping.text(kind) is None


def test_no_text_leads_elsewhere() -> None:
    for kind in [*KINDS, *(f"guide-{role}" for role in viewer.SECTIONS)]:
        told = helping.text(kind)
        assert told
        assert "](" not in told.body + told.keys, f"{kind}: a link that is not of this site"


def test_a_link_that_would_be_refused_is_plain_words() -> None:
    text = '<a href="/forecast">Прогноз</a>, <a href="/log">печати</a>'
    shown = helping.for_reader(text, lambda href: viewer.offered({"auditor"}, href))
    assert shown == 'Прогноз, <a href="/log">печати</a>'
    assert helping.for_reader(text, lambda href: viewer.offered({"teacher"}, href)) == text


@pytest.mark.parametrize(
    ("role", "closed"),
    [
        ("auditor", ("/forecast", "/consents", "/desk")),
        ("parent", ("/search", "/help/site", "/debts", "/attempts")),
        ("teacher", ("/attempts", "/grants", "/diary")),
        ("deputy", ("/service-requests", "/webhooks")),
    ],
)
def test_nobody_is_offered_what_belongs_to_others(role: str, closed: tuple[str, ...]) -> None:
    assert not any(viewer.offered({role}, href) for href in closed)
    assert all(viewer.offered({role}, one.href) for one in viewer.SECTIONS[role])
    assert all(viewer.offered({role}, href) for href in ("/", "/log", "/access", "/help"))


def test_a_pupil_is_sent_to_whom_a_pupil_can_ask(client: TestClient, desk: At) -> None:
    """«Вопросы» are not open to pupils."""
    page = "/help/family-diary"
    assert "Спросите классного руководителя" in look(client, desk("petya"), page).text
    assert "раздел «Вопросы»" in look(client, desk("olga"), page).text


def test_a_family_finds_the_help_of_its_own_pages_first(client: TestClient, desk: At) -> None:
    first, _, rest = look(client, desk("olga"), "/help").text.partition("Остальные страницы")
    assert ("Дневник</a>" in first, "Вебхуки</a>" in first, "Вебхуки</a>" in rest) == (
        True,
        False,
        True,
    )
    assert "Остальные страницы" not in look(client, desk("anna"), "/help").text


def test_what_is_called_a_familys_is_there() -> None:
    assert {kind for kind, _ in helping.pages()} >= guidance.FAMILYS
