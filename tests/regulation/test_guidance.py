"""Clauses 1.13, 2.2.2 and 2.2.3: families are told of the diary; everything has one entrance and
is explained where it is used.
"""

from __future__ import annotations

import re

import pytest

from api.documents.slips import HOW
from api.pages import helping, viewer
from api.pages.rendering import environment, page
from tests.house.test_every_route_names_its_caller import PUBLIC, ROUTES

#: pages of nobody who is signed in, and parts of pages
WITHOUT = {"errors", "help", "sign_in", "password", "password_dialog", "nothing_yet", "base"}
TEMPLATES = sorted(
    name
    for name in environment.list_templates(["html"])
    if name.partition("/")[0].partition(".")[0] not in WITHOUT and "parts" not in name
)
SCHOOL = {"school": "Кукаринская школа", "origin": "https://journal.example"}


@pytest.mark.clause("1.13")
def test_parents_read_without_an_account_how_to_get_one() -> None:
    assert "/access" in PUBLIC
    told = bytes(page("help/access.html", SCHOOL, viewer=None).body).decode()
    for needed in (
        "Кукаринская школа",
        "Письменное согласие",
        "https://journal.example/sign-in",
        "классный руководитель отдаёт вам лично",
        "Согласие можно отозвать",
    ):
        assert needed in told
    assert 'href="/access"' in environment.get_template("sign_in.html").render(
        school="", next="/", provider=None, viewer=None, help=""
    )


@pytest.mark.clause("1.13")
def test_the_school_s_site_and_the_class_teacher_have_their_words_ready() -> None:
    told = bytes(page("help/site.html", SCHOOL, viewer=None).body).decode()
    text = re.search(r"<textarea[^>]*>(.*?)</textarea>", told, re.DOTALL)
    assert text
    assert "https://journal.example/access" in text[1]
    assert "классного руководителя" in text[1]
    assert any("QR" in one or "камеру" in one for one in HOW)  # on the slips that are handed out
    guide = helping.text("guide-class_teacher")
    assert guide
    assert 'href="/access"' in guide.body


@pytest.mark.clause("2.2.2")
@pytest.mark.parametrize("role", viewer.SECTIONS)
def test_the_guide_of_a_role_leads_to_each_resource_that_the_role_has(role: str) -> None:
    told = helping.text(f"guide-{role}")
    assert told
    led = set(re.findall(r'href="(/[^"#?]*)', told.body))
    assert {one.href for one in viewer.SECTIONS[role]} <= led


@pytest.mark.clause("2.2.2")
@pytest.mark.parametrize("kind", [*(kind for kind, _ in helping.pages()), *viewer.SECTIONS])
def test_no_help_leads_to_what_is_not_there(kind: str) -> None:
    told = helping.text(kind) or helping.text(f"guide-{kind}")
    assert told
    pages = {name.removeprefix("GET ") for name in ROUTES if name.startswith("GET ")}
    of_guides = {f"/help/{one}" for one, _ in helping.pages()}
    led = set(re.findall(r'href="(/[^"#?]*)', told.body))
    assert led <= pages | of_guides


@pytest.mark.clause("2.2.3")
@pytest.mark.parametrize("template", TEMPLATES)
def test_every_page_explains_itself(template: str) -> None:
    assert helping.address(template) != "/help", "write api/help/<page or folder>.md"


@pytest.mark.clause("2.2.3")
@pytest.mark.parametrize("kind", [kind for kind, _ in helping.pages()])
def test_every_explanation_is_of_a_page(kind: str) -> None:
    assert kind in {helping.kind_of(template) for template in TEMPLATES}
