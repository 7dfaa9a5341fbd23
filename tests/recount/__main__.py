"""python -m tests.recount DATA [YEAR [FORM …]]: every report of a demonstration, counted again.

DATA: the data directory of a `letopis up --demo` that is running.
"""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic

from api.demo import SLUG
from projections.postgres.database import APP, conninfo, schema_of
from projections.postgres.embedded import EmbeddedServer
from projections.postgres.settings import secret_in
from tests.recount import Recount
from tests.recount.forms import RECOUNTS


def main(data: Path, year: int, forms: list[str]) -> int:
    """How many figures differ."""
    url = EmbeddedServer(data).start()
    reader = conninfo(url, APP, secret_in(data))
    school = Recount(url, reader, schema_of(SLUG), year, datetime.now(UTC))
    wrong = 0
    for form, recounting in RECOUNTS.items():
        if form not in (forms or RECOUNTS.keys() - {"rating"}):  # off unless the rules allow it
            continue
        began, pairs, figures = monotonic(), 0, 0
        for pair in recounting(school):
            pairs += 1
            figures += len(pair.told)
            if pair.told != pair.by_sql:
                wrong += 1
                print(f"{form}: {pair.what}")  # noqa: T201
                if isinstance(pair.told, list):
                    print("   told ", [x for x in pair.told if x not in pair.by_sql][:4])  # noqa: T201
                    print("   sql  ", [x for x in pair.by_sql if x not in pair.told][:4])  # noqa: T201
                else:
                    print("   ", pair.told, pair.by_sql)  # noqa: T201
        took = monotonic() - began
        print(f"{form}: {pairs} pairs, {figures} rows, {took:.1f} s")  # noqa: T201
    return wrong


if __name__ == "__main__":
    _, where, *rest = sys.argv
    sys.exit(min(1, main(Path(where), int(rest[0]) if rest else 2026, rest[1:])))
