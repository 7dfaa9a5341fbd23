"""Requests of the matrix: a route asked by a person about a thing."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute
from httpx2 import Response
from starlette.routing import Route

from tests import cast as c
from tests.access.ground import NO_THING, Ground, Thing
from tests.house.test_every_route_names_its_caller import ROUTES, callers
from tests.write_door.http_log import queries
from tests.write_door.over_http import KNOWN

GETS = sorted({name for name in ROUTES if name.startswith("GET")})
WRITES = sorted(ROUTES.keys() - set(GETS))
#: members of addresses and queries that name what belongs to somebody
OF_SOMEBODY = {"class_id", "pupil_id", "mark_id", "lesson_id", "comment_id", "defence_id"}
OF_SOMEBODY |= {"lesson", "file_id"}


class Members(dict[str, Any]):
    """What fills an address: a name that nobody knows is the id of nothing."""

    def __missing__(self, name: str) -> str:
        return c.an_id(name)


def caller_names(name: str) -> set[str]:
    """The caller types of a route, by name."""
    return {str(getattr(one, "__name__", one)) for one in callers(ROUTES[name])}


def path_names(name: str) -> list[str]:
    """Members of the address."""
    return re.findall(r"{(\w+)}", ROUTES[name].path)


def asked_names(name: str) -> set[str]:
    """Members of the address and of the query."""
    route: Route = ROUTES[name]
    query = set(_query(route.dependant)) if isinstance(route, APIRoute) else set()
    return {*path_names(name), *query}


def _query(dependant: Dependant) -> Iterator[str]:
    yield from (one.alias for one in dependant.query_params)
    for inside in dependant.dependencies:
        yield from _query(inside)


def get(
    ground: Ground, name: str, login: str | None, members: Mapping[str, str], **headers: str
) -> Response:
    """GET a route; members that a thing does not have are those of the write doors."""
    path = ROUTES[name].path
    known = Members({**KNOWN, "size": ground.size, **members})
    asked = asked_names(name) - {*path_names(name), "position"}  # of a consent, of a mark's fact
    query = {one: known[one] for one in sorted(asked & known.keys())}
    query |= queries(ground.size).get(path, {})
    return send(ground, "GET", path.format_map(known), login, params=query, headers=headers)


def send(
    ground: Ground,
    method: str,
    url: str,
    login: str | None,
    *,
    headers: Mapping[str, str] | None = None,
    **more: Any,
) -> Response:
    """One request; nothing is remembered from one to the next."""
    answer = ground.place.client.request(
        method,
        url,
        headers={**ground.headers(login), **(headers or {})},
        follow_redirects=False,
        **more,
    )
    ground.place.client.cookies.clear()
    return answer


def things_of(ground: Ground, name: str) -> tuple[Thing, ...]:
    """What a route is asked about."""
    return ground.things if asked_names(name) & OF_SOMEBODY else (NO_THING,)
