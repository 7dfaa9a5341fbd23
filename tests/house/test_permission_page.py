"""The page of permissions says what the table says."""

from __future__ import annotations

from domain.permissions import Scope
from domain.values import Role
from tests.house.permission_page import PAGE, ROLES, SCOPES, page


def test_the_page_is_that_of_the_code() -> None:
    assert PAGE.read_text("utf-8") == page(), "python -m tests.house.permission_page"


def test_every_role_and_every_scope_is_on_the_page() -> None:
    assert set(ROLES) == set(Role) - {Role.OPERATOR}
    assert set(SCOPES) == set(Scope)
