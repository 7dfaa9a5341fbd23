"""The marker that ties a test to its clause."""

from __future__ import annotations

import pytest


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "clause(number): holds a clause of the «Положение»")
