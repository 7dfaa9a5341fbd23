"""«Помощь»: of each page, a guide for each role; how to get into the diary (clause 1.13)."""

from __future__ import annotations

from functools import partial
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from api.admission import DoorOf
from api.deps import Anyone, SignedIn, Staff
from api.pages import helping
from api.pages.rendering import page
from api.pages.routing import Behind, PageRoute, viewer_of
from api.pages.viewer import ORDER, offered
from domain.refusals import NotFound
from domain.values import Role

router = APIRouter(route_class=PageRoute, include_in_schema=False)

#: pages of everybody, which families open too; theirs alone are in the folder `family`
FAMILYS = frozenset(
    "account agenda classroom-year control-questions copies forecast log regulation".split()
)
HOME, ACCESS, SITE = "/help", "/access", "/help/site"


@router.get(ACCESS)
async def access(request: Request, door: DoorOf, _: Anyone) -> Response:
    """«Как получить доступ к дневнику»: for parents, who have no account yet."""
    origin = door.house.browser.origin(request)
    return page("help/access.html", {"school": door.name, "origin": origin}, viewer=None)


@router.get(SITE)
async def site_text(request: Request, caller: Staff, behind: Behind) -> Response:
    """What the school puts on its own site, ready to be copied."""
    door = caller.door
    context = {"school": door.name, "origin": door.house.browser.origin(request)}
    return page("help/site.html", context, viewer=await viewer_of(caller, HOME, behind=behind))


@router.get(HOME)
async def all_help(caller: SignedIn, behind: Behind) -> Response:
    """One's own guides first, then those of others; the help of every kind of page."""
    own = [role for role in ORDER if role in caller.roles]
    kinds = sorted(
        ({"href": f"{HOME}/{kind}", "title": told.title} for kind, told in helping.pages()),
        key=lambda one: one["title"],
    )
    asks = Role.PARENT in caller.roles
    first = kinds if caller.staff else [one for one in kinds if _a_family_s(one["href"], asks)]
    context = {
        "own": [guide(role) for role in own],
        "others": [guide(role) for role in ORDER if role not in own],
        "kinds": first,
        "rest": [one for one in kinds if one not in first],
        "everywhere": helping.everywhere(),
        "staff": caller.staff,
    }
    return page("help/all.html", context, viewer=await viewer_of(caller, HOME, behind=behind))


@router.get(HOME + "/{of_page}")
async def one_help(of_page: str, caller: SignedIn, behind: Behind) -> Response:
    """What a page is for and how it is used, and its keys; or the guide of a role."""
    told = helping.text(of_page)
    if told is None:
        raise NotFound("help.unknown", "Такой страницы помощи нет.")
    opens = partial(offered, caller.roles)
    context = {
        "title": told.title,
        "body": helping.for_reader(told.body, opens),
        "keys": told.keys,
        "everywhere": helping.everywhere(),
        "is_guide": of_page.startswith("guide-"),
        "guides": [guide(role) for role in ORDER if role in caller.roles],
        "asks": caller.staff or Role.PARENT in caller.roles,
    }
    return page("help/one.html", context, viewer=await viewer_of(caller, HOME, behind=behind))


def _a_family_s(href: str, asks: bool) -> bool:  # noqa: FBT001 - of one list
    """The help of a page that parents and pupils open; questions are asked by parents."""
    kind = href.removeprefix(f"{HOME}/")
    if kind == "control-questions":
        return asks
    return kind.startswith("family-") or kind in FAMILYS


def guide(role: str) -> dict[str, Any]:
    """`{href, title}` of the guide of a role."""
    told = helping.text(f"guide-{role}")
    return {"href": f"{HOME}/guide-{role}", "title": told.title if told else role}
