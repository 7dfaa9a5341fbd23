"""A process of its own that builds a demonstration: python builder.py URL SIZE TODAY."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date

from api.demo import SLUG, Progress, Recipe, build
from domain.writing import Log
from projections.postgres.database import READER, WRITER, conninfo, open_pool
from projections.postgres.log import SchoolLog
from tests.conftest import SECRET


@contextmanager
def logs(url: str) -> Iterator[Callable[[str], Log]]:
    """Opens schools' logs on a database."""
    writer = open_pool(conninfo(url, WRITER, SECRET), max_size=1)
    reader = open_pool(conninfo(url, READER, SECRET), max_size=2)
    try:
        yield lambda slug: SchoolLog(slug, reader=reader, writer=writer)
    finally:
        writer.close()
        reader.close()


def tell(progress: Progress) -> None:
    """One line for each moment that is in the log."""
    print(progress.done, flush=True)  # noqa: T201 - the test reads it


if __name__ == "__main__":
    _, where, size, today = sys.argv
    with logs(where) as open_log:
        recipe = Recipe("school" if size == "school" else "small", date.fromisoformat(today))
        build(recipe, open_log, slug=SLUG, progress=tell)
