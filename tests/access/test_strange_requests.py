"""Every operation of /openapi.json, asked what nobody thought of, as four people.

OWASP ASVS 5.0.0: V2.2.1 (what is not expected is not accepted), V4.1.1 (types of content are
declared), V16.5.1 (no answer tells of the inside). The number of requests is small and the same in
every run; `SCHEMATHESIS_EXAMPLES=200 pytest tests/access/test_strange_requests.py` asks longer.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from functools import cache
from threading import Thread
from typing import Any
from urllib.parse import quote
from uuid import UUID, uuid5

import pytest
import schemathesis
from fastapi.testclient import TestClient
from httpx2 import Response
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode

from projections.postgres.database import PROJECTOR, conninfo
from projections.projector import Projector
from tests.access.asking import Members
from tests.access.conftest import grounded
from tests.access.ground import Ground
from tests.conftest import SECRET
from tests.house.test_every_route_names_its_caller import APP

#: threads of the pool draw random numbers while a case is drawn; Hypothesis cannot tell whose
pytestmark = pytest.mark.filterwarnings("ignore:Do not use the `random` module inside strategies")
EXAMPLES = int(os.environ.get("SCHEMATHESIS_EXAMPLES", "1"))
PEOPLE = ("olga", "anna", "alla", None)
#: what would sign the person out, so that the rest asks nothing
LEAVING = ("/api/v1/session", "/api/v1/sessions", "/api/v1/session/password")
INSIDE = ("Traceback", "psycopg", "site-packages", "SELECT ", ".py")
QUIETLY = settings(
    max_examples=EXAMPLES,
    database=None,
    derandomize=True,
    deadline=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)


@cache
def operations() -> dict[str, Any]:
    """The operations of the description by method and path."""
    described: Any = schemathesis.openapi.from_dict(APP.openapi())
    found = [one.ok() for one in described.get_all_operations()]
    return {f"{one.method.upper()} {one.path}": one for one in found}


@pytest.fixture(scope="module")
def own_ground(
    server: str, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Ground]:
    """A ground of this file alone: some of what is asked is done, and folded."""
    with grounded(server, request, tmp_path_factory) as ground:
        projector = Projector(conninfo(ground.place.url, PROJECTOR, SECRET))
        thread = Thread(target=projector.run, name="projector")
        thread.start()
        yield ground
        projector.stop.set()
        thread.join()


@pytest.mark.parametrize("mode", list(GenerationMode), ids=str)
@pytest.mark.parametrize("name", sorted(operations()))
def test_no_request_is_too_strange(own_ground: Ground, name: str, mode: GenerationMode) -> None:
    operation = operations()[name]
    numbers = iter(range(len(name), 1_000_000))

    @QUIETLY
    @given(operation.as_strategy(generation_mode=mode))
    def ask(case: Any) -> None:
        known = next(numbers) % 2 == 1
        for login in PEOPLE:
            if login and case.method != "GET" and case.path in LEAVING:
                continue
            answer = asked(own_ground, case, login, known=known)
            said = f"{login}: {case.method} {answer.request.url} {str(case.body)[:500]}"
            assert_declared(operation, answer, said)

    try:
        ask()
    except Unsatisfiable:
        assert mode is GenerationMode.NEGATIVE  # takes nothing that could be wrong


def asked(ground: Ground, case: Any, login: str | None, *, known: bool) -> Response:
    """The request as one of the four. known: about what there is."""
    client: TestClient = ground.place.client
    members = Members({**case.path_parameters, **(ground.petya.members if known else {})})
    path = case.path.format_map({one: quote(str(value), safe="") for one, value in members.items()})
    query = {one: value for one, value in case.query.items() if one != "min_position"}  # waits
    headers = {one: ascii(value) for one, value in case.headers.items()}
    headers["idempotency-key"] = str(uuid5(UUID(int=0), f"{path} {case.body!r}"))
    body: dict[str, Any] = {}
    if not isinstance(case.body, schemathesis.core.NotSet):
        raw = isinstance(case.body, bytes)
        body = {"content": case.body} if raw else {"json": case.body}
        headers |= {"content-type": "application/json"}
    answer = client.request(
        case.method,
        path,
        params=query,
        headers={**headers, **ground.headers(login)},
        follow_redirects=False,
        **body,
    )
    client.cookies.clear()
    return answer


def assert_declared(operation: Any, answer: Response, said: str) -> None:
    """No fault; what comes is what the description says, and tells nothing of the inside."""
    status = answer.status_code
    assert status < 500, (said, answer.text)
    kind = answer.headers.get("content-type", "").partition(";")[0]
    described = operation.definition.raw["responses"]
    declared = described.get(str(status), described["default"])
    if status not in {204, 304}:
        assert kind in declared["content"], (said, status, kind)
    if status >= 400:
        told = answer.json()
        assert {"type", "title", "status", "detail", "code"} <= told.keys(), said
        assert told["status"] == status
        assert not [word for word in INSIDE if word in answer.text], (said, answer.text)
