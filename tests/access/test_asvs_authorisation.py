"""OWASP ASVS 5.0.0, what concerns authorisation: each item is a test or names one.

V8.2.1, V8.2.2, V8.3.1: test_matrix.py and test_foreign_ids.py. V2.2.1: test_strange_requests.py.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import pytest
from fastapi.testclient import TestClient

from api.commands.serve import configuration
from api.house import REGISTRY_KEPT_S
from projections.postgres.migrations import add_school
from projections.postgres.settings import Settings
from tests.access import test_foreign_ids, test_matrix, test_strange_requests
from tests.access.asking import GETS, asked_names, caller_names, get
from tests.access.ground import NAMES, Ground
from tests.api import (
    test_asvs_access,
    test_diary,
    test_marks,
    test_office,
    test_pressure,
    test_suspicion,
)
from tests.api.ground import Desk
from tests.api.test_tokens import program
from tests.cast import CLASS_7A, PETYA, an_id
from tests.conftest import SECRET
from tests.house import test_every_route_names_its_caller, test_permission_page

At = Callable[[str], Desk]

HELD: dict[str, list[tuple[ModuleType, str]]] = {
    "V2.2.1 what is not expected is not accepted": [
        (test_strange_requests, "test_no_request_is_too_strange"),
    ],
    "V8.1.1 the rules are written down": [
        (test_permission_page, "test_the_page_is_that_of_the_code"),
        (test_every_route_names_its_caller, "test_every_route_names_its_caller"),
    ],
    "V8.2.1 functions": [(test_matrix, "test_looking"), (test_matrix, "test_writing")],
    "V8.2.2 data of others": [
        (test_foreign_ids, "test_an_id_in_the_place_of_another_shows_nothing"),
    ],
    "V8.2.3 fields": [(test_marks, "test_a_mothers_view_of_a_history_and_nobody_elses")],
    "V8.3.2 a right that is taken away is gone at once": [
        (test_office, "test_a_revoked_account_is_out_at_once"),
        (test_suspicion, "test_all_sessions_and_tokens_end_at_the_next_request"),
    ],
    "V16.4.1 no line of the log is forged": [
        (test_asvs_access, "test_v16_4_1_a_login_cannot_write_a_line_of_its_own"),
    ],
    "V16.5.1 V16.5.2 a fault tells nothing": [
        (test_pressure, "test_a_database_that_is_away_is_a_503_and_no_trace_of_a_stack"),
    ],
    "V16.5.3 nothing is shown before it is noted": [
        (test_diary, "test_the_page_waits_for_its_line_in_the_access_log"),
    ],
}
#: words of a query or an address that would carry a name or a secret
TELLING = re.compile(r"name|login|password|code|secret|mail|phone|family|given|birth|^token$|^q$")


@pytest.mark.parametrize("item", HELD)
def test_the_tests_of_an_item_are_there(item: str) -> None:
    for module, name in HELD[item]:
        assert callable(getattr(module, name, None)), f"{item}: {module.__name__}.{name}"


@pytest.mark.parametrize("login", ["olga", "vera", None])
def test_v4_1_1_v14_3_2_every_answer_names_its_type_and_is_kept_by_nobody(
    ground: Ground, login: str | None
) -> None:
    for name in GETS:
        answer = get(ground, name, login, ground.petya.members)
        kind, kept = (answer.headers.get(one, "") for one in ("content-type", "cache-control"))
        public = caller_names(name) == {"anyone"}
        assert public or "no-store" in kept or kept == "private, no-cache", (name, kept)
        if answer.status_code != 303:
            assert kind, name
        if kind.startswith("text/"):
            assert kind.endswith("; charset=utf-8"), (name, kind)


def test_v4_1_3_a_forged_address_is_not_believed() -> None:
    """Only a proxy on this very machine is, and only when the settings speak of one."""
    alone = Settings(data_dir=Path("nowhere"), secret=SECRET)
    behind = replace(alone, public_origin="https://letopis.example")

    assert not configuration(alone, "postgresql:///").proxy_headers
    believed = str(configuration(behind, "postgresql:///").forwarded_allow_ips).split(",")
    assert set(believed) <= {"127.0.0.1", "::1"}


#: OpenID Connect brings its code back in the address: good once, for one browser, ten minutes
#: addresses as a standard has them: OpenID Connect, and a calendar that cannot sign in (RFC 5545)
BY_THE_STANDARD = {"GET /sign-in/provider/return", "GET /calendar/{secret}.ics"}


@pytest.mark.parametrize("name", [name for name in GETS if name not in BY_THE_STANDARD])
def test_v14_2_1_no_address_carries_a_name_or_a_secret(name: str) -> None:
    assert not [one for one in asked_names(name) if TELLING.search(one)]


def test_v14_2_1_no_address_that_is_answered_carries_a_name(ground: Ground) -> None:
    for name in GETS:
        answer = get(ground, name, "vera", ground.petya.members)
        there = answer.headers.get("location", "")
        assert not [one for one in NAMES if one in there], (name, there)


def test_v8_4_1_what_opens_one_school_opens_no_other(
    client: TestClient, desk: At, kukarino: str
) -> None:
    vera = desk("vera")
    key = program(client, vera, "read:journal")
    add_school(kukarino, SECRET, "zarechnaya", "Заречная школа", "Europe/Moscow", an_id("другая"))
    client.app.state.house._looked_at = -REGISTRY_KEPT_S  # type: ignore[attr-defined]
    here, there = "http://kukarino.localhost", "http://zarechnaya.localhost"

    def status(host: str, path: str, **headers: str) -> int:
        return client.get(f"{host}/api/v1{path}", headers=headers).status_code

    for path in ("/classes", f"/classes/{CLASS_7A}", f"/pupils/{PETYA}/marks", "/people"):
        assert status(here, path, **vera.cookie) == 200
        assert status(there, path, **vera.cookie) == 401
    bearer = key.headers
    assert status(here, "/classes", **bearer) == 200
    assert status(there, "/classes", **bearer) == 401
    assert status("http://nobody.localhost", "/classes", **vera.cookie) == 404
