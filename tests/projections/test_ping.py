"""The health check of a container says yes only when the process could work."""

from __future__ import annotations

import dataclasses
from pathlib import Path

from projections.postgres.ping import trouble
from projections.postgres.settings import Settings


def test_a_migrated_database_is_no_trouble(settings: Settings) -> None:
    assert trouble(settings.environment()) is None


def test_a_database_without_tables_is_trouble(settings: Settings, blank: str) -> None:
    empty = dataclasses.replace(settings, database_url=blank)

    assert "letopis migrate" in str(trouble(empty.environment()))


def test_a_database_that_does_not_answer_is_trouble(settings: Settings) -> None:
    nobody = dataclasses.replace(settings, database_url="postgresql://127.0.0.1:1/letopis")

    assert "connection" in str(trouble(nobody.environment()))


def test_without_a_database_there_is_nothing_to_ask(tmp_path: Path) -> None:
    assert trouble({"LETOPIS_DATA_DIR": str(tmp_path)}) == "DATABASE_URL не задан."
