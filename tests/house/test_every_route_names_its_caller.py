"""No door without a name on it: each route says in its signature who may call it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute
from starlette.routing import BaseRoute, Mount, Route

from api import errors
from api.app import create_app
from api.deps import CALLERS, anyone
from api.switch import Switch
from api.v1.wire import once
from domain import refusals
from projections.postgres.settings import Settings

#: what needs no sign-in
PUBLIC = {
    "/sw.js",  # a script, the same for everybody
    "/api/v1/session",  # this is where one signs in
    "/healthz",  # asked by whoever keeps the process alive
    "/readyz",
    "/metrics",  # no names, no marks
    "/calendar/{secret}.ics",  # its address is the key: a telephone's calendar cannot sign in
    "/sign-in",  # the page of signing in
    "/sign-in/provider",  # to another place where one signs in, and back
    "/sign-in/provider/return",
    "/access",  # how parents get an account: they have none yet
    "/log",  # «Проверка подлинности» is for whoever holds a receipt
    "/api/v1/log/checkpoint",  # hashes and signatures: what is published holds the school to it
    "/api/v1/log/checkpoints/{size}",
    "/api/v1/log/consistency",
    "/api/v1/log/keys",
    "/api/v1/log/verification",  # whoever holds a paper may ask what it is worth
}
#: POSTs that write nothing, so that a repeat does no harm
JUDGING = {
    "POST /api/v1/log/verification",  # a receipt is too long for an address
    "POST /api/v1/classes/{class_id}/sheet/preview",  # nor does a file fit into one
    "POST /api/v1/pupils/search",  # a name is not to stand in an address
    "POST /api/v1/years/{year}/regulation/preview",  # so is a regulation
}
DESCRIPTION = "/openapi.json"
APP = create_app(
    Settings(data_dir=Path("nowhere"), secret="s" * 32, database_url="postgresql:///"),
    "postgresql:///",
)


def flat(routes: Iterable[BaseRoute]) -> Iterator[Route]:
    """Every route of the application, those of included routers too; static files are no route."""
    for route in routes:
        inside = getattr(route, "original_router", None)
        if inside is not None:
            yield from flat(inside.routes)
        elif isinstance(route, Route):
            yield route
        else:
            assert isinstance(route, Mount | Switch), route


def callables(dependant: Dependant) -> Iterator[object]:
    """Everything that a route depends on."""
    for one in dependant.dependencies:
        yield one.call
        yield from callables(one)


def callers(route: Route) -> set[object]:
    """The caller types of a route."""
    if isinstance(route, APIRoute):
        return set(callables(route.dependant)) & CALLERS
    return {getattr(route, "caller", None)} & CALLERS


ROUTES = {
    f"{'/'.join(sorted(route.methods or ()))} {route.path}": route
    for route in flat(APP.routes)
    if route.path != DESCRIPTION
}


def test_the_walk_finds_the_routes() -> None:
    assert len(ROUTES) > 60
    assert "GET/HEAD /api/v1/pupils/{pupil_id}/diary/weeks/{monday}" in ROUTES
    assert "GET /pupils/{pupil_id}/diary/{monday}" in ROUTES


@pytest.mark.parametrize("name", sorted(ROUTES))
def test_every_route_names_its_caller(name: str) -> None:
    route = ROUTES[name]
    named = callers(route)

    assert named, f"{name} does not say who may call it"
    if anyone in named:
        assert route.path in PUBLIC


@pytest.mark.parametrize(
    "name", sorted(n for n in ROUTES if n.startswith(("POST /api", "PUT /api", "DELETE /api")))
)
def test_every_write_of_the_journal_is_idempotent(name: str) -> None:
    route = ROUTES[name]
    assert isinstance(route, APIRoute)

    assert "/session" in name or name in JUDGING or once in set(callables(route.dependant))


def test_every_refusal_has_a_status() -> None:
    kinds = {
        kind
        for room in (refusals, errors)
        for kind in vars(room).values()
        if isinstance(kind, type) and issubclass(kind, refusals.Refusal)
    }

    assert kinds - {refusals.Refusal} == set(errors.STATUS)
    assert set(errors.STATUS.values()) <= set(errors.TITLES)
