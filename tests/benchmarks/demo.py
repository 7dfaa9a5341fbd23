"""The demonstration school through the write door beside a raw append of the same batches."""

from __future__ import annotations

import psycopg
from psycopg.sql import SQL, Identifier

from tests.benchmarks.lived import SCHEMA, lived
from tests.benchmarks.table import Result, timed

GROUP = 5_000
TARGET_S = 120


def demo(rounds: int = 5) -> Result:
    """Facts per second of a school's two years; limit: the same bytes, 5,000 a commit."""
    del rounds
    school = lived()
    with psycopg.connect(school.url) as conn:
        rows = conn.execute(
            SQL(
                "SELECT originator_id, originator_version, topic, state, notification_id"
                " FROM {}.facts ORDER BY notification_id"
            ).format(Identifier(SCHEMA)),
            binary=True,
        ).fetchall()
        conn.execute(
            "CREATE TABLE raw (id uuid, version bigint, topic text, state bytea,"
            " position bigint, PRIMARY KEY (id, version))"
        )
        conn.execute("CREATE UNIQUE INDEX ON raw (position)")
        conn.commit()

        def raw() -> None:
            for start in range(0, len(rows), GROUP):
                columns = [list(one) for one in zip(*rows[start : start + GROUP], strict=True)]
                conn.execute(
                    "INSERT INTO raw SELECT * FROM unnest"
                    "(%b::uuid[], %b::bigint[], %b::text[], %b::bytea[], %b::bigint[])",
                    columns,
                )
                conn.commit()

        limit = len(rows) / timed(raw)
        conn.execute("DROP TABLE raw")
        conn.commit()
    ours = school.facts / school.wrote_s
    met = ours / limit >= 0.3 and school.wrote_s <= TARGET_S
    notes = (
        f"{school.facts:,} facts in {school.wrote_s:.0f} s (≤ {TARGET_S}), thought up and decided;"
        f" folded in {school.folded_s:.0f} s"
    )
    return Result("demo", ours, limit, ours / limit, "≥ 0.3×", "facts/s", met, notes)
